package dev.sinter.graph;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Failures;
import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Region;
import dev.sinter.ir.Substitution;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.HostCall;
import dev.sinter.op.Join;
import dev.sinter.op.Op;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Makes closed regions of bodies that belong to one op. All of them get the same parameters: those of their
 * frames; the value of each variable that any of them writes, which each region gives back after its results;
 * the tensors that they use from outside; the variables that they only read; and the number of their random
 * ops.
 */
final class Closing {
    private static final TensorType INTEGER = new TensorType(DType.INT64, Shape.SCALAR);

    private final Graph graph;
    private final List<Body> bodies;
    private final SortedSet<Variable> states = new TreeSet<>(Comparator.comparingInt(Variable::id));
    private final Set<Node> captures = new LinkedHashSet<>();
    private final Set<Body.Start> starts = new LinkedHashSet<>();
    private final boolean usesStream;
    private final boolean hasEffect;

    Closing(Graph graph, List<Body> bodies) {
        this.graph = graph;
        this.bodies = bodies;
        bodies.forEach(body -> {
            states.addAll(body.written());
            captures.addAll(body.captures());
        });
        bodies.forEach(body -> body.starts().stream().filter(start -> !states.contains(start.variable()))
                .forEach(starts::add));
        captures.stream().filter(node -> node.type() instanceof TapeType).findFirst().ifPresent(tape -> {
            throw new GraphException("the body uses " + tape.describe() + " where it takes the gradient of a loop"
                    + " around it, which keeps values of its iterations, and their number is not known; give the"
                    + " loop WhileOptions.DEFAULT.withMaxIterations(...)");
        });
        this.usesStream = bodies.stream().anyMatch(Body::usesStream);
        this.hasEffect = bodies.stream().anyMatch(Body::hasEffect);
    }

    /** The variables that are written, in the order of their ids. */
    List<Variable> states() {
        return List.copyOf(states);
    }

    boolean usesStream() {
        return usesStream;
    }

    /** The line that writes a variable. */
    Place placeOfWrite(Variable variable) {
        return bodies.stream().filter(body -> body.written().contains(variable)).findFirst()
                .map(body -> body.placeOfWrite(variable)).orElse(new Place("", 0));
    }

    /** Whether the op computes its results and does nothing else, alike in every iteration. */
    boolean isPure() {
        return states.isEmpty() && !hasEffect && !usesStream && waitsFor().isEmpty();
    }

    boolean hasEffect() {
        return hasEffect;
    }

    /** Nodes outside that the op waits for. */
    Set<Node> waitsFor() {
        Set<Node> all = new LinkedHashSet<>();
        bodies.forEach(body -> all.addAll(body.waitsFor()));
        return all;
    }

    /**
     * The values that the variables have before the op: their states after all that the op uses.
     *
     * @param given what the op takes besides
     */
    List<Node> stateOperands(List<Node> given) {
        List<Node> waits = Stream.of(graph.controls(), given, captures, waitsFor())
                .flatMap(Collection::stream).filter(node -> node.id() >= 0).distinct().toList();
        return states.stream().map(variable -> graph.controlled(waits, variable::read)).toList();
    }

    /**
     * What the op takes behind its own operands and the {@link #stateOperands}.
     *
     * @param stream the number that the op's random ops have
     */
    List<Node> captureOperands(Composer c, NodeKind.Stream stream) {
        return captureOperands(c, stream, Map.of());
    }

    /**
     * {@link #captureOperands(Composer, NodeKind.Stream)} where some variables are read already.
     *
     * @param reads by variable its value
     */
    List<Node> captureOperands(Composer c, NodeKind.Stream stream, Map<Variable, Node> reads) {
        List<Node> operands = new ArrayList<>();
        for (Node node : captures) {
            operands.add(node.type() instanceof TensorType && graph.frame().sees(node.frame()) ? node
                    : c.add(((NodeKind.Primitive) node.kind()).op(), node.inputs()));
        }
        for (Body.Start start : starts) {
            List<Node> waits = Stream.concat(graph.controls().stream(), start.waitsFor().stream()).distinct()
                    .toList();
            operands.add(reads.containsKey(start.variable()) ? reads.get(start.variable())
                    : graph.controlled(waits, start.variable()::read));
        }
        if (usesStream) {
            operands.add(stream.equals(ITSELF) ? c.stream() : c.stream(stream.ahead(), stream.salt()));
        }
        if (isBare()) {
            operands.add(c.scalar(DType.BOOL, 0));
        }
        return operands;
    }

    /** The number that random ops beside the op have. */
    static final NodeKind.Stream ITSELF = new NodeKind.Stream(0, 0);

    /** Whether the op has effects and nothing that could make it wait. */
    private boolean isBare() {
        return hasEffect && states.isEmpty() && captures.isEmpty() && starts.isEmpty() && !usesStream;
    }

    /**
     * Adds the writes of the {@link #states} after an op.
     *
     * @param first the position of the first one in the op's result
     * @return what the op's other results come after: the writes, and the token of its effects
     */
    List<Node> commit(Composer c, Node op, int first) {
        if (hasEffect) {
            c.controlled(op, waitsFor());
        }
        List<Node> after = new ArrayList<>(waitsFor());
        for (Variable variable : states) {
            Node value = c.add(new Project(first++), op);
            Node write = c.make(new NodeKind.Assign(variable), List.of(value), variable.type());
            c.from(write, placeOfWrite(variable));
            after.add(c.controlled(write));
        }
        if (hasEffect) {
            int token = ((TupleType) op.type()).elements().size() - 1;
            after.add(c.add(new Project(token), op));
        }
        return after;
    }

    /**
     * The regions of the bodies. Their results are the first of the bodies', the new values of the
     * {@link #states}, the rest of the bodies' results, and a token where a body has effects.
     *
     * @param before how many results stand before the states
     * @param index  the parameter of the frame that counts iterations, where there is one
     */
    List<Region> regions(int before, Optional<Node> index) {
        return bodies.stream().map(body -> new Inner(body, index).region(before)).toList();
    }

    /** The making of one region. */
    private final class Inner {
        private final Body body;
        private final Optional<Node> index;
        private final Builder builder = new Builder();
        private final Substitution canonical = new Substitution(graph.sizes()::canonical);
        private final List<Value> parameters = new ArrayList<>();
        private final Map<Node, Value> values = new HashMap<>();
        private final Map<Variable, Value> before = new HashMap<>();
        private final Map<Body.Start, Value> atStart = new HashMap<>();
        private final Map<Node, Value> written = new HashMap<>();
        /** The nodes that an effect precedes, or an op that can fail. */
        private final Set<Node> effects = new HashSet<>();
        private final List<Value> stream = new ArrayList<>();

        Inner(Body body, Optional<Node> index) {
            this.body = body;
            this.index = index;
        }

        Region region(int statesAt) {
            for (Node node : body.frame().parameters()) {
                builder.at(node.location());
                values.put(node, parameter(node.tensorType()));
            }
            builder.at(Location.UNKNOWN);
            states.forEach(variable -> before.put(variable, parameter(variable.type())));
            captures.forEach(node -> values.put(node, parameter(node.tensorType())));
            starts.forEach(start -> atStart.put(start, parameter(start.variable().type())));
            if (usesStream) {
                stream.add(parameter(INTEGER));
            }
            if (isBare()) {
                parameter(new TensorType(DType.BOOL, Shape.SCALAR));
            }
            body.needed().forEach(this::lower);
            builder.at(Location.UNKNOWN);
            List<Value> results = new ArrayList<>(body.results().stream().map(values::get).toList());
            results.addAll(statesAt, states.stream().map(variable -> body.order().lastWrite(variable)
                    .map(written::get).orElseGet(() -> before.get(variable))).toList());
            List<Value> tokens = body.needed().stream().filter(Body::isEffect).map(this::happened).toList();
            if (!tokens.isEmpty()) {
                results.add(builder.add(new Join(), tokens));
            }
            return Region.of(new Function("body", parameters, results, builder.locations()));
        }

        private Value parameter(TensorType type) {
            Value value = builder.add(new Parameter("p" + parameters.size(), type));
            parameters.add(value);
            return value;
        }

        /** A value that exists once an effect has happened. */
        private Value happened(Node effect) {
            Value value = values.get(effect);
            int last = ((TupleType) value.type()).elements().size() - 1;
            return builder.add(new Project(last), value);
        }

        private void lower(Node node) {
            if (values.containsKey(node)) {
                return;
            }
            builder.at(node.location());
            boolean effect = Body.isEffect(node) || node.inputs().stream().anyMatch(effects::contains);
            List<Value> tokens = new ArrayList<>();
            for (Node control : node.controls()) {
                if (effects.contains(control)) {
                    effect = true;
                    tokens.add(values.get(control));
                }
            }
            values.put(node, switch (node.kind()) {
                case NodeKind.Primitive(Op op) -> primitive(builder, canonical.apply(op),
                        node.inputs().stream().map(values::get).toList(), tokens);
                case NodeKind.Read(Variable variable) -> after(builder, body.order().writeBefore(node)
                        .map(written::get).orElseGet(() -> start(node, variable)), tokens);
                case NodeKind.Assign _ -> {
                    Value value = after(builder, values.get(node.inputs().getFirst()), tokens);
                    written.put(node, value);
                    yield value;
                }
                case NodeKind.Identity() -> after(builder, values.get(node.inputs().getFirst()), tokens);
                case NodeKind.Group() -> builder.add(new Join(), tokens);
                case NodeKind.Stream kind -> stream(kind);
                case NodeKind.Placeholder _, NodeKind.BodyInput _ ->
                        throw new CompilerBug(node + " is not computed in a body");
            });
            if (effect || Failures.canFail(values.get(node))) {
                effects.add(node);
            }
        }

        private Value start(Node read, Variable variable) {
            Value state = before.get(variable);
            return state != null ? state : atStart.get(new Body.Start(variable, body.outside(read)));
        }

        private Value stream(NodeKind.Stream kind) {
            Value own = index.map(node -> Streams.ofIteration(builder, stream.getFirst(), values.get(node),
                    kind.ahead())).orElse(stream.getFirst());
            return Streams.of(builder, own, kind);
        }
    }

    /**
     * An op that is carried out after some effects; one without effects of its own gives its value after
     * them.
     */
    static Value primitive(Builder builder, Op op, List<Value> operands, List<Value> tokens) {
        if (op instanceof HostCall && !tokens.isEmpty()) {
            Value token = builder.add(new Join(), tokens);
            return builder.add(op, Stream.concat(operands.stream(), Stream.of(token)).toList());
        }
        if (!op.regions().isEmpty() && !tokens.isEmpty()) {
            List<Value> later = new ArrayList<>(operands);
            later.set(0, after(builder, operands.getFirst(), tokens));
            return builder.add(op, later);
        }
        return after(builder, builder.add(op, operands), tokens);
    }

    /** A value, once some others exist. */
    static Value after(Builder builder, Value value, List<Value> tokens) {
        if (tokens.isEmpty()) {
            return value;
        }
        return builder.add(new After(), Stream.concat(Stream.of(value), tokens.stream()).toList());
    }
}
