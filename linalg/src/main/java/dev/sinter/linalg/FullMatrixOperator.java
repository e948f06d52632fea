package dev.sinter.linalg;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Tensor;
import java.util.Set;

/** Matrices without a structure. */
final class FullMatrixOperator extends LinearOperator {
    private final Tensor matrix;

    FullMatrixOperator(Tensor given, Set<Hint> hints) {
        this(hints, hints.isEmpty() ? given : Operands.square(given));
    }

    private FullMatrixOperator(Set<Hint> hints, Tensor matrix) {
        super(matrix.graph(), matrix.dtype(), matrix.shape(), hints);
        this.matrix = matrix;
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return Linalg.matmul(matrix, x, adjoint, false);
    }

    @Override
    Tensor dense() {
        return matrix;
    }

    @Override
    LinearOperator transposed() {
        return new FullMatrixOperator(Linalg.matrixTranspose(matrix), hints());
    }

    @Override
    String structure() {
        return "full_matrix";
    }
}
