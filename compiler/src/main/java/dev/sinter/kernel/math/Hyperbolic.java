package dev.sinter.kernel.math;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;

/** {@code tanh} and the logistic function, through the exponential of an argument without its sign. */
final class Hyperbolic {
    private static final double[] SMALL =
            {-0x1.55554ep-2, 0x1.110f1p-3, -0x1.b9b156p-5, 0x1.612bcap-6, -0x1.015032p-7,
        0x1.eaede8p-10};

    private final Floats f;
    private final KernelBuilder k;

    Hyperbolic(Floats floats) {
        this.f = floats;
        this.k = floats.k;
    }

    Reg tanh(Reg x) {
        Reg magnitude = f.abs(x);
        Reg bounded = k.min(f.c(10, 22), magnitude);
        Reg twice = k.add(bounded, bounded);
        Reg result;
        if (f.single) {
            Reg square = k.mul(x, x);
            Reg small = k.fma(k.mul(magnitude, square), f.pairs(square, SMALL), magnitude);
            Reg large = k.sub(f.c(1), k.div(f.c(2), k.add(new Exponential(f).moderate(twice), f.c(1))));
            result = k.select(k.lt(magnitude, f.c(0.625)), small, large);
        } else {
            Reg t = new Exponential(f).expm1(twice);
            // t / (t + 2) below 1, 1 - 2 / (t + 2) above.
            Reg below = k.lt(magnitude, f.c(1));
            Reg divisor = k.add(t, f.c(2));
            Reg divisorTail = k.sub(t, k.sub(divisor, f.c(2)));
            Reg quotient = quotient(k.select(below, t, f.c(-2)), f.c(0), divisor, divisorTail);
            result = k.select(below, quotient, k.add(quotient, f.c(1)));
        }
        return f.copySign(result, x);
    }

    /** {@code 1 / (1 + e^-x)}, below 0 as {@code e^x / (1 + e^x)}. */
    Reg logistic(Reg x) {
        Exponential.Two e = new Exponential(f).twice(k.neg(f.abs(x)));
        Reg below = k.lt(x, f.c(0));
        Reg numerator = k.select(below, e.high(), f.c(1));
        Reg divisor = k.add(f.c(1), e.high());
        Reg divisorTail = k.add(k.add(k.sub(f.c(1), divisor), e.high()), e.low());
        return quotient(numerator, k.select(below, e.low(), f.c(0)), divisor, divisorTail);
    }

    /** A quotient of sums of two, corrected once. */
    private Reg quotient(Reg numerator, Reg numeratorTail, Reg divisor, Reg divisorTail) {
        Reg inverse = k.div(f.c(1), divisor);
        Reg quotient = k.mul(numerator, inverse);
        Reg rest = k.add(k.fma(k.neg(quotient), divisor, numerator), numeratorTail);
        return k.fma(k.fma(k.neg(quotient), divisorTail, rest), inverse, quotient);
    }
}
