package dev.sinter.linalg;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;

/** The inverse of an operator. */
final class InversionOperator extends LinearOperator {
    private final LinearOperator operator;

    InversionOperator(LinearOperator operator) {
        super(operator.graph(), operator.dtype(), operator.shape(),
                OperatorParts.with(operator.hints(), Hint.NON_SINGULAR));
        this.operator = operator;
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return operator.solved(x, adjoint);
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return operator.times(rhs, adjoint);
    }

    @Override
    Tensor det() {
        return Ops.reciprocal(operator.det());
    }

    @Override
    Tensor logAbsDet() {
        return Ops.negative(operator.logAbsDet());
    }

    @Override
    LinearOperator inverted() {
        return operator;
    }

    @Override
    Tensor eigenvalues() {
        return Ops.reciprocal(operator.eigenvalues());
    }

    @Override
    Tensor condition() {
        return operator.condition();
    }

    @Override
    String structure() {
        return "inverse of " + operator.structure();
    }
}
