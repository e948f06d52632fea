package dev.sinter.linalg;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.Set;

/** Reflections. */
final class HouseholderOperator extends LinearOperator {
    private final Tensor axis;

    /** Reflections along vectors {@code [..., n]} of any length. */
    HouseholderOperator(Tensor axis, Set<Hint> hints) {
        super(axis.graph(), axis.dtype(), OperatorParts.ofVectors(axis),
                OperatorParts.with(hints, Hint.SELF_ADJOINT, Hint.NON_SINGULAR));
        if (is(Hint.POSITIVE_DEFINITE)) {
            throw new GraphException("a reflection is not positive definite");
        }
        this.axis = axis;
    }

    private Tensor unit() {
        return Linalg.normalize(axis, -1);
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        Tensor v = OperatorParts.column(unit());
        return Ops.subtract(x, v.times(2).times(Linalg.matmul(v, x, true, false)));
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return times(rhs, adjoint);
    }

    @Override
    Tensor det() {
        return each(-1);
    }

    @Override
    Tensor logAbsDet() {
        return each(0);
    }

    @Override
    Tensor diagonal() {
        return Ops.subtract(1, Ops.square(unit()).times(2));
    }

    @Override
    LinearOperator inverted() {
        return this;
    }

    @Override
    Tensor eigenvalues() {
        return Ops.concat(-1, graph().tensor(Ops.fill(dtype(), OperatorParts.shape(leading(), Dim.ONE), -1)),
                graph().tensor(Ops.ones(dtype(), OperatorParts.shape(leading(), domainDimension().minus(1)))));
    }

    @Override
    Tensor condition() {
        return each(1);
    }

    @Override
    String structure() {
        return "householder";
    }
}
