package dev.sinter.op;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * The largest error of a function in units in the last place, and where.
 *
 * @param at the operands, as text
 */
record Worst(double ulps, String at) {
    static final Worst NONE = new Worst(0, "");

    Worst with(double other, double... operands) {
        String text = DoubleStream.of(operands).mapToObj(Double::toString).collect(Collectors.joining(", "));
        return or(new Worst(other, text));
    }

    /** The larger one. */
    Worst or(Worst other) {
        return other.ulps <= ulps ? this : other;
    }

    /** Two cells of a table. */
    String cells() {
        return String.format(Locale.ROOT, "%.2f | %s", ulps, at);
    }

    /** How far a float64 is from a value that is known as the nearest one and what that rounds away, in its units. */
    static double ofDouble(double found, double nearest, double rest) {
        double ulps = Math.abs((found - nearest) / Math.ulp(nearest) - rest);
        return Double.isNaN(ulps) ? Double.POSITIVE_INFINITY : ulps;
    }

    /** How far a float32 is from the right value, in units of a float32 of its size; infinite where one is NaN. */
    static double ofFloat(float found, double right) {
        if (Double.isNaN(right) || Float.isNaN(found)) {
            return Double.isNaN(right) && Float.isNaN(found) ? 0 : Double.POSITIVE_INFINITY;
        }
        double from = Float.isInfinite(found) ? Math.copySign(0x1p128, found) : found;
        double to = Math.abs(right) > 0x1p128 ? Math.copySign(0x1p128, right) : right;
        int exponent = Math.clamp(Math.getExponent(to), Float.MIN_EXPONENT, Float.MAX_EXPONENT);
        return Math.abs(from - to) * Math.scalb(1.0, 23 - exponent);
    }
}
