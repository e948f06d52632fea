package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.stream.IntStream;

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

    /**
     * Declares that sizes of this tensor may be 1 in a run where they meet another size in a broadcast, and
     * then stretch. Without it such sizes are taken to be equal. One program serves all runs; a gradient is
     * summed over what was stretched. Holds for what is made from now on.
     *
     * @param axes the axes, negative ones counted from the end; none means all whose size is unknown
     * @return this tensor
     * @throws GraphException where the size of a given axis is known or follows from other sizes
     */
    public Tensor mayBroadcast(int... axes) {
        synchronized (graph().lock()) {
            for (int axis : axes) {
                if (dim(axis).asSymbol().isEmpty()) {
                    throw new GraphException("may_broadcast: axis " + axis + " of " + this + " has the size "
                            + dim(axis) + ", which is not unknown on its own\n  at " + Place.here());
                }
            }
            IntStream given = axes.length == 0 ? IntStream.range(0, rank()) : IntStream.of(axes);
            given.forEach(axis -> dim(axis).asSymbol().ifPresent(graph().sizes()::letBroadcast));
        }
        return this;
    }

    /** {@code Tensor("matmul:0", shape=(?, 100), dtype=float32)}. */
    @Override
    public String toString() {
        return "Tensor(\"" + name() + ":0\", shape=" + shape().toUserString() + ", dtype=" + dtype() + ")";
    }
}
