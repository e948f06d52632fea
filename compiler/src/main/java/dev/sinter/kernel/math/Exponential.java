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
     * @param n the exponent of the factor, an integer
     * @param field a float with the exponent field of a power of two in its low bits
     */
    private record Reduced(Reg n, Reg field, Reg r, Reg rest) {}

    /** Adding it rounds to an integer n, and leaves the exponent field of 2^(n - down) in the low bits. */
    private Reg biased(int down) {
        return f.c(0x1.8p23 + 127 - down, 0x1.8p52 + 1023 - down);
    }

    private Reg field(Reg x, Reg biased) {
        return k.fma(x, f.c(0x1.715476p+0, 0x1.71547652b82fep+0), biased);
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
    private Reduced reduce(Reg x, Reg tail, int down) {
        Reg biased = biased(down);
        Reg field = field(x, biased);
        Reg n = k.sub(field, biased);
        Reg minus = k.neg(n);
        Reg high = high(x, minus);
        // The small part is known well; r is its sum with the high part, and what that rounds away is kept.
        Reg correction = k.isConstant(tail, 0) ? k.mul(minus, low()) : k.fma(minus, low(), tail);
        Reg r = k.add(high, correction);
        Reg lost = k.add(k.sub(high, r), correction);
        return new Reduced(n, field, r, k.fma(k.mul(r, r), f.polynomial(r, f.single ? SINGLE : DOUBLE), lost));
    }

    /** What n leaves of x. */
    private Reg reduced(Reg x, Reg n) {
        Reg minus = k.neg(n);
        return k.fma(minus, low(), high(x, minus));
    }

    /** {@code e^r - 1}. */
    private Reg rest(Reg r) {
        Reg rest = f.single ? f.pairs(r, SHORT) : f.polynomial(r, DOUBLE);
        return k.fma(k.mul(r, r), rest, r);
    }

    /** Bounds that let NaN pass. */
    Reg clamp(Reg x, double lower, double upper) {
        return k.max(f.c(lower), k.min(f.c(upper), x));
    }

    private Reg inRange(Reg x) {
        return clamp(x, f.single ? -104 : -746, f.single ? 89 : 710);
    }

    Reg exp(Reg x) {
        Reg bounded = inRange(x);
        Reg n = k.sub(field(bounded, biased(0)), biased(0));
        return k.arith(ArithOp.SCALE, k.add(rest(reduced(bounded, n)), f.c(1)), n);
    }

    /**
     * An exponential as {@code scale (1 + rest)}.
     *
     * @param scale a power of two
     */
    record Factors(Reg scale, Reg rest) {}

    /** The factors of {@code e^x}, with the scale 2^down times too small. */
    Factors factors(Reg x, int down) {
        Reg biased = biased(down);
        Reg field = field(x, biased);
        return new Factors(scale(field), rest(reduced(x, k.sub(field, biased))));
    }

    /** The factors of {@code e^x} for an x below 0 that is near it, or whose exponential is added to 1. */
    Factors factors(Reg x) {
        if (!f.single) {
            return factors(x, 0);
        }
        Reg biased = biased(0);
        Reg field = field(x, biased);
        return new Factors(scale(field), rest(high(x, k.neg(k.sub(field, biased)))));
    }

    /** The number whose exponent field is in the low bits of a float. */
    private Reg scale(Reg field) {
        return f.ofBits(k.shl(f.toBits(field), f.fraction()));
    }

    /** {@code e^(x + tail)} for clamped x and a tail far smaller than it. */
    Reg exp(Reg x, Reg tail) {
        Reduced reduced = reduce(x, tail, 0);
        return k.arith(ArithOp.SCALE, k.add(k.add(reduced.rest(), reduced.r()), f.c(1)), reduced.n());
    }

    /** {@code (factor + low) e^(x + tail)}, whose exponential is not rounded by itself. */
    Reg times(Reg factor, Reg low, Reg x, Reg tail) {
        Reduced reduced = reduce(x, tail, 0);
        Reg growth = k.add(reduced.rest(), reduced.r());
        Reg product = k.add(factor, k.fma(factor, growth, k.fma(low, growth, low)));
        return k.arith(ArithOp.SCALE, product, reduced.n());
    }

    /** Scaled by 2^(n-1) and doubled, since 2^n may be too large where the result is not. */
    Reg expm1(Reg x) {
        Reduced reduced = reduce(clamp(x, f.single ? -20 : -40, f.single ? 89 : 710), f.c(0), 1);
        Reg scale = scale(reduced.field());
        Reg first = k.fma(reduced.r(), scale, k.sub(scale, f.c(0.5)));
        Reg half = k.fma(reduced.rest(), scale, first);
        Reg tiny = k.lt(f.abs(x), f.c(0x1p-26, 0x1p-55));
        return k.select(tiny, x, k.add(half, half));
    }
}
