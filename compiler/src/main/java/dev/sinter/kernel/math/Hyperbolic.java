package dev.sinter.kernel.math;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.math.Exponential.Factors;

/**
 * {@code tanh} and the logistic function: quotients of sums of {@code e^x = scale (1 + rest)}, each sum rounded once,
 * as {@code (scale + 1) + scale rest}.
 */
final class Hyperbolic {
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
}
