package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.kernel.RegType.Kind;

/** What the expansions share: constants of one float type, polynomials, and the fields of its format. */
final class Floats {
    final KernelBuilder k;
    final RegType type;
    final boolean single;
    /** The integers that have the floats' bits. */
    final RegType bits;

    Floats(KernelBuilder builder, RegType type) {
        this.k = builder;
        this.type = type;
        this.single = type.kind() == Kind.F32;
        this.bits = type.withKind(single ? Kind.I32 : Kind.I64);
    }

    /** The same for float64. */
    Floats wide() {
        return single ? new Floats(k, type.withKind(Kind.F64)) : this;
    }

    /** A constant, rounded to the type. */
    Reg c(double value) {
        return k.number(type, value);
    }

    /** One of two constants: for float32 or for float64. */
    Reg c(double forSingle, double forDouble) {
        return c(single ? forSingle : forDouble);
    }

    /** An integer as wide as the floats. */
    Reg i(long value) {
        return k.constant(bits, value);
    }

    /** {@code c0 + x (c1 + x (c2 + ...))}. */
    Reg polynomial(Reg x, double... coefficients) {
        Reg sum = c(coefficients[coefficients.length - 1]);
        for (int i = coefficients.length - 2; i >= 0; i--) {
            sum = k.fma(sum, x, c(coefficients[i]));
        }
        return sum;
    }

    /** The same sum with neighbouring coefficients taken together first: a shorter chain. */
    Reg pairs(Reg x, double... coefficients) {
        Reg square = k.mul(x, x);
        int last = coefficients.length - 1;
        Reg sum = last % 2 == 0 ? c(coefficients[last])
                : k.fma(c(coefficients[last]), x, c(coefficients[last - 1]));
        for (int i = last - (last % 2 == 0 ? 2 : 3); i >= 0; i -= 2) {
            sum = k.fma(sum, square, k.fma(c(coefficients[i + 1]), x, c(coefficients[i])));
        }
        return sum;
    }

    Reg toBits(Reg x) {
        return k.bitcast(x, bits.kind());
    }

    Reg ofBits(Reg x) {
        return k.bitcast(x, type.kind());
    }

    Reg abs(Reg x) {
        return k.arith(ArithOp.ABS, x);
    }

    /** The width of the fraction field. */
    int fraction() {
        return single ? 23 : 52;
    }

    /** The exponent field of 1, in place. */
    Reg oneBits() {
        return i(single ? 0x3f800000L : 0x3ff0000000000000L);
    }

    /** A number so large that adding it rounds to an integer, which then stands in the low bits. */
    Reg magic() {
        return c(0x1.8p23, 0x1.8p52);
    }

    /** 2 to the power of an integer in the low bits, within the exponents of normal numbers. */
    Reg power(Reg integer) {
        return ofBits(k.add(k.shl(integer, fraction()), oneBits()));
    }

    /** The magnitude of one number with the sign of another. */
    Reg copySign(Reg magnitude, Reg sign) {
        Reg mask = i(single ? 0x80000000L : Long.MIN_VALUE);
        Reg rest = k.and(toBits(magnitude), k.not(mask));
        return ofBits(k.or(rest, k.and(toBits(sign), mask)));
    }
}
