package dev.sinter.nn;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;

/** What the weights of a cell with some gates have in common. */
final class CellShapes {
    private CellShapes() {}

    /** The product {@code [..., D] x [D, P] -> [..., P]} as one contraction. */
    static Tensor product(Operand inputs, Variable kernel) {
        return Ops.tensordot(inputs, kernel, new int[] {-1}, new int[] {0});
    }

    static void checkSizes(String op, long inputs, long units) {
        if (inputs < 1 || units < 1) {
            throw new GraphException(op + ": at least 1 input and 1 unit are needed, not " + inputs + " and " + units);
        }
    }

    /** Refuses weights that are not {@code [D, gates * H]}, {@code [H, gates * H]} and {@code [gates * H]}. */
    static void check(String op, int gates, Variable kernel, Variable recurrentKernel, Variable bias) {
        if (!kernel.dtype().isFloat()) {
            throw new GraphException(op + ": the weights must have a float dtype, not " + kernel);
        }
        if (recurrentKernel.shape().rank() != 2) {
            throw new GraphException(op + ": the recurrent kernel must be a matrix, not " + recurrentKernel);
        }
        Dim units = recurrentKernel.shape().dim(0);
        Dim wide = units.times(gates);
        DType dtype = kernel.dtype();
        require(op, "recurrent kernel", recurrentKernel, dtype, Shape.of(units, wide));
        require(op, "kernel", kernel, dtype, kernel.shape().rank() == 2 ? Shape.of(kernel.shape().dim(0), wide)
                : Shape.of(Dim.UNKNOWN, wide));
        require(op, "bias", bias, dtype, Shape.of(wide));
    }

    /** Refuses a weight of another dtype than the kernel's, or of another shape. */
    static void require(String op, String what, Variable weight, DType dtype, Shape shape) {
        if (weight.dtype() != dtype) {
            throw new GraphException(op + ": the dtype of the " + what + " must be that of the kernel, " + dtype
                    + ", not " + weight);
        }
        if (!weight.shape().equals(shape)) {
            throw new GraphException(op + ": the shape of the " + what + " must be " + shape.toUserString() + ", not "
                    + weight);
        }
    }
}
