package dev.sinter.tensor;

/** The element type of a tensor. A {@code BOOL} element is one byte, 0 or 1. */
public enum DType {
    FLOAT32("float32", "f32", 4, Kind.FLOAT),
    FLOAT64("float64", "f64", 8, Kind.FLOAT),
    INT32("int32", "i32", 4, Kind.INTEGER),
    INT64("int64", "i64", 8, Kind.INTEGER),
    BOOL("bool", "bool", 1, Kind.BOOL);

    private enum Kind { FLOAT, INTEGER, BOOL }

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

    public boolean isInteger() {
        return kind == Kind.INTEGER;
    }

    /** The least value, as a number: negative infinity of floats. */
    public double lowest() {
        return switch (this) {
            case FLOAT32, FLOAT64 -> Double.NEGATIVE_INFINITY;
            case INT32 -> Integer.MIN_VALUE;
            case INT64 -> Long.MIN_VALUE;
            case BOOL -> 0;
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
