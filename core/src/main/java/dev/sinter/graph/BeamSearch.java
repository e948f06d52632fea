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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    static List<CtcDecoded> decode(Tensor logits, Tensor lengths, int width, int topPaths) {
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
                Requirements.cast(logits, DType.FLOAT64), Requirements.cast(lengths, DType.INT64));
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
            long steps = Math.clamp(operands.get(1).getLong(example), 0, time);
            Map<List<Integer>, Beam> beams = Map.of(List.of(), new Beam(0, Double.NEGATIVE_INFINITY));
            for (int step = 0; step < steps; step++) {
                beams = best(next(beams, logSoftmax(logits, ((long) step * batch + example) * classes, classes)));
            }
            int path = 0;
            for (Map.Entry<List<Integer>, Beam> entry : beams.entrySet()) {
                if (path == topPaths) {
                    break;
                }
                long at = (long) path * batch + example;
                for (int i = 0; i < entry.getKey().size(); i++) {
                    labels.setLong(at * time + i, entry.getKey().get(i));
                }
                lengths.setLong(at, entry.getKey().size());
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

    private static Map<List<Integer>, Beam> next(Map<List<Integer>, Beam> beams, double[] scores) {
        int blank = scores.length - 1;
        Map<List<Integer>, Beam> next = new LinkedHashMap<>();
        beams.forEach((prefix, beam) -> {
            next.put(prefix, next.getOrDefault(prefix, Beam.NONE).plusBlank(beam.total() + scores[blank]));
            int last = prefix.isEmpty() ? -1 : prefix.getLast();
            if (last >= 0) {
                next.put(prefix, next.get(prefix).plusLabel(beam.label() + scores[last]));
            }
            for (int k = 0; k < blank; k++) {
                List<Integer> longer = new ArrayList<>(prefix);
                longer.add(k);
                double from = k == last ? beam.blank() : beam.total();
                next.put(longer, next.getOrDefault(longer, Beam.NONE).plusLabel(from + scores[k]));
            }
        });
        return next;
    }

    /** The most probable prefixes, the most probable first. */
    private Map<List<Integer>, Beam> best(Map<List<Integer>, Beam> beams) {
        Map<List<Integer>, Beam> best = new LinkedHashMap<>();
        beams.entrySet().stream()
                .filter(entry -> entry.getValue().total() > Double.NEGATIVE_INFINITY)
                .sorted(Comparator.comparingDouble(entry -> -entry.getValue().total())).limit(width)
                .forEach(entry -> best.put(entry.getKey(), entry.getValue()));
        return best;
    }

    private static double added(double x, double y) {
        double most = Math.max(x, y);
        return most == Double.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(Math.min(x, y) - most));
    }
}
