package dev.sinter.graph;

import dev.sinter.ir.Location;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.function.Function;

/**
 * A tensor that a session keeps between runs. Used as an operand it is read: a read sees the value at the
 * start of the run, unless it is made inside {@link Graph#controlDependencies} of an assign. Assigns take
 * effect together when the run succeeds. In the body of a loop a read sees the value at the start of the
 * iteration, and the next iteration sees what this one assigns.
 */
public final class Variable implements Operand {
    private final Graph graph;
    private final int id;
    private final String name;
    private final TensorType type;
    private final Location location;
    private final Tensor initialValue;
    private Node initializer;

    Variable(Graph graph, int id, String name, Tensor initialValue, Place place) {
        this.graph = graph;
        this.id = id;
        this.name = name;
        this.type = initialValue.node().tensorType();
        this.location = new Location(place.file(), place.line(), name);
        this.initialValue = initialValue;
    }

    void initializeBy(Node assign) {
        this.initializer = assign;
    }

    public Graph graph() {
        return graph;
    }

    /** Its position among the variables of its graph, the order in which runs lock. */
    public int id() {
        return id;
    }

    /** The unique name with its scopes. */
    public String name() {
        return name;
    }

    @Override
    public DType dtype() {
        return type.dtype();
    }

    /** The shape, all of whose sizes are known. */
    @Override
    public Shape shape() {
        return type.shape();
    }

    TensorType type() {
        return type;
    }

    /** The line of the user's program that made it: {@code Mnist.java:30}. */
    public String location() {
        return location.place();
    }

    Location where() {
        return location;
    }

    /** Gives the variable its initial value. */
    public Operation initializer() {
        return new Operation(initializer);
    }

    /** What the initializer assigns. */
    public Tensor initialValue() {
        return initialValue;
    }

    /** The value as a tensor. */
    public Tensor value() {
        synchronized (graph.lock()) {
            return read().tensor();
        }
    }

    /** The value at the start of a run, in a body of an iteration, whatever control dependencies are open. */
    public Tensor valueAtStart() {
        synchronized (graph.lock()) {
            return sharedRead().tensor();
        }
    }

    /** The read that a use of the variable means here. */
    Node read() {
        return graph.controls().isEmpty() ? sharedRead() : graph.read(this);
    }

    /** The read of the value at the start of a run; in a body, of an iteration. */
    Node sharedRead() {
        return graph.frame().sharedRead(this).orElseGet(() -> {
            Node read = graph.uncontrolled(() -> graph.read(this));
            graph.frame().share(this, read);
            return read;
        });
    }

    /** The write of a new value, whose own value that is. */
    public Tensor assign(Operand value) {
        return write("assign", c -> c.in(0), value);
    }

    /** The write of the sum of the variable, as read here, and a value that broadcasts to its shape. */
    public Tensor assignAdd(Operand value) {
        return write("assign_add", c -> c.mapBroadcast(ScalarFn.ADD, c.in(1), c.in(0)), value, this);
    }

    /** The write of the variable, as read here, less a value that broadcasts to its shape. */
    public Tensor assignSub(Operand value) {
        return write("assign_sub", c -> c.mapBroadcast(ScalarFn.SUB, c.in(1), c.in(0)), value, this);
    }

    /**
     * The value of a counter, to which the run adds 1: as {@code tf.count_up_to}. A run in which the value is not below
     * a limit fails and changes nothing.
     *
     * @throws GraphException where the variable is no integer scalar, or its dtype does not hold the limit
     */
    public Tensor countUpTo(long limit) {
        return Composite.of(graph, "count_up_to", () -> {
            if (!dtype().isInteger() || shape().rank() != 0) {
                throw new GraphException("a counter is an integer scalar, not " + this);
            }
            Tensor before = value();
            try (Scope _ = graph.controlDependencies(Debugging.assertLess(before, Scalar.of(limit)))) {
                return Control.withDependencies(before, assign(before.plus(1)));
            }
        });
    }

    private Tensor write(String op, Function<Composer, Node> newValue, Operand... operands) {
        return Composer.node(graph, op, op, c -> c.assign(this, newValue.apply(c)),
                List.of(operands)).tensor();
    }

    @Override
    public String toString() {
        return "Variable(\"" + name + ":0\", shape=" + shape().toUserString() + ", dtype=" + dtype() + ")";
    }
}
