package dev.sinter.linalg;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.Set;

/** Diagonal matrices. */
final class DiagOperator extends LinearOperator {
    private final Tensor entries;

    /** Matrices of their diagonals {@code [..., n]}. */
    DiagOperator(Tensor entries, Set<Hint> hints) {
        super(entries.graph(), entries.dtype(), OperatorParts.ofVectors(entries),
                OperatorParts.with(hints, Hint.SELF_ADJOINT));
        this.entries = entries;
    }

    /** The diagonal. */
    Tensor entries() {
        return entries;
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return OperatorParts.column(entries).times(x);
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return rhs.div(OperatorParts.column(entries));
    }

    @Override
    Tensor det() {
        return Ops.reduceProd(entries, -1);
    }

    @Override
    Tensor logAbsDet() {
        return OperatorParts.sumOfLogs(entries);
    }

    @Override
    Tensor diagonal() {
        return entries;
    }

    @Override
    Tensor dense() {
        return Linalg.diag(entries);
    }

    @Override
    Tensor plus(Tensor x) {
        return OperatorParts.plusDiagonal(this, x, entries);
    }

    @Override
    LinearOperator inverted() {
        return new DiagOperator(Ops.reciprocal(entries), OperatorParts.with(hints(), Hint.NON_SINGULAR));
    }

    @Override
    LinearOperator factor() {
        return new DiagOperator(Ops.sqrt(entries), hints());
    }

    @Override
    Tensor eigenvalues() {
        return entries;
    }

    @Override
    String structure() {
        return "diag";
    }
}
