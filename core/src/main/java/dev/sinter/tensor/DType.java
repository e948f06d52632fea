package dev.sinter.tensor;

/**
 * The element type of a tensor. A {@code BOOL} element is one byte, 0 or 1. {@code FLOAT16} is IEEE 754's binary16,
 * {@code BFLOAT16} the upper half of a {@code float32}; both are called half floats here. Nothing is promoted silently:
 * operands of two dtypes need a cast.
 */
public enum DType {
    FLOAT16("float16", "f16", 2, Kind.FLOAT),
    BFLOAT16("bfloat16", "bf16", 2, Kind.FLOAT),
    FLOAT32("float32", "f32", 4, Kind.FLOAT),
    FLOAT64("float64", "f64", 8, Kind.FLOAT),
    INT8("int8", "i8", 1, Kind.SIGNED),
    INT16("int16", "i16", 2, Kind.SIGNED),
    INT32("int32", "i32", 4, Kind.SIGNED),
    INT64("int64", "i64", 8, Kind.SIGNED),
    UINT8("uint8", "u8", 1, Kind.UNSIGNED),
    UINT16("uint16", "u16", 2, Kind.UNSIGNED),
    UINT32("uint32", "u32", 4, Kind.UNSIGNED),
    UINT64("uint64", "u64", 8, Kind.UNSIGNED),
    BOOL("bool", "bool", 1, Kind.BOOL);

    private enum Kind { FLOAT, SIGNED, UNSIGNED, BOOL }

    private final String text;
    private final String mnemonic;
    private final int bytes;
    private final Kind kind;

    DType(String text, String mnemonic, int bytes, Kind kind) {
        this.text = text;
        this.mnemonic = mnemonic;
        this.bytes = bytes;
        this.kind = kind;
    }

    /** The size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    public int bits() {
        return bytes * 8;
    }

    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /** Whether it is a float of 16 bits, whose arithmetic is that of {@code float32} with every result rounded. */
    public boolean isHalf() {
        return this == FLOAT16 || this == BFLOAT16;
    }

    /** Whether it is an integer, signed or not. */
    public boolean isInteger() {
        return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
    }

    public boolean isUnsigned() {
        return kind == Kind.UNSIGNED;
    }

    /** The dtype in which sums and products of many elements are kept: {@code float32} for a half float. */
    public DType accumulator() {
        return isHalf() ? FLOAT32 : this;
    }

    /** The bits of a float's significand, with the one that is not stored: 24 of {@code float32}. */
    public int precision() {
        return switch (this) {
            case FLOAT16 -> 11;
            case BFLOAT16 -> 8;
            case FLOAT32 -> 24;
            case FLOAT64 -> 53;
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
                    throw new CompilerBug(this + " is no float");
        };
    }

    /** The exponent of the largest powers of two: 127 of {@code float32}. */
    public int maxExponent() {
        return switch (this) {
            case FLOAT16 -> 15;
            case BFLOAT16, FLOAT32 -> Float.MAX_EXPONENT;
            case FLOAT64 -> Double.MAX_EXPONENT;
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL ->
                    throw new CompilerBug(this + " is no float");
        };
    }

    /** The distance from 1 to the next larger float. */
    public double epsilon() {
        return Math.scalb(1.0, 1 - precision());
    }

    /** The largest finite number, rounded to a double: of integers and bools the greatest value. */
    public double largest() {
        return isFloat() ? Math.scalb(2 - epsilon(), maxExponent())
                : this == UINT64 ? 0x1p64 : greatest();
    }

    /** The least value, as a number: negative infinity of floats. */
    public double lowest() {
        return isFloat() ? Double.NEGATIVE_INFINITY : least();
    }

    /** The least integer or bool. */
    public long least() {
        return kind == Kind.SIGNED ? -1L << bits() - 1 : 0;
    }

    /** The greatest integer or bool; that of {@code uint64} as 64 bits, all ones. */
    public long greatest() {
        return switch (kind) {
            case SIGNED -> ~least();
            case UNSIGNED -> -1L >>> 64 - bits();
            case BOOL -> 1;
            case FLOAT -> throw new CompilerBug(this + " is no integer");
        };
    }

    /**
     * The integer that the low bits of a word are, extended to 64 bits by its sign or by zeros; a bool is true where
     * any bit is set. Every {@code uint64} is its own bits.
     */
    public long wrap(long word) {
        return switch (kind) {
            case SIGNED -> word << 64 - bits() >> 64 - bits();
            case UNSIGNED -> word << 64 - bits() >>> 64 - bits();
            case BOOL -> word != 0 ? 1 : 0;
            case FLOAT -> throw new CompilerBug(this + " is no integer");
        };
    }

    /** The short name used by the IR text formats: {@code f32}, {@code i64}, {@code bool}. */
    public String mnemonic() {
        return mnemonic;
    }

    /** The type that a mnemonic names. */
    public static DType ofMnemonic(String mnemonic) {
        for (DType type : values()) {
            if (type.mnemonic.equals(mnemonic)) {
                return type;
            }
        }
        throw new GraphException("no dtype is called \"" + mnemonic + "\"");
    }

    /** The NumPy name: {@code float32}. */
    @Override
    public String toString() {
        return text;
    }
}
