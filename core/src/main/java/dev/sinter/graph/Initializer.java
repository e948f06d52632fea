package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.function.Function;

/**
 * A value without operands that is not yet in a graph, such as {@code zeros(FLOAT32, shape(10))}: the initial
 * value of a variable, or an operand. It joins a graph each time it is used, as a node of its own;
 * {@link Graph#tensor} places it once, to be used several times.
 */
public final class Initializer implements Operand {
    private final String op;
    private final DType dtype;
    private final Shape shape;
    private final Function<Composer, Node> body;

    Initializer(String op, DType dtype, Shape shape, Function<Composer, Node> body) {
        if (shape.dims().contains(dev.sinter.tensor.Dim.UNKNOWN)) {
            throw new GraphException(op + ": the shape " + shape.toUserString() + " has an unknown size; take it"
                    + " from a tensor's shape()\n  at " + Place.here());
        }
        this.op = op;
        this.dtype = dtype;
        this.shape = shape;
        this.body = body;
    }

    String op() {
        return op;
    }

    Function<Composer, Node> body() {
        return body;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public String toString() {
        return "Initializer(\"" + op + "\", shape=" + shape.toUserString() + ", dtype=" + dtype + ")";
    }
}
