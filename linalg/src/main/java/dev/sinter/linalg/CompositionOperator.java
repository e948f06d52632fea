package dev.sinter.linalg;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The product of operators. */
final class CompositionOperator extends LinearOperator {
    private final List<LinearOperator> factors;

    private CompositionOperator(List<LinearOperator> factors, Set<Hint> hints) {
        super(factors.getFirst().graph(), factors.getFirst().dtype(), OperatorParts.shape(
                OperatorParts.leading(factors), factors.getFirst().rangeDimension(),
                factors.getLast().domainDimension()), hints);
        this.factors = factors;
    }

    /** The product of factors, of which the last one acts first. */
    static LinearOperator of(List<LinearOperator> factors, Set<Hint> hints) {
        for (int i = 1; i < factors.size(); i++) {
            OperatorParts.requireProduct(factors.get(i - 1), factors.get(i));
        }
        Set<Hint> known = OperatorParts.common(factors, Hint.NON_SINGULAR);
        if (isSymmetric(factors)) {
            known.add(Hint.SELF_ADJOINT);
            if (known.contains(Hint.NON_SINGULAR) && factors.size() % 2 == 0) {
                known.add(Hint.POSITIVE_DEFINITE);
            }
        }
        known.addAll(hints);
        return new CompositionOperator(factors, known);
    }

    /** Whether the factors are those of the transpose. */
    private static boolean isSymmetric(List<LinearOperator> factors) {
        int last = factors.size() - 1;
        return IntStream.rangeClosed(0, last / 2).allMatch(i -> isAdjoint(factors.get(i), factors.get(last - i)));
    }

    private static boolean isAdjoint(LinearOperator x, LinearOperator y) {
        return x == y ? x.is(Hint.SELF_ADJOINT)
                : x instanceof AdjointOperator a && a.transposed() == y
                        || y instanceof AdjointOperator b && b.transposed() == x;
    }

    /** The factors, of which the last one acts first. */
    List<LinearOperator> factors() {
        return factors;
    }

    private static Tensor through(List<LinearOperator> order, Tensor x,
            BiFunction<LinearOperator, Tensor, Tensor> step) {
        Tensor result = x;
        for (LinearOperator each : order) {
            result = step.apply(each, result);
        }
        return result;
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return through(adjoint ? factors : factors.reversed(), x, (each, y) -> each.times(y, adjoint));
    }

    /** By its factors where each has as many rows as columns. */
    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return areSquare() ? through(adjoint ? factors.reversed() : factors, rhs, (each, y) -> each.solved(y, adjoint))
                : super.solved(rhs, adjoint);
    }

    private boolean areSquare() {
        return OperatorParts.areSquare(factors);
    }

    @Override
    void requireInverse() {
        super.requireInverse();
        if (areSquare()) {
            factors.forEach(LinearOperator::requireInverse);
        }
    }

    private Tensor joined(Function<LinearOperator, Tensor> part, BinaryOperator<Tensor> join) {
        return factors.stream().map(part).reduce(join).orElseThrow();
    }

    @Override
    Tensor det() {
        return areSquare() ? joined(LinearOperator::det, Tensor::times) : super.det();
    }

    @Override
    Tensor logAbsDet() {
        return areSquare() ? joined(LinearOperator::logAbsDet, Tensor::plus) : super.logAbsDet();
    }

    @Override
    Tensor dense() {
        List<LinearOperator> rest = factors.subList(0, factors.size() - 1);
        Tensor product = through(rest.reversed(), factors.getLast().dense(), (each, x) -> each.times(x, false));
        return OperatorParts.spreadOver(leading(), product);
    }

    @Override
    LinearOperator transposed() {
        return of(factors.reversed().stream().map(LinearOperator::adjoint).toList(), hints());
    }

    @Override
    LinearOperator inverted() {
        return areSquare() ? of(factors.reversed().stream().map(LinearOperator::inverse).toList(), hints())
                : super.inverted();
    }

    /** Of {@code L L'} it is L, whose columns may have to be negated. */
    @Override
    LinearOperator factor() {
        if (factors.size() == 2 && factors.getFirst() instanceof LowerTriangularOperator lower
                && isAdjoint(lower, factors.getLast())) {
            Tensor signs = Ops.expandDims(Ops.sign(lower.diagonal()), -2);
            return new LowerTriangularOperator(lower.dense().times(signs), lower.hints());
        }
        return super.factor();
    }

    @Override
    String structure() {
        return factors.stream().map(LinearOperator::structure).toList().toString();
    }
}
