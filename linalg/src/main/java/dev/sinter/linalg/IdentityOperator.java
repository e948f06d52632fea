package dev.sinter.linalg;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.Set;

/** The identity. */
final class IdentityOperator extends LinearOperator {
    IdentityOperator(Graph graph, DType dtype, Shape shape) {
        super(graph, dtype, shape, Set.of(Hint.SELF_ADJOINT, Hint.POSITIVE_DEFINITE));
        OperatorParts.requireFloat(dtype);
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return OperatorParts.spreadOver(leading(), x);
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return times(rhs, adjoint);
    }

    @Override
    Tensor det() {
        return each(1);
    }

    @Override
    Tensor logAbsDet() {
        return each(0);
    }

    @Override
    Tensor diagonal() {
        return graph().tensor(Ops.ones(dtype(), OperatorParts.shape(leading(), domainDimension())));
    }

    @Override
    Tensor dense() {
        return graph().tensor(Linalg.eye(dtype(), shape()));
    }

    @Override
    Tensor plus(Tensor x) {
        return OperatorParts.plusDiagonal(this, x, diagonal());
    }

    @Override
    LinearOperator inverted() {
        return this;
    }

    @Override
    LinearOperator factor() {
        return this;
    }

    @Override
    Tensor eigenvalues() {
        return diagonal();
    }

    @Override
    Tensor condition() {
        return each(1);
    }

    @Override
    String structure() {
        return "identity";
    }
}
