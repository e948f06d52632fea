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
    private final Map<Node, Value> values = new HashMap<>();
    private final Map<Value, Node> nodes = new HashMap<>();
    private final Map<Variable, Node> reads = new HashMap<>();
    private final Set<Node> constants = new HashSet<>();
    private BitSet between = new BitSet();

    private Differentiation(Composer composer) {
        this.composer = composer;
        this.graph = composer.graph();
    }

    static Gradients gradients(List<? extends Operand> ys, List<? extends Operand> xs, GradientOptions options) {
        if (ys.isEmpty() || xs.isEmpty()) {
            throw new GraphException("gradients: at least one y and one x are needed\n  at " + Place.here());
        }
        List<Operand> operands = new ArrayList<>(ys);
        Graph graph = Composer.graphOf(OP, Stream.concat(ys.stream(), xs.stream()).toList());
        for (Operand x : xs) {
            operands.add(x instanceof Variable variable ? variable.valueAtStart() : x);
        }
        operands.addAll(options.stopAt());
        operands.addAll(options.initial());
        if (xs.stream().anyMatch(x -> x instanceof Initializer)) {
            throw new GraphException("gradients: an x must be a tensor or a variable\n  at " + Place.here());
        }
        List<Node> results = Composer.nodes(graph, OP,
                c -> new Differentiation(c).run(ys.size(), xs, options), operands);
        return new Gradients(List.copyOf(xs), results.stream().map(Node::tensor).toList());
    }

    private List<Node> run(int yCount, List<? extends Operand> xOperands, GradientOptions options) {
        composer.label();
        List<Node> ins = composer.ins();
        List<Node> ys = ins.subList(0, yCount);
        List<Node> xs = ins.subList(yCount, yCount + xOperands.size());
        int stops = yCount + xs.size();
        constants.addAll(ins.subList(stops, stops + options.stopAt().size()));
        List<Node> initial = ins.subList(stops + options.stopAt().size(), ins.size());
        check(ys, xs, initial);
        for (Operand x : xOperands) {
            if (x instanceof Variable variable) {
                reads.put(variable, variable.sharedRead());
            }
        }
        between = between(ys, xs);
        List<Value> xValues = lower(ys, xs);
        List<Value> seeds = new ArrayList<>();
        for (int i = 0; i < yCount; i++) {
            Value y = leafOr(ys.get(i));
            seeds.add(initial.isEmpty() ? builder.fullLike(y, 1) : leafOr(initial.get(i)));
        }
        List<Optional<Value>> gradients = differentiate(ys, xs, seeds, xValues);
        return raise(ys, xs, gradients, options);
    }

    private void check(List<Node> ys, List<Node> xs, List<Node> initial) {
        for (Node node : ys) {
            requireFloat(node, "y");
        }
        for (Node node : xs) {
            requireFloat(node, "x");
        }
        if (!initial.isEmpty() && initial.size() != ys.size()) {
            throw new GraphException(initial.size() + " initial gradients are given for " + ys.size() + " ys");
        }
        for (int i = 0; i < initial.size(); i++) {
            if (!initial.get(i).type().equals(ys.get(i).type())) {
                throw new GraphException("the initial gradient \"" + initial.get(i).name() + "\" is "
                        + Composer.text(initial.get(i).tensorType()) + ", the y \"" + ys.get(i).name() + "\" is "
                        + Composer.text(ys.get(i).tensorType()));
            }
        }
    }

    private static void requireFloat(Node node, String role) {
        if (!node.tensorType().dtype().isFloat()) {
            throw new GraphException("the " + role + " \"" + node.name() + "\" is "
                    + Composer.text(node.tensorType()) + "; gradients exist for float32 and float64 alone");
        }
    }

    /** The nodes that a y needs and that depend on an x, through operands that gradients can follow. */
    private BitSet between(List<Node> ys, List<Node> xs) {
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
    private List<Value> lower(List<Node> ys, List<Node> xs) {
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
            if (marked.contains(node) && !isLeaf(node)) {
                value = builder.add(new After(), value, builder.add(new Parameter("mark of " + node.name(),
                        new TensorType(DType.BOOL, Shape.SCALAR))));
            }
            values.put(node, value);
            nodes.putIfAbsent(value, node);
        });
        return xs.stream().map(this::leafOr).toList();
    }

    private Value leafOr(Node node) {
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

    private List<Optional<Value>> differentiate(List<Node> ys, List<Node> xs, List<Value> seeds,
            List<Value> xValues) {
        try {
            return ReverseMode.gradients(builder, ys.stream().map(this::leafOr).toList(), seeds, xValues);
        } catch (NotDifferentiableException problem) {
            Node culprit = nodes.get(problem.value());
            throw new GraphException(culprit.name() + " has no gradient: " + problem.why() + "\n  path: "
                    + path(ys, culprit, xs) + "\n  use stopGradient(...) where none is meant", problem);
        }
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

    /** Makes nodes of the gradients' values. */
    private List<Node> raise(List<Node> ys, List<Node> xs, List<Optional<Value>> gradients,
            GradientOptions options) {
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < xs.size(); i++) {
            Node x = xs.get(i);
            if (gradients.get(i).isEmpty() && options.unconnected() == GradientOptions.Unconnected.ERROR) {
                List<String> names = ys.stream().map(y -> "\"" + y.name() + "\"").toList();
                throw new GraphException("no gradient flows from " + names + " to \"" + x.name()
                        + "\"; GradientOptions.Unconnected.ZEROS gives zeros\n  x: "
                        + x.describe());
            }
            results.add(gradients.get(i).orElseGet(() -> builder.zerosLike(leafOr(x))));
        }
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
            nodes.put(value, composer.add(value.op(), value.operands().stream().map(nodes::get).toList()));
        }
        return results.stream().map(nodes::get).toList();
    }
}
