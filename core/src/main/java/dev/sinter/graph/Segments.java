package dev.sinter.graph;

import dev.sinter.op.Pad;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The making of a scan with checkpoints: a loop over segments, whose body is one call that gradients compute
 * again, of a function that goes over the elements of a segment. So a gradient keeps the carries between
 * segments, and those inside of the one that it is in.
 *
 * <p>Sequences are seen as {@code [segments, every, ...]}. Where {@code every} may not divide the length, zeros
 * fill the last segment up and a limit leaves them out. Every segment that is entered has an iteration. Elements
 * have the numbers, and the random numbers, that they have in one loop.
 */
final class Segments {
    private final Composer c;
    private final Graph graph;
    private final String base;
    private final ScanOptions options;
    private final Function<Iteration, Step> code;
    private final Dim length;
    private final Dim every;
    /** Whether the segments have as many elements as the scan. */
    private final boolean exact;
    private final Dim count;
    /** How many elements there are for iterations; empty where that is the number in all segments. */
    private final Optional<Node> elements;
    private boolean conditional;

    private Segments(Composer c, Looping.Given given, ScanOptions options, long every, Dim length,
            Function<Iteration, Step> code) {
        this.c = c;
        this.graph = c.graph();
        this.base = graph.uniqueName(c.op());
        this.options = options;
        this.code = code;
        this.length = length;
        this.every = Dim.of(every);
        this.exact = length.mod(this.every).isConstant(0);
        this.count = (exact ? length : length.plus(every - 1)).floorDiv(this.every);
        this.elements = exact && given.limit().isEmpty() ? Optional.empty()
                : Optional.of(Looping.count(c, length, given.limit()));
    }

    /** The scan; {@code named} says which of the results has the name of the op itself. */
    static ScanResult scan(String op, List<? extends Operand> initial, List<? extends Operand> sequences,
            ScanOptions options, Looping.Named named, Function<Iteration, Step> code) {
        return Looping.scan(op, initial, sequences, options, (c, given) -> {
            long every = options.checkpoints().orElseThrow();
            if (every < 1) {
                throw new GraphException("a checkpoint every " + every + " iterations; the number must be at"
                        + " least 1");
            }
            List<Node> aligned = Looping.aligned(c, given.sequences());
            Dim length = c.graph().sizes().canonical(Looping.length(c, aligned, options.length()));
            return length.isConstant() && length.constant() <= every
                    ? Looping.scan(op, initial, sequences, options.withoutCheckpoints(), named, code)
                    : new Segments(c, given, options, every, length, code).scan(given, aligned, named);
        });
    }

    private ScanResult scan(Looping.Given given, List<Node> aligned, Looping.Named named) {
        List<Node> sequences = aligned.stream().map(node -> divided(c.resized(node, 0, length))).toList();
        Optional<Node> limit = given.limit().map(_ -> c.map(ScalarFn.DIV,
                c.map(ScalarFn.ADD, elements.orElseThrow(), c.size(every.minus(1), DType.INT64)),
                c.size(every, DType.INT64)));
        c.joinBelow(base);
        ScanOptions outer = new ScanOptions(Optional.of(count), limit.map(Node::tensor), options.reverse(),
                OptionalLong.empty());
        ScanResult all = Looping.scan(c.op(), graph.uniqueNameBelow(base, "segments"), Looping.Part.SEGMENTS,
                Carries.tensors(given.initial()), Carries.tensors(sequences), outer, this::segment);
        List<Node> outputs = new ArrayList<>(all.outputs().stream().map(Tensor::node).toList());
        Node iterations = conditional ? c.add(new Reduce(ReduceFn.SUM, List.of(0)), outputs.removeLast())
                : Looping.count(c, length, given.limit());
        c.controlled(c.called(iterations, "count"), List.of(all.count().node()));
        List<Node> whole = outputs.stream().map(this::joined).toList();
        whole.forEach(node -> c.called(node, named == Looping.Named.OUTPUT ? "" : "output"));
        c.joinBelow(base);
        return new ScanResult(all.carries(), Carries.tensors(whole), all.last(), iterations.tensor());
    }

    /** A sequence as one of segments. */
    private Node divided(Node sequence) {
        List<Dim> rest = rest(sequence, 1);
        Node padded = sequence;
        if (!exact) {
            List<Dim> high = Shaping.zeros(rest.size() + 1);
            high.set(0, count.times(every).minus(length));
            padded = c.add(new Pad(Shaping.zeros(high.size()), high, high.stream().map(_ -> 0L).toList()),
                    sequence, c.scalar(Composer.dtype(sequence), 0));
        }
        return c.reshape(padded, shape(List.of(count, every), rest));
    }

    /** A stack of segments as one of elements. */
    private Node joined(Node segments) {
        List<Dim> rest = rest(segments, 2);
        Node whole = c.reshape(segments, shape(List.of(count.times(every)), rest));
        return exact ? whole : c.add(new Slice(Shaping.zeros(rest.size() + 1),
                shape(List.of(length), rest).dims(), Shaping.ones(rest.size() + 1)), whole);
    }

    private static List<Dim> rest(Node node, int first) {
        return Composer.shape(node).dims().subList(first, Composer.rank(node));
    }

    private static Shape shape(List<Dim> first, List<Dim> rest) {
        List<Dim> dims = new ArrayList<>(first);
        dims.addAll(rest);
        return new Shape(dims);
    }

    /** The body of the loop over segments. */
    private Step segment(Iteration each) {
        return Composer.compose(graph, c.op(), inner -> {
            String name = graph.uniqueName("segment");
            List<ScanResult> traced = new ArrayList<>();
            Traceable function = Traceable.trace(inner, name, "argument", List.of(), _ -> {
                traced.add(elements(each));
                return results(traced.getFirst());
            });
            List<Tensor> called = Carries.tensors(function.callRecomputed(inner, name, List.of(), Closing.ITSELF));
            inner.joinBelow(name);
            return step(traced.getFirst(), called);
        }, List.of());
    }

    private List<Tensor> results(ScanResult of) {
        List<Tensor> results = new ArrayList<>(of.carries());
        results.addAll(of.outputs());
        results.addAll(of.last());
        if (conditional) {
            results.add(of.count());
        }
        return results;
    }

    /** What the loop over segments hands on and stacks; the count comes after the other outputs. */
    private Step step(ScanResult like, List<Tensor> results) {
        int outputs = like.carries().size();
        int last = outputs + like.outputs().size();
        int end = last + like.last().size();
        Step step = Step.carry(results.subList(0, outputs))
                .output(results.subList(outputs, last).toArray(Operand[]::new));
        if (!conditional) {
            return step.last(results.subList(last, end).toArray(Operand[]::new));
        }
        return step.output(results.get(end)).last(results.subList(last, end - 1).toArray(Operand[]::new))
                .until(results.get(end - 1));
    }

    /** The loop over the elements of a segment. The last of what it keeps says whether it ended the scan. */
    private ScanResult elements(Iteration segment) {
        Tensor first = segment.index().times(every.constant());
        ScanOptions inside = new ScanOptions(Optional.of(every),
                elements.map(all -> all.tensor().minus(first)), options.reverse(), OptionalLong.empty());
        return Looping.scan(c.op(), graph.uniqueName(c.op()), Looping.Part.segment(first.node()),
                segment.carries(), segment.elements(), inside, each -> {
                    Step step = code.apply(each);
                    conditional = step.until().isPresent();
                    return step.until().map(step::last).orElse(step);
                });
    }
}
