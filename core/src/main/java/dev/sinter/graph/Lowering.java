package dev.sinter.graph;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Failures;
import dev.sinter.ir.Function;
import dev.sinter.ir.Substitution;
import dev.sinter.ir.Symbols;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.Assign;
import dev.sinter.op.DimSize;
import dev.sinter.op.InitialState;
import dev.sinter.op.Join;
import dev.sinter.op.Loop;
import dev.sinter.op.Op;
import dev.sinter.op.Parameter;
import dev.sinter.op.Read;
import dev.sinter.op.RunNumber;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Symbol;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Turns the part of a graph that a run needs into a function of the tensor IR. Feeds cut the graph, each
 * variable becomes a chain of states, and a control input becomes an operand where it implies an effect: the
 * writes of variables are results of the function anyway.
 */
public final class Lowering {
    private final Graph graph;
    private final Builder builder = new Builder();
    private final Substitution canonical;
    private final List<Tensor> feeds;
    private final boolean[] cut;
    private final Value[] values;
    private final Set<Node> fedSizes = new HashSet<>();
    /** The nodes that an effect precedes, or an op that can fail: what depends on them has an order. */
    private final BitSet effects = new BitSet();
    private final Map<Node, Value> states = new HashMap<>();
    private final Map<Variable, Value> initialStates = new TreeMap<>(Comparator.comparingInt(Variable::id));
    private final Set<Variable> readAtStart = new LinkedHashSet<>();
    private final Map<Node, Value> parameters = new LinkedHashMap<>();
    private StateOrder order;

    private Lowering(Graph graph, List<Tensor> feeds) {
        this.graph = graph;
        this.feeds = feeds;
        this.canonical = new Substitution(graph.sizes()::canonical);
        this.cut = new boolean[graph.nodes().size()];
        this.values = new Value[cut.length];
        feeds.forEach(feed -> cut[feed.node().id()] = true);
        feeds.forEach(this::feedSizes);
    }

    /** A fed tensor says what sizes it has that the run would have found. */
    private void feedSizes(Tensor feed) {
        for (Dim dim : feed.shape().dims()) {
            graph.sizes().definitions(feed.node().type()).forEach((symbol, definition) -> {
                if (dim.equals(Dim.ofSymbol(symbol))) {
                    fedSizes.add(definition);
                }
            });
        }
        if (!fedSizes.containsAll(graph.sizes().definitions(feed.node().type()).values())) {
            throw new GraphException("run: \"" + feed.name() + "\" cannot be fed, since its size follows from one that"
                    + " the run finds; feed what it is made of\n  " + feed.name() + ": " + feed.node().describe());
        }
    }

    /**
     * The function that computes some tensors and carries out some elements.
     *
     * @param fetches what is computed, in order; a tensor may stand several times
     * @param feeds   tensors that are given instead of computed, each once
     * @param targets what is carried out besides
     * @throws GraphException where something belongs to another graph, a needed placeholder is not fed, or
     *                        two writes of a variable are not ordered
     */
    public static LoweredGraph lower(Graph graph, List<Tensor> fetches, List<Tensor> feeds,
            List<? extends GraphElement> targets) {
        for (Tensor fetch : fetches) {
            checkGraph(graph, fetch, "fetch");
        }
        for (GraphElement target : targets) {
            checkGraph(graph, target, "target");
        }
        for (Tensor feed : feeds) {
            checkGraph(graph, feed, "feed");
        }
        synchronized (graph.lock()) {
            return new Lowering(graph, feeds).lower(fetches, targets);
        }
    }

    private static void checkGraph(Graph graph, GraphElement element, String role) {
        if (element.graph() != graph) {
            throw new GraphException("run: the " + role + " \"" + element.name() + "\" belongs to another graph than"
                    + " the session");
        }
        Node node = node(element);
        if (!node.frame().isRoot()) {
            throw new GraphException("run: the " + role + " \"" + element.name() + "\" " + Graph.isInside(node));
        }
    }

    /** The node of a tensor or an operation. */
    static Node node(GraphElement element) {
        return switch (element) {
            case Tensor tensor -> tensor.node();
            case Operation operation -> operation.node();
        };
    }

    private LoweredGraph lower(List<Tensor> fetches, List<? extends GraphElement> targets) {
        List<Node> roots = new ArrayList<>(fetches.stream().map(Tensor::node).toList());
        for (GraphElement target : targets) {
            roots.add(node(target));
        }
        List<Node> needed = needed(roots);
        order = ordered(needed);
        needed.forEach(this::lower);

        List<Value> results = new ArrayList<>(fetches.stream().map(fetch -> values[fetch.node().id()]).toList());
        List<Variable> written = new ArrayList<>();
        for (Variable variable : initialStates.keySet()) {
            order.lastWrite(variable).ifPresent(write -> {
                written.add(variable);
                results.add(states.get(write));
            });
        }
        Set<Value> tokens = new LinkedHashSet<>();
        for (Node root : roots.subList(fetches.size(), roots.size())) {
            if (effects.get(root.id())) {
                tokens.add(builder.add(new Join(), values[root.id()]));
            }
        }
        results.addAll(tokens);
        ownSizes(new Function("run", List.of(), results, builder.locations()));
        return assemble(results, fetches.size(), written);
    }

    private StateOrder ordered(List<Node> needed) {
        try {
            return StateOrder.of(needed, cut);
        } catch (GraphException problem) {
            throw new GraphException("run: " + problem.getMessage(), problem);
        }
    }

    private LoweredGraph assemble(List<Value> results, int fetches, List<Variable> written) {
        List<Tensor> used = feeds.stream().filter(feed -> parameters.containsKey(feed.node())).toList();
        List<Value> all = new ArrayList<>(used.stream().map(feed -> parameters.get(feed.node())).toList());
        all.addAll(initialStates.values());
        Function draft = new Function("run", all, results, builder.locations());
        Optional<Value> runNumber = draft.values().stream().filter(value -> value.op() instanceof RunNumber)
                .findFirst();
        runNumber.ifPresent(all::add);
        List<LoweredGraph.State> states = initialStates.keySet().stream()
                .map(variable -> new LoweredGraph.State(variable, readAtStart.contains(variable),
                        written.contains(variable))).toList();
        return new LoweredGraph(new Function("run", all, results, builder.locations()), used,
                feeds.stream().filter(feed -> !used.contains(feed)).toList(), states, runNumber.isPresent(),
                fetches, written, meetings(used));
    }

    /** Why the sizes of some feeds are bound. */
    private List<String> meetings(List<Tensor> used) {
        Set<Node> nodes = new HashSet<>(used.stream().map(Tensor::node).toList());
        return graph.sizes().meetings().stream().filter(meeting -> Stream.of(meeting.left(), meeting.right())
                .flatMap(dim -> dim.symbols().stream()).anyMatch(symbol -> graph.sizes().owner(symbol)
                        .filter(owner -> nodes.contains(owner.placeholder())).isPresent()))
                .map(Sizes.Meeting::why).toList();
    }

    /** The roots and what they need, in the order of the graph; nothing before a fed node. */
    private List<Node> needed(List<Node> roots) {
        BitSet seen = new BitSet();
        Deque<Node> pending = new ArrayDeque<>();
        roots.forEach(root -> visit(root, seen, pending));
        while (!pending.isEmpty()) {
            Node node = pending.pop();
            if (!cut[node.id()]) {
                node.inputs().forEach(input -> visit(input, seen, pending));
                node.controls().forEach(control -> visit(control, seen, pending));
                graph.sizes().definitions(node).stream().filter(definition -> !fedSizes.contains(definition))
                        .forEach(definition -> visit(definition, seen, pending));
            }
        }
        return seen.stream().mapToObj(graph.nodes()::get).toList();
    }

    private static void visit(Node node, BitSet seen, Deque<Node> pending) {
        if (!seen.get(node.id())) {
            seen.set(node.id());
            pending.push(node);
        }
    }

    private void lower(Node node) {
        builder.at(node.location());
        if (cut[node.id()]) {
            values[node.id()] = parameter(node);
            return;
        }
        boolean effect = Body.isEffect(node);
        for (Node input : node.inputs()) {
            effect |= effects.get(input.id());
        }
        List<Value> tokens = new ArrayList<>();
        for (Node control : node.controls()) {
            if (effects.get(control.id())) {
                effect = true;
                tokens.add(values[control.id()]);
            }
        }
        values[node.id()] = switch (node.kind()) {
            case NodeKind.Primitive(Op op) -> primitive(node, op, tokens);
            case NodeKind.Placeholder() -> after(placeholder(node), tokens);
            case NodeKind.Read(Variable variable) ->
                    after(builder.add(new Read(), stateBefore(node, variable, true)), tokens);
            case NodeKind.Assign(Variable variable) -> {
                Value value = after(input(node, 0), tokens);
                states.put(node, builder.add(new Assign(), stateBefore(node, variable, false), value));
                yield value;
            }
            case NodeKind.Identity() -> after(input(node, 0), tokens);
            case NodeKind.Group() -> builder.add(new Join(), tokens);
            case NodeKind.Stream stream -> Streams.of(builder, builder.add(new RunNumber()), stream);
            case NodeKind.BodyInput _ -> throw new CompilerBug(node + " is needed outside of its body");
        };
        effects.set(node.id(), effect || Failures.canFail(values[node.id()]));
    }

    private Value parameter(Node node) {
        return parameters.computeIfAbsent(node,
                key -> builder.add(new Parameter(key.name(), key.tensorType())));
    }

    private Value placeholder(Node node) {
        if (node.inputs().isEmpty()) {
            throw new GraphException("run: the placeholder \"" + node.name() + "\" is needed and not fed; add"
                    + " feed(" + node.name() + ", value)\n  " + node.name() + ": " + node.describe());
        }
        return input(node, 0);
    }

    /** What was learnt of sizes after the node was made may refute it. */
    private Value primitive(Node node, Op op, List<Value> tokens) {
        try {
            return Closing.primitive(builder, canonical.apply(op),
                    node.inputs().stream().map(input -> values[input.id()]).toList(), tokens);
        } catch (GraphException refuted) {
            throw new GraphException(refuted.getMessage() + "\n  at " + node.location(), refuted);
        }
    }

    private Value input(Node node, int index) {
        return values[node.inputs().get(index).id()];
    }

    private Value after(Value value, List<Value> tokens) {
        return Closing.after(builder, value, tokens);
    }

    private Value stateBefore(Node node, Variable variable, boolean read) {
        Value initial = initialStates.computeIfAbsent(variable,
                key -> builder.add(new InitialState(key.name(), key.type())));
        Optional<Node> write = order.writeBefore(node);
        if (read && write.isEmpty()) {
            readAtStart.add(variable);
        }
        return write.map(states::get).orElse(initial);
    }

    /** Makes a parameter of a fed tensor for every size that the function uses and no parameter gives. */
    private void ownSizes(Function function) {
        Set<Symbol> given = new LinkedHashSet<>();
        parameters.values().forEach(value -> value.shape().dims()
                .forEach(dim -> dim.asSymbol().ifPresent(given::add)));
        for (Symbol symbol : Symbols.of(function)) {
            if (given.contains(symbol)) {
                continue;
            }
            Optional<Tensor> source = feeds.stream().filter(feed -> feed.shape().dims()
                    .contains(Dim.ofSymbol(symbol))).findFirst();
            if (source.isPresent()) {
                Value value = parameter(source.get().node());
                value.shape().dims().forEach(dim -> dim.asSymbol().ifPresent(given::add));
            } else if (parameters.values().stream().flatMap(value -> value.shape().dims().stream())
                    .noneMatch(dim -> dim.symbols().equals(Set.of(symbol)))) {
                throw unknownSize(symbol);
            }
        }
    }

    private GraphException unknownSize(Symbol symbol) {
        return graph.sizes().owner(symbol)
                .map(owner -> new GraphException("run: the size of axis " + owner.axis() + " of the placeholder \""
                        + owner.placeholder().name() + "\" is needed and not fed; add feed("
                        + owner.placeholder().name() + ", value)\n  " + owner.placeholder().name() + ": "
                        + owner.placeholder().describe()))
                .orElseGet(() -> new GraphException("run: no fed tensor has the size \"" + symbol
                        + "\", which is needed; feed a placeholder that has it"));
    }
}
