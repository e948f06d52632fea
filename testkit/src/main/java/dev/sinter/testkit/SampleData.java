package dev.sinter.testkit;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.SplittableRandom;

/** Random and special elements; the same for the same seed text. */
final class SampleData {
    private static final double[] SPECIAL_FLOATS = {
        0.0, -0.0, 1, -1, 0.5, -2.5, 3.5, 1e-3, 1e30, -1e30, 1e-40, Double.MIN_VALUE, Float.MIN_VALUE,
        Float.MIN_NORMAL, Float.MAX_VALUE, Double.MAX_VALUE, 88.8, -103.5, 709.9, -745.2,
        Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN
    };
    private static final long[] SPECIAL_INTEGERS = {
        0, 1, -1, 2, 31, 32, 33, 63, 64, 65, -7, 1000003, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private final SplittableRandom random;

    SampleData(String seed) {
        this.random = new SplittableRandom(seed.hashCode());
    }

    /** Floats between -2 and 2, integers between -9 and 9. */
    NDArray random(DType dtype, long... sizes) {
        NDArray array = NDArray.zeros(dtype, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            switch (dtype) {
                case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> array.setDouble(i, random.nextDouble(-2, 2));
                case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 ->
                        array.setLong(i, random.nextLong(-9, 10));
                case BOOL -> array.setLong(i, random.nextLong(2));
            }
        }
        return array;
    }

    /** Floats between two numbers. */
    NDArray between(double low, double high, long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT64, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextDouble(low, high));
        }
        return array;
    }

    /** Integers from one number to below another, as floats. */
    NDArray integers(int low, int high, long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT64, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextInt(low, high));
        }
        return array;
    }

    /** How many special elements a dtype has. */
    static int specialCount(DType dtype) {
        return switch (dtype) {
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> SPECIAL_FLOATS.length;
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 ->
                        SPECIAL_INTEGERS.length;
            case BOOL -> 2;
        };
    }

    /**
     * The special elements, so that the operands 0, 1, ... of one function meet in every combination.
     *
     * @param operand  which operand
     * @param operands how many there are, at most two of them special
     */
    static NDArray special(DType dtype, int operand, int operands) {
        int count = specialCount(dtype);
        int total = operands == 1 ? count : count * count;
        NDArray array = NDArray.zeros(dtype, total);
        for (int i = 0; i < total; i++) {
            int which = operand == 0 ? i % count : i / count;
            switch (dtype) {
                case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> array.setDouble(i, SPECIAL_FLOATS[which]);
                case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 ->
                        array.setLong(i, SPECIAL_INTEGERS[which]);
                case BOOL -> array.setLong(i, which);
            }
        }
        return array;
    }

    /** The same array with every 0 replaced by 3. */
    static NDArray withoutZeros(NDArray array) {
        for (long i = 0; i < array.elementCount(); i++) {
            if (array.getLong(i) == 0) {
                array.setLong(i, 3);
            }
        }
        return array;
    }
}
