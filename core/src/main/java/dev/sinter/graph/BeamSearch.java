package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Derivative;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * The search for the most probable sequences of labels: of all prefixes those are kept after each step that are most
 * probable, whether they end in a blank or not.
 *
 * @param width    how many prefixes are kept
 * @param topPaths how many sequences are wanted
 */
record BeamSearch(int width, int topPaths) implements HostFunction {
    /** The logarithms of the probabilities that a prefix ends in a blank, and that it does not. */
    private record Beam(double blank, double label) {
        private static final Beam NONE = new Beam(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);

        double total() {
            return added(blank, label);
        }

        Beam plusBlank(double more) {
            return new Beam(added(blank, more), label);
        }

        Beam plusLabel(double more) {
            return new Beam(blank, added(label, more));
        }
    }

    /** A sequence of labels: that of a parent and one more. Equal sequences of one search are one object. */
    private static final class Prefix {
        private static final int NO_LABEL = -1;

        private final Optional<Prefix> parent;
        private final int label;
        private final Map<Integer, Prefix> longer = new HashMap<>();

        Prefix(Optional<Prefix> parent, int label) {
            this.parent = parent;
            this.label = label;
        }

        /** With which probability a label that follows is a label more: one that repeats the last follows a blank. */
        double before(int next, Beam beam) {
            return next == label ? beam.blank() : beam.total();
        }

        Prefix and(int next) {
            return next == NO_LABEL ? this
                    : longer.computeIfAbsent(next, _ -> new Prefix(Optional.of(this), next));
        }

        List<Integer> labels() {
            List<Integer> all = new ArrayList<>();
            for (Prefix prefix = this; prefix.parent.isPresent(); prefix = prefix.parent.get()) {
                all.add(prefix.label);
            }
            return all.reversed();
        }
    }

    /**
     * What may be kept: a prefix, or it and one label more.
     *
     * @param order of equal ones the least is kept
     */
    private record Candidate(Prefix prefix, int label, Beam beam, double total, int order) {}

    private static final Comparator<Candidate> BEST_FIRST = Comparator.comparingDouble(
            (Candidate one) -> -one.total()).thenComparingInt(Candidate::order);

    static List<CtcDecoded> decode(String op, Tensor logits, Tensor lengths, int width, int topPaths) {
        Requirements.requireRank("logits", logits, 3, "[time, batch, classes]");
        Requirements.requireFloat("logits", logits);
        Requirements.requireRank("lengths", lengths, 1, "[batch]");
        if (!lengths.dtype().isInteger() || topPaths < 1 || width < topPaths) {
            throw new GraphException("integer lengths, at least 1 path and a width of at least the number of paths are"
                    + " needed, not " + Requirements.describe("lengths", lengths) + ", "
                    + topPaths + " paths and a width"
                    + " of " + width);
        }
        List<Tensor> results = Control.hostCall(new BeamSearch(width, topPaths),
                Requirements.cast(logits, DType.FLOAT64), Ctc.lengths(op, "length", lengths, "steps", logits, 0, 1));
        List<CtcDecoded> paths = new ArrayList<>();
        for (int path = 0; path < topPaths; path++) {
            List<Tensor> parts = new ArrayList<>();
            for (Tensor result : results) {
                int index = path;
                parts.add(Composer.tensor("path", c -> Shaping.index(c, c.in(0), 0, index), result));
            }
            paths.add(new CtcDecoded(parts.get(0), parts.get(1), Requirements.cast(parts.get(2), logits.dtype())));
        }
        return paths;
    }

    @Override
    public String name() {
        return "ctc_beam_search";
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        Shape logits = operands.getFirst().shape();
        Dim paths = Dim.of(topPaths);
        return List.of(new TensorType(DType.INT64, Shape.of(paths, logits.dim(1), logits.dim(0))),
                new TensorType(DType.INT64, Shape.of(paths, logits.dim(1))),
                new TensorType(DType.FLOAT64, Shape.of(paths, logits.dim(1))));
    }

    @Override
    public Derivative derivative() {
        return new Derivative.NotDifferentiable("a search chooses among sequences");
    }

    @Override
    public List<NDArray> call(List<NDArray> operands) {
        NDArray logits = operands.getFirst();
        int time = (int) logits.size(0);
        int batch = (int) logits.size(1);
        int classes = (int) logits.size(2);
        NDArray labels = NDArray.zeros(DType.INT64, topPaths, batch, time);
        NDArray lengths = NDArray.zeros(DType.INT64, topPaths, batch);
        NDArray scores = NDArray.zeros(DType.FLOAT64, topPaths, batch);
        for (long i = 0; i < labels.elementCount(); i++) {
            labels.setLong(i, -1);
        }
        for (int example = 0; example < batch; example++) {
            long steps = operands.get(1).getLong(example);
            Map<Prefix, Beam> beams = Map.of(new Prefix(Optional.empty(), Prefix.NO_LABEL),
                    new Beam(0, Double.NEGATIVE_INFINITY));
            for (int step = 0; step < steps; step++) {
                beams = next(beams, logSoftmax(logits, ((long) step * batch + example) * classes, classes));
            }
            int path = 0;
            for (Map.Entry<Prefix, Beam> entry : beams.entrySet()) {
                if (path == topPaths) {
                    break;
                }
                long at = (long) path * batch + example;
                List<Integer> found = entry.getKey().labels();
                for (int i = 0; i < found.size(); i++) {
                    labels.setLong(at * time + i, found.get(i));
                }
                lengths.setLong(at, found.size());
                scores.setDouble(at, entry.getValue().total());
                path++;
            }
            for (; path < topPaths; path++) {
                scores.setDouble((long) path * batch + example, Double.NEGATIVE_INFINITY);
            }
        }
        return List.of(labels, lengths, scores);
    }

    private static double[] logSoftmax(NDArray logits, long offset, int classes) {
        double[] scores = new double[classes];
        double most = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            scores[k] = logits.getDouble(offset + k);
            most = Math.max(most, scores[k]);
        }
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - most);
        }
        for (int k = 0; k < classes; k++) {
            scores[k] -= most + Math.log(sum);
        }
        return scores;
    }

    /** The most probable prefixes after another step, the most probable first. */
    private Map<Prefix, Beam> next(Map<Prefix, Beam> beams, double[] scores) {
        int blank = scores.length - 1;
        Map<Prefix, BitSet> longer = new HashMap<>();
        beams.keySet().forEach(prefix -> prefix.parent.ifPresent(parent ->
                longer.computeIfAbsent(parent, _ -> new BitSet()).set(prefix.label)));
        PriorityQueue<Candidate> best = new PriorityQueue<>(BEST_FIRST.reversed());
        int order = 0;
        for (Map.Entry<Prefix, Beam> entry : beams.entrySet()) {
            Prefix prefix = entry.getKey();
            Beam beam = entry.getValue();
            Beam stays = Beam.NONE.plusBlank(beam.total() + scores[blank]);
            if (prefix.parent.isPresent()) {
                stays = stays.plusLabel(beam.label() + scores[prefix.label]);
                Prefix parent = prefix.parent.get();
                Beam shorter = beams.getOrDefault(parent, Beam.NONE);
                stays = stays.plusLabel(parent.before(prefix.label, shorter) + scores[prefix.label]);
            }
            keep(best, prefix, Prefix.NO_LABEL, stays, order++);
            BitSet present = longer.getOrDefault(prefix, new BitSet());
            for (int k = 0; k < blank; k++) {
                if (!present.get(k)) {
                    double score = prefix.before(k, beam) + scores[k];
                    if (best.size() < width || score > best.element().total()) {
                        keep(best, prefix, k, new Beam(Double.NEGATIVE_INFINITY, score), order);
                    }
                }
                order++;
            }
        }
        Map<Prefix, Beam> next = new LinkedHashMap<>();
        best.stream().sorted(BEST_FIRST).forEach(one -> next.put(one.prefix().and(one.label()), one.beam()));
        return next;
    }

    private void keep(PriorityQueue<Candidate> best, Prefix prefix, int label, Beam beam, int order) {
        if (beam.total() > Double.NEGATIVE_INFINITY) {
            best.add(new Candidate(prefix, label, beam, beam.total(), order));
            if (best.size() > width) {
                best.remove();
            }
        }
    }

    private static double added(double x, double y) {
        double most = Math.max(x, y);
        return most == Double.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(Math.min(x, y) - most));
    }
}
