package dev.sinter.testkit;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random dtypes, shapes and arrays. */
final class RandomValues {
    /** The symbols of random shapes. */
    static final List<Dim> SYMBOLS = List.of(Dim.symbol("n"), Dim.symbol("m"));
    private static final long[] SIZES = {0, 1, 1, 2, 2, 3, 3, 4, 5, 7};
    private static final long[] LARGE_SIZES = {1, 2, 3, 5, 8, 15, 16, 17, 33, 40, 64, 70};
    private static final double[] SPECIAL = {0.0, -0.0, -0.0, -0.0, 1, -1, 2, 0.5, Double.NaN,
            Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE,
        Float.MIN_NORMAL, 1e-300, 1e300};
    private static final long[] SPECIAL_INTEGERS = {0, 1, -1, 2, Integer.MIN_VALUE, Integer.MAX_VALUE,
        Long.MIN_VALUE, Long.MAX_VALUE};
    private static final double[] PLAIN = {0.5, 1, 1.5, 2, 3, 4};

    private final RandomGenerator random;
    private final boolean symbolic;
    private final boolean special;
    private final boolean large;

    /**
     * Random values.
     *
     * @param symbolic whether sizes may be symbols
     * @param special  whether floats may be anything; otherwise they lie between 0.5 and 2
     */
    RandomValues(RandomGenerator random, boolean symbolic, boolean special) {
        this(random, symbolic, special, false);
    }

    /**
     * Random values.
     *
     * @param symbolic whether sizes may be symbols
     * @param special  whether floats may be anything; otherwise they lie between 0.5 and 2
     * @param large    whether sizes exceed those of vectors
     */
    RandomValues(RandomGenerator random, boolean symbolic, boolean special, boolean large) {
        this.random = random;
        this.symbolic = symbolic;
        this.special = special;
        this.large = large;
    }

    RandomGenerator random() {
        return random;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    DType dtype() {
        return random.nextInt(3) > 0 ? pick(List.of(DType.FLOAT32, DType.FLOAT64))
                : pick(List.of(DType.values()));
    }

    long size() {
        return large ? LARGE_SIZES[random.nextInt(LARGE_SIZES.length)] : SIZES[random.nextInt(SIZES.length)];
    }

    /** The size that a symbol stands for. */
    long binding() {
        return large ? List.of(0L, 1L, 7L, 16L, 37L).get(random.nextInt(5))
                : List.of(0L, 1L, 2L, 3L, 5L).get(random.nextInt(5));
    }

    /** A symbol, or 1 where sizes are known. */
    Dim symbol() {
        return symbolic ? pick(SYMBOLS) : Dim.ONE;
    }

    Dim dim() {
        if (!symbolic || chance(0.7)) {
            return Dim.of(size());
        }
        Dim symbol = pick(SYMBOLS);
        return switch (random.nextInt(6)) {
            case 0 -> symbol.plus(1);
            case 1 -> symbol.times(2);
            default -> symbol;
        };
    }

    Shape shape() {
        int rank = random.nextInt(8) == 0 ? 4 : random.nextInt(4);
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            dims.add(dim());
        }
        return new Shape(dims);
    }

    TensorType type() {
        return new TensorType(dtype(), shape());
    }

    /** A number for a constant. */
    double number(DType dtype) {
        if (dtype == DType.BOOL) {
            return random.nextInt(2);
        }
        if (!special) {
            return dtype.isInteger() ? random.nextInt(1, 5) : PLAIN[random.nextInt(PLAIN.length)];
        }
        if (dtype.isInteger()) {
            return chance(0.5) ? random.nextInt(-3, 4)
                    : SPECIAL_INTEGERS[random.nextInt(SPECIAL_INTEGERS.length)];
        }
        return chance(0.5) ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextInt(-12, 13) / 4.0;
    }

    NDArray array(DType dtype, long... sizes) {
        NDArray array = NDArray.zeros(dtype, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            switch (dtype) {
                case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> array.setDouble(i, element());
                case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 ->
                        array.setLong(i, chance(0.8) ? random.nextInt(-9, 10)
                        : SPECIAL_INTEGERS[random.nextInt(SPECIAL_INTEGERS.length)]);
                case BOOL -> array.setLong(i, random.nextInt(2));
            }
        }
        return array;
    }

    private double element() {
        if (!special) {
            return random.nextDouble(0.5, 2);
        }
        return chance(0.3) ? SPECIAL[random.nextInt(SPECIAL.length)] : random.nextGaussian() * 2;
    }
}
