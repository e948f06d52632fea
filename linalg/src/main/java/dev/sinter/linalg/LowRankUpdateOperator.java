package dev.sinter.linalg;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An operator with something of low rank added: {@code L + U D V'}. Systems and determinants are those of L and of the
 * capacitance {@code D^-1 + V' L^-1 U} (Woodbury, Inverting modified matrices, 1950).
 */
final class LowRankUpdateOperator extends LinearOperator {
    private final LinearOperator base;
    private final Tensor u;
    private final LinearOperator middle;
    private final Tensor v;
    private final boolean isSymmetric;

    private LowRankUpdateOperator(LinearOperator base, Tensor u, LinearOperator middle, Tensor v, Set<Hint> hints) {
        super(base.graph(), base.dtype(), OperatorParts.shape(leading(base, u, middle, v), base.rangeDimension(),
                base.domainDimension()), hints);
        this.base = base;
        this.u = u;
        this.middle = middle;
        this.v = v;
        this.isSymmetric = u == v && base.isSymmetricPositiveDefinite() && middle.isSymmetricPositiveDefinite();
    }

    private static List<Dim> leading(LinearOperator base, Tensor u, LinearOperator middle, Tensor v) {
        return Operands.leading(OperatorParts.leading(List.of(base, middle)), Operands.leading(
                u.shape().dims().subList(0, u.rank() - 2), v.shape().dims().subList(0, v.rank() - 2)));
    }

    /** The update of a base by U, the operator in the middle, the identity where there is none, and V, U if none. */
    static LinearOperator of(LinearOperator base, Operand givenU, Optional<LinearOperator> givenMiddle,
            Optional<Operand> givenV, Set<Hint> hints) {
        givenMiddle.ifPresent(one -> OperatorParts.requireAlike(base, one));
        Tensor u = OperatorParts.sized("the rows of U", OperatorParts.matrices(base, base.graph().tensor(givenU), 2),
                -2, base.rangeDimension());
        LinearOperator middle = givenMiddle.orElseGet(() -> new IdentityOperator(base.graph(), base.dtype(),
                OperatorParts.shape(List.of(), u.dim(-1), u.dim(-1))));
        Tensor fittedU = OperatorParts.sized("the columns of U", u, -1, middle.rangeDimension());
        Tensor v = givenV.map(given -> OperatorParts.sized("the columns of V", OperatorParts.matrices(base,
                base.graph().tensor(given), 2), -1, middle.domainDimension())).orElse(fittedU);
        Tensor fittedV = OperatorParts.sized("the rows of V", v, -2, base.domainDimension());
        Set<Hint> known = OperatorParts.hints();
        if (givenV.isEmpty()) {
            known.addAll(OperatorParts.common(List.of(base, middle), Hint.SELF_ADJOINT));
            if (known.contains(Hint.SELF_ADJOINT)) {
                known.addAll(OperatorParts.common(List.of(base, middle), Hint.POSITIVE_DEFINITE));
            }
        }
        known.addAll(hints);
        return new LowRankUpdateOperator(base, fittedU, middle, fittedV, known);
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        Tensor inner = middle.times(Linalg.matmul(adjoint ? u : v, x, true, false), adjoint);
        return base.times(x, adjoint).plus(Ops.matmul(adjoint ? v : u, inner));
    }

    /** {@code D^-1 + V' L^-1 U}. */
    private Tensor capacitance() {
        return middle.inverted().plus(Linalg.matmul(v, base.solved(u, false), true, false));
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        Tensor plain = base.solved(rhs, adjoint);
        Tensor inner = Linalg.matmul(adjoint ? u : v, plain, true, false);
        Tensor capacitance = capacitance();
        Tensor weights = isSymmetric ? Decompositions.choleskySolve(Decompositions.cholesky(capacitance), inner)
                : Decompositions.solve(capacitance, inner, adjoint);
        return plain.minus(base.solved(Ops.matmul(adjoint ? v : u, weights), adjoint));
    }

    @Override
    void requireInverse() {
        super.requireInverse();
        base.requireInverse();
        middle.requireInverse();
    }

    @Override
    Tensor det() {
        return isSymmetric ? Ops.exp(logAbsDet())
                : Decompositions.det(capacitance()).times(middle.det()).times(base.det());
    }

    @Override
    Tensor logAbsDet() {
        Tensor capacitance = capacitance();
        Tensor own = isSymmetric ? Decompositions.logdet(capacitance)
                : Decompositions.slogdet(capacitance).logAbsDeterminant();
        return own.plus(middle.logAbsDet()).plus(base.logAbsDet());
    }

    /** {@code U D}. */
    private Tensor weighted() {
        return Linalg.matrixTranspose(middle.times(Linalg.matrixTranspose(u), true));
    }

    @Override
    Tensor diagonal() {
        return is(Hint.SQUARE) ? base.diagonal().plus(Ops.reduceSum(weighted().times(v), -1)) : super.diagonal();
    }

    @Override
    Tensor dense() {
        return base.plus(Linalg.matmul(weighted(), v, false, true));
    }

    @Override
    String structure() {
        return "low_rank_update of " + base.structure();
    }
}
