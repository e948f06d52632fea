package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;

/**
 * {@code pow} as {@code e^(y log x)}: for float32 in float64, for float64 with the logarithm and the product
 * in two parts. Exceptional operands as IEEE 754-2019 section 9.2.1 has them.
 */
final class Power {
    private static final double[] LOG2 = {0x1.71547652b82ffp+1, 0x1.ec709dc39c98bp-1, 0x1.2776c516b345bp-1,
        0x1.a617566a60c52p-2, 0x1.484fafc05935cp-2, 0x1.0bb7457d9ce09p-2, 0x1.f19063fa489d7p-3};
    private static final double[] EXP2 = {0x1.ffffffffaa65ep-1, 0x1.62e42ff11c1b2p-1, 0x1.ebfbe0a6ce4d7p-3,
        0x1.c6b08aa6b4c7bp-5, 0x1.3b29da82a4928p-7, 0x1.5d8a758a66be2p-10, 0x1.446b87f949faep-13,
        0x1.fe15c6f9e3f02p-17};
    /** {@code atanh(s) / s = 1 + z / 3 + z^2 P(z)} for {@code z = s^2}. */
    private static final double[] ATANH = {0x1.9999999999996p-3, 0x1.2492492493049p-3, 0x1.c71c71c57e000p-4,
        0x1.745d18337a643p-4, 0x1.3b136267349bfp-4, 0x1.1120c17c7c394p-4, 0x1.de318f08f3d1bp-5,
        0x1.eb20cfc0de583p-5};

    private final Floats f;
    private final Floats d;
    private final KernelBuilder k;

    Power(Floats floats) {
        this.f = floats;
        this.k = floats.k;
        this.d = floats.single ? new Floats(k, floats.type.withKind(Kind.F64)) : floats;
    }

    Reg pow(Reg x, Reg y) {
        Reg magnitude = f.abs(x);
        Reg result = f.single ? single(magnitude, y) : inTwoParts(magnitude, y);
        Reg zero = f.c(0);
        Reg one = f.c(1);
        Reg infinity = f.c(Double.POSITIVE_INFINITY);
        Reg whole = k.eq(k.arith(ArithOp.FLOOR, y), y);
        Reg half = k.mul(y, f.c(0.5));
        Reg odd = k.and(whole, k.ne(k.arith(ArithOp.FLOOR, half), half));
        Reg signed = k.select(odd, f.copySign(result, x), result);
        Reg finite = k.lt(magnitude, infinity);
        Reg undefined = k.and(k.and(k.lt(x, zero), finite), k.not(whole));
        Reg nan = k.or(undefined, k.or(k.ne(x, x), k.ne(y, y)));
        Reg ordinary = k.select(nan, f.c(Double.NaN), signed);
        Reg endless = k.and(k.eq(magnitude, one), k.eq(f.abs(y), infinity));
        return k.select(k.or(k.eq(y, zero), k.or(k.eq(x, one), endless)), one, ordinary);
    }

    /** The exponent e and the fraction m, from sqrt(1/2) to sqrt(2), of a positive normal float64. */
    private record Split(Reg exponent, Reg fraction) {}

    private Split split(Reg x) {
        Reg bits = d.toBits(x);
        Reg e = k.ashr(k.sub(bits, d.i(0x3fe6a09e667f3bcdL)), 52);
        return new Split(k.convert(e, Kind.F64), d.ofBits(k.sub(bits, k.shl(e, 52))));
    }

    private Reg ends(Reg x, Reg logarithm) {
        Reg infinity = d.c(Double.POSITIVE_INFINITY);
        Reg upper = k.select(k.lt(x, infinity), logarithm, infinity);
        return k.select(k.eq(x, d.c(0)), d.c(Double.NEGATIVE_INFINITY), upper);
    }

    private Reg single(Reg magnitude, Reg y) {
        Reg x = k.convert(magnitude, Kind.F64);
        Split split = split(x);
        Reg m = split.fraction();
        Reg s = k.div(k.sub(m, d.c(1)), k.add(m, d.c(1)));
        Reg log = k.fma(s, d.polynomial(k.mul(s, s), LOG2), split.exponent());
        Reg t = k.mul(k.convert(y, Kind.F64), ends(x, log));
        t = k.max(d.c(-300), k.min(d.c(300), t));
        Reg field = k.add(t, d.magic());
        Reg r = k.sub(t, k.sub(field, d.magic()));
        Reg power = k.mul(d.polynomial(r, EXP2), d.power(d.toBits(field)));
        return k.convert(power, Kind.F32);
    }

    private Reg inTwoParts(Reg magnitude, Reg y) {
        Reg denormal = k.lt(magnitude, d.c(0x1p-1022));
        Split split = split(k.select(denormal, k.mul(magnitude, d.c(0x1p52)), magnitude));
        Reg e = k.sub(split.exponent(), k.select(denormal, d.c(52), d.c(0)));
        Reg fraction = k.sub(split.fraction(), d.c(1));
        Reg divisor = k.add(fraction, d.c(2));
        Reg divisorTail = k.sub(fraction, k.sub(divisor, d.c(2)));
        Reg s = k.div(fraction, divisor);
        Reg remainder = k.fma(k.neg(s), divisorTail, k.fma(k.neg(s), divisor, fraction));
        Reg sTail = k.div(remainder, divisor);
        Reg z = k.mul(s, s);
        Reg zTail = k.fma(k.add(s, s), sTail, k.fma(s, s, k.neg(z)));
        // u = 1/3 + z P(z), then v = z u, then w = 1 + v, then 2 s w; each a sum of two.
        Reg rest = k.mul(z, d.polynomial(z, ATANH));
        Reg third = d.c(0x1.5555555555555p-2);
        Reg u = k.add(third, rest);
        Reg uTail = k.add(k.sub(rest, k.sub(u, third)), d.c(0x1.5555555555555p-56));
        Reg v = k.mul(z, u);
        Reg vTail = k.add(k.fma(z, u, k.neg(v)), k.fma(z, uTail, k.mul(zTail, u)));
        Reg w = k.add(d.c(1), v);
        Reg wTail = k.add(k.sub(v, k.sub(w, d.c(1))), vTail);
        Reg twice = k.add(s, s);
        Reg a = k.mul(twice, w);
        Reg aTail = k.add(k.fma(twice, w, k.neg(a)), k.fma(twice, wTail, k.mul(k.add(sTail, sTail), w)));
        Reg whole = k.mul(e, d.c(0x1.62e42fefa2p-1));
        Reg log = k.add(whole, a);
        Reg back = k.sub(log, whole);
        Reg lost = k.add(k.sub(whole, k.sub(log, back)), k.sub(a, back));
        Reg logTail = k.add(k.fma(e, d.c(0x1.9ef35793c7673p-41), lost), aTail);
        Reg normal = k.add(log, logTail);
        logTail = k.sub(logTail, k.sub(normal, log));
        Reg t = k.mul(y, ends(magnitude, normal));
        Reg tail = k.fma(y, logTail, k.fma(y, normal, k.neg(t)));
        Reg moderate = k.lt(d.abs(t), d.c(745));
        Reg bounded = k.max(d.c(-746), k.min(d.c(710), t));
        return new Exponential(d).exp(bounded, k.select(moderate, tail, d.c(0)));
    }
}
