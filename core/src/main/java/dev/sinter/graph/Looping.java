package dev.sinter.graph;

import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Loop;
import dev.sinter.op.Project;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** The making of a loop: its body is traced once, in a frame, and becomes the region of one op. */
final class Looping {
    private static final TensorType INTEGER = new TensorType(DType.INT64, Shape.SCALAR);

    private final Composer c;
    private final Graph graph;
    private final String base;
    private final Frame frame;
    private final Part part;
    /** The number of an iteration; in a segment that within the whole scan. */
    private final Node index;

    private Looping(Composer c, String name) {
        this(c, c.graph().uniqueName(name), Part.WHOLE);
    }

    private Looping(Composer c, String base, Part part) {
        this.c = c;
        this.graph = c.graph();
        this.base = base;
        this.frame = Frame.inside(graph.frame(), base, c.place());
        this.part = part;
        Node own = parameter("index", INTEGER);
        this.index = part.first().map(first -> graph.inside(frame, () -> Composer.node(graph, c.op(), "index",
                inner -> inner.map(ScalarFn.ADD, own, first), List.of()))).orElse(own);
    }

    /**
     * What a loop is of the scan that a user writes.
     *
     * @param streams whether its iterations have random numbers of their own
     * @param first   the number of its first element, where it is a segment
     */
    record Part(boolean streams, Optional<Node> first) {
        /** The scan itself. */
        static final Part WHOLE = new Part(true, Optional.empty());
        /** The loop over segments. */
        static final Part SEGMENTS = new Part(false, Optional.empty());

        /** A segment that is computed again for gradients. */
        static Part segment(Node first) {
            return new Part(true, Optional.of(first));
        }
    }

    private Node parameter(String what, TensorType type) {
        return frame.parameter(graph, what, type);
    }

    /** The loop over sequences; {@code named} says which of the results has the name of the op itself. */
    static ScanResult scan(String op, List<? extends Operand> initial, List<? extends Operand> sequences,
            ScanOptions options, Named named, Function<Iteration, Step> body) {
        return options.checkpoints().isPresent() ? Segments.scan(op, initial, sequences, options, named, body)
                : scan(op, initial, sequences, options, (c, given) -> new Looping(c, op)
                        .scan(given, options, named, body));
    }

    /** A part of a scan in segments, under a name of its own. */
    static ScanResult scan(String op, String base, Part part, List<? extends Operand> initial,
            List<? extends Operand> sequences, ScanOptions options, Function<Iteration, Step> body) {
        return scan(op, initial, sequences, options, (c, given) -> new Looping(c, base, part)
                .scan(given, options, Named.NONE, body));
    }

    /** What a scan takes, as nodes. */
    record Given(List<Node> initial, List<Node> sequences, Optional<Node> limit) {}

    /** What is made of the operands of a scan. */
    static ScanResult scan(String op, List<? extends Operand> initial, List<? extends Operand> sequences,
            ScanOptions options, BiFunction<Composer, Given, ScanResult> made) {
        List<Operand> operands = new ArrayList<>(initial);
        operands.addAll(sequences);
        options.limit().ifPresent(operands::add);
        return Composer.compose(Composer.graphOf(op, operands), op, c -> {
            List<String> labels = new ArrayList<>(Carries.labels("carry", initial.size()));
            labels.addAll(Carries.labels("sequence", sequences.size()));
            labels.add("limit");
            c.label(labels.toArray(String[]::new));
            int before = initial.size() + sequences.size();
            return made.apply(c, new Given(c.ins().subList(0, initial.size()),
                    c.ins().subList(initial.size(), before),
                    options.limit().map(_ -> Carries.integer(c, "the limit", c.in(before)))));
        }, operands);
    }

    /** The one result of a loop that users see. */
    enum Named { NONE, CARRY, OUTPUT }

    /** What a body gives, as nodes. */
    private record Traced(List<Node> carries, List<Node> outputs, List<Node> last, List<Node> goesOn) {
        static Traced of(Composer c, Step step) {
            List<Node> carries = Carries.resolve(c, step.carries());
            List<Node> outputs = Carries.resolve(c, step.outputs());
            List<Node> last = Carries.resolve(c, step.last());
            List<Node> goesOn = step.until().map(done -> List.of(Ops.logicalNot(Carries.bool("until",
                    c.resolved(done)).tensor()).node())).orElse(List.of());
            return new Traced(carries, outputs, last, goesOn);
        }
    }

    private ScanResult scan(Given given, ScanOptions options, Named named, Function<Iteration, Step> code) {
        List<Node> initial = given.initial();
        Optional<Node> limit = given.limit();
        List<Node> aligned = aligned(c, given.sequences());
        Dim length = length(c, aligned, options.length());
        Dim common = graph.sizes().canonical(length);
        List<Node> sequences = aligned.stream().map(node -> c.resized(node, 0, common)).toList();
        List<Node> elements = sequences.stream().map(sequence -> parameter("element", element(sequence)))
                .toList();
        List<Node> carries = initial.stream().map(node -> parameter("carry", node.tensorType())).toList();
        Traced traced = graph.inside(frame, () -> Traced.of(c, code.apply(new Iteration(index.tensor(),
                Carries.tensors(carries), Carries.tensors(elements)))));
        List<Node> next = Carries.checked(c, frame, initial, carries, traced.carries,
                "Step.carry(...) takes the next value of each, in the order of the initial ones");
        traced.last.forEach(node -> parameter("last", node.tensorType()));
        boolean conditional = !traced.goesOn.isEmpty();

        Loop.Trips trips = new Loop.Trips(Optional.of(graph.sizes().canonical(length)), limit.isPresent(),
                conditional, options.reverse());
        List<Node> first = new ArrayList<>(limit.stream().toList());
        if (conditional) {
            first.add(Carries.yes(c));
        }
        first.addAll(sequences);
        first.addAll(initial);
        traced.last.forEach(node -> first.add(c.full(Composer.dtype(node), Composer.shape(node), 0)));
        List<Node> results = Stream.of(next, traced.last, traced.outputs, traced.goesOn)
                .flatMap(List::stream).toList();
        Made made = make(trips, sequences.size(), initial.size() + traced.last.size(), first, results);

        List<Node> finals = made.results(0, initial.size());
        List<Node> lasts = made.results(initial.size(), traced.last.size());
        List<Node> outputs = made.results(made.loop.carries(), traced.outputs.size());
        Node count = conditional ? made.result(made.loop.countResult())
                : made.ordered(count(c, length, limit));
        name(finals, named == Named.CARRY, "final_carry");
        name(lasts, false, "last");
        name(outputs, named == Named.OUTPUT, "output");
        c.called(count, "count");
        c.joinBelow(base);
        return new ScanResult(Carries.tensors(finals), Carries.tensors(outputs), Carries.tensors(lasts),
                count.tensor());
    }

    private void name(List<Node> nodes, boolean own, String word) {
        nodes.forEach(node -> c.called(node, own ? "" : word));
    }

    /** The number of iterations, where no condition ends them. */
    static Node count(Composer c, Dim length, Optional<Node> limit) {
        Node all = c.size(c.graph().sizes().canonical(length), DType.INT64);
        return limit.map(most -> c.map(ScalarFn.MIN, all, most))
                .map(count -> c.map(ScalarFn.MAX, count, c.scalar(DType.INT64, 0))).orElse(all);
    }

    private static TensorType element(Node sequence) {
        List<Dim> dims = Composer.shape(sequence).dims();
        return sequence.tensorType().withShape(new Shape(dims.subList(1, dims.size())));
    }

    /** The sequences with one size of axis 0. */
    static List<Node> aligned(Composer c, List<Node> given) {
        List<Node> sequences = new ArrayList<>();
        for (Node sequence : given) {
            if (Composer.rank(sequence) == 0) {
                throw new GraphException(c.describe(sequence) + " has no axis 0 to go along; a value that all"
                        + " iterations use is used in the body as it is");
            }
            sequences.add(c.same("the sequences have different lengths", given.getFirst(), 0, sequence, 0));
        }
        return sequences;
    }

    /** The number of elements. */
    static Dim length(Composer c, List<Node> sequences, Optional<Dim> given) {
        if (given.isEmpty() && sequences.isEmpty()) {
            throw new GraphException("nothing says how many iterations there are; give a sequence or"
                    + " ScanOptions.DEFAULT.withLength(...), or use whileLoop(...)");
        }
        if (given.isEmpty()) {
            return Composer.shape(sequences.getFirst()).dim(0);
        }
        Dim length = given.get();
        if (length.equals(Dim.UNKNOWN) || length.isConstant() && length.constant() < 0) {
            throw new GraphException("the length must be a known size or one of a tensor, not " + length);
        }
        if (!sequences.isEmpty()) {
            Node sequence = sequences.getFirst();
            if (c.graph().sizes().unify(Composer.shape(sequence).dim(0), length, c.op() + " at " + c.place()
                    + ": the length of the scan") == Sizes.Relation.DIFFERENT) {
                throw new GraphException("the length is " + length + ", but " + c.describe(sequence)
                        + " axis 0 is " + Composer.shape(sequence).dim(0));
            }
        }
        return length;
    }

    /** A loop in the outer frame and what its results come after. */
    private final class Made {
        private final Loop loop;
        private final Node node;
        private final List<Node> after;

        Made(Loop loop, Node node, List<Node> after) {
            this.loop = loop;
            this.node = node;
            this.after = after;
        }

        Node result(int position) {
            return ordered(c.add(new Project(position), node));
        }

        List<Node> results(int first, int count) {
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                nodes.add(result(first + i));
            }
            return nodes;
        }

        /** A node that implies the loop's writes. */
        Node ordered(Node result) {
            return c.controlled(result, after);
        }
    }

    /**
     * The op.
     *
     * @param carries  how many of the results are carried, not counting the states of variables
     * @param operands what the op takes before the states of variables
     * @param results  what the body gives: carries, outputs, whether it goes on
     */
    private Made make(Loop.Trips trips, int sequences, int carries, List<Node> operands, List<Node> results) {
        return make(trips, sequences, carries, operands, closed(results));
    }

    private Closing closed(List<Node> results) {
        Closing closing = new Closing(graph, List.of(new Body(graph, frame, results, part.first().isPresent()
                ? List.of(index) : List.of())));
        if (part.first().isPresent() && closing.hasEffect()) {
            throw new GraphException("a scan with checkpoints carries out iterations again for gradients, and its"
                    + " body has an effect; take the effect out of the scan, or leave out"
                    + " withCheckpoints(...)");
        }
        return closing;
    }

    private Made make(Loop.Trips trips, int sequences, int carries, List<Node> operands, Closing closing) {
        return make(trips, sequences, carries, operands, closing, closing.stateOperands(c.ins()));
    }

    private Made make(Loop.Trips trips, int sequences, int carries, List<Node> operands, Closing closing,
            List<Node> states) {
        Region region = closing.regions(carries, Optional.of(index).filter(_ -> part.streams()))
                .getFirst();
        Loop loop = new Loop(region, trips, sequences, carries + closing.states().size());
        List<Node> all = new ArrayList<>(operands);
        all.addAll(states);
        all.addAll(closing.captureOperands(c, Closing.ITSELF));
        Node node = c.add(loop, all);
        return new Made(loop, node, closing.commit(c, node, carries));
    }

    /** The function of each element, of all of them at once where that is possible. */
    static List<Tensor> vectorizedMap(List<? extends Operand> sequences,
            Function<List<Tensor>, ? extends List<? extends Operand>> body) {
        String op = "vectorized_map";
        return Composer.compose(Composer.graphOf(op, sequences), op, c -> {
            c.label(Carries.labels("sequence", sequences.size()).toArray(String[]::new));
            return new Looping(c, op).vectorizedMap(body);
        }, sequences);
    }

    private List<Tensor> vectorizedMap(Function<List<Tensor>, ? extends List<? extends Operand>> code) {
        List<Node> sequences = aligned(c, c.ins());
        List<Node> elements = sequences.stream().map(sequence -> parameter("element", element(sequence)))
                .toList();
        List<Node> results = graph.inside(frame, () ->
                Carries.resolve(c, code.apply(Carries.tensors(elements))));
        Dim length = graph.sizes().canonical(length(c, sequences, Optional.empty()));
        Closing closing = closed(results);
        Optional<List<Node>> batched = !closing.isPure() ? Optional.empty()
                : Batching.of(c, closing.regions(0, Optional.of(index)).getFirst(), length, sequences,
                        closing.captureOperands(c, Closing.ITSELF));
        List<Node> outputs = batched.map(nodes -> nodes.stream()
                .map(node -> c.controlled(c.make(new NodeKind.Identity(), List.of(node), node.type())))
                .toList())
                .orElseGet(() -> make(Loop.Trips.of(length), sequences.size(), 0, sequences, closing)
                        .results(0, results.size()));
        name(outputs, outputs.size() == 1, "output");
        c.joinBelow(base);
        return Carries.tensors(outputs);
    }

    /** The loop that goes on while a condition holds. */
    static List<Tensor> whileLoop(List<? extends Operand> initial,
            Function<List<Tensor>, ? extends Operand> condition,
            Function<List<Tensor>, ? extends List<? extends Operand>> body, WhileOptions options) {
        String op = "while_loop";
        if (!options.varyingLengths().isEmpty()) {
            return VaryingLengths.whileLoop(op, initial, condition, body, options);
        }
        List<Operand> operands = new ArrayList<>(initial);
        options.limit().ifPresent(operands::add);
        return Composer.compose(Composer.graphOf(op, operands), op, c -> {
            List<String> labels = new ArrayList<>(Carries.labels("carry", initial.size()));
            labels.add("limit");
            c.label(labels.toArray(String[]::new));
            if (initial.isEmpty()) {
                throw new GraphException("at least one carry is needed for a condition to change");
            }
            return new Looping(c, "while").whileLoop(c.ins().subList(0, initial.size()), options.limit()
                    .map(_ -> Carries.integer(c, "the limit", c.in(initial.size()))), condition, body,
                    options);
        }, operands);
    }

    private List<Tensor> whileLoop(List<Node> initial, Optional<Node> limit,
            Function<List<Tensor>, ? extends Operand> condition,
            Function<List<Tensor>, ? extends List<? extends Operand>> code, WhileOptions options) {
        List<TensorType> types = initial.stream().map(Node::tensorType).toList();
        Traceable test = Traceable.trace(c, base + "/condition", "carry", types,
                carries -> List.of(condition.apply(carries)));
        Carries.bool("the condition", test.results().getFirst());
        test.requireNoWrites("the condition");
        List<Node> carries = initial.stream().map(node -> parameter("carry", node.tensorType())).toList();
        List<Node> traced = graph.inside(frame, () ->
                Carries.resolve(c, code.apply(Carries.tensors(carries))));
        List<Node> next = Carries.checked(c, frame, initial, carries, traced,
                "return the next value of each, in the order of the initial ones");
        List<Node> writes = frame.nodes().stream().filter(node -> node.kind() instanceof NodeKind.Assign)
                .toList();
        Node goesOn = graph.inside(frame, () -> graph.controlled(writes, () -> goesOn(test, next)));
        List<Node> results = new ArrayList<>(next);
        results.add(goesOn);
        Closing closing = closed(results);
        List<Node> states = closing.stateOperands(c.ins());
        Map<Variable, Node> reads = new HashMap<>();
        for (int i = 0; i < states.size(); i++) {
            reads.put(closing.states().get(i), states.get(i));
        }
        Node begins = test.call(c, "condition", initial, new NodeKind.Stream(0, 1), reads).getFirst();

        Optional<Dim> length = options.maxIterations().stream().mapToObj(Looping::bound).findFirst();
        List<Node> first = new ArrayList<>(limit.stream().toList());
        first.add(begins);
        first.addAll(initial);
        Made made = make(new Loop.Trips(length, limit.isPresent(), true, false), 0, initial.size(), first,
                closing, states);
        List<Node> finals = made.results(0, initial.size());
        name(finals, initial.size() == 1, "final_carry");
        c.joinBelow(base);
        return Carries.tensors(finals);
    }

    /** The condition of the next iteration; the current frame is the body's. */
    private Node goesOn(Traceable condition, List<Node> next) {
        return Composer.compose(graph, c.op(), inner -> {
            Node holds = condition.call(inner, "condition", next, new NodeKind.Stream(1, 0)).getFirst();
            inner.joinBelow(graph.uniqueName("goes_on"));
            return holds;
        }, List.of());
    }

    private static Dim bound(long iterations) {
        if (iterations < 0) {
            throw new GraphException("the number of iterations " + iterations + " is negative");
        }
        return Dim.of(iterations);
    }
}
