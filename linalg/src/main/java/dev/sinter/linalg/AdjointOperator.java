package dev.sinter.linalg;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Tensor;

/** The transpose of an operator. */
final class AdjointOperator extends LinearOperator {
    private final LinearOperator operator;

    AdjointOperator(LinearOperator operator) {
        super(operator.graph(), operator.dtype(), OperatorParts.shape(operator.leading(), operator.domainDimension(),
                operator.rangeDimension()), operator.hints());
        this.operator = operator;
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return operator.times(x, !adjoint);
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return operator.solved(rhs, !adjoint);
    }

    @Override
    void requireInverse() {
        operator.requireInverse();
    }

    @Override
    Tensor det() {
        return operator.det();
    }

    @Override
    Tensor logAbsDet() {
        return operator.logAbsDet();
    }

    @Override
    Tensor sumOfDiagonal() {
        return operator.sumOfDiagonal();
    }

    @Override
    Tensor diagonal() {
        return operator.diagonal();
    }

    @Override
    Tensor dense() {
        return Linalg.matrixTranspose(operator.dense());
    }

    @Override
    LinearOperator transposed() {
        return operator;
    }

    @Override
    Tensor eigenvalues() {
        return operator.eigenvalues();
    }

    @Override
    Tensor condition() {
        return operator.condition();
    }

    @Override
    String structure() {
        return "adjoint of " + operator.structure();
    }
}
