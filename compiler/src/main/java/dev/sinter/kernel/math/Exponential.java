package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;

/**
 * {@code exp} and {@code expm1}: x = n ln 2 + r, a minimax polynomial for {@code e^r - 1} on |r| up to
 * ln 2 / 2, and a scaling by 2^n that overflows and becomes denormal as it must.
 */
final class Exponential {
    /** Close relative to e^r, where the longer one is relative to e^r - 1. */
    private static final double[] SHORT =
            {0x1.fffffcp-2, 0x1.55549p-3, 0x1.5558f4p-5, 0x1.123a6cp-7, 0x1.6a2352p-10};
    private static final double[] SINGLE = {0.5, 0x1.555556p-3, 0x1.55549ep-5, 0x1.11101cp-7, 0x1.6d8402p-10,
        0x1.a2a54p-13};
    private static final double[] DOUBLE = {0x1.0000000000001p-1, 0x1.5555555555557p-3, 0x1.5555555554d36p-5,
        0x1.11111111100ccp-7, 0x1.6c16c16f0b65ap-10, 0x1.a01a01abf1ba4p-13, 0x1.a019f396bb661p-16,
        0x1.71de021025f4fp-19, 0x1.2802199ee7aaep-22, 0x1.af4e337095561p-26, 0x1.e677a0dbddcb5p-30};

    private final Floats f;
    private final KernelBuilder k;

    Exponential(Floats floats) {
        this.f = floats;
        this.k = floats.k;
    }

    /**
     * An argument taken apart: {@code e^r = 1 + r + rest}.
     *
     * @param n     the exponent of the factor, an integer
     * @param field a float whose low bits are n plus twice the bias of exponents
     */
    private record Reduced(Reg n, Reg field, Reg r, Reg rest) {}

    private long bias() {
        return f.single ? 127 : 1023;
    }

    /** Adding it rounds to an integer n, and leaves n plus twice the bias in the low bits. */
    private Reg biased() {
        return f.c(0x1.8p23 + 2 * 127, 0x1.8p52 + 2 * 1023);
    }

    private Reg field(Reg x) {
        return k.fma(x, f.c(0x1.715476p+0, 0x1.71547652b82fep+0), biased());
    }

    private Reg high(Reg x, Reg minus) {
        return k.fma(minus, f.c(0x1.62e43p-1, 0x1.62e42fefa39efp-1), x);
    }

    private Reg low() {
        return f.c(-0x1.05c61p-29, 0x1.abc9e3b39803fp-56);
    }

    /**
     * With what r rounds away, and a tail of x, in the rest. Arguments are clamped beforehand; NaN passes.
     */
    private Reduced reduce(Reg x, Reg tail) {
        Reg field = field(x);
        Reg n = k.sub(field, biased());
        Reg minus = k.neg(n);
        Reg high = high(x, minus);
        // The small part is known well; r is its sum with the high part, and what that rounds away is kept.
        Reg correction = k.isConstant(tail, 0) ? k.mul(minus, low()) : k.fma(minus, low(), tail);
        Reg r = k.add(high, correction);
        Reg lost = k.add(k.sub(high, r), correction);
        return new Reduced(n, field, r, k.fma(k.mul(r, r), f.polynomial(r, f.single ? SINGLE : DOUBLE), lost));
    }

    /** {@code e^r}, for a clamped argument and its n. */
    private Reg fraction(Reg x, Reg n) {
        Reg minus = k.neg(n);
        Reg r = k.fma(minus, low(), high(x, minus));
        Reg rest = f.single ? f.pairs(r, SHORT) : f.polynomial(r, DOUBLE);
        return k.add(k.fma(k.mul(r, r), rest, r), f.c(1));
    }

    /** Bounds that let NaN pass. */
    private Reg clamp(Reg x, double lower, double upper) {
        return k.max(f.c(lower), k.min(f.c(upper), x));
    }

    private Reg inRange(Reg x) {
        return clamp(x, f.single ? -104 : -746, f.single ? 89 : 710);
    }

    Reg exp(Reg x) {
        Reg bounded = inRange(x);
        Reg n = k.sub(field(bounded), biased());
        return k.arith(ArithOp.SCALE, fraction(bounded, n), n);
    }

    /** A number as the sum of two. */
    record Two(Reg high, Reg low) {}

    /** {@code e^x} to about twice the precision. */
    Two twice(Reg x) {
        Reduced reduced = reduce(inRange(x), f.c(0));
        Reg sum = k.add(f.c(1), reduced.r());
        Reg lost = k.add(k.add(k.sub(f.c(1), sum), reduced.r()), reduced.rest());
        Reg high = k.add(sum, lost);
        Reg low = k.add(k.sub(sum, high), lost);
        return new Two(k.arith(ArithOp.SCALE, high, reduced.n()), k.arith(ArithOp.SCALE, low, reduced.n()));
    }

    /** {@code e^(x + tail)} for clamped x and a tail far smaller than it. */
    Reg exp(Reg x, Reg tail) {
        Reduced reduced = reduce(x, tail);
        return k.arith(ArithOp.SCALE, k.add(k.add(reduced.rest(), reduced.r()), f.c(1)), reduced.n());
    }

    /** 2^(n - less) in one step. */
    private Reg power(Reg field, long less) {
        return f.ofBits(k.shl(k.sub(f.toBits(field), f.i(bias() + less)), f.fraction()));
    }

    /** {@code e^x} where neither x nor the result is near the ends of the range. */
    Reg moderate(Reg x) {
        Reg field = field(x);
        return k.mul(fraction(x, k.sub(field, biased())), power(field, 0));
    }

    /** Scaled by 2^(n-1) and doubled, since 2^n may be too large where the result is not. */
    Reg expm1(Reg x) {
        Reduced reduced = reduce(clamp(x, f.single ? -20 : -40, f.single ? 89 : 710), f.c(0));
        Reg scale = power(reduced.field(), 1);
        Reg first = k.fma(reduced.r(), scale, k.sub(scale, f.c(0.5)));
        Reg half = k.fma(reduced.rest(), scale, first);
        Reg tiny = k.lt(f.abs(x), f.c(0x1p-26, 0x1p-55));
        return k.select(tiny, x, k.add(half, half));
    }
}
