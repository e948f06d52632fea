package dev.sinter.linalg;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** Permutations. */
final class PermutationOperator extends LinearOperator {
    private final Tensor places;

    private PermutationOperator(Tensor places, DType dtype, Set<Hint> hints) {
        super(places.graph(), dtype, OperatorParts.ofVectors(places), OperatorParts.with(hints, Hint.NON_SINGULAR));
        this.places = places;
    }

    /** Matrices that take the elements at places {@code [..., n]}. */
    static PermutationOperator of(Tensor places, DType dtype, Set<Hint> hints) {
        OperatorParts.requireFloat(dtype);
        if (places.dtype() != DType.INT32 && places.dtype() != DType.INT64 || places.rank() < 1) {
            throw new GraphException("int32 or int64 vectors are needed, not " + places);
        }
        Ops.staticValue(places).ifPresent(PermutationOperator::requirePermutations);
        return new PermutationOperator(places, dtype, hints);
    }

    private static void requirePermutations(NDArray places) {
        long n = places.sizes()[places.rank() - 1];
        for (long first = 0; first < places.elementCount(); first += n) {
            long row = first;
            if (LongStream.range(0, n).map(i -> places.getLong(row + i)).filter(at -> at >= 0 && at < n).distinct()
                    .count() < n) {
                throw new GraphException("each of the numbers below " + n + " must stand once in " + places);
            }
        }
    }

    @Override
    Tensor times(Tensor x, boolean adjoint) {
        Tensor from = adjoint && !is(Hint.SELF_ADJOINT) ? Ops.argsort(places) : places;
        List<Tensor> both = Operands.aligned(from, 1, x, 2);
        Tensor matrices = both.getLast();
        return Ops.gather(matrices, Operands.fit(both.getFirst(), -1, matrices.dim(-2)), matrices.rank() - 2,
                matrices.rank() - 2);
    }

    @Override
    Tensor solved(Tensor rhs, boolean adjoint) {
        return times(rhs, !adjoint);
    }

    @Override
    Tensor logAbsDet() {
        return each(0);
    }

    private Tensor numbers() {
        return graph().tensor(Ops.range(places.dtype(), domainDimension()));
    }

    @Override
    Tensor diagonal() {
        return Ops.cast(Ops.equal(places, numbers()), dtype());
    }

    @Override
    Tensor dense() {
        return Ops.cast(Ops.equal(OperatorParts.column(places), numbers()), dtype());
    }

    @Override
    LinearOperator inverted() {
        return transposed();
    }

    @Override
    LinearOperator transposed() {
        return new PermutationOperator(Ops.argsort(places), dtype(), hints());
    }

    @Override
    Tensor condition() {
        return each(1);
    }

    @Override
    String structure() {
        return "permutation";
    }
}
