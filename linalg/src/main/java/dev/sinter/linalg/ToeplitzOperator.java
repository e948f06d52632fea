package dev.sinter.linalg;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Index;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Signal;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.Set;

/** Matrices with one number along each diagonal. */
final class ToeplitzOperator extends LinearOperator {
    private final Tensor column;
    private final Tensor row;

    /** Matrices of their first columns and rows {@code [..., n]}; the first element of the row is not read. */
    static LinearOperator of(Tensor column, Tensor row, Set<Hint> hints) {
        if (column.dtype() != row.dtype() || column.dtype() != DType.FLOAT32 && column.dtype() != DType.FLOAT64) {
            throw new GraphException("a column and a row that are both float32 or both float64 are needed: " + column
                    + ", " + row);
        }
        OperatorParts.part(column, 1);
        OperatorParts.part(row, 1);
        Dim size = Operands.common(column.dim(-1), row.dim(-1));
        List<Tensor> both = Operands.aligned(OperatorParts.sized("the length of the column", column, -1, size), 1,
                OperatorParts.sized("the length of the row", row, -1, size), 1);
        return new ToeplitzOperator(both.getFirst(), both.getLast(), hints);
    }

    private ToeplitzOperator(Tensor column, Tensor row, Set<Hint> hints) {
        super(column.graph(), column.dtype(), OperatorParts.ofVectors(column), OperatorParts.with(hints, Hint.SQUARE));
        this.column = column;
        this.row = row;
    }

    private static Tensor behindFirst(Tensor x) {
        return Ops.slice(x, Index.ELLIPSIS, Index.from(1));
    }

    private static Tensor first(Tensor x) {
        return OperatorParts.column(Ops.slice(x, Index.ELLIPSIS, Index.at(0)));
    }

    /** By a circulant matrix of twice the size, of which it is a corner. */
    @Override
    Tensor times(Tensor x, boolean adjoint) {
        Tensor down = adjoint ? Ops.concat(-1, first(column), behindFirst(row)) : column;
        Tensor right = adjoint ? column : row;
        Tensor around = Ops.concat(-1, down, Ops.zerosLike(first(down)), Ops.reverse(behindFirst(right), -1));
        CirculantOperator ring = new CirculantOperator(Signal.fft(Complex.of(around)), 1, Set.of());
        return OperatorParts.rows(ring.times(Ops.concat(-2, x, Ops.zerosLike(x)), false), Dim.ZERO,
                domainDimension());
    }

    @Override
    Tensor diagonal() {
        return Ops.broadcastTo(first(column), column.shape());
    }

    @Override
    Tensor dense() {
        Tensor elements = Ops.concat(-1, Ops.reverse(column, -1), behindFirst(row));
        Tensor numbers = graph().tensor(Ops.range(DType.INT64, domainDimension()));
        Tensor places = OperatorParts.column(Ops.reverse(numbers, -1)).plus(numbers);
        return Ops.gather(elements, places, -1);
    }

    @Override
    LinearOperator transposed() {
        return new ToeplitzOperator(Ops.concat(-1, first(column), behindFirst(row)), column, hints());
    }

    @Override
    String structure() {
        return "toeplitz";
    }
}
