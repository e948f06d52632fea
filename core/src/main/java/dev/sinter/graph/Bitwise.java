package dev.sinter.graph;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** Functions of the bits of integers, as {@code tf.bitwise}. Operands broadcast and have one integer dtype. */
public final class Bitwise {
    private Bitwise() {}

    /** {@code x & y}. */
    public static Tensor bitwiseAnd(Operand x, Operand y) {
        return binary("bitwise_and", ScalarFn.AND, x, y);
    }

    /** {@code x | y}. */
    public static Tensor bitwiseOr(Operand x, Operand y) {
        return binary("bitwise_or", ScalarFn.OR, x, y);
    }

    /** {@code x ^ y}. */
    public static Tensor bitwiseXor(Operand x, Operand y) {
        return binary("bitwise_xor", ScalarFn.XOR, x, y);
    }

    /** {@code ~x}. */
    public static Tensor invert(Operand x) {
        requireInteger("invert", x);
        return Composer.tensor("invert", c -> c.map(ScalarFn.NOT, c.in(0)), x);
    }

    /** {@code x << y}. The count is masked to the width of the dtype, as in Java: 33 shifts an int32 by 1. */
    public static Tensor leftShift(Operand x, Operand y) {
        return binary("left_shift", ScalarFn.SHIFT_LEFT, x, y);
    }

    /**
     * {@code x >> y}: the sign enters from the left, zeros where the dtype is unsigned. The count is masked as in
     * {@link #leftShift}.
     */
    public static Tensor rightShift(Operand x, Operand y) {
        return binary("right_shift", x.dtype().isUnsigned() ? ScalarFn.SHIFT_RIGHT_LOGICAL
                : ScalarFn.SHIFT_RIGHT_ARITHMETIC, x, y);
    }

    /** How many bits are 1, as uint8. */
    public static Tensor populationCount(Operand x) {
        requireInteger("population_count", x);
        return Composer.tensor("population_count", c -> {
            Node bits = c.convert(c.in(0), DType.INT64);
            int width = 8 * x.dtype().bytes();
            if (width < Long.SIZE && !x.dtype().isUnsigned()) {
                bits = c.map(ScalarFn.AND, bits, number(c, bits, (1L << width) - 1));
            }
            Node pairs = c.map(ScalarFn.SUB, bits, masked(c, shifted(c, bits, 1), 0x5555555555555555L));
            Node fours = c.map(ScalarFn.ADD, masked(c, pairs, 0x3333333333333333L),
                    masked(c, shifted(c, pairs, 2), 0x3333333333333333L));
            Node bytes = masked(c, c.map(ScalarFn.ADD, fours, shifted(c, fours, 4)), 0x0f0f0f0f0f0f0f0fL);
            Node sum = c.map(ScalarFn.MUL, bytes, number(c, bytes, 0x0101010101010101L));
            return c.convert(shifted(c, sum, 56), DType.UINT8);
        }, x);
    }

    private static Node shifted(Composer c, Node x, int count) {
        return c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, x, number(c, x, count));
    }

    private static Node masked(Composer c, Node x, long mask) {
        return c.map(ScalarFn.AND, x, number(c, x, mask));
    }

    private static Node number(Composer c, Node like, long value) {
        return c.stretch(c.constant(NDArray.scalar(value)), Composer.shape(like), List.of());
    }

    private static Tensor binary(String op, ScalarFn fn, Operand x, Operand y) {
        requireInteger(op, x);
        return Composer.tensor(op, c -> c.mapBroadcast(fn, c.in(0), c.in(1)), x, y);
    }

    private static void requireInteger(String op, Operand x) {
        if (!x.dtype().isInteger()) {
            throw new GraphException(op + ": x is " + x.dtype() + x.shape().toUserString() + "; it takes integers"
                    + (x.dtype() == DType.BOOL ? ", of bools use logicalAnd and the like" : "") + "\n  at "
                    + Place.here());
        }
    }
}
