package dev.sinter.linalg;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.Set;

/** Lower triangular matrices. */
final class LowerTriangularOperator extends LinearOperator {
    private final Tensor matrix;

    /** Matrices {@code [..., n, n]} whose upper triangle is not read. */
    LowerTriangularOperator(Tensor given, Set<Hint> hints) {
        this(hints, Operands.square(given));
    }

    private LowerTriangularOperator(Set<Hint> hints, Tensor matrix) {
        super(matrix.graph(), matrix.dtype(), matrix.shape(), OperatorParts.with(hints, Hint.SQUARE));
        this.matrix = matrix;
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return Linalg.matmul(dense(), x, adjoint, false);
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return Decompositions.triangularSolve(matrix, rhs, true, adjoint);
    }

    @Override
    Tensor det() {
        return Ops.reduceProd(diagonal(), -1);
    }

    @Override
    Tensor logAbsDet() {
        return OperatorParts.sumOfLogs(diagonal());
    }

    @Override
    Tensor diagonal() {
        return Linalg.diagPart(matrix);
    }

    @Override
    Tensor dense() {
        return Linalg.bandPart(matrix, -1, 0);
    }

    @Override
    Tensor eigenvalues() {
        return diagonal();
    }

    @Override
    String structure() {
        return "lower_triangular";
    }
}
