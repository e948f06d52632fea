package dev.sinter.bench;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;

/**
 * Arrays of numbers that any language makes alike: each element is a hash of its index and of the array's number, which
 * counts the arrays from 0. A float is rounded once.
 */
final class HashedNumbers {
    private int arrays;

    /** Float32 around a centre, at most a bound away. */
    NDArray around(double centre, double bound, long... sizes) {
        return repeated(1, centre, bound, sizes);
    }

    /** The same, where the array is one part several times. */
    NDArray repeated(int times, double centre, double bound, long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT32, sizes);
        int first = mixed(arrays++);
        int part = (int) array.elementCount() / times;
        for (int i = 0; i < array.elementCount(); i++) {
            double unit = bits(first, i % part) * 0x1p-23 - 1;
            Values.set(array, i, (float) (centre + bound * unit));
        }
        return array;
    }

    /** Int32 from 0 to below a limit. */
    NDArray integers(int limit, long... sizes) {
        NDArray array = NDArray.zeros(DType.INT32, sizes);
        int first = mixed(arrays++);
        for (int i = 0; i < array.elementCount(); i++) {
            array.setLong(i, bits(first, i) % limit);
        }
        return array;
    }

    /** 24 bits. */
    private static int bits(int first, int index) {
        return mixed(index + first) >>> 8;
    }

    private static int mixed(int word) {
        int mixed = (word ^ word >>> 16) * 0x7feb352d;
        mixed = (mixed ^ mixed >>> 15) * 0x846ca68b;
        return mixed ^ mixed >>> 16;
    }
}
