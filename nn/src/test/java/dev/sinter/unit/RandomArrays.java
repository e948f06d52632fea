package dev.sinter.unit;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.SplittableRandom;

/** Arrays of random {@code float64}. */
public final class RandomArrays {
    private RandomArrays() {}

    /** Numbers between -1 and 1. */
    public static NDArray random(SplittableRandom random, long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT64, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextDouble(-1, 1));
        }
        return array;
    }
}
