package dev.sinter.op;

import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * What a {@link ScalarFn} computes: on floats in double precision, on integers and bools in 64 bits, whose low
 * bits are the result. A truth is 1 or 0. Operands beyond the function's arity are ignored.
 *
 * @param floats   the value on floats
 * @param integers the value on integers and bools
 */
record ScalarValue(OnFloats floats, OnIntegers integers) {
    @FunctionalInterface
    interface OnFloats {
        double of(double x, double y, double z);
    }

    /** {@code dtype} is that of the last operand. Operands are extended to 64 bits as {@link DType#wrap} does. */
    @FunctionalInterface
    interface OnIntegers {
        long of(long x, long y, long z, DType dtype);
    }

    @FunctionalInterface
    interface Typed {
        long of(long x, long y, DType dtype);
    }

    @FunctionalInterface
    interface FloatComparison {
        boolean holds(double x, double y);
    }

    @FunctionalInterface
    interface IntegerComparison {
        boolean holds(long x, long y);
    }

    private static final OnFloats NO_FLOATS = (x, y, z) -> {
        throw new CompilerBug("a function of integers is applied to floats");
    };
    private static final OnIntegers NO_INTEGERS = (x, y, z, dtype) -> {
        throw new CompilerBug("a function of floats is applied to integers");
    };

    static ScalarValue floats(DoubleUnaryOperator floats) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x), NO_INTEGERS);
    }

    static ScalarValue floats2(DoubleBinaryOperator floats) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x, y), NO_INTEGERS);
    }

    static ScalarValue formula(Formula formula) {
        return new ScalarValue((x, y, z) -> formula.of(DoubleArithmetic.DOUBLES, List.of(x, y, z)), NO_INTEGERS);
    }

    static ScalarValue numbers(DoubleUnaryOperator floats, LongUnaryOperator integers) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x), (x, y, z, dtype) -> integers.applyAsLong(x));
    }

    static ScalarValue numbers2(DoubleBinaryOperator floats, LongBinaryOperator integers) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x, y),
                (x, y, z, dtype) -> integers.applyAsLong(x, y));
    }

    /** Of two numbers, whose value on integers depends on their dtype. */
    static ScalarValue typed2(DoubleBinaryOperator floats, Typed integers) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x, y),
                (x, y, z, dtype) -> integers.of(x, y, dtype));
    }

    /** Of a number whose value on integers depends on whether they have a sign. */
    static ScalarValue signed(DoubleUnaryOperator floats, LongUnaryOperator integers, LongUnaryOperator unsigned) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x),
                (x, y, z, dtype) -> (dtype.isUnsigned() ? unsigned : integers).applyAsLong(x));
    }

    static ScalarValue test(DoublePredicate floats) {
        return new ScalarValue((x, y, z) -> floats.test(x) ? 1 : 0, NO_INTEGERS);
    }

    static ScalarValue integers(Typed integers) {
        return new ScalarValue(NO_FLOATS, (x, y, z, dtype) -> integers.of(x, y, dtype));
    }

    static ScalarValue comparison(FloatComparison floats, IntegerComparison integers) {
        return new ScalarValue((x, y, z) -> floats.holds(x, y) ? 1 : 0,
                (x, y, z, dtype) -> integers.holds(ordered(x, dtype), ordered(y, dtype)) ? 1 : 0);
    }

    static ScalarValue choice() {
        return new ScalarValue((x, y, z) -> x != 0 ? y : z, (x, y, z, dtype) -> x != 0 ? y : z);
    }

    /** The power as IEEE 754 defines it: Java's, but 1 where the base is 1 or the base is -1 and y infinite. */
    static double pow(double x, double y) {
        return x == 1 || x == -1 && Double.isInfinite(y) ? 1 : StrictMath.pow(x, y);
    }

    static double logistic(double x) {
        double e = StrictMath.exp(-Math.abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /** A signed number that is ordered among its like as the integer is. */
    private static long ordered(long x, DType dtype) {
        return dtype == DType.UINT64 ? x ^ Long.MIN_VALUE : x;
    }

    static long max(long x, long y, DType dtype) {
        return ordered(x, dtype) >= ordered(y, dtype) ? x : y;
    }

    static long min(long x, long y, DType dtype) {
        return ordered(x, dtype) <= ordered(y, dtype) ? x : y;
    }

    static long divide(long x, long y, DType dtype) {
        return dtype == DType.UINT64 ? Long.divideUnsigned(x, nonZero(y)) : x / nonZero(y);
    }

    static long remainder(long x, long y, DType dtype) {
        return dtype == DType.UINT64 ? Long.remainderUnsigned(x, nonZero(y)) : x % nonZero(y);
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw new GraphException("an integer is divided by 0; guard the divisor with where(...)");
        }
        return divisor;
    }

    static long not(long x, DType dtype) {
        return dtype == DType.BOOL ? x ^ 1 : ~x;
    }

    static long shiftLeft(long x, long count, DType dtype) {
        return x << (count & dtype.bits() - 1);
    }

    static long shiftRightLogical(long x, long count, DType dtype) {
        return (x & -1L >>> 64 - dtype.bits()) >>> (count & dtype.bits() - 1);
    }

    /** Of an unsigned number zeros enter, since that is its sign. */
    static long shiftRightArithmetic(long x, long count, DType dtype) {
        return dtype == DType.UINT64 ? x >>> (count & 63) : x >> (count & dtype.bits() - 1);
    }
}
