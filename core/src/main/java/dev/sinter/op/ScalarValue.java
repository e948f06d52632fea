package dev.sinter.op;

import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.GraphException;
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

    /** {@code bits} is the width of the dtype: 8 for a bool. */
    @FunctionalInterface
    interface OnIntegers {
        long of(long x, long y, long z, int bits);
    }

    @FunctionalInterface
    interface Bitwise {
        long of(long x, long y, int bits);
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
    private static final OnIntegers NO_INTEGERS = (x, y, z, bits) -> {
        throw new CompilerBug("a function of floats is applied to integers");
    };

    static ScalarValue floats(DoubleUnaryOperator floats) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x), NO_INTEGERS);
    }

    static ScalarValue floats2(DoubleBinaryOperator floats) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x, y), NO_INTEGERS);
    }

    static ScalarValue numbers(DoubleUnaryOperator floats, LongUnaryOperator integers) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x), (x, y, z, bits) -> integers.applyAsLong(x));
    }

    static ScalarValue numbers2(DoubleBinaryOperator floats, LongBinaryOperator integers) {
        return new ScalarValue((x, y, z) -> floats.applyAsDouble(x, y),
                (x, y, z, bits) -> integers.applyAsLong(x, y));
    }

    static ScalarValue test(DoublePredicate floats) {
        return new ScalarValue((x, y, z) -> floats.test(x) ? 1 : 0, NO_INTEGERS);
    }

    static ScalarValue integers(Bitwise integers) {
        return new ScalarValue(NO_FLOATS, (x, y, z, bits) -> integers.of(x, y, bits));
    }

    static ScalarValue comparison(FloatComparison floats, IntegerComparison integers) {
        return new ScalarValue((x, y, z) -> floats.holds(x, y) ? 1 : 0,
                (x, y, z, bits) -> integers.holds(x, y) ? 1 : 0);
    }

    static ScalarValue choice() {
        return new ScalarValue((x, y, z) -> x != 0 ? y : z, (x, y, z, bits) -> x != 0 ? y : z);
    }

    /** The power as IEEE 754 defines it: Java's, but 1 where the base is 1 or the base is -1 and y infinite. */
    static double pow(double x, double y) {
        return x == 1 || x == -1 && Double.isInfinite(y) ? 1 : StrictMath.pow(x, y);
    }

    static double logistic(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    static long divide(long x, long y) {
        return x / nonZero(y);
    }

    static long remainder(long x, long y) {
        return x % nonZero(y);
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw new GraphException("an integer is divided by 0");
        }
        return divisor;
    }

    static long not(long x, int bits) {
        return bits == 8 ? x ^ 1 : ~x;
    }

    static long shiftLeft(long x, long count, int bits) {
        return x << (count & bits - 1);
    }

    static long shiftRightLogical(long x, long count, int bits) {
        long word = bits == 64 ? x : x & (1L << bits) - 1;
        return word >>> (count & bits - 1);
    }

    static long shiftRightArithmetic(long x, long count, int bits) {
        return x >> (count & bits - 1);
    }
}
