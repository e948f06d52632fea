package dev.sinter.testkit;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Rounding;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How far two values may lie apart. A NaN equals every NaN; integers and bools are always compared exactly.
 *
 * @param ulps     how many units in the last place a float may be off; less than 0: every bit but a NaN's
 *                 counts, the sign of zero too
 * @param spread   whether the unit is that of the array's largest finite element, for sums that cancel, and
 *                 not that of the element itself
 * @param absolute what is always allowed
 */
public record Tolerance(double ulps, boolean spread, double absolute) {
    /** Every bit. */
    public static final Tolerance EXACT = new Tolerance(-1, false, 0);

    /** Units in the last place of each element. */
    public static Tolerance ulps(double ulps) {
        return new Tolerance(ulps, false, 0);
    }

    /** Units in the last place of the array's largest element. */
    public static Tolerance ulpsOfLargest(double ulps) {
        return new Tolerance(ulps, true, 0);
    }

    public Tolerance withAbsolute(double difference) {
        return new Tolerance(ulps, spread, difference);
    }

    /** What is wrong with a value, in a sentence; empty where it is right. */
    public Optional<String> mismatch(NDArray expected, NDArray actual) {
        if (expected.dtype() != actual.dtype() || !Arrays.equals(expected.sizes(), actual.sizes())) {
            return Optional.of("expected " + describe(expected) + ", got " + describe(actual));
        }
        double largest = 0;
        for (long i = 0; spread && i < expected.elementCount(); i++) {
            double magnitude = Math.abs(expected.getDouble(i));
            largest = Double.isFinite(magnitude) ? Math.max(largest, magnitude) : largest;
        }
        for (long i = 0; i < expected.elementCount(); i++) {
            if (!same(expected, actual, i, largest)) {
                return Optional.of("element " + i + " of " + describe(expected) + ": expected "
                        + element(expected, i) + ", got " + element(actual, i));
            }
        }
        return Optional.empty();
    }

    /** What is wrong with the first value that is, in a sentence with its number; empty where all are right. */
    public Optional<String> mismatch(List<NDArray> expected, List<NDArray> actual) {
        if (expected.size() != actual.size()) {
            return Optional.of("expected " + expected.size() + " results, got " + actual.size());
        }
        return IntStream.range(0, expected.size()).mapToObj(i -> mismatch(expected.get(i), actual.get(i))
                .map(why -> "result " + i + ", " + why)).flatMap(Optional::stream).findFirst();
    }

    private boolean same(NDArray expected, NDArray actual, long index, double largest) {
        DType dtype = expected.dtype();
        if (!dtype.isFloat()) {
            return expected.getLong(index) == actual.getLong(index);
        }
        double x = expected.getDouble(index);
        double y = actual.getDouble(index);
        if (Double.isNaN(x) || Double.isNaN(y)) {
            return Double.isNaN(x) && Double.isNaN(y);
        }
        if (ulps < 0) {
            return Double.doubleToRawLongBits(x) == Double.doubleToRawLongBits(y);
        }
        if (x == y) {
            return true;
        }
        double scale = Math.max(Math.abs(x), largest);
        double unit = Rounding.ulp(dtype, scale);
        return Double.isFinite(x) && Double.isFinite(y) && Math.abs(x - y) <= Math.max(ulps * unit, absolute);
    }

    private static String describe(NDArray array) {
        return array.dtype() + Arrays.toString(array.sizes());
    }

    private static String element(NDArray array, long index) {
        return array.dtype().isFloat() ? Double.toString(array.getDouble(index))
                : Long.toString(array.getLong(index));
    }
}
