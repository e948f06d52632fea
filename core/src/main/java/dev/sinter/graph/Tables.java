package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Iota;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongToDoubleFunction;

/**
 * Tables of numbers that depend on indices alone: constants where their size is known and not too large, else computed
 * by each run.
 */
final class Tables {
    /** How many elements a table has that is a constant of the graph. */
    static final long MOST_ELEMENTS = 1L << 24;

    private Tables() {}

    /** The sizes of a table; too large a one is an error. */
    static long[] fitting(long... sizes) {
        if (!fits(sizes)) {
            throw new GraphException("a table of sizes " + Arrays.toString(sizes) + " is too large; it has at most "
                    + MOST_ELEMENTS + " elements");
        }
        return sizes;
    }

    private static boolean fits(long... sizes) {
        long count = 1;
        for (long size : sizes) {
            if (size > 0 && count > MOST_ELEMENTS / size) {
                return false;
            }
            count *= size;
        }
        return true;
    }

    /** Whether a size is that of a table that is a constant. */
    static boolean isKnown(Dim size) {
        return size.isConstant() && fits(size.constant());
    }

    /** The index along an axis, as int64. */
    static Node index(Composer c, Shape shape, int axis) {
        return c.add(new Iota(new TensorType(DType.INT64, shape), axis));
    }

    /** {@code pi * factor * number / size} of int64 numbers, as float64. */
    static Node angle(Composer c, Node numbers, double factor, Dim size) {
        Node doubles = c.convert(numbers, DType.FLOAT64);
        Node half = c.map(ScalarFn.MUL, doubles, c.fullLike(doubles, Math.PI * factor));
        return c.map(ScalarFn.DIV, half, c.stretch(c.size(size, DType.FLOAT64), Composer.shape(half), List.of()));
    }

    /** A constant vector. */
    static Node vector(Composer c, DType dtype, long length, LongToDoubleFunction element) {
        NDArray array = NDArray.zeros(dtype, fitting(length));
        for (long i = 0; i < length; i++) {
            array.setDouble(i, element.applyAsDouble(i));
        }
        return c.constant(array);
    }

    /**
     * {@code (cos, sin)} of {@code pi * (a * i + b) / (d * size)} for each {@code i} below a count, in a dtype.
     *
     * @param size a positive size
     */
    static Planes turns(Composer c, DType dtype, Dim count, long a, long b, long d, Dim size) {
        if (isKnown(count) && isKnown(size)) {
            long q = d * size.constant();
            return new Planes(vector(c, dtype, count.constant(), i -> RationalTurns.cos(a * i + b, q)),
                    vector(c, dtype, count.constant(), i -> RationalTurns.sin(a * i + b, q)));
        }
        Shape shape = Shape.of(count);
        Node scaled = c.map(ScalarFn.MUL, index(c, shape, 0), c.full(DType.INT64, shape, a));
        Node angle = angle(c, c.map(ScalarFn.ADD, scaled, c.full(DType.INT64, shape, b)), 1.0 / d, size);
        return new Planes(c.convert(c.map(ScalarFn.COS, angle), dtype), c.convert(c.map(ScalarFn.SIN, angle), dtype));
    }
}
