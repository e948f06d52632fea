package dev.sinter.linalg;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The Kronecker product of operators. */
final class KroneckerOperator extends LinearOperator {
    private final List<LinearOperator> factors;

    private KroneckerOperator(List<LinearOperator> factors, Set<Hint> hints) {
        super(factors.getFirst().graph(), factors.getFirst().dtype(), OperatorParts.shape(
                OperatorParts.leading(factors), product(factors, LinearOperator::rangeDimension),
                product(factors, LinearOperator::domainDimension)), hints);
        this.factors = factors;
    }

    static LinearOperator of(List<LinearOperator> factors, Set<Hint> hints) {
        Set<Hint> known = OperatorParts.common(factors, Hint.NON_SINGULAR, Hint.SELF_ADJOINT);
        if (known.contains(Hint.SELF_ADJOINT)) {
            known.addAll(OperatorParts.common(factors, Hint.POSITIVE_DEFINITE));
        }
        known.addAll(hints);
        return new KroneckerOperator(factors, known);
    }

    private static Dim product(List<LinearOperator> factors, Function<LinearOperator, Dim> size) {
        return factors.stream().map(size).reduce(Dim::times).orElseThrow();
    }

    private static Dim product(List<Dim> dims) {
        return dims.stream().reduce(Dim::times).orElse(Dim.ONE);
    }

    /**
     * What a step makes with each factor along its own axis of the vectors. An axis that is done goes behind the
     * others, so that the next one is the first.
     *
     * @param taken the size of a factor's axis before its step
     */
    private Tensor through(Tensor x, Function<LinearOperator, Dim> taken,
            BiFunction<LinearOperator, Tensor, Tensor> step) {
        Tensor y = OperatorParts.spreadOver(leading(), x);
        List<Dim> batch = y.shape().dims().subList(0, y.rank() - 2);
        List<Dim> axes = new ArrayList<>(factors.stream().map(taken).toList());
        axes.add(y.dim(-1));
        for (LinearOperator each : factors) {
            Dim own = axes.removeFirst();
            Tensor done = step.apply(each, Ops.reshape(y, OperatorParts.shape(batch, own, product(axes))));
            axes.add(done.dim(-2));
            y = Linalg.matrixTranspose(done);
        }
        Dim columns = axes.removeFirst();
        return Linalg.matrixTranspose(Ops.reshape(y, OperatorParts.shape(batch, columns, product(axes))));
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        return through(x, adjoint ? LinearOperator::rangeDimension : LinearOperator::domainDimension,
                (each, y) -> each.times(y, adjoint));
    }

    private boolean areSquare() {
        return OperatorParts.areSquare(factors);
    }

    /** By its factors where each has as many rows as columns. */
    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return areSquare() ? through(rhs, LinearOperator::rangeDimension, (each, y) -> each.solved(y, adjoint))
                : super.solved(rhs, adjoint);
    }

    @Override
    void requireInverse() {
        super.requireInverse();
        if (areSquare()) {
            factors.forEach(LinearOperator::requireInverse);
        }
    }

    /** The size of all factors but one, in the dtype. */
    private Tensor others(LinearOperator one) {
        List<Dim> dims = new ArrayList<>();
        factors.stream().filter(each -> each != one).forEach(each -> dims.add(each.domainDimension()));
        long same = factors.stream().filter(each -> each == one).count();
        for (long i = 1; i < same; i++) {
            dims.add(one.domainDimension());
        }
        return OperatorParts.number(graph(), dtype(), product(dims));
    }

    @Override
    Tensor det() {
        return areSquare() ? factors.stream().map(each -> Ops.pow(each.det(), others(each))).reduce(Tensor::times)
                .orElseThrow() : super.det();
    }

    @Override
    Tensor logAbsDet() {
        return areSquare() ? factors.stream().map(each -> each.logAbsDet().times(others(each))).reduce(Tensor::plus)
                .orElseThrow() : super.logAbsDet();
    }

    @Override
    Tensor sumOfDiagonal() {
        return areSquare() ? factors.stream().map(LinearOperator::sumOfDiagonal).reduce(Tensor::times).orElseThrow()
                : super.sumOfDiagonal();
    }

    /** Each product of an element of one vector with one of another, the elements of the first one outermost. */
    private Tensor outer(Tensor x, Tensor y) {
        Tensor products = OperatorParts.column(x).times(Ops.expandDims(y, -2));
        List<Dim> dims = new ArrayList<>(products.shape().dims());
        Dim inner = dims.removeLast();
        dims.add(dims.removeLast().times(inner));
        return Ops.reshape(products, new Shape(dims));
    }

    @Override
    Tensor diagonal() {
        return areSquare() ? factors.stream().map(LinearOperator::diagonal).reduce(this::outer).orElseThrow()
                : super.diagonal();
    }

    @Override
    Tensor dense() {
        return factors.stream().map(LinearOperator::dense).reduce(Linalg::kron).orElseThrow();
    }

    @Override
    LinearOperator transposed() {
        return of(factors.stream().map(LinearOperator::adjoint).toList(), hints());
    }

    @Override
    LinearOperator inverted() {
        return areSquare() ? of(factors.stream().map(LinearOperator::inverse).toList(), hints()) : super.inverted();
    }

    /** By its factors where each has one. */
    @Override
    LinearOperator factor() {
        return factors.stream().allMatch(LinearOperator::isSymmetricPositiveDefinite)
                ? of(factors.stream().map(LinearOperator::cholesky).toList(), Set.of(Hint.NON_SINGULAR))
                : super.factor();
    }

    @Override
    Tensor eigenvalues() {
        return factors.stream().allMatch(each -> each.is(Hint.SELF_ADJOINT))
                ? factors.stream().map(LinearOperator::eigenvalues).reduce(this::outer).orElseThrow()
                : super.eigenvalues();
    }

    @Override
    Tensor condition() {
        return factors.stream().map(LinearOperator::condition).reduce(Tensor::times).orElseThrow();
    }

    @Override
    String structure() {
        return "kronecker " + factors.stream().map(LinearOperator::structure).toList();
    }
}
