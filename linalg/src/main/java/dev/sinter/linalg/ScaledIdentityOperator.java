package dev.sinter.linalg;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import java.util.Set;

/** Numbers times the identity. */
final class ScaledIdentityOperator extends LinearOperator {
    private final Tensor multiplier;

    /** The identity of a size times numbers {@code [...]}. */
    ScaledIdentityOperator(Tensor multiplier, Dim size, Set<Hint> hints) {
        super(multiplier.graph(), multiplier.dtype(), OperatorParts.shape(multiplier.shape().dims(), size, size),
                OperatorParts.with(hints, Hint.SELF_ADJOINT));
        this.multiplier = multiplier;
    }

    /** The numbers. */
    Tensor multiplier() {
        return multiplier;
    }

    private Tensor everywhere() {
        return OperatorParts.column(OperatorParts.column(multiplier));
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return everywhere().times(x);
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return rhs.div(everywhere());
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
        return Ops.broadcastTo(OperatorParts.column(multiplier),
                OperatorParts.shape(leading(), domainDimension()));
    }

    @Override
    Tensor dense() {
        return Linalg.diag(diagonal());
    }

    @Override
    Tensor plus(Tensor x) {
        return OperatorParts.plusDiagonal(this, x, diagonal());
    }

    @Override
    LinearOperator inverted() {
        return new ScaledIdentityOperator(Ops.reciprocal(multiplier), domainDimension(),
                OperatorParts.with(hints(), Hint.NON_SINGULAR));
    }

    @Override
    LinearOperator factor() {
        return new ScaledIdentityOperator(Ops.sqrt(multiplier), domainDimension(), hints());
    }

    @Override
    Tensor eigenvalues() {
        return diagonal();
    }

    /** NaN where the number is 0. */
    @Override
    Tensor condition() {
        return multiplier.div(multiplier);
    }

    @Override
    String structure() {
        return "scaled_identity";
    }
}
