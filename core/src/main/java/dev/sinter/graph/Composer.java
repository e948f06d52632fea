package dev.sinter.graph;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.Op;
import dev.sinter.op.Parameter;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.RunNumber;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Transpose;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The making of one op that a user called: its nodes, of which the last gets the op's name and the others
 * lie below it ({@code mean/reduce}), and its messages. The nodes join the graph when all of them are made;
 * a failure leaves the graph as it was.
 */
final class Composer {
    private static final List<String> LABELS = List.of("x", "y", "z");
    private static final long MOST_FOUND = 1L << 40;

    private final Graph graph;
    private final String op;
    private final Place place;
    private final List<Node> inputs = new ArrayList<>();
    private final List<Node> made = new ArrayList<>();
    private final Map<Node, List<Node>> controls = new HashMap<>();
    private final Map<Node, String> words = new HashMap<>();
    private final Map<Node, Place> places = new HashMap<>();
    private List<String> labels = LABELS;

    private Composer(Graph graph, String op, Place place) {
        this.graph = graph;
        this.op = op;
        this.place = place;
    }

    /** The tensor that a body makes of operands, in the graph of the operands. */
    static Tensor tensor(String op, Function<Composer, Node> body, Operand... operands) {
        return tensor(op, body, List.of(operands));
    }

    static Tensor tensor(String op, Function<Composer, Node> body, List<? extends Operand> operands) {
        return node(graphOf(op, operands), op, op, body, operands).tensor();
    }

    /** The node that a body makes, under a name of its own. */
    static Node node(Graph graph, String op, String name, Function<Composer, Node> body,
            List<? extends Operand> operands) {
        return compose(graph, op, c -> c.join(name, body.apply(c)), operands);
    }

    /** Several nodes that a body makes, all of them below the name of the op. */
    static List<Node> nodes(Graph graph, String op, Function<Composer, List<Node>> body,
            List<? extends Operand> operands) {
        return compose(graph, op, c -> c.joinAll(body.apply(c)), operands);
    }

    /** What a body makes; where it fails, the graph stays as it was. */
    static <T> T compose(Graph graph, String op, Function<Composer, T> body,
            List<? extends Operand> operands) {
        synchronized (graph.lock()) {
            Graph.Mark mark = graph.mark();
            Composer composer = new Composer(graph, op, Place.here());
            try {
                composer.resolve(operands);
                return body.apply(composer);
            } catch (GraphException problem) {
                graph.rollBack(mark);
                throw composer.located(problem);
            } catch (RuntimeException | Error problem) {
                graph.rollBack(mark);
                throw problem;
            }
        }
    }

    /** The one graph of some operands. */
    static Graph graphOf(String op, List<? extends Operand> operands) {
        Set<Graph> graphs = new HashSet<>();
        for (Operand operand : operands) {
            switch (operand) {
                case Tensor tensor -> graphs.add(tensor.graph());
                case Variable variable -> graphs.add(variable.graph());
                case Initializer _, Scalar _ -> { }
            }
        }
        if (graphs.size() == 1) {
            return graphs.iterator().next();
        }
        if (operands.isEmpty()) {
            throw new GraphException(op + ": at least one operand is needed\n  at " + Place.here());
        }
        throw new GraphException(op + (graphs.isEmpty()
                ? ": no operand belongs to a graph; place one with graph.tensor(...)"
                : ": the operands belong to different graphs; make them in one") + "\n  at " + Place.here());
    }

    private void resolve(List<? extends Operand> operands) {
        if (operands.size() > labels.size()) {
            labels = IntStream.range(0, operands.size()).mapToObj(i -> "operand " + i).toList();
        }
        DType numbers = operands.stream().filter(operand -> !(operand instanceof Scalar)).findFirst()
                .map(Operand::dtype).orElse(DType.FLOAT32);
        for (Operand operand : operands) {
            inputs.add(switch (operand) {
                case Tensor tensor -> tensor.node();
                case Variable variable -> variable.read();
                case Initializer initializer -> graph.tensor(initializer).node();
                case Scalar scalar -> constant(scalar.as(numbers));
            });
            checkVisible(inputs.getLast());
        }
    }

    /** A node that is used must belong to the current frame or to one around it. */
    private void checkVisible(Node node) {
        if (!graph.frame().sees(node.frame())) {
            throw new GraphException(describe(node) + " " + Graph.isInside(node));
        }
    }

    /** The node of a value that user code returns. */
    Node resolved(Operand operand) {
        Node node = graph.tensor(operand).node();
        checkVisible(node);
        return node;
    }

    private Node join(String name, Node result) {
        Node last = result;
        if (made.isEmpty() || made.getLast() != result) {
            last = make(new NodeKind.Identity(), List.of(result), result.type());
        }
        if (!controls.containsKey(last)) {
            controlled(last);
        }
        String base = graph.uniqueName(name);
        for (Node node : made) {
            join(node, node == last ? base : graph.uniqueNameBelow(base, word(node)));
        }
        return last;
    }

    private List<Node> joinAll(List<Node> results) {
        joinBelow(graph.uniqueName(op));
        return results;
    }

    /** Adds the nodes made so far to the graph, below a name; one called by the empty word has the name itself. */
    void joinBelow(String base) {
        for (Node node : made) {
            String word = word(node);
            join(node, word.isEmpty() ? base : graph.uniqueNameBelow(base, word));
        }
        made.clear();
    }

    private void join(Node node, String name) {
        graph.join(node, name, places.getOrDefault(node, place), controls.getOrDefault(node, List.of()));
    }

    private String word(Node node) {
        return words.getOrDefault(node, switch (node.kind()) {
            case NodeKind.Primitive(Op primitive) -> primitive.mnemonic();
            case NodeKind.Assign _ -> "assign";
            case NodeKind.Stream _ -> "stream";
            case NodeKind.Placeholder _, NodeKind.Read _, NodeKind.Identity _, NodeKind.Group _,
                    NodeKind.BodyInput _ -> "identity";
        });
    }

    /** Names the operands as messages call them. */
    void label(String... words) {
        labels = List.of(words);
    }

    Graph graph() {
        return graph;
    }

    Node in(int index) {
        return inputs.get(index);
    }

    List<Node> ins() {
        return List.copyOf(inputs);
    }

    /** The word of the op in messages. */
    String op() {
        return op;
    }

    /** The line that calls the op. */
    Place place() {
        return place;
    }

    /** The scope as messages show it. */
    String inScope() {
        return graph.scope().isEmpty() ? "" : " in \"" + graph.scope() + "\"";
    }

    /** The op's control inputs also go to this node, which need not be the last. */
    Node controlled(Node node) {
        return controlled(node, List.of());
    }

    /** The op's control inputs and some others go to this node. */
    Node controlled(Node node, Collection<Node> others) {
        controls.put(node, Stream.concat(graph.controls().stream(), others.stream()).distinct().toList());
        return node;
    }

    /** Calls a node by a word, which follows the op's name. */
    Node called(Node node, String word) {
        words.put(node, word);
        return node;
    }

    /** Says which line of the user's made a node, where it is not the line that calls the op. */
    void from(Node node, Place other) {
        places.put(node, other);
    }

    /** The number that random ops made here have as their operand. */
    Node stream() {
        return graph.frame().isRoot() ? add(new RunNumber()) : stream(0, 0);
    }

    /** A number for random ops that are made by the bodies of this op. */
    Node stream(int ahead, long salt) {
        return make(new NodeKind.Stream(ahead, salt), List.of(), new TensorType(DType.INT64, Shape.SCALAR));
    }

    Node make(NodeKind kind, List<Node> operands, Type type) {
        Node node = new Node(graph, graph.frame(), kind, operands, type, op);
        made.add(node);
        return node;
    }

    /** The write of a variable. */
    Node assign(Variable variable, Node value) {
        if (dtype(value) != variable.dtype()) {
            throw new GraphException("the variable \"" + variable.name() + "\" holds " + text(variable.type())
                    + ", the value is " + describe(value) + "; cast(...) it");
        }
        if (rank(value) != variable.shape().rank()) {
            throw shapeDiffers(variable, value);
        }
        for (int axis = 0; axis < rank(value); axis++) {
            String why = op + " at " + place + ": " + describe(value) + " axis " + axis + " is given to variable \""
                    + variable.name() + "\" of " + text(variable.type());
            if (graph.sizes().unify(variable.shape().dim(axis), shape(value).dim(axis), why)
                    == Sizes.Relation.DIFFERENT) {
                throw shapeDiffers(variable, value);
            }
        }
        Node fitting = reshape(value, variable.shape());
        return make(new NodeKind.Assign(variable), List.of(fitting), fitting.type());
    }

    private GraphException shapeDiffers(Variable variable, Node value) {
        return new GraphException("the variable \"" + variable.name() + "\" holds " + text(variable.type())
                + ", the value is " + describe(value) + "; a value must have the variable's shape");
    }

    Node add(Op primitive, Node... operands) {
        return add(primitive, List.of(operands));
    }

    Node add(Op primitive, List<Node> operands) {
        Type type = primitive.infer(operands.stream().map(Node::type).toList());
        if (type instanceof TensorType tensor) {
            Requirements.requireSizes(tensor);
        }
        return make(new NodeKind.Primitive(primitive), operands, type);
    }

    /**
     * A size that the run finds.
     *
     * @param value  an int64 scalar; the run fails where it is negative or exceeds the bound
     * @param atMost the greatest size
     */
    Dim found(Node value, Dim atMost) {
        if (atMost.isConstant() && atMost.constant() > MOST_FOUND) {
            throw new GraphException("a size that the run finds is at most " + MOST_FOUND + ", not " + atMost);
        }
        Symbol symbol = graph.sizes().found();
        graph.sizes().define(symbol, add(new DefineSize(symbol, graph.sizes().canonical(atMost)), value));
        return Dim.ofSymbol(symbol);
    }

    Node constant(NDArray array) {
        return add(new Constant(array));
    }

    Node scalar(DType dtype, double value) {
        return constant(NDArray.scalar(dtype, value));
    }

    /** One value everywhere. */
    Node full(DType dtype, Shape shape, double value) {
        return stretch(scalar(dtype, value), shape, List.of());
    }

    Node fullLike(Node like, double value) {
        return full(like.tensorType().dtype(), shape(like), value);
    }

    /** A size as a scalar of a dtype. */
    Node size(Dim dim, DType dtype) {
        return dim.isConstant() ? scalar(dtype, dim.constant()) : convert(add(new DimSize(dim)), dtype);
    }

    Node map(ScalarFn fn, Node... operands) {
        return add(new dev.sinter.op.Map(fn), operands);
    }

    /** A scalar function on operands that broadcast. */
    Node mapBroadcast(ScalarFn fn, Node... operands) {
        return add(new dev.sinter.op.Map(fn), broadcast(List.of(operands)));
    }

    Node convert(Node x, DType dtype) {
        return dtype(x) == dtype ? x : add(new Convert(dtype), x);
    }

    Node reshape(Node x, Shape shape) {
        return shape(x).equals(shape) ? x : add(new Reshape(shape), x);
    }

    Node transpose(Node x, List<Integer> permutation) {
        return permutation.equals(axes(x)) ? x : add(new Transpose(permutation), x);
    }

    Node reduce(ReduceFn fn, Node x, List<Integer> axes) {
        return axes.isEmpty() ? x : add(new Reduce(fn, axes), x);
    }

    /** What values of the tensor IR make of nodes, as nodes. */
    Node derived(List<Node> operands, BiFunction<Builder, List<Value>, Value> body) {
        Builder b = new Builder();
        Map<Value, Node> nodes = new HashMap<>();
        List<Value> parameters = new ArrayList<>();
        for (Node operand : operands) {
            Value parameter = b.add(new Parameter("operand " + parameters.size(), operand.tensorType()));
            parameters.add(parameter);
            nodes.put(parameter, operand);
        }
        Value result = body.apply(b, parameters);
        for (Value value : new dev.sinter.ir.Function(op, parameters, List.of(result), b.locations()).values()) {
            if (!nodes.containsKey(value)) {
                nodes.put(value, add(value.op(), value.operands().stream().map(nodes::get).toList()));
            }
        }
        return nodes.get(result);
    }

    Node contract(String equation, Node x, Node y) {
        int comma = equation.indexOf(',');
        int arrow = equation.indexOf("->");
        return add(new Contract(equation.substring(0, comma), equation.substring(comma + 1, arrow),
                equation.substring(arrow + 2)), x, y);
    }

    /** The operand with axis {@code i} laid along {@code axes[i]} of a shape. */
    Node stretch(Node x, Shape shape, List<Integer> axes) {
        boolean same = shape(x).equals(shape) && axes.equals(axes(x));
        return same ? x : add(new Broadcast(shape, axes), x);
    }

    static DType dtype(Node node) {
        return node.tensorType().dtype();
    }

    static Shape shape(Node node) {
        return node.tensorType().shape();
    }

    static int rank(Node node) {
        return node.tensorType().rank();
    }

    /** All axes in order. */
    static List<Integer> axes(Node node) {
        return IntStream.range(0, rank(node)).boxed().toList();
    }

    /** Axes as users write them, negative ones counted from the end, in increasing order; none means all. */
    List<Integer> axes(Node x, int... given) {
        if (given.length == 0) {
            return axes(x);
        }
        return IntStream.of(given).map(axis -> axis(axis, rank(x), x)).sorted().boxed().toList();
    }

    /** An axis as users write it, of something of a rank. */
    int axis(int given, int rank, Node x) {
        if (given < -rank || given >= rank) {
            throw new GraphException("axis " + given + " is outside of " + describe(x));
        }
        return given < 0 ? given + rank : given;
    }

    /** The operands stretched to one shape as NumPy does, after a check that the dtypes agree. */
    List<Node> broadcast(List<Node> operands) {
        sameDtype(operands);
        Shape shape = commonShape(operands);
        return operands.stream().map(operand -> broadcastTo(operand, shape)).toList();
    }

    /** One operand stretched to a shape that it broadcasts to. */
    Node broadcastTo(Node given, Shape shape) {
        int skip = shape.rank() - rank(given);
        Node operand = given;
        for (int axis = 0; axis < rank(given); axis++) {
            if (!mayStretch(shape(given).dim(axis))) {
                operand = resized(operand, axis, shape.dim(axis + skip));
            }
        }
        return stretch(operand, shape, IntStream.range(skip, shape.rank()).boxed().toList());
    }

    /** Whether a size is 1, or may be in a run. */
    boolean mayStretch(Dim size) {
        return size.isConstant(1) || graph.sizes().mayBroadcast(size);
    }

    /** The shape that operands broadcast to; sizes that meet are made equal unless one may be 1. */
    Shape commonShape(List<Node> operands) {
        return commonShape("shapes do not broadcast", operands,
                operands.stream().mapToInt(Composer::rank).max().orElse(0), 0);
    }

    /** The shape of {@code rank} axes that operands broadcast to, but for some last axes. */
    Shape commonShape(String complaint, List<Node> operands, int rank, int last) {
        for (int fromEnd = -rank - last; fromEnd < -last; fromEnd++) {
            if (areKnown(operands, fromEnd)) {
                commonSize(complaint, operands, fromEnd);
            }
        }
        List<Dim> dims = new ArrayList<>();
        for (int fromEnd = -rank - last; fromEnd < -last; fromEnd++) {
            dims.add(commonSize(complaint, operands, fromEnd));
        }
        return new Shape(dims.stream().map(graph.sizes()::canonical).toList());
    }

    /** Whether every size is known along an axis counted from the end: -1 is the last. */
    private static boolean areKnown(List<Node> operands, int fromEnd) {
        return operands.stream().allMatch(operand -> rank(operand) + fromEnd < 0
                || shape(operand).dim(rank(operand) + fromEnd).isConstant());
    }

    private Dim commonSize(String complaint, List<Node> operands, int fromEnd) {
        Dim size = Dim.ONE;
        Dim stretching = Dim.ONE;
        Node first = operands.getFirst();
        for (Node operand : operands) {
            int axis = rank(operand) + fromEnd;
            Dim own = axis < 0 ? Dim.ONE : shape(operand).dim(axis);
            if (own.isConstant(1) || operands.stream().allMatch(other -> graph.sizes().mayBroadcast(own,
                    rank(other) + fromEnd < 0 ? Dim.ONE : shape(other).dim(rank(other) + fromEnd)))) {
                stretching = stretching.broadcast(own);
                continue;
            }
            if (size.isConstant(1)) {
                first = operand;
            } else {
                meet(complaint, first, rank(first) + fromEnd, operand, axis);
            }
            size = graph.sizes().canonical(own);
        }
        return size.isConstant(1) ? stretching : size;
    }

    /**
     * Makes two axes equal, or fails with a message that starts with {@code complaint}.
     *
     * @return {@code y}; where the graph cannot tell whether the axes are equal, with the size of x's, which
     *         each run then checks
     */
    Node same(String complaint, Node x, int xAxis, Node y, int yAxis) {
        meet(complaint, x, xAxis, y, yAxis);
        return resized(y, yAxis, shape(x).dim(xAxis));
    }

    /** Makes two axes equal where the graph can tell that they are, or fails where they are not. */
    private void meet(String complaint, Node x, int xAxis, Node y, int yAxis) {
        Dim a = shape(x).dim(xAxis);
        Dim b = shape(y).dim(yAxis);
        String where = op + " at " + place + ": axis " + xAxis + " of " + called(x) + " meets axis " + yAxis + " of "
                + called(y);
        if (graph.sizes().unify(a, b, where) == Sizes.Relation.DIFFERENT) {
            throw new GraphException(complaint + ": " + describe(x) + " axis " + xAxis + " is " + size(a)
                    + ", " + describe(y) + " axis " + yAxis + " is " + size(b));
        }
    }

    /** The operand with another size along an axis, which each run checks to be the same. */
    Node resized(Node x, int axis, Dim size) {
        List<Dim> dims = new ArrayList<>(shape(x).dims());
        dims.set(axis, size);
        return reshape(x, new Shape(dims));
    }

    private static String size(Dim dim) {
        return dim.isConstant() ? dim.toString() : "unknown";
    }

    void sameDtype(List<Node> operands) {
        for (Node operand : operands) {
            if (dtype(operand) != dtype(operands.getFirst())) {
                throw new GraphException("dtypes differ: " + describe(operands.getFirst()) + ", "
                        + describe(operand) + "; cast(...) one of them");
            }
        }
    }

    private static String called(Node node) {
        return node.name().isEmpty() ? "an operand" : "\"" + node.name() + "\"";
    }

    /** The form of messages: {@code x float32[?,784]}. */
    String describe(Node node) {
        int index = inputs.indexOf(node);
        String name = node.name().isEmpty() ? "the operand" : node.name();
        String label = index >= 0 && index < labels.size() ? labels.get(index) : name;
        return label + " " + text(node.tensorType());
    }

    /** {@code float32[?,784]}. */
    static String text(TensorType type) {
        StringBuilder text = new StringBuilder(type.dtype().toString()).append('[');
        for (int axis = 0; axis < type.rank(); axis++) {
            Dim dim = type.shape().dim(axis);
            text.append(axis == 0 ? "" : ",").append(dim.isConstant() ? dim.toString() : "?");
        }
        return text.append(']').toString();
    }

    private GraphException located(GraphException problem) {
        String message = problem.getMessage();
        if (message.contains("\n  at ")) {
            return problem;
        }
        StringBuilder text = new StringBuilder();
        text.append(message.startsWith(op + ":") ? "" : op + ": ").append(message);
        text.append("\n  at ").append(place).append(inScope());
        Map<String, String> operands = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(inputs.size(), labels.size()); i++) {
            if (!inputs.get(i).name().isEmpty()) {
                operands.put(labels.get(i), inputs.get(i).describe());
            }
        }
        String separator = "\n  ";
        for (Map.Entry<String, String> operand : operands.entrySet()) {
            text.append(separator).append(operand.getKey()).append(": ").append(operand.getValue());
            separator = "      ";
        }
        return new GraphException(text.toString(), problem);
    }
}
