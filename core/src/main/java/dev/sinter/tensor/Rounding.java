package dev.sinter.tensor;

/**
 * Numbers of one dtype as another's, each rounded once, to the nearest and halves to even. What has no place of its own
 * in Java is here: half floats as their 16 bits, and unsigned 64-bit integers.
 */
public final class Rounding {
    private static final double TWO_63 = 0x1p63;

    private Rounding() {}

    /** The number that the bits of a half float are. */
    public static float halfFloat(DType half, short bits) {
        return half == DType.FLOAT16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
    }

    /** The bits of the half float next to a number; NaN stays NaN. */
    public static short halfBits(DType half, float value) {
        if (half == DType.FLOAT16) {
            return Float.floatToFloat16(value);
        }
        int bits = Float.floatToRawIntBits(value);
        int rounded = Float.isNaN(value) ? bits | 0x400000 : bits + 0x7fff + (bits >>> 16 & 1);
        return (short) (rounded >>> 16);
    }

    /** The bits of the half float next to a number, rounded once. */
    public static short halfBits(DType half, double value) {
        return halfBits(half, toOdd(value));
    }

    /**
     * A double as a float that rounds to a shorter format as the double does: what is not exact gets an odd last bit.
     */
    static float toOdd(double value) {
        float nearest = (float) value;
        if (nearest == value || Float.isNaN(nearest) || Float.isInfinite(nearest)) {
            return nearest;
        }
        int bits = Float.floatToRawIntBits(nearest);
        return Float.intBitsToFloat((Math.abs((double) nearest) > Math.abs(value) ? bits - 1 : bits) | 1);
    }

    /** A number rounded to a float dtype. */
    public static double toFloat(DType dtype, double value) {
        return switch (dtype) {
            case FLOAT16, BFLOAT16 -> halfFloat(dtype, halfBits(dtype, value));
            case FLOAT32 -> (float) value;
            case FLOAT64 -> value;
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
                    throw new CompilerBug(dtype + " is no float");
        };
    }

    /** The unit in the last place of a number in a float dtype. */
    public static double ulp(DType dtype, double number) {
        double rounded = Math.abs(toFloat(dtype, number));
        if (!Double.isFinite(rounded)) {
            return rounded;
        }
        return Math.scalb(1.0, Math.max(Math.getExponent(rounded), 1 - dtype.maxExponent()) + 1 - dtype.precision());
    }

    /** The largest value of a half float that is less than a number. */
    public static double below(DType half, double number) {
        short bits = halfBits(half, number);
        if (halfFloat(half, bits) < number) {
            return halfFloat(half, bits);
        }
        return halfFloat(half, (short) (bits > 0 ? bits - 1 : bits == 0 ? 0x8001 : bits + 1));
    }

    /**
     * An integer as the nearest value of a float dtype.
     *
     * @param source the integer's dtype, which says how {@code uint64} is read
     */
    public static double toFloat(DType dtype, DType source, long integer) {
        boolean large = source == DType.UINT64 && integer < 0;
        return switch (dtype) {
            case FLOAT16, BFLOAT16 -> toFloat(dtype, large ? 2 * sticky(halved(integer)) : sticky(integer));
            case FLOAT32 -> large ? 2 * (float) halved(integer) : (float) integer;
            case FLOAT64 -> large ? 2 * (double) halved(integer) : (double) integer;
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
                    throw new CompilerBug(dtype + " is no float");
        };
    }

    /** Half of an unsigned integer, whose last bit says too whether the half is inexact. */
    private static long halved(long unsigned) {
        return unsigned >>> 1 | unsigned & 1;
    }

    /** A double that rounds to a shorter format as the integer does. */
    private static double sticky(long integer) {
        boolean exact = Math.abs(integer) <= 1L << 53 && integer != Long.MIN_VALUE;
        return exact ? integer : 0x1p11 * (integer >> 11 | ((integer & 0x7ff) != 0 ? 1 : 0));
    }

    /** A float as an integer or bool: truncated, at the ends of the range where it lies outside, 0 for NaN. */
    public static long toInteger(DType dtype, double value) {
        return switch (dtype) {
            case BOOL -> value != 0 ? 1 : 0;
            case UINT64 -> value < TWO_63 ? Math.max(0, (long) value)
                    : value >= 2 * TWO_63 ? -1L : Double.isNaN(value) ? 0 : (long) (value - TWO_63) | Long.MIN_VALUE;
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32 ->
                    Math.clamp((long) value, dtype.least(), dtype.greatest());
            case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> throw new CompilerBug(dtype + " is no integer");
        };
    }
}
