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

    /** The sum of a float32 array and a multiple of another one. */
    static NDArray plus(NDArray array, double factor, NDArray other) {
        NDArray sum = NDArray.zeros(DType.FLOAT32, array.sizes());
        for (long i = 0; i < sum.elementCount(); i++) {
            set(sum, i, (float) (get(array, i) + factor * get(other, i)));
        }
        return sum;
    }

    /** A multiple of a float32 array. */
    static NDArray scaled(NDArray array, double factor) {
        return plus(NDArray.zeros(DType.FLOAT32, array.sizes()), factor, array);
    }

    /** The sum of the squares of a float32 array. */
    static double squares(NDArray array) {
        double sum = 0;
        for (long i = 0; i < array.elementCount(); i++) {
            sum += (double) get(array, i) * get(array, i);
        }
        return sum;
    }

    static float get(NDArray array, long index) {
        return array.segment().getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    static void set(NDArray array, long index, float value) {
        array.segment().setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
    }

    /** Fails where a result is not what it should be. */
    static void require(boolean right, String what) {
        if (!right) {
            throw new IllegalStateException(what);
        }
    }
}
