package dev.sinter.kernel.math;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;

/**
 * {@code erf} and {@code erfc}, free of branches.
 *
 * <p>A root of {@code 1 - erf} is so smooth that one minimax polynomial covers all arguments up to where {@code erf}
 * is 1. With {@code v = n (1 - (1 - erf t)^(1/n))} for n = 2 (float32) or 4 (float64), {@code v = t + t Q(t)}, and
 * {@code 1 - v / n} is squared as {@code v - v^2 / (2 n)}, which keeps small values exact and enlarges no error.
 *
 * <p>From {@link #FAR} on, {@code erfc t = e^(-t^2) (p + p P(p))} with {@code p = 1 / (t + c)}; what the rounding of
 * {@code t^2} and p loses goes into the exponent.
 */
final class ErrorFunction {
    /** About where {@code erf} is 1/2. */
    private static final double FAR = 0.47;
    private static final double[] ROOT = {
        0x1.06eba8p-3, 0x1.45f2fcp-2, -0x1.928168p-3, -0x1.5e844ep-4, 0x1.110ac6p-5, 0x1.e6991p-7, -0x1.4e1d18p-8,
        -0x1.2bb15ap-10, -0x1.9441fcp-13, 0x1.759a5p-11, -0x1.48fad6p-12, 0x1.0fdfdep-14, -0x1.c94dbcp-18,
        0x1.3db58ep-22
    };
    private static final double[] FOURTH_ROOT = {
        0x1.06eba8214db69p-3, 0x1.e8ec8a4aeac69p-2, -0x1.faaa98f04fecdp-5, -0x1.312cfb30d435fp-4,
        0x1.4057e78630a18p-8, 0x1.fe31fb89f9a76p-8, -0x1.c6914882532b7p-11, -0x1.fe70588c899dfp-12,
        0x1.ee4e200700d9cp-14, -0x1.3c8d2e046e6cp-19, -0x1.09d45674b16f4p-18, 0x1.7812aaad97f5ep-19,
        -0x1.99a55103fc1f5p-21, -0x1.e9253dd022b79p-22, 0x1.3501d38c807efp-21, -0x1.6a3f665e1899p-22,
        0x1.331d6180c004ep-23, -0x1.a1112acc8dfe7p-25, 0x1.d4c67318e2feap-27, -0x1.b7bff6014c899p-29,
        0x1.572f9a08bd713p-31, -0x1.b8b34f2edcf73p-34, 0x1.c90d977374ff3p-37, -0x1.7476a49c1b36fp-40,
        0x1.ca07318dd0541p-44, -0x1.8e7f6486b8226p-48, 0x1.b4445f74617aap-53, -0x1.c3130034006f1p-59
    };
    private static final double[] TAIL_SINGLE = {
        -0x1.be3b84p-2, 0x1.6881dcp+0, 0x1.a6e4e4p+1, 0x1.72b974p+2, 0x1.483f9p+4, -0x1.273bp+5, 0x1.ba7904p+7,
        -0x1.024622p+9, 0x1.c6bacep+8, -0x1.e8c9c8p+6
    };
    private static final double[] TAIL_DOUBLE = {
        -0x1.be4515f7c14f5p-2, 0x1.b14c2f8afcf6dp+0, 0x1.32eb4bd3afd39p+2, 0x1.96377d61b25d9p+3,
        0x1.ee3960969ddb8p+4, 0x1.0d2b49fa9e2dbp+6, 0x1.f1240eb7b2a4ep+6, 0x1.6581cbe33095ap+7,
        -0x1.e0554cffa4e9ep+4, 0x1.f14a634463948p+9, -0x1.0af68bbf367bfp+14, 0x1.fe3e4c81d7c95p+16,
        -0x1.cc1202f8a45e5p+19, 0x1.4aa466c3250bfp+22, -0x1.79c4a149d7e72p+24, 0x1.582ae3e6569c1p+26,
        -0x1.e3a6241a2a214p+27, 0x1.f824cd9699e14p+28, -0x1.76b8def269e38p+29, 0x1.7797395774e05p+29,
        -0x1.c81105db31b83p+28, 0x1.fc4be73484581p+26
    };

    private final Floats f;
    private final KernelBuilder k;

    ErrorFunction(Floats floats) {
        this.f = floats;
        this.k = floats.k;
    }

    Reg erf(Reg x) {
        Reg t = f.abs(x);
        Reg near = f.single ? fromRoot(t) : fromFourthRoot(t);
        return f.copySign(k.select(k.lt(f.c(3.92, 5.93), t), f.c(1), near), x);
    }

    private Reg fromRoot(Reg t) {
        Reg v = k.fma(t, f.pairs(t, ROOT), t);
        return squared(v, -0.25);
    }

    private Reg fromFourthRoot(Reg t) {
        Reg rest = k.mul(t, f.pairs(t, FOURTH_ROOT));
        Reg v = k.add(t, rest);
        // The first squaring, without the rounding of v.
        return squared(k.add(t, k.fma(k.mul(v, f.c(-0.125)), v, rest)), -0.25);
    }

    /** {@code v + factor v^2}. */
    private Reg squared(Reg v, double factor) {
        return k.fma(k.mul(v, f.c(factor)), v, v);
    }

    Reg erfc(Reg x) {
        Reg near = k.sub(f.c(1), erf(x));
        return k.select(k.lt(x, f.c(FAR)), near, tail(k.min(f.c(10.1, 27.3), f.abs(x))));
    }

    private Reg tail(Reg t) {
        Reg offset = f.c(2.5, 3);
        Reg divisor = k.add(t, offset);
        Reg p = k.div(f.c(1), divisor);
        Reg rest = f.single ? f.polynomial(p, TAIL_SINGLE) : f.pairs(p, TAIL_DOUBLE);
        Reg factor = k.fma(p, rest, p);
        Reg low = k.fma(p, rest, k.sub(p, factor));
        Reg lost = k.sub(t, k.sub(divisor, offset));
        // p (1 + error) is exact, and the factor grows this much faster than p, about.
        Reg error = k.fma(k.neg(p), lost, k.fma(k.neg(p), divisor, f.c(1)));
        Reg growth = k.fma(p, f.c(4.6, 6.5), f.c(1));
        Reg minus = k.neg(t);
        Reg square = k.mul(minus, t);
        Reg tail = k.fma(error, growth, k.fma(minus, t, k.neg(square)));
        return new Exponential(f).times(factor, low, square, tail);
    }
}
