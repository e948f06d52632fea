package dev.sinter.kernel.schedule;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.tensor.DType;

/**
 * Values of dtypes that registers hold in a wider form, or whose sign registers do not know: half floats in F32,
 * integers of 8 and 16 bits in I32, unsigned integers of 32 and 64 bits as the bits of I32 and I64.
 */
final class Narrowing {
    private static final float TWO_31 = 0x1p31f;
    private static final float TWO_63 = 0x1p63f;
    /** The low bits of an integer that do not reach the significand of its F64. */
    private static final int BELOW = 11;

    private final KernelBuilder k;

    Narrowing(KernelBuilder builder) {
        this.k = builder;
    }

    /** What a register's value is as one of a dtype: floats are rounded, integers wrap. */
    Reg fit(DType dtype, Reg value) {
        return switch (dtype) {
            case FLOAT16 -> k.arith(ArithOp.ROUND_F16, value);
            case BFLOAT16 -> k.arith(ArithOp.ROUND_BF16, value);
            case INT8, INT16 -> k.ashr(k.shl(value, 32 - dtype.bits()), 32 - dtype.bits());
            case UINT8, UINT16 -> k.and(value, k.constant(value.type(), dtype.greatest()));
            case FLOAT32, FLOAT64, INT32, INT64, UINT32, UINT64, BOOL -> value;
        };
    }

    /** Whether registers hold the bits of unsigned integers, which signed comparisons order otherwise. */
    static boolean hasNoSign(DType dtype) {
        return dtype == DType.UINT32 || dtype == DType.UINT64;
    }

    /** A signed integer that is ordered among its like as the unsigned one is. */
    Reg ordered(DType dtype, Reg value) {
        return hasNoSign(dtype) ? k.xor(value, sign(value)) : value;
    }

    private Reg sign(Reg like) {
        return k.constant(like.type(), like.type().kind() == Kind.I32 ? Integer.MIN_VALUE : Long.MIN_VALUE);
    }

    private Reg isNegative(Reg value) {
        return k.lt(value, k.constant(value.type(), 0));
    }

    /** The quotient or remainder of unsigned integers, the divisor not 0. */
    Reg divide(ArithOp op, DType dtype, Reg a, Reg b) {
        if (dtype == DType.UINT32) {
            return k.convert(k.arith(op, convert(dtype, DType.UINT64, a), convert(dtype, DType.UINT64, b)), Kind.I32);
        }
        // Half of the dividend by a divisor that is positive as a signed number, and what is left.
        Reg less = k.lt(ordered(dtype, a), ordered(dtype, b));
        Reg one = k.constant(a.type(), 1);
        Reg zero = k.constant(a.type(), 0);
        Reg large = isNegative(b);
        Reg half = k.shl(k.div(k.lshr(a, 1), k.select(large, one, b)), 1);
        Reg rest = k.sub(a, k.mul(half, b));
        Reg again = k.ge(ordered(dtype, rest), ordered(dtype, b));
        if (op == ArithOp.DIV) {
            return k.select(large, k.select(less, zero, one), k.select(again, k.add(half, one), half));
        }
        return k.select(large, k.select(less, a, k.sub(a, b)), k.select(again, k.sub(rest, b), rest));
    }

    /** A value in another dtype, as the op {@code convert} defines it. */
    Reg convert(DType from, DType to, Reg value) {
        if (from == to) {
            return value;
        }
        if (to == DType.BOOL || from == DType.BOOL) {
            return k.convert(value, Kind.of(to));
        }
        if (from.isFloat()) {
            return to.isFloat() ? floatToFloat(from, to, value) : floatToInteger(to, value);
        }
        return to.isFloat() ? integerToFloat(from, to, value) : integerToInteger(from, to, value);
    }

    private Reg floatToFloat(DType from, DType to, Reg value) {
        if (!to.isHalf()) {
            return k.convert(value, Kind.of(to));
        }
        return fit(to, from == DType.FLOAT64 ? toOdd(value) : value);
    }

    /** A double as a float that rounds to a shorter format as the double does: inexact ones get an odd last bit. */
    private Reg toOdd(Reg value) {
        Reg nearest = k.convert(value, Kind.F32);
        Reg back = k.convert(nearest, Kind.F64);
        Reg bits = k.bitcast(nearest, Kind.I32);
        Reg beyond = k.gt(k.arith(ArithOp.ABS, back), k.arith(ArithOp.ABS, value));
        Reg one = k.constant(bits.type(), 1);
        Reg odd = k.or(k.select(beyond, k.sub(bits, one), bits), one);
        return k.bitcast(k.select(k.ne(back, value), odd, bits), Kind.F32);
    }

    private Reg floatToInteger(DType to, Reg value) {
        Kind kind = Kind.of(to);
        if (hasNoSign(to)) {
            // From the sign bit on, what is above it is converted.
            Reg limit = k.number(value.type(), to == DType.UINT32 ? TWO_31 : TWO_63);
            Reg large = k.ge(value, limit);
            Reg low = k.convert(k.select(large, k.sub(value, limit), value), kind);
            Reg least = k.max(low, k.constant(low.type(), 0));
            return k.select(large, k.or(least, sign(least)), least);
        }
        Reg whole = k.convert(value, kind);
        return to.bits() >= 32 ? whole : k.min(k.max(whole, k.constant(whole.type(), to.least())),
                k.constant(whole.type(), to.greatest()));
    }

    private Reg integerToInteger(DType from, DType to, Reg value) {
        Reg wide = k.convert(value, Kind.of(to));
        if (from == DType.UINT32 && Kind.of(to) == Kind.I64) {
            return k.and(wide, k.constant(wide.type(), DType.UINT32.greatest()));
        }
        boolean holds = from.bits() < to.bits() && (from.isUnsigned() || !to.isUnsigned());
        return holds ? wide : fit(to, wide);
    }

    private Reg integerToFloat(DType from, DType to, Reg value) {
        // What float16 holds, float32 holds exactly, and what float32 rounds is infinite in float16.
        boolean direct = to != DType.BFLOAT16 || from.bits() < 32;
        if (direct) {
            Reg nearest = hasNoSign(from) ? unsignedToFloat(value, Kind.of(to)) : k.convert(value, Kind.of(to));
            return fit(to, nearest);
        }
        Reg exact = switch (from) {
            case INT32 -> k.convert(value, Kind.F64);
            case UINT32 -> unsignedToFloat(value, Kind.F64);
            case INT64 -> sticky(value);
            default -> {
                Reg half = sticky(halved(value));
                yield k.select(isNegative(value), k.add(half, half), sticky(value));
            }
        };
        return fit(to, toOdd(exact));
    }

    /** Half of an unsigned integer, whose last bit says too whether the half is inexact. */
    private Reg halved(Reg value) {
        return k.or(k.lshr(value, 1), k.and(value, k.constant(value.type(), 1)));
    }

    private Reg unsignedToFloat(Reg value, Kind kind) {
        if (value.type().kind() == Kind.I32 && kind == Kind.F64) {
            Reg signed = k.convert(value, kind);
            return k.select(isNegative(value), k.add(signed, k.number(signed.type(), 0x1p32)), signed);
        }
        Reg half = k.convert(halved(value), kind);
        return k.select(isNegative(value), k.add(half, half), k.convert(value, kind));
    }

    /** A F64 that rounds to a shorter format as the I64 does. */
    private Reg sticky(Reg value) {
        Reg size = k.arith(ArithOp.ABS, value);
        Reg zero = k.constant(value.type(), 0);
        Reg one = k.constant(value.type(), 1);
        Reg exact = k.and(k.le(size, k.constant(value.type(), 1L << 53)), k.ge(size, zero));
        Reg lost = k.ne(k.and(value, k.constant(value.type(), (1L << BELOW) - 1)), zero);
        Reg upper = k.convert(k.or(k.ashr(value, BELOW), k.select(lost, one, zero)), Kind.F64);
        return k.select(exact, k.convert(value, Kind.F64),
                k.mul(upper, k.number(upper.type(), 1L << BELOW)));
    }
}
