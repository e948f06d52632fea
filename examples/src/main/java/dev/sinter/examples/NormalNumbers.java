package dev.sinter.examples;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Philox;

/**
 * Normally distributed numbers, the same on every machine.
 *
 * @param seed one seed, one sequence
 */
record NormalNumbers(int seed) {
    static NormalNumbers of(int seed) {
        return new NormalNumbers(seed);
    }

    /** The first numbers of the sequence as a float32 array. */
    NDArray array(long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT32, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, number(i));
        }
        return array;
    }

    /** One number, by the transform of Box and Muller (1958). */
    private double number(long index) {
        int[] words = Philox.words((int) index, (int) (index >>> 32), 0, 0, seed, 0);
        double radius = Math.sqrt(-2 * StrictMath.log(((words[0] & 0xFFFFFFFFL) + 1) * 0x1p-32));
        return radius * StrictMath.cos(2 * Math.PI * (words[1] & 0xFFFFFFFFL) * 0x1p-32);
    }
}
