package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;

/**
 * {@code asinh}, {@code acosh} and {@code atanh}: minimax polynomials where the result is small, logarithms beyond.
 * float32 is computed in float64.
 */
final class InverseHyperbolic {
    private static final double[] ASINH_SINGLE = {-0x1.55555544b6188p-3, 0x1.3333191e0ac13p-4,
        -0x1.6daffccb8bac5p-5, 0x1.f10ff9c69baddp-6, -0x1.69951e410f4fep-6, 0x1.07d18f7a63be7p-6,
        -0x1.5cad905910bfep-7, 0x1.6a72a0f5b3067p-8, -0x1.edd6ba86b3cdp-10, 0x1.3d88c5f7fa241p-12};
    private static final double[] ASINH_DOUBLE = {-0x1.5555555555555p-3, 0x1.3333333333237p-4,
        -0x1.6db6db6da65b6p-5, 0x1.f1c71c6ae670bp-6, -0x1.6e8ba225a6a89p-6, 0x1.1c4eb7a403847p-6,
        -0x1.c998634708c2dp-7, 0x1.7a7d7b8c0a47cp-7, -0x1.3fa0d6ed533fap-7, 0x1.11d15ad69e6dp-7,
        -0x1.d72a76d5cdc54p-8, 0x1.8f7e48e5f1245p-8, -0x1.43751e14a4fe6p-8, 0x1.df2e11bb57582p-9,
        -0x1.35047b173966ep-9, 0x1.490d554c1855ap-10, -0x1.109bc0a5f1d39p-11, 0x1.456a1e9fad602p-13,
        -0x1.edc23aba61cffp-16, 0x1.639b5c6d87408p-19};
    private static final double[] ATANH_SINGLE = {0x1.5555543a1dd4ap-2, 0x1.999c14dd84f6dp-3, 0x1.242055ae3bc6p-3,
        0x1.d5ce5bb1563bap-4, 0x1.09f92c54cf22bp-4, 0x1.4298b19558dcp-3};
    private static final double[] ATANH_DOUBLE = {0x1.5555555555555p-2, 0x1.9999999999ad1p-3, 0x1.249249247e911p-3,
        0x1.c71c71d6cc5d1p-4, 0x1.745d1406b992ep-4, 0x1.3b1417e6e07dfp-4, 0x1.1108e26d64a6dp-4,
        0x1.e2c342108eb1fp-5, 0x1.a6c53053bf30cp-5, 0x1.bdcd3cefa72cep-5, 0x1.92cc88a36f708p-7,
        0x1.15aa7698edf42p-3, -0x1.27f230f3831a3p-3, 0x1.b016cba23eee4p-3};
    private static final double[] ACOSH_SINGLE = {-0x1.5555554c37ae4p-4, 0x1.333320e88b74ep-6,
        -0x1.6db0c12a9264cp-8, 0x1.f0fd66295dcf6p-10, -0x1.68018a6c0055ap-11, 0x1.fb723ee2f52acp-13,
        -0x1.1f6aa04bedf12p-14, 0x1.6204d0cd336aep-17};
    private static final double[] ACOSH_DOUBLE = {-0x1.5555555555555p-4, 0x1.33333333332dcp-6,
        -0x1.6db6db6daf93p-8, 0x1.f1c71c6dec48ep-10, -0x1.6e8ba25f08855p-11, 0x1.1c4eb9408a6e3p-12,
        -0x1.c9984b4d1112p-14, 0x1.7a7a843dc497ap-15, -0x1.3f80e50dd6061p-16, 0x1.1100c98997133p-17,
        -0x1.cfef810420a63p-19, 0x1.78c764d953d9dp-20, -0x1.104a126fdb06p-21, 0x1.3aa7cdcbbc664p-23,
        -0x1.f00812faee203p-26, 0x1.839bd047a5c46p-29};
    /** From here on the root of {@code x^2 + 1} is x. */
    private static final double LARGE = 0x1p28;

    private final Floats f;
    private final Floats d;
    private final KernelBuilder k;

    InverseHyperbolic(Floats floats) {
        this.f = floats;
        this.k = floats.k;
        this.d = floats.wide();
    }

    /** {@code t + t z P(z)} for {@code z = t^2}. */
    private Reg odd(Reg t, double[] single, double[] precise) {
        Reg z = k.mul(t, t);
        return k.fma(k.mul(t, z), d.pairs(z, f.single ? single : precise), t);
    }

    private Reg log(Reg x) {
        return new Logarithm(d).log(x);
    }

    /** {@code log(t + sqrt(t^2 + c))} for c 1 or -1, with {@code log(2 t)} for a large t. */
    private Reg logarithm(Reg t, double c) {
        Reg large = k.ge(t, d.c(LARGE));
        Reg root = k.arith(ArithOp.SQRT, k.fma(t, t, d.c(c)));
        Reg sum = k.add(t, root);
        // What the root and the sum round away, divided by the sum, is added to the logarithm.
        Reg rounded = k.sub(root, k.sub(sum, t));
        Reg square = k.mul(t, t);
        Reg whole = k.add(square, d.c(c));
        Reg tail = k.add(k.fma(t, t, k.neg(square)), k.sub(d.c(c), k.sub(whole, square)));
        Reg rest = k.add(k.fma(k.neg(root), root, whole), tail);
        Reg lost = k.add(rounded, k.div(rest, k.add(root, root)));
        Reg correction = k.select(large, d.c(0x1.62e42fefa39efp-1), k.div(lost, sum));
        return k.add(log(k.select(large, t, sum)), correction);
    }

    Reg asinh(Reg given) {
        Reg t = d.abs(k.convert(given, Kind.F64));
        Reg near = odd(t, ASINH_SINGLE, ASINH_DOUBLE);
        Reg result = k.select(k.lt(t, d.c(1)), near, logarithm(t, 1));
        return f.copySign(k.convert(result, f.type.kind()), given);
    }

    /** NaN below 1. */
    Reg acosh(Reg given) {
        Reg x = k.convert(given, Kind.F64);
        Reg t = k.sub(x, d.c(1));
        Reg root = k.arith(ArithOp.SQRT, k.add(t, t));
        Reg near = k.fma(k.mul(root, t), d.pairs(t, f.single ? ACOSH_SINGLE : ACOSH_DOUBLE), root);
        return k.convert(k.select(k.lt(t, d.c(1)), near, logarithm(x, -1)), f.type.kind());
    }

    /** NaN beyond 1, infinite at 1. */
    Reg atanh(Reg given) {
        Reg t = d.abs(k.convert(given, Kind.F64));
        Reg near = odd(t, ATANH_SINGLE, ATANH_DOUBLE);
        Reg sum = k.add(t, d.c(1));
        Reg lost = k.sub(t, k.sub(sum, d.c(1)));
        Reg divisor = k.sub(d.c(1), t);
        Reg quotient = k.div(sum, divisor);
        Reg rest = k.add(k.fma(k.neg(quotient), divisor, sum), lost);
        Reg correction = k.div(rest, sum);
        Reg logarithm = k.add(log(quotient), k.select(k.lt(t, d.c(1)), correction, d.c(0)));
        Reg result = k.select(k.lt(t, d.c(0.5)), near, k.mul(logarithm, d.c(0.5)));
        return f.copySign(k.convert(result, f.type.kind()), given);
    }
}
