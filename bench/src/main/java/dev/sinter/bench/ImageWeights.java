package dev.sinter.bench;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;

/** Random weights in the order in which layers ask for them. */
final class ImageWeights {
    private static final long FIRST_SEED = 100;

    private long seed = FIRST_SEED;

    /** Weights that keep the size of what they are applied to. */
    NDArray filter(int terms, long... sizes) {
        return Values.scaled(Values.normal(seed++, sizes), Math.sqrt(2.0 / terms));
    }

    /** Numbers around one. */
    NDArray nearOne(int count) {
        NDArray array = nearZero(count);
        for (int i = 0; i < count; i++) {
            array.setDouble(i, 1 + array.getDouble(i));
        }
        return array;
    }

    /** Numbers around zero, below a half. */
    NDArray nearZero(int count) {
        NDArray normal = Values.normal(seed++, count);
        NDArray array = NDArray.zeros(DType.FLOAT32, count);
        for (int i = 0; i < count; i++) {
            array.setDouble(i, 0.25 * Math.tanh(normal.getDouble(i)));
        }
        return array;
    }
}
