package dev.sinter.kernel;

/**
 * The arithmetic of kernels. An op works on each lane; floats follow IEEE 754 with rounding to nearest and
 * nothing is contracted or reordered, so that the interpreter gives the bits that native code gives.
 */
public enum ArithOp {
    ADD(2), SUB(2), MUL(2),
    /** Of integers truncated; the divisor is not 0 (see {@code Fail}) and MIN / -1 is MIN. */
    DIV(2),
    /** The remainder of the truncated division; of floats C's fmod is not meant: integers only. */
    REM(2),
    /** {@code a * b + c} rounded once; floats only. */
    FMA(3),
    /**
     * {@code a * 2^b} rounded once; floats only. The exponent b is an integer of at most 252 in size, in float64
     * of at most 2044, and {@code a * 2^(b/2)} is normal unless a is 0 or not finite; where a is NaN, b may be
     * anything.
     */
    SCALE(2),
    NEG(1), ABS(1), SQRT(1),
    FLOOR(1), CEIL(1),
    /** To the nearest integer, halves to even. */
    RINT(1),
    TRUNC(1),
    /** To the nearest float16 or bfloat16, halves to even; F32 only. */
    ROUND_F16(1), ROUND_BF16(1),
    /** Of integers signed; of floats {@code a < b ? a : b}, so b where either is NaN. */
    MIN(2),
    /** Of integers signed; of floats {@code a > b ? a : b}, so b where either is NaN. */
    MAX(2),
    AND(2), OR(2), XOR(2), NOT(1),
    /** The count is masked to the width. */
    SHL(2), LSHR(2), ASHR(2),
    /** The upper half of the unsigned product of I32. */
    MULHI_U(2),
    /** Comparisons give I1; of floats false where either is NaN, but NE true. */
    EQ(2), NE(2), LT(2), LE(2), GT(2), GE(2),
    /** {@code condition ? a : b}, the condition I1 of as many lanes. */
    SELECT(3),
    /**
     * To the result's kind: float to integer truncates and saturates with NaN to 0; integer to smaller wraps;
     * I1 extends with zeros; to I1 is a comparison with 0.
     */
    CONVERT(1),
    /** The same bits: F32 and I32, F64 and I64. */
    BITCAST(1);

    private final int arity;

    ArithOp(int arity) {
        this.arity = arity;
    }

    public int arity() {
        return arity;
    }

    /** Whether the first two operands can change places: results are equal then, but for which NaN a NaN is. */
    public boolean isCommutative() {
        return switch (this) {
            case ADD, MUL, FMA, AND, OR, XOR, MULHI_U, EQ, NE -> true;
            default -> false;
        };
    }
}
