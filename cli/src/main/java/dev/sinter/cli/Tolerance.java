package dev.sinter.cli;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.Optional;

/** How far an array may be from another, element by element: {@code absolute + relative * abs(expected)}. */
record Tolerance(double relative, double absolute) {
    /** What is wrong with an array, and where it is worst. */
    Optional<String> problem(NDArray expected, NDArray actual) {
        if (actual.dtype() != expected.dtype() || !Arrays.equals(actual.sizes(), expected.sizes())) {
            return Optional.of("it is " + actual.dtype() + Arrays.toString(actual.sizes()) + ", not "
                    + expected.dtype() + Arrays.toString(expected.sizes()));
        }
        long wrong = 0;
        long worst = -1;
        double most = -1;
        for (long i = 0; i < expected.elementCount(); i++) {
            if (!near(expected, actual, i)) {
                wrong++;
                double error = error(expected, actual, i);
                if (error > most) {
                    most = error;
                    worst = i;
                }
            }
        }
        if (wrong == 0) {
            return Optional.empty();
        }
        boolean isFloat = expected.dtype().isFloat();
        return Optional.of(wrong + " of " + expected.elementCount() + " elements are wrong; the worst, at "
                + Arrays.toString(position(worst, expected.sizes())) + ", is " + text(actual, worst) + ", not "
                + text(expected, worst) + (isFloat ? ", off by " + (most >= Double.MAX_VALUE ? "more than any number of"
                        : "%.4g".formatted(most)) + " ULP" : ""));
    }

    private boolean near(NDArray expected, NDArray actual, long i) {
        if (!expected.dtype().isFloat()) {
            long x = expected.getLong(i);
            long y = actual.getLong(i);
            return x == y || Math.abs((double) y - x) <= absolute + relative * Math.abs((double) x);
        }
        double x = expected.getDouble(i);
        double y = actual.getDouble(i);
        return x == y || Double.isNaN(x) && Double.isNaN(y) || Math.abs(y - x) <= absolute + relative * Math.abs(x)
                && Double.isFinite(x);
    }

    /** The distance in units in the last place of the expected value; of integers the difference. */
    private static double error(NDArray expected, NDArray actual, long i) {
        DType dtype = expected.dtype();
        if (!dtype.isFloat()) {
            return Math.abs((double) actual.getLong(i) - expected.getLong(i));
        }
        double x = expected.getDouble(i);
        double y = actual.getDouble(i);
        if (!Double.isFinite(x) || !Double.isFinite(y)) {
            return Double.MAX_VALUE;
        }
        int least = switch (dtype) {
            case FLOAT16 -> -24;
            case BFLOAT16 -> -133;
            case FLOAT32 -> -149;
            default -> -1074;
        };
        int exponent = x == 0 ? least : Math.max(least, Math.getExponent(x) - dtype.precision() + 1);
        return Math.scalb(Math.abs(y - x), -exponent);
    }

    private static String text(NDArray array, long i) {
        return array.dtype() == DType.BOOL ? Boolean.toString(array.getLong(i) != 0)
                : array.dtype().isFloat() ? Double.toString(array.getDouble(i)) : Long.toString(array.getLong(i));
    }

    private static long[] position(long index, long[] sizes) {
        long[] position = new long[sizes.length];
        long rest = index;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            position[axis] = rest % sizes[axis];
            rest /= sizes[axis];
        }
        return position;
    }
}
