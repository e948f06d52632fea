package dev.sinter.linalg;

import dev.sinter.graph.DiagonalOptions;
import dev.sinter.graph.Index;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.Set;

/** Tridiagonal matrices. */
final class TridiagOperator extends LinearOperator {
    private final Tensor diagonals;

    /** Matrices of {@code [..., 3, n]}: the diagonals above the main one, on it and below it. */
    TridiagOperator(Tensor given, Set<Hint> hints) {
        this(hints, three(given));
    }

    private TridiagOperator(Set<Hint> hints, Tensor diagonals) {
        super(diagonals.graph(), diagonals.dtype(), OperatorParts.shape(
                diagonals.shape().dims().subList(0, diagonals.rank() - 2), diagonals.dim(-1), diagonals.dim(-1)),
                OperatorParts.with(hints, Hint.SQUARE));
        this.diagonals = diagonals;
    }

    private static Tensor three(Tensor diagonals) {
        if (diagonals.dim(-2).isConstant() && !diagonals.dim(-2).isConstant(3)) {
            throw new GraphException("three diagonals [..., 3, n] are needed, not " + diagonals);
        }
        return Operands.fit(diagonals, -2, Dim.of(3));
    }

    private Tensor diagonal(int row) {
        return Ops.slice(diagonals, Index.ELLIPSIS, Index.at(row), Index.ALL);
    }

    /** The diagonals of the transpose: those that change places move by one element. */
    private Tensor transposedDiagonals() {
        return Ops.stack(-2, Ops.roll(diagonal(2), -1, -1), diagonal(1), Ops.roll(diagonal(0), 1, -1));
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        List<Tensor> both = Operands.aligned(adjoint ? transposedDiagonals() : diagonals, 2, x, 2);
        return Linalg.tridiagonalMatmul(both.getFirst(), both.getLast());
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return Decompositions.tridiagonalSolve(adjoint ? transposedDiagonals() : diagonals, rhs);
    }

    @Override
    Tensor diagonal() {
        return diagonal(1);
    }

    @Override
    Tensor dense() {
        return Linalg.diag(diagonals, DiagonalOptions.DEFAULT.withBand(-1, 1)
                .withAlign(DiagonalOptions.Align.LEFT_RIGHT).withSize(domainDimension(), domainDimension()));
    }

    @Override
    LinearOperator transposed() {
        return new TridiagOperator(transposedDiagonals(), hints());
    }

    @Override
    String structure() {
        return "tridiag";
    }
}
