package dev.sinter.llvm;

import dev.sinter.kernel.RegType;
import dev.sinter.kernel.RegType.Kind;

/**
 * LLVM IR text of half floats: a register holds them as {@code float}, memory as {@code i16}. Where a target converts
 * {@code half} by an instruction that is used; all else is integer arithmetic, so that no library function is called.
 */
final class HalfIr {
    private static final int SIGN = 0x80000000;
    private static final int INFINITY = 0x7f800000;
    /** The float that the smallest normal float16 is. */
    private static final int LEAST_NORMAL = 0x38800000;
    /** The float from which on a float16 is infinite, once it is rounded to its digits. */
    private static final int BEYOND = 0x47800000;
    /** 0.5, whose last bit is the smallest float16. */
    private static final int HALF = 0x3f000000;
    /** The difference of both exponents' biases, as a float's exponent field. */
    private static final int BIAS = 112 << 23;

    private final KernelIr kernel;

    HalfIr(KernelIr kernel) {
        this.kernel = kernel;
    }

    private String op(String text) {
        String name = kernel.fresh();
        kernel.line(name + " = " + text);
        return name;
    }

    private static String words(RegType type) {
        return KernelIr.type(type.withKind(Kind.I32));
    }

    private static String shorts(RegType type) {
        return KernelIr.vector("i16", type.lanes());
    }

    private static String constant(RegType type, int bits) {
        return type.lanes() == 1 ? Integer.toString(bits) : "splat (i32 " + bits + ")";
    }

    private String binary(String op, RegType type, String x, int bits) {
        return op(op + " " + words(type) + " " + x + ", " + constant(type, bits));
    }

    private String binary(String op, RegType type, String x, String y) {
        return op(op + " " + words(type) + " " + x + ", " + y);
    }

    private String select(RegType type, String condition, String x, String y) {
        String words = words(type);
        return op("select " + KernelIr.type(type.withKind(Kind.I1)) + " " + condition + ", " + words + " " + x + ", "
                + words + " " + y);
    }

    private String bits(RegType type, String value) {
        return op("bitcast " + KernelIr.type(type) + " " + value + " to " + words(type));
    }

    private void floats(String result, RegType type, String bits) {
        kernel.line(result + " = bitcast " + words(type) + " " + bits + " to " + KernelIr.type(type));
    }

    private String add(RegType type, String x, int bits) {
        String value = op("bitcast " + words(type) + " " + x + " to " + KernelIr.type(type));
        String sum = op("fadd " + KernelIr.type(type) + " " + value + ", "
                + new ArithIr(kernel).constant(type, bits));
        return bits(type, sum);
    }

    /** To the nearest float16, of a register of floats. */
    void roundToFloat16(String result, RegType type, String value) {
        String floats = KernelIr.type(type);
        if (kernel.target().hasHalf()) {
            String halves = KernelIr.vector("half", type.lanes());
            String rounded = op("fptrunc " + floats + " " + value + " to " + halves);
            kernel.line(result + " = fpext " + halves + " " + rounded + " to " + floats);
            return;
        }
        String all = bits(type, value);
        String sign = binary("and", type, all, SIGN);
        String size = binary("and", type, all, ~SIGN);
        // Normal numbers lose the low 13 bits; the carry may go into the exponent, and on to infinity.
        String last = binary("and", type, binary("lshr", type, size, 13), 1);
        String up = binary("add", type, binary("add", type, size, 0xfff), last);
        String cut = binary("and", type, up, ~0x1fff);
        String finite = select(type, binary("icmp ult", type, cut, BEYOND), cut, constant(type, INFINITY));
        // The others are multiples of the last bit of 0.5.
        String magnet = add(type, size, HALF);
        String above = op("bitcast " + words(type) + " " + magnet + " to " + floats);
        String small = bits(type, op("fsub " + floats + " " + above + ", " + new ArithIr(kernel).constant(type, HALF)));
        String rounded = select(type, binary("icmp ult", type, size, LEAST_NORMAL), small, finite);
        String special = binary("icmp uge", type, size, INFINITY);
        String kept = select(type, special, size, rounded);
        floats(result, type, binary("or", type, kept, sign));
    }

    /** To the nearest bfloat16, of a register of floats. */
    void roundToBfloat16(String result, RegType type, String value) {
        String all = bits(type, value);
        String last = binary("and", type, binary("lshr", type, all, 16), 1);
        String up = binary("add", type, binary("add", type, all, 0x7fff), last);
        String nan = op("fcmp uno " + KernelIr.type(type) + " " + value + ", " + value);
        String quiet = binary("or", type, all, 0x400000);
        floats(result, type, binary("and", type, select(type, nan, quiet, up), 0xffff0000));
    }

    /** A register of what lies in memory as bfloat16. */
    void fromBfloat16(String result, RegType type, String loaded) {
        String wide = op("zext " + shorts(type) + " " + loaded + " to " + words(type));
        floats(result, type, binary("shl", type, wide, 16));
    }

    /** What a register of values of bfloat16 is in memory. */
    String toBfloat16(RegType type, String value) {
        String upper = binary("lshr", type, bits(type, value), 16);
        return op("trunc " + words(type) + " " + upper + " to " + shorts(type));
    }

    /** A register of what lies in memory as float16. */
    void fromFloat16(String result, RegType type, String loaded) {
        if (kernel.target().hasHalf()) {
            String halves = KernelIr.vector("half", type.lanes());
            String value = op("bitcast " + shorts(type) + " " + loaded + " to " + halves);
            kernel.line(result + " = fpext " + halves + " " + value + " to " + KernelIr.type(type));
            return;
        }
        String wide = op("zext " + shorts(type) + " " + loaded + " to " + words(type));
        String sign = binary("shl", type, binary("and", type, wide, 0x8000), 16);
        String size = binary("shl", type, binary("and", type, wide, 0x7fff), 13);
        String value = op("bitcast " + words(type) + " " + size + " to " + KernelIr.type(type));
        String scaled = bits(type, op("fmul " + KernelIr.type(type) + " " + value + ", "
                + new ArithIr(kernel).constant(type, Float.floatToRawIntBits(0x1p112f))));
        String special = binary("icmp uge", type, size, 0x7c00 << 13);
        String kept = select(type, special, binary("or", type, size, INFINITY), scaled);
        floats(result, type, binary("or", type, kept, sign));
    }

    /** What a register of values of float16 is in memory. */
    String toFloat16(RegType type, String value) {
        if (kernel.target().hasHalf()) {
            String halves = KernelIr.vector("half", type.lanes());
            String rounded = op("fptrunc " + KernelIr.type(type) + " " + value + " to " + halves);
            return op("bitcast " + halves + " " + rounded + " to " + shorts(type));
        }
        String all = bits(type, value);
        String sign = binary("and", type, binary("lshr", type, all, 16), 0x8000);
        String size = binary("and", type, all, ~SIGN);
        String normal = binary("lshr", type, binary("sub", type, size, BIAS), 13);
        String small = binary("sub", type, add(type, size, HALF), HALF);
        String finite = select(type, binary("icmp ult", type, size, LEAST_NORMAL), small, normal);
        String infinite = select(type, binary("icmp ugt", type, size, INFINITY), constant(type, 0x7e00),
                constant(type, 0x7c00));
        String kept = select(type, binary("icmp uge", type, size, INFINITY), infinite, finite);
        String word = binary("or", type, kept, sign);
        return op("trunc " + words(type) + " " + word + " to " + shorts(type));
    }
}
