package dev.sinter.kernel.math;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.math.Exponential.Factors;

/**
 * {@code tanh} and the logistic function: quotients of sums of {@code e^x = scale (1 + rest)}, each sum rounded once,
 * as {@code (scale + 1) + scale rest}. {@code sinh} and {@code cosh} are sums of exponentials, near 0 the first a
 * minimax polynomial.
 */
final class Hyperbolic {
    private static final double[] SINH_SINGLE = {0x1.555556p-3, 0x1.11111ep-7, 0x1.a009p-13, 0x1.78a70ep-19};
    private static final double[] SINH_DOUBLE = {0x1.5555555555555p-3, 0x1.1111111111111p-7, 0x1.a01a01a01a001p-13,
        0x1.71de3a556f96cp-19, 0x1.ae6456792a77fp-26, 0x1.612467ccb226p-33, 0x1.ae777c36fd5b6p-41,
        0x1.99f0806c2628dp-49};

    private final Floats f;
    private final KernelBuilder k;
    private final Exponential exponential;

    Hyperbolic(Floats floats) {
        this.f = floats;
        this.k = floats.k;
        this.exponential = new Exponential(floats);
    }

    /** {@code (1 - e) / (1 + e)} with the sign of x, where e is {@code e^(-2|x|)}. */
    Reg tanh(Reg x) {
        Reg bounded = k.max(f.c(-10, -22), k.neg(f.abs(x)));
        Factors e = exponential.factors(k.add(bounded, bounded));
        Reg one = f.c(1);
        Reg numerator = k.fma(k.neg(e.rest()), e.scale(), k.sub(one, e.scale()));
        Reg divisor = k.fma(e.rest(), e.scale(), k.add(one, e.scale()));
        return f.copySign(k.div(numerator, divisor), x);
    }

    /** {@code 1 / (1 + e^-x)}, whose parts are scaled down together: e^-x is too large where the result is not 0. */
    Reg logistic(Reg x) {
        int down = f.single ? 32 : 64;
        Reg bounded = f.single ? exponential.clamp(k.neg(x), -25, 105) : exponential.clamp(k.neg(x), -54, 746);
        Factors e = exponential.factors(bounded, down);
        Reg one = f.c(Math.scalb(1.0, -down));
        Reg sum = k.add(e.scale(), one);
        // What the sum leaves of 1 beside a large e.
        Reg lost = k.sub(one, k.sub(sum, e.scale()));
        return k.div(one, k.add(sum, k.fma(e.rest(), e.scale(), lost)));
    }

    /** {@code e^x / 2} and {@code e^-x / 2}, which do not overflow before their sum does. */
    private record Halves(Reg grows, Reg decays) {}

    private Halves halves(Reg t) {
        Reg bounded = k.min(f.c(91, 712), t);
        Reg grows = exponential.times(f.c(0.5), f.c(0), bounded, f.c(0));
        return new Halves(grows, k.div(f.c(0.25), grows));
    }

    Reg sinh(Reg x) {
        Reg t = f.abs(x);
        Halves halves = halves(t);
        Reg z = k.mul(t, t);
        Reg near = k.fma(k.mul(t, z), f.pairs(z, f.single ? SINH_SINGLE : SINH_DOUBLE), t);
        Reg far = k.sub(halves.grows(), halves.decays());
        return f.copySign(k.select(k.lt(t, f.c(1)), near, far), x);
    }

    Reg cosh(Reg x) {
        Halves halves = halves(f.abs(x));
        return k.add(halves.grows(), halves.decays());
    }
}
