package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A computation, defined once and run many times by sessions. Ops on its tensors add to it; nothing is
 * computed or merged. Several threads may use a graph; scopes and control dependencies are the graph's, so
 * that only one thread at a time should build while one is open.
 */
public final class Graph {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.][A-Za-z0-9_.\\-/]*");

    /** A state to go back to when a call fails. */
    record Mark(int nodes, int variables, int sizes, int names, long opSeed) {}

    private final Object lock = new Object();
    private final Sizes sizes = new Sizes();
    private final StaticValues statics = new StaticValues(this);
    private final List<Node> nodes = new ArrayList<>();
    private final List<Variable> variables = new ArrayList<>();
    private final Map<String, Optional<Node>> names = new HashMap<>();
    private final List<String> nameOrder = new ArrayList<>();
    private final Map<String, Integer> counters = new HashMap<>();
    private final Map<String, Dim> dims = new HashMap<>();
    private final Deque<List<Node>> controls = new ArrayDeque<>();
    private final Frame root = Frame.root();
    private Frame frame = root;
    private String scope = "";
    private long seed;
    private long nextOpSeed;

    /** An empty graph whose random ops have the seed 0. */
    public Graph() {
        this(0);
    }

    /** An empty graph. */
    public Graph(long seed) {
        this.seed = seed;
    }

    /** The seed of random ops made from now on. */
    public long seed() {
        synchronized (lock) {
            return seed;
        }
    }

    /** Sets the seed of the random ops made from now on. */
    public void setSeed(long value) {
        synchronized (lock) {
            seed = value;
        }
    }

    /**
     * A tensor whose value the caller feeds.
     *
     * @param name  its name; one that is taken gets a number
     * @param shape the sizes; each {@link Shape#UNKNOWN} one becomes a symbol, known when a run feeds it
     */
    public Tensor placeholder(String name, DType dtype, Shape shape) {
        return placeholder(name, dtype, shape, List.of());
    }

    /** A tensor whose value the caller may feed; its shape is that of the default. */
    public Tensor placeholderWithDefault(String name, Operand value) {
        Tensor tensor = value instanceof Tensor given ? given : tensor(value);
        return placeholder(name, tensor.dtype(), tensor.shape(), List.of(tensor));
    }

    private Tensor placeholder(String name, DType dtype, Shape shape, List<Tensor> value) {
        checkName("placeholder", name);
        return within(root, () -> Composer.node(this, "placeholder", name, c -> {
            String base = nextName(name);
            List<Dim> known = new ArrayList<>();
            for (int axis = 0; axis < shape.rank(); axis++) {
                boolean unknown = shape.dim(axis).equals(Dim.UNKNOWN);
                known.add(unknown ? Dim.symbol(symbolName(base, axis)) : shape.dim(axis));
            }
            Node node = c.make(new NodeKind.Placeholder(), c.ins(), new TensorType(dtype, new Shape(known)));
            for (int axis = 0; axis < shape.rank(); axis++) {
                for (Symbol symbol : known.get(axis).symbols()) {
                    sizes.own(symbol, node, axis);
                }
            }
            return node;
        }, value).tensor());
    }

    /** The name of the size of an axis of something that is called by a name. */
    static String symbolName(String name, int axis) {
        String start = Character.isLetter(name.charAt(0)) || name.charAt(0) == '_' ? name : "_" + name;
        return start.replace('-', '_') + "." + axis;
    }

    /**
     * A size that is known when a run feeds it, to be used in the shapes of several placeholders. The same
     * name always gives the same size.
     */
    public Dim dim(String name) {
        synchronized (lock) {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                throw new GraphException("dim: \"" + name + "\" is not a name of letters, digits and _");
            }
            return dims.computeIfAbsent(name, Dim::symbol);
        }
    }

    /**
     * A value that sessions keep between runs.
     *
     * @param name    its name; one that is taken gets a number
     * @param initial the initial value, of known sizes; an initializer or a tensor
     */
    public Variable variable(String name, Operand initial) {
        checkName("variable", name);
        synchronized (lock) {
            Mark mark = mark();
            String outer = scope;
            Frame outerFrame = frame;
            String unique = uniqueName(name);
            scope = unique;
            frame = root;
            controls.push(List.of());
            try {
                Tensor value = initial instanceof Tensor given ? given : Composer.node(this, "initial_value",
                        "initial_value", c -> c.in(0), List.of(initial)).tensor();
                if (!value.shape().isStatic()) {
                    throw new GraphException("variable: the initial value of \"" + unique + "\" is " + value
                            + "; every size must be known\n  at " + Place.here());
                }
                Variable variable = new Variable(this, variables.size(), unique, value, Place.here());
                variables.add(variable);
                variable.initializeBy(Composer.node(this, "assign", "assign", c -> c.assign(variable, c.in(0)),
                        List.of(value)));
                return variable;
            } catch (GraphException problem) {
                rollBack(mark);
                throw problem;
            } finally {
                scope = outer;
                frame = outerFrame;
                controls.pop();
            }
        }
    }

    /** A tensor known now. */
    public Tensor constant(NDArray value) {
        return tensor(Ops.constant(value));
    }

    /** A tensor known now: a number, or an array of numbers or bools of any rank. */
    public Tensor constant(Object value) {
        return tensor(Ops.constant(value));
    }

    /**
     * An operand as a tensor of this graph: an initializer is placed, as a node that can be used several times, a
     * variable read.
     */
    public Tensor tensor(Operand operand) {
        return switch (operand) {
            case Tensor tensor -> tensor;
            case Variable variable -> variable.value();
            case Initializer initializer -> Composer.node(this, initializer.op(), initializer.op(), initializer.body(),
                    List.of()).tensor();
            case Scalar scalar -> tensor(Ops.constant(scalar.as(DType.FLOAT32)));
        };
    }

    /** Gives every variable made so far its initial value. */
    public Operation initializer() {
        return group("init", variables().stream().map(Variable::initializer).toList());
    }

    /** Carries out all of some elements. */
    Operation group(String name, List<? extends GraphElement> elements) {
        synchronized (lock) {
            List<Node> waitsFor = new ArrayList<>(controls());
            elements.forEach(element -> waitsFor.add(nodeOf(element)));
            controls.push(waitsFor);
            try {
                return new Operation(Composer.node(this, "group", name,
                        c -> c.make(new NodeKind.Group(), List.of(), new TokenType()), List.of()));
            } finally {
                controls.pop();
            }
        }
    }

    /** The variables in the order in which they were made. */
    public List<Variable> variables() {
        synchronized (lock) {
            return List.copyOf(variables);
        }
    }

    /**
     * Names made until the scope is closed begin with {@code name/}, or {@code name_1/} where that is taken:
     * {@code try (var _ = graph.scope("mlp")) { ... }}.
     */
    public Scope scope(String name) {
        checkName("scope", name);
        synchronized (lock) {
            String outer = scope;
            scope = uniqueName(name);
            return new Scope(() -> leave(outer));
        }
    }

    /** Names made until the scope is closed lie below the name of an op, whether it is taken or not. */
    Scope scopeOf(String op) {
        synchronized (lock) {
            String outer = scope;
            scope = outer.isEmpty() ? op : outer + "/" + op;
            return new Scope(() -> leave(outer));
        }
    }

    private void leave(String outer) {
        synchronized (lock) {
            scope = outer;
        }
    }

    /**
     * Reads, writes and calls made until the scope is closed wait for these elements, besides those of the
     * scopes around: {@code try (var _ = graph.controlDependencies(update)) { ... }}.
     */
    public Scope controlDependencies(GraphElement... elements) {
        synchronized (lock) {
            List<Node> waitsFor = new ArrayList<>(controls());
            for (GraphElement element : elements) {
                waitsFor.add(nodeOf(element));
            }
            controls.push(List.copyOf(waitsFor));
            return new Scope(this::endControls);
        }
    }

    private void endControls() {
        synchronized (lock) {
            controls.pop();
        }
    }

    private Node nodeOf(GraphElement element) {
        if (element.graph() != this) {
            throw new GraphException("\"" + element.name() + "\" belongs to another graph\n  at " + Place.here());
        }
        Node node = Lowering.node(element);
        if (!frame.sees(node.frame())) {
            throw new GraphException("\"" + element.name() + "\" " + isInside(node) + "\n  at " + Place.here());
        }
        return node;
    }

    /** What messages say of a node that is used outside of its body. */
    static String isInside(Node node) {
        return "belongs to " + node.frame() + " and has no value outside of it; return it from the body";
    }

    /**
     * The element of a name such as {@code mlp/matmul} or {@code mlp/matmul:0}; of a variable, its value. A name
     * of something in a body, which no run can be asked for, is a {@link GraphException}.
     */
    public Optional<GraphElement> find(String name) {
        synchronized (lock) {
            String plain = name.endsWith(":0") ? name.substring(0, name.length() - 2) : name;
            for (Variable variable : variables) {
                if (variable.name().equals(plain)) {
                    return Optional.of(variable.valueAtStart());
                }
            }
            Optional<Node> found = names.getOrDefault(plain, Optional.empty());
            found.filter(node -> !frame.sees(node.frame())).ifPresent(node -> {
                throw new GraphException("find: \"" + name + "\" " + isInside(node));
            });
            return found.map(node -> node.type() instanceof TensorType ? node.tensor() : new Operation(node));
        }
    }

    Object lock() {
        return lock;
    }

    Sizes sizes() {
        return sizes;
    }

    /** What is known of values before any run. */
    StaticValues statics() {
        return statics;
    }

    String scope() {
        return scope;
    }

    /** Where nodes made now belong. */
    Frame frame() {
        return frame;
    }

    /** What code makes in a frame, under the frame's names and outside of all control dependencies. */
    <T> T inside(Frame inner, Supplier<T> code) {
        String outerScope = scope;
        scope = inner.name();
        try {
            return within(inner, code);
        } finally {
            scope = outerScope;
        }
    }

    /** What code makes in a frame, outside of all control dependencies. */
    private <T> T within(Frame other, Supplier<T> code) {
        synchronized (lock) {
            Frame outer = frame;
            String outerScope = scope;
            int depth = controls.size();
            frame = other;
            controls.push(List.of());
            try {
                return code.get();
            } finally {
                frame = outer;
                scope = outerScope;
                while (controls.size() > depth) {
                    controls.pop();
                }
            }
        }
    }

    /** What nodes made now wait for. */
    List<Node> controls() {
        return controls.isEmpty() ? List.of() : controls.peek();
    }

    List<Node> nodes() {
        return nodes;
    }

    boolean holds(Node node) {
        return node.id() >= 0 && node.id() < nodes.size() && nodes.get(node.id()) == node;
    }

    /** A new read of a variable, which waits for the current control dependencies. */
    Node read(Variable variable) {
        String outer = scope;
        scope = "";
        try {
            return Composer.node(this, "read", variable.name() + "/read",
                    c -> c.make(new NodeKind.Read(variable), List.of(), variable.type()), List.of());
        } finally {
            scope = outer;
        }
    }

    /** What code makes outside of all control dependencies. */
    <T> T uncontrolled(Supplier<T> code) {
        return controlled(List.of(), code);
    }

    /** What code makes after some nodes. */
    <T> T controlled(List<Node> waitsFor, Supplier<T> code) {
        controls.push(waitsFor);
        try {
            return code.get();
        } finally {
            controls.pop();
        }
    }

    private long nextOpSeed() {
        return nextOpSeed++;
    }

    /** The seed of an op: the one that is given, or the next number. */
    long opSeed(Optional<Long> given) {
        return given.orElseGet(this::nextOpSeed);
    }

    Mark mark() {
        return new Mark(nodes.size(), variables.size(), sizes.mark(), nameOrder.size(), nextOpSeed);
    }

    void rollBack(Mark mark) {
        nodes.subList(mark.nodes(), nodes.size()).clear();
        variables.subList(mark.variables(), variables.size()).clear();
        sizes.rollBack(mark.sizes());
        statics.forget();
        while (nameOrder.size() > mark.names()) {
            String name = nameOrder.removeLast();
            names.remove(name);
            counters.remove(name);
        }
        nextOpSeed = mark.opSeed();
    }

    void join(Node node, String uniqueName, Place place, List<Node> waitsFor) {
        node.join(nodes.size(), uniqueName, place, waitsFor);
        nodes.add(node);
        names.put(uniqueName, Optional.of(node));
    }

    /** A new name in the current scope: the wanted one, or that with a number. */
    String uniqueName(String wanted) {
        String name = nextName(wanted);
        names.put(name, Optional.empty());
        nameOrder.add(name);
        return name;
    }

    String uniqueNameBelow(String base, String wanted) {
        String outer = scope;
        scope = base;
        try {
            return uniqueName(wanted);
        } finally {
            scope = outer;
        }
    }

    /** The name that {@link #uniqueName} would give. */
    private String nextName(String wanted) {
        String full = scope.isEmpty() ? wanted : scope + "/" + wanted;
        String name = full;
        int number = counters.getOrDefault(full, 0);
        while (names.containsKey(name)) {
            number++;
            name = full + "_" + number;
        }
        if (number > 0) {
            counters.put(full, number - 1);
        }
        return name;
    }

    static void checkName(String op, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new GraphException(op + ": the name \"" + name + "\" must be of letters, digits and _ . - /, and"
                    + " start with a letter, a digit, _ or .\n  at " + Place.here());
        }
    }
}
