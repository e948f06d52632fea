package dev.sinter.linalg;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A host function of each matrix of a batch. Operands and results are matrices, vectors or scalars behind the same
 * leading axes. Where an operand that must be finite is not, the results are NaN for this matrix alone.
 */
interface MatrixFunction extends HostFunction {
    /**
     * What a result is for one matrix.
     *
     * @param dims    the sizes: two of a matrix, one of a vector, none of a scalar
     * @param indices whether it holds row numbers, as int32, and not numbers of the operands' dtype
     */
    record Part(List<Dim> dims, boolean indices) {
        static Part of(Dim... dims) {
            return new Part(List.of(dims), false);
        }
    }

    /** How many axes each operand has behind the leading ones. */
    List<Integer> ranks();

    /** The results' sizes for the operands' sizes behind the leading axes. Wrong sizes are a {@code GraphException}. */
    List<Part> parts(List<List<Dim>> operands);

    /** The results for one matrix; operands may be written. */
    List<Dense> of(List<Dense> operands) throws Unsuited;

    /** Whether the results are numbers: by default, whether the first operand is finite. */
    default boolean isDefined(List<Dense> operands) {
        return operands.getFirst().isFinite();
    }

    @Override
    default List<TensorType> infer(List<TensorType> operands) {
        List<Integer> ranks = ranks();
        if (operands.size() != ranks.size()) {
            throw new GraphException(ranks.size() + " operands are needed, not " + operands.size());
        }
        TensorType first = operands.getFirst();
        List<Dim> leading = List.of();
        List<List<Dim>> trailing = new ArrayList<>();
        for (int i = 0; i < ranks.size(); i++) {
            TensorType operand = operands.get(i);
            int batch = operand.rank() - ranks.get(i);
            if (!operand.dtype().isFloat()) {
                throw new GraphException("float matrices are needed, not " + text(operand) + "; cast(...) it");
            }
            if (operand.dtype() != first.dtype()) {
                throw new GraphException("dtypes differ: " + text(first) + ", " + text(operand)
                        + "; cast(...) one of them");
            }
            if (batch < 0) {
                throw new GraphException((ranks.get(i) == 2 ? "a matrix" : "a vector") + " is needed, not "
                        + text(operand) + "; expandDims(...) adds an axis");
            }
            List<Dim> dims = operand.shape().dims();
            if (i == 0) {
                leading = dims.subList(0, batch);
            } else if (!leading.equals(dims.subList(0, batch))) {
                throw new GraphException("leading axes differ: " + text(first) + ", " + text(operand));
            }
            trailing.add(dims.subList(batch, dims.size()));
        }
        List<TensorType> results = new ArrayList<>();
        for (Part part : parts(trailing)) {
            List<Dim> dims = new ArrayList<>(leading);
            dims.addAll(part.dims());
            results.add(new TensorType(part.indices() ? DType.INT32 : first.dtype(), new Shape(dims)));
        }
        return results;
    }

    /** The size of square matrices; sizes that the graph cannot tell apart are compared by the run. */
    static Dim square(List<Dim> matrix) {
        Dim difference = matrix.get(0).minus(matrix.get(1));
        if (difference.isConstant() && !difference.isConstant(0)) {
            throw new GraphException("square matrices are needed, not ones of " + matrix.get(0) + " rows and "
                    + matrix.get(1) + " columns");
        }
        return matrix.get(1);
    }

    /** Two sizes that must be equal, where both are known. */
    static void same(String what, Dim x, Dim y) {
        Dim difference = x.minus(y);
        if (difference.isConstant() && !difference.isConstant(0)) {
            throw new GraphException(what + " differ: " + x + ", " + y);
        }
    }

    private static String text(TensorType type) {
        return type.dtype() + type.shape().toUserString().replace('(', '[').replace(')', ']').replace(",]", "]")
                .replace(", ", ",");
    }

    @Override
    default List<NDArray> call(List<NDArray> operands) {
        List<TensorType> types = operands.stream().map(x -> new TensorType(x.dtype(), x.shape())).toList();
        List<NDArray> results = new ArrayList<>();
        List<TensorType> resultTypes;
        try {
            resultTypes = infer(types);
        } catch (GraphException wrong) {
            throw new GraphException(name() + ": " + wrong.getMessage(), wrong);
        }
        resultTypes.forEach(type -> results.add(NDArray.zeros(type.dtype(), type.shape().sizes())));
        NDArray first = operands.getFirst();
        int batch = first.rank() - ranks().getFirst();
        long count = Arrays.stream(first.sizes()).limit(batch).reduce(1, Math::multiplyExact);
        for (NDArray operand : operands) {
            if ((double) size(operand, batch, 0) * size(operand, batch, 1) > Integer.MAX_VALUE) {
                throw tooLarge(operand);
            }
        }
        for (long i = 0; i < count; i++) {
            long index = i;
            List<Dense> each = operands.stream().map(operand -> read(operand, batch, index)).toList();
            List<Dense> values = isDefined(each) ? computed(each, first, index) : undefined(results, batch);
            for (int r = 0; r < results.size(); r++) {
                write(values.get(r), results.get(r), index);
            }
        }
        return results;
    }

    private List<Dense> computed(List<Dense> operands, NDArray first, long index) {
        try {
            return of(operands);
        } catch (ArithmeticException tooLarge) {
            throw tooLarge(first);
        } catch (Unsuited why) {
            int batch = first.rank() - ranks().getFirst();
            long[] at = new long[batch];
            long left = index;
            for (int axis = batch - 1; axis >= 0; axis--) {
                at[axis] = left % first.size(axis);
                left /= first.size(axis);
            }
            String type = first.dtype() + Arrays.toString(first.sizes()).replace(" ", "");
            throw new GraphException(name() + ": the matrix " + (batch == 0 ? ""
                    : "at " + Arrays.toString(at).replace(" ", "") + " of ") + type + " " + why.getMessage());
        }
    }

    private GraphException tooLarge(NDArray array) {
        return new GraphException(name() + ": the matrices of " + array.dtype() + Arrays.toString(array.sizes())
                .replace(" ", "") + " are too large: an array of Java has at most 2^31 - 1 elements");
    }

    private static List<Dense> undefined(List<NDArray> results, int batch) {
        List<Dense> values = new ArrayList<>();
        for (NDArray result : results) {
            int rows = size(result, batch, 0);
            int columns = size(result, batch, 1);
            values.add(result.dtype().isFloat() ? Dense.zeros(rows, columns).filled(Double.NaN)
                    : Dense.vector(IntStream.range(0, rows).asDoubleStream().toArray()));
        }
        return values;
    }

    /** A size behind the leading axes, 1 where there is no such axis. */
    private static int size(NDArray array, int batch, int axis) {
        return batch + axis < array.rank() ? Math.toIntExact(array.size(batch + axis)) : 1;
    }

    private static Dense read(NDArray array, int batch, long index) {
        int rows = size(array, batch, 0);
        int columns = size(array, batch, 1);
        Dense matrix = Dense.zeros(rows, columns);
        long at = index * rows * columns;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                matrix.set(row, column, array.getDouble(at++));
            }
        }
        return matrix;
    }

    private static void write(Dense matrix, NDArray array, long index) {
        long at = index * matrix.rows() * matrix.columns();
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < matrix.columns(); column++) {
                double value = matrix.get(row, column);
                if (array.dtype().isFloat()) {
                    array.setDouble(at++, value);
                } else {
                    array.setLong(at++, (long) value);
                }
            }
        }
    }
}
