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

    /** The first rows of a float32 matrix, in its memory. */
    static NDArray rows(NDArray matrix, int count) {
        long columns = matrix.size(1);
        return NDArray.wrap(DType.FLOAT32, matrix.segment().asSlice(0, count * columns * Float.BYTES),
                count, columns);
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
