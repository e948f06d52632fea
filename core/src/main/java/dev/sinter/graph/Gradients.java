package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.List;

/** The gradients of some tensors, in the order in which they were asked for. */
public final class Gradients {
    private final List<Operand> xs;
    private final List<Tensor> gradients;

    Gradients(List<Operand> xs, List<Tensor> gradients) {
        this.xs = List.copyOf(xs);
        this.gradients = List.copyOf(gradients);
    }

    /** The gradient with respect to one of the operands that were given; of its shape. */
    public Tensor of(Operand x) {
        int index = xs.indexOf(x);
        if (index < 0) {
            throw new GraphException("gradients: " + x + " is not one of the operands that were asked for; they are "
                    + xs);
        }
        return gradients.get(index);
    }

    /**
     * The gradient with respect to complex numbers whose planes were both given: {@code dL/dre + i dL/dim}, as
     * TensorFlow's.
     */
    public Complex of(Complex x) {
        return new Complex(of(x.real()), of(x.imag()));
    }

    /** The gradient with respect to a complex variable whose planes were both given. */
    public Complex of(ComplexVariable x) {
        return new Complex(of(x.real()), of(x.imag()));
    }

    /** The gradient with respect to the operand at a position. */
    public Tensor get(int index) {
        return gradients.get(index);
    }

    /** All gradients in order. */
    public List<Tensor> asList() {
        return gradients;
    }
}
