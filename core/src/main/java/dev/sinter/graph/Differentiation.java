package dev.sinter.graph;

import dev.sinter.diff.NotDifferentiableException;
import dev.sinter.diff.ReverseMode;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Substitution;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.Op;
import dev.sinter.op.Parameter;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Takes gradients in a graph: the nodes between the xs and the ys become values of the tensor IR, everything
 * else a parameter; those are differentiated; and the new values become nodes again.
 */
final class Differentiation {
    private static final String OP = "gradients";

    private final Graph graph;
    private final Composer composer;
    private final Builder builder = new Builder();
    private final List<Node> ys;
    private final List<Node> xs;
    private final List<Value> yValues;
    private final List<Value> xValues;
    /** Seeds of a linear function, which stand for any value. */
    private final Map<Value, Node> seeds = new HashMap<>();
    private final Map<Node, Value> values = new HashMap<>();
    private final Map<Value, Node> nodes = new HashMap<>();
    private final Map<Variable, Node> reads = new HashMap<>();
    private final Set<Node> constants = new HashSet<>();
    private BitSet between = new BitSet();

    /**
     * What leads from some xs to some ys.
     *
     * @param composer  its operands are the ys, the {@link #valuesAtStart xs}, the constants, and others
     * @param yCount    the number of ys
     * @param xOperands the xs as the user gives them
     * @param constants how many tensors count as constants
     */
    Differentiation(Composer composer, int yCount, List<? extends Operand> xOperands, int constants) {
        this.composer = composer;
        this.graph = composer.graph();
        composer.label();
        List<Node> ins = composer.ins();
        int stops = yCount + xOperands.size();
        this.ys = ins.subList(0, yCount);
        this.xs = ins.subList(yCount, stops);
        this.constants.addAll(ins.subList(stops, stops + constants));
        ys.forEach(node -> requireFloat(node, "y"));
        xs.forEach(node -> requireFloat(node, "x"));
        for (Operand x : xOperands) {
            if (x instanceof Variable variable) {
                reads.put(variable, variable.sharedRead());
            }
        }
        between = between();
        xValues = lower();
        yValues = ys.stream().map(this::leafOr).toList();
    }

    /** The operands that the xs are: of a variable its value at the start of a run. */
    static List<Operand> valuesAtStart(String op, List<? extends Operand> xs) {
        if (xs.stream().anyMatch(x -> x instanceof Initializer || x instanceof Scalar)) {
            throw new GraphException(op + ": an x must be a tensor or a variable\n  at " + Place.here());
        }
        return xs.stream().<Operand>map(x -> x instanceof Variable variable ? variable.valueAtStart() : x).toList();
    }

    static Gradients gradients(List<? extends Operand> ys, List<? extends Operand> xs, GradientOptions options) {
        if (ys.isEmpty() || xs.isEmpty()) {
            throw new GraphException("gradients: at least one y and one x are needed\n  at " + Place.here());
        }
        List<Operand> operands = new ArrayList<>(ys);
        Graph graph = Composer.graphOf(OP, Stream.concat(ys.stream(), xs.stream()).toList());
        operands.addAll(valuesAtStart(OP, xs));
        operands.addAll(options.stopAt());
        operands.addAll(options.initial());
        List<Node> results = Composer.nodes(graph, OP, c -> {
            List<Node> initial = c.ins().subList(operands.size() - options.initial().size(), operands.size());
            fit(c, "initial gradient", initial, "y", c.ins().subList(0, ys.size()));
            return new Differentiation(c, ys.size(), xs, options.stopAt().size()).gradients(initial,
                    options.unconnected());
        }, operands);
        return new Gradients(List.copyOf(xs), results.stream().map(Node::tensor).toList());
    }

    private List<Node> gradients(List<Node> initial, GradientOptions.Unconnected unconnected) {
        return raised(toXs(gradients(!initial.isEmpty() ? fitted(initial, ys)
                : yValues.stream().map(y -> builder.fullLike(y, 1)).toList()), unconnected));
    }

    List<Node> ys() {
        return ys;
    }

    List<Node> xs() {
        return xs;
    }

    Builder builder() {
        return builder;
    }

    /**
     * A value that stands for any of its type. Where what is computed depends on it in form alone, it is zeros.
     *
     * @param like a node of the type
     */
    Value seed(Node like) {
        Value seed = builder.add(new Parameter("seed " + seeds.size(), like.tensorType()));
        seeds.put(seed, like);
        return seed;
    }

    /** The value of a node that has no name yet. */
    Value parameter(Node node) {
        Value value = builder.add(new Parameter("value " + builder.size(), node.tensorType()));
        nodes.put(value, node);
        return value;
    }

    /** The gradients of the ys with respect to the xs, linear in the seeds that the ys start with. */
    List<Optional<Value>> gradients(List<Value> from) {
        return gradients(yValues, from, xValues);
    }

    /** The gradients of some values, as of those that gradients have made. */
    List<Optional<Value>> gradients(List<Value> of, List<Value> from, List<Value> to) {
        try {
            return ReverseMode.gradients(builder, of, from, to);
        } catch (NotDifferentiableException problem) {
            Node culprit = nodes.get(problem.value());
            throw culprit == null
                    ? new GraphException("a gradient contains " + problem.value().op().mnemonic()
                            + ", which cannot be differentiated again: " + problem.why(), problem)
                    : new GraphException(culprit.name() + " has no gradient: " + problem.why() + "\n  path: "
                            + path(ys, culprit, xs) + "\n  use stopGradient(...) where none is meant", problem);
        }
    }

    /** What flows back to the xs: zeros, or an error, where nothing does. */
    List<Value> toXs(List<Optional<Value>> gradients, GradientOptions.Unconnected unconnected) {
        return connected(gradients, xs, unconnected, "no gradient flows from " + names(ys) + " to", "x");
    }

    /** What flows on to the ys: zeros, or an error, where nothing does. */
    List<Value> toYs(List<Optional<Value>> derivatives, GradientOptions.Unconnected unconnected) {
        return connected(derivatives, ys, unconnected, "nothing flows from " + names(xs) + " to", "y");
    }

    private List<Value> connected(List<Optional<Value>> results, List<Node> likes,
            GradientOptions.Unconnected unconnected, String complaint, String role) {
        List<Value> connected = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Node like = likes.get(i);
            if (results.get(i).isEmpty() && unconnected == GradientOptions.Unconnected.ERROR) {
                throw new GraphException(complaint + " \"" + like.name()
                        + "\"; GradientOptions.Unconnected.ZEROS gives zeros\n  " + role + ": " + like.describe());
            }
            connected.add(results.get(i).orElseGet(() -> builder.zerosLike(leafOr(like))));
        }
        return connected;
    }

    private static List<String> names(List<Node> nodes) {
        return nodes.stream().map(node -> "\"" + node.name() + "\"").toList();
    }

    /**
     * Makes the sizes of tensors equal to those of others, one for one, before anything is lowered. There may be none
     * at all.
     *
     * @param what what messages call one
     * @param role what they call one of the others
     */
    static void fit(Composer c, String what, List<Node> given, String role, List<Node> wanted) {
        c.label();
        if (!given.isEmpty() && given.size() != wanted.size()) {
            throw new GraphException(given.size() + " " + what + "s are given for " + wanted.size() + " " + role
                    + "s");
        }
        for (int i = 0; i < given.size(); i++) {
            Node node = given.get(i);
            Node like = wanted.get(i);
            boolean fits = Composer.dtype(node) == Composer.dtype(like) && Composer.rank(node) == Composer.rank(like);
            for (int axis = 0; fits && axis < Composer.rank(like); axis++) {
                fits = c.graph().sizes().unify(Composer.shape(like).dim(axis), Composer.shape(node).dim(axis),
                        c.op() + " at " + c.place() + ": the " + what + " \"" + node.name() + "\" axis " + axis)
                        != Sizes.Relation.DIFFERENT;
            }
            if (!fits) {
                throw new GraphException("the " + what + " \"" + node.name() + "\" is "
                        + Composer.text(node.tensorType()) + ", the " + role + " \"" + like.name() + "\" is "
                        + Composer.text(like.tensorType()));
            }
        }
    }

    /** The values of tensors in the shapes of others, which each run checks where the graph cannot tell. */
    List<Value> fitted(List<Node> given, List<Node> wanted) {
        return IntStream.range(0, given.size())
                .mapToObj(i -> builder.reshape(leafOr(given.get(i)), leafOr(wanted.get(i)).shape())).toList();
    }

    private static void requireFloat(Node node, String role) {
        if (!node.tensorType().dtype().isFloat()) {
            throw new GraphException("the " + role + " \"" + node.name() + "\" is "
                    + Composer.text(node.tensorType()) + "; gradients exist for floats alone");
        }
    }

    /** The nodes that a y needs and that depend on an x, through operands that gradients can follow. */
    private BitSet between() {
        BitSet needed = new BitSet();
        Deque<Node> pending = new ArrayDeque<>();
        ys.forEach(y -> visit(y, needed, pending));
        while (!pending.isEmpty()) {
            Node node = pending.pop();
            if (!isLeaf(node)) {
                node.inputs().forEach(input -> visit(input, needed, pending));
            }
        }
        BitSet result = new BitSet();
        xs.forEach(x -> result.set(x.id()));
        needed.stream().mapToObj(graph.nodes()::get).forEach(node -> {
            boolean sameRead = node.kind() instanceof NodeKind.Read(Variable variable)
                    && reads.containsKey(variable) && isAsUnwritten(node, variable);
            if (sameRead || !isLeaf(node) && node.inputs().stream().anyMatch(input -> result.get(input.id()))) {
                result.set(node.id());
            }
        });
        result.and(needed);
        return result;
    }

    private static void visit(Node node, BitSet seen, Deque<Node> pending) {
        if (!seen.get(node.id())) {
            seen.set(node.id());
            pending.push(node);
        }
    }

    private boolean isLeaf(Node node) {
        return constants.contains(node) || node.inputs().isEmpty();
    }

    /** Whether a read gives what the read in {@link #reads} gives. */
    private boolean isAsUnwritten(Node read, Variable variable) {
        return !followsWrite(read, variable) && !graph.frame().writesWithin(read.frame(), variable);
    }

    /** Whether a read comes after a write of its variable. */
    private static boolean followsWrite(Node read, Variable variable) {
        BitSet seen = new BitSet();
        Deque<Node> pending = new ArrayDeque<>();
        visit(read, seen, pending);
        while (!pending.isEmpty()) {
            Node node = pending.pop();
            if (node.kind() instanceof NodeKind.Assign(Variable written) && written == variable) {
                return true;
            }
            node.inputs().forEach(input -> visit(input, seen, pending));
            node.controls().forEach(control -> visit(control, seen, pending));
        }
        return false;
    }

    /** Makes the values between xs and ys; gives those of the xs. */
    private List<Value> lower() {
        Set<Node> marked = new LinkedHashSet<>(xs);
        Substitution canonical = new Substitution(graph.sizes()::canonical);
        between.stream().mapToObj(graph.nodes()::get).forEach(node -> {
            Value value = isLeaf(node) ? leaf(node) : switch (node.kind()) {
                case NodeKind.Primitive(Op op) -> builder.add(canonical.apply(op),
                        node.inputs().stream().map(this::leafOr).toList());
                case NodeKind.Placeholder _, NodeKind.Identity _, NodeKind.Assign _ ->
                        leafOr(node.inputs().getFirst());
                case NodeKind.Read _, NodeKind.Group _, NodeKind.BodyInput _, NodeKind.Stream _ -> leaf(node);
            };
            if (marked.contains(node) && !(value.op() instanceof Parameter)) {
                value = builder.add(new After(), value, builder.add(new Parameter("mark of " + node.name(),
                        new TensorType(DType.BOOL, Shape.SCALAR))));
            }
            values.put(node, value);
            nodes.putIfAbsent(value, node);
        });
        return xs.stream().map(x -> between.get(x.id()) ? values.get(x) : apart(x)).toList();
    }

    /** The value of an x that no y needs; none that is equal to it stands for it. */
    private Value apart(Node x) {
        Value value = leafOr(x);
        if (value.op() instanceof Parameter) {
            return value;
        }
        Value parameter = builder.add(new Parameter("apart " + x.name(), x.tensorType()));
        nodes.put(parameter, x);
        return parameter;
    }

    /** The value that stands for a node. */
    Value leafOr(Node node) {
        Value value = values.get(node);
        return value != null ? value : leaf(node);
    }

    private Value leaf(Node node) {
        Node source = node.kind() instanceof NodeKind.Read(Variable variable) && reads.containsKey(variable)
                && between.get(node.id()) ? reads.get(variable) : node;
        Value value = switch (source.kind()) {
            case NodeKind.Primitive(Constant constant) -> builder.add(constant);
            case NodeKind.Primitive(Broadcast broadcast) when isConstant(source.inputs().getFirst()) ->
                    builder.add(new Substitution(graph.sizes()::canonical).apply(broadcast),
                            leafOr(source.inputs().getFirst()));
            default -> builder.add(new Parameter(source.name(), source.tensorType()));
        };
        values.put(node, value);
        nodes.putIfAbsent(value, source);
        return value;
    }

    private static boolean isConstant(Node node) {
        return node.kind() instanceof NodeKind.Primitive(Constant _);
    }

    /** The names from a y over a node to an x. */
    private String path(List<Node> ys, Node over, List<Node> xs) {
        List<Node> down = search(ys, List.of(over));
        List<Node> up = search(List.of(over), xs);
        List<String> names = new ArrayList<>(down.stream().map(Differentiation::text).toList());
        names.addAll(up.stream().skip(1).map(Differentiation::text).toList());
        return String.join(" <- ", names);
    }

    private static String text(Node node) {
        return node.name() + " (" + node.location().place() + ")";
    }

    private List<Node> search(List<Node> from, Collection<Node> goals) {
        Map<Node, Optional<Node>> cameFrom = new HashMap<>();
        Deque<Node> queue = new ArrayDeque<>();
        from.forEach(node -> {
            cameFrom.put(node, Optional.empty());
            queue.add(node);
        });
        while (!queue.isEmpty()) {
            Node node = queue.remove();
            if (goals.contains(node)) {
                Deque<Node> path = new ArrayDeque<>();
                Optional<Node> step = Optional.of(node);
                while (step.isPresent()) {
                    path.addFirst(step.get());
                    step = cameFrom.get(step.get());
                }
                return List.copyOf(path);
            }
            for (Node input : node.inputs()) {
                if (between.get(input.id()) && cameFrom.putIfAbsent(input, Optional.of(node)) == null) {
                    queue.add(input);
                }
            }
        }
        return List.of();
    }

    /** Makes nodes of values. */
    List<Node> raised(List<Value> results) {
        Set<Value> seen = new HashSet<>();
        Deque<Value> pending = new ArrayDeque<>(results);
        List<Value> fresh = new ArrayList<>();
        while (!pending.isEmpty()) {
            Value value = pending.pop();
            if (!nodes.containsKey(value) && seen.add(value)) {
                fresh.add(value);
                value.operands().forEach(pending::push);
            }
        }
        fresh.sort(Comparator.comparingInt(Value::id));
        for (Value value : fresh) {
            nodes.put(value, seeds.containsKey(value) ? composer.fullLike(seeds.get(value), 0)
                    : composer.add(value.op(), value.operands().stream().map(nodes::get).toList()));
        }
        return results.stream().map(nodes::get).toList();
    }
}
