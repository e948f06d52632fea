package dev.sinter.tensor;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The text of a float as NumPy 2.2 and TensorFlow print it: the fewest digits that tell the number from its
 * neighbours, {@code 40589096.0}, with an exponent below 1e-4 and from 1e16 on.
 */
public final class FloatText {
    /** The most digits behind the point in an array's text. */
    static final int PRECISION = 8;

    private FloatText() {}

    public static String of(float value) {
        return Float.isFinite(value) ? text(value, shortest(value)) : special(value);
    }

    public static String of(double value) {
        return Double.isFinite(value) ? text(value, shortest(value)) : special(value);
    }

    /** A number of a float dtype. */
    public static String of(DType dtype, double value) {
        return Double.isFinite(value) ? text(value, shortest(dtype, value)) : special(value);
    }

    private static String special(double value) {
        return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }

    private static String text(double value, BigDecimal digits) {
        double size = Math.abs(value);
        if (size == 0 || size >= 1e-4 && size < 1e16) {
            String plain = sign(value) + strip(digits).toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String scientific = scientific(value, digits);
        return scientific.replace(".e", "e");
    }

    /** Digits behind the point as needed and at most {@link #PRECISION}: {@code 1.}, {@code 0.33333333}. */
    static String positional(double value, BigDecimal digits) {
        BigDecimal cut = digits.scale() > PRECISION
                ? new BigDecimal(Math.abs(value)).setScale(PRECISION, RoundingMode.HALF_EVEN) : digits;
        String plain = sign(value) + strip(cut).toPlainString();
        return plain.indexOf('.') < 0 ? plain + "." : plain;
    }

    /** One digit, a point, at most {@link #PRECISION} digits as needed, and an exponent: {@code 1.5e+07}. */
    static String scientific(double value, BigDecimal digits) {
        BigDecimal stripped = strip(digits);
        if (stripped.precision() > PRECISION + 1) {
            MathContext context = new MathContext(PRECISION + 1, RoundingMode.HALF_EVEN);
            stripped = strip(new BigDecimal(Math.abs(value)).round(context));
        }
        String all = stripped.unscaledValue().toString();
        int exponent = value == 0 ? 0 : stripped.precision() - stripped.scale() - 1;
        String power = Integer.toString(Math.abs(exponent));
        return sign(value) + all.charAt(0) + "." + all.substring(1) + "e" + (exponent < 0 ? "-" : "+")
                + (power.length() < 2 ? "0" : "") + power;
    }

    private static String sign(double value) {
        return Double.doubleToRawLongBits(value) < 0 ? "-" : "";
    }

    private static BigDecimal strip(BigDecimal digits) {
        return digits.signum() == 0 ? BigDecimal.ZERO : digits.stripTrailingZeros();
    }

    /** The shortest decimal that reads back as the size of the value; the closest one among those. */
    static BigDecimal shortest(float value) {
        BigDecimal digits = new BigDecimal(Float.toString(Math.abs(value)));
        BigDecimal shorter = strip(digits).round(new MathContext(1, RoundingMode.HALF_EVEN));
        return shorter.floatValue() == Math.abs(value) ? shorter : digits;
    }

    static BigDecimal shortest(double value) {
        BigDecimal digits = new BigDecimal(Double.toString(Math.abs(value)));
        BigDecimal shorter = strip(digits).round(new MathContext(1, RoundingMode.HALF_EVEN));
        return shorter.doubleValue() == Math.abs(value) ? shorter : digits;
    }

    /** The shortest decimal that a float dtype reads back as the size of the value. */
    static BigDecimal shortest(DType dtype, double value) {
        if (!dtype.isHalf()) {
            return dtype == DType.FLOAT32 ? shortest((float) value) : shortest(value);
        }
        BigDecimal exact = new BigDecimal(Math.abs(value));
        BigDecimal digits = exact;
        for (int count = 5; count > 0; count--) {
            BigDecimal shorter = exact.round(new MathContext(count, RoundingMode.HALF_EVEN));
            if (Rounding.toFloat(dtype, shorter.doubleValue()) != Math.abs(value)) {
                break;
            }
            digits = shorter;
        }
        return digits;
    }
}
