package dev.sinter.kernel.schedule;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.tensor.DType;

/** Numbers as the bits that they are in memory, and back; half floats are F32 in registers. */
final class BitPatterns {
    /** How much longer the fraction of an F32 is than that of a float16. */
    private static final int SHORTER = 13;
    /** How much larger the exponent of an F32 is than that of the same float16, where a float16 has it. */
    private static final int BIAS = 0x1c000;
    private static final int LEAST_NORMAL = 0x400;
    private static final int INFINITY = 0x7c00;
    private static final int SIZE = 0x7fff;
    private static final int SIGN = 0x8000;
    private static final int FLOAT_INFINITY = 0x7f800000;

    private final KernelBuilder k;

    BitPatterns(KernelBuilder builder) {
        this.k = builder;
    }

    /** A value as the op {@code bitcast} defines it. */
    Reg bitcast(DType from, DType to, Reg value) {
        if (from == to) {
            return value;
        }
        Reg bits = switch (from) {
            case FLOAT16 -> ofFloat16(value);
            case BFLOAT16 -> k.lshr(k.bitcast(value, Kind.I32), 16);
            case FLOAT32 -> k.bitcast(value, Kind.I32);
            case FLOAT64 -> k.bitcast(value, Kind.I64);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> value;
        };
        return switch (to) {
            case FLOAT16 -> toFloat16(bits);
            case BFLOAT16 -> k.bitcast(k.shl(bits, 16), Kind.F32);
            case FLOAT32 -> k.bitcast(bits, Kind.F32);
            case FLOAT64 -> k.bitcast(bits, Kind.F64);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> new Narrowing(k).fit(to, bits);
        };
    }

    private Reg constant(Reg like, long value) {
        return k.constant(like.type(), value);
    }

    private Reg ofFloat16(Reg value) {
        Reg bits = k.bitcast(value, Kind.I32);
        Reg size = k.and(bits, constant(bits, Integer.MAX_VALUE));
        Reg sign = k.and(k.lshr(bits, 16), constant(bits, SIGN));
        Reg magnitude = k.bitcast(size, Kind.F32);
        Reg least = k.convert(k.mul(magnitude, k.number(magnitude.type(), 0x1p24)), Kind.I32);
        Reg normal = k.sub(k.lshr(size, SHORTER), constant(bits, BIAS));
        Reg beyond = k.or(k.and(k.lshr(size, SHORTER), constant(bits, LEAST_NORMAL - 1)), constant(bits, INFINITY));
        Reg isLeast = k.lt(size, constant(bits, (long) (LEAST_NORMAL + BIAS) << SHORTER));
        Reg isBeyond = k.ge(size, constant(bits, FLOAT_INFINITY));
        return k.or(k.select(isBeyond, beyond, k.select(isLeast, least, normal)), sign);
    }

    private Reg toFloat16(Reg bits) {
        Reg size = k.and(bits, constant(bits, SIZE));
        Reg sign = k.shl(k.and(bits, constant(bits, SIGN)), 16);
        Reg least = k.convert(size, Kind.F32);
        Reg scaled = k.bitcast(k.mul(least, k.number(least.type(), 0x1p-24)), Kind.I32);
        Reg normal = k.shl(k.add(size, constant(bits, BIAS)), SHORTER);
        Reg beyond = k.or(k.shl(size, SHORTER), constant(bits, FLOAT_INFINITY));
        Reg isLeast = k.lt(size, constant(bits, LEAST_NORMAL));
        Reg isBeyond = k.ge(size, constant(bits, INFINITY));
        return k.bitcast(k.or(k.select(isBeyond, beyond, k.select(isLeast, scaled, normal)), sign), Kind.F32);
    }
}
