package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;

/**
 * The value that a node of a {@link Graph} will have in a run: symbolic, with a dtype, a shape of known rank,
 * a unique name and the source line that made it. Equality is identity.
 */
public final class Tensor implements Operand, GraphElement {
    private final Node node;

    Tensor(Node node) {
        this.node = node;
    }

    Node node() {
        return node;
    }

    @Override
    public Graph graph() {
        return node.graph();
    }

    @Override
    public String name() {
        return node.name();
    }

    @Override
    public DType dtype() {
        return node.tensorType().dtype();
    }

    /** The sizes; one that is not known is a symbol, or an expression over symbols. */
    @Override
    public Shape shape() {
        return node.tensorType().shape();
    }

    public int rank() {
        return shape().rank();
    }

    /** The size along an axis; a negative axis counts from the end. */
    public Dim dim(int axis) {
        int rank = rank();
        if (axis < -rank || axis >= rank) {
            throw new GraphException("dim: axis " + axis + " is outside of " + this);
        }
        return shape().dim(axis < 0 ? axis + rank : axis);
    }

    /** The line of the user's program that made it: {@code Mnist.java:41}. */
    public String location() {
        return node.location().place();
    }

    /** What messages call it: {@code placeholder "x"} or {@code tensor "relu"}. */
    public String role() {
        return (node.kind() instanceof NodeKind.Placeholder ? "placeholder \"" : "tensor \"") + name() + "\"";
    }

    /** The same value under a name of one's own, which the scope precedes. */
    public Tensor named(String name) {
        return Ops.identity(this, name);
    }

    /** {@code Tensor("matmul:0", shape=(?, 100), dtype=float32)}. */
    @Override
    public String toString() {
        return "Tensor(\"" + name() + ":0\", shape=" + shape().toUserString() + ", dtype=" + dtype() + ")";
    }
}
