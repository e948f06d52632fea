package dev.sinter.bench;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.SplittableRandom;

/** Random weights in the order in which layers ask for them. */
final class RandomWeights {
    private final SplittableRandom seeds = new SplittableRandom(100);

    /** Normally distributed weights around zero. */
    NDArray normal(double deviation, long... sizes) {
        return Values.scaled(Values.normal(seeds.nextLong(), sizes), deviation);
    }

    /** Weights that keep the size of what they are applied to. */
    NDArray filter(int terms, long... sizes) {
        return normal(Math.sqrt(2.0 / terms), sizes);
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
        NDArray normal = Values.normal(seeds.nextLong(), count);
        NDArray array = NDArray.zeros(DType.FLOAT32, count);
        for (int i = 0; i < count; i++) {
            array.setDouble(i, 0.25 * Math.tanh(normal.getDouble(i)));
        }
        return array;
    }
}
