package dev.sinter.bench;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Arrays of random numbers, the same in every run, and comparisons with numbers that are known. */
final class Values {
    private Values() { }

    /** Float32 from -0.5 to 0.5. */
    static NDArray uniform(long seed, long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT32, sizes);
        Random random = new Random(seed);
        for (long i = 0; i < array.elementCount(); i++) {
            set(array, i, random.nextFloat() - 0.5f);
        }
        return array;
    }

    /** Normally distributed float32. */
    static NDArray normal(long seed, long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT32, sizes);
        Random random = new Random(seed);
        for (long i = 0; i < array.elementCount(); i++) {
            set(array, i, (float) random.nextGaussian());
        }
        return array;
    }

    /** Int32 from 0 to below a limit. */
    static NDArray integers(long seed, int limit, long... sizes) {
        NDArray array = NDArray.zeros(DType.INT32, sizes);
        Random random = new Random(seed);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setLong(i, random.nextInt(limit));
        }
        return array;
    }

    /** The sum of an array and a multiple of another one, both in float32 or both in float64. */
    static NDArray plus(NDArray array, double factor, NDArray other) {
        NDArray sum = NDArray.zeros(array.dtype(), array.sizes());
        for (long i = 0; i < sum.elementCount(); i++) {
            set(sum, i, get(array, i) + factor * get(other, i));
        }
        return sum;
    }

    /** A multiple of an array in float32 or float64. */
    static NDArray scaled(NDArray array, double factor) {
        return plus(NDArray.zeros(array.dtype(), array.sizes()), factor, array);
    }

    /** The sum of the squares of an array in float32 or float64. */
    static double squares(NDArray array) {
        double sum = 0;
        for (long i = 0; i < array.elementCount(); i++) {
            sum += get(array, i) * get(array, i);
        }
        return sum;
    }

    /** An element in float32 or float64. */
    static double get(NDArray array, long index) {
        return array.dtype() == DType.FLOAT64 ? array.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, index)
                : array.segment().getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    /** Writes an element, rounded where it is in float32. */
    static void set(NDArray array, long index, double value) {
        if (array.dtype() == DType.FLOAT64) {
            array.segment().setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
        } else {
            array.segment().setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
        }
    }

    /** Fails where a result is not what it should be. */
    static void require(boolean right, String what) {
        if (!right) {
            throw new IllegalStateException(what);
        }
    }
}
