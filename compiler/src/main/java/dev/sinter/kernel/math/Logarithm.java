package dev.sinter.kernel.math;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;

/**
 * {@code log} and {@code log1p}: x = 2^e m with m from sqrt(1/2) to sqrt(2), and {@code log(1 + f)} for
 * f = m - 1 by a minimax polynomial (float32) or through {@code s = f / (2 + f)} (float64, as in
 * Sun's fdlibm).
 */
final class Logarithm {
    private static final double[] SINGLE =
            {0x1.555554p-2, -0x1.000226p-2, 0x1.99a00ap-3, -0x1.547246p-3, 0x1.22da06p-3,
        -0x1.0d851cp-3, 0x1.055beap-3, -0x1.38b75cp-4};
    private static final double[] DOUBLE = {0x1.5555555555555p-1, 0x1.9999999999e02p-2, 0x1.249249242af19p-2,
        0x1.c71c725967a70p-3, 0x1.745cde119b56ap-3, 0x1.3b20b2184eefcp-3, 0x1.0f5c2ec113582p-3,
        0x1.0f68c0caccc9cp-3};

    private final Floats f;
    private final KernelBuilder k;

    Logarithm(Floats floats) {
        this.f = floats;
        this.k = floats.k;
    }

    /** The exponent e of a positive normal number as an integer. */
    private Reg exponent(Reg bits) {
        Reg root = f.i(f.single ? 0x3f3504f3L : 0x3fe6a09e667f3bcdL);
        return k.ashr(k.sub(bits, root), f.fraction());
    }

    Reg log(Reg x) {
        Reg denormal = k.lt(x, f.c(0x1p-126, 0x1p-1022));
        Reg bits = f.toBits(k.select(denormal, k.mul(x, f.c(0x1p23, 0x1p52)), x));
        Reg e = exponent(bits);
        Reg m = f.ofBits(k.sub(bits, k.shl(e, f.fraction())));
        Reg shift = k.select(denormal, f.c(f.fraction()), f.c(0));
        Reg scale = k.sub(k.convert(e, f.type.kind()), shift);
        return special(x, x, sum(scale, k.sub(m, f.c(1))));
    }

    Reg log1p(Reg x) {
        Reg u = k.add(x, f.c(1));
        Reg bits = f.toBits(u);
        Reg e = exponent(bits);
        Reg m = f.ofBits(k.sub(bits, k.shl(e, f.fraction())));
        Reg down = f.ofBits(k.sub(f.oneBits(), k.shl(e, f.fraction())));
        // x 2^-e + (2^-e - 1) is m - 1 without the rounding of 1 + x.
        Reg exact = k.fma(x, down, k.sub(down, f.c(1)));
        Reg large = k.gt(x, f.c(0x1p30, 0x1p60));
        Reg fraction = k.select(large, k.sub(m, f.c(1)), exact);
        Reg result = special(u, x, sum(k.convert(e, f.type.kind()), fraction));
        return k.select(k.lt(f.abs(x), f.c(0x1p-25, 0x1p-54)), x, result);
    }

    /** {@code e ln 2 + log(1 + fraction)}. */
    private Reg sum(Reg e, Reg fraction) {
        Reg square = k.mul(fraction, fraction);
        if (f.single) {
            Reg y = k.mul(k.mul(f.pairs(fraction, SINGLE), fraction), square);
            y = k.fma(e, f.c(-2.12194440e-4), y);
            y = k.fma(f.c(-0.5), square, y);
            return k.fma(e, f.c(0.693359375), k.add(fraction, y));
        }
        Reg s = k.div(fraction, k.add(fraction, f.c(2)));
        Reg z = k.mul(s, s);
        Reg r = k.mul(z, f.polynomial(z, DOUBLE));
        Reg half = k.mul(f.c(0.5), square);
        Reg low = k.fma(s, k.add(half, r), k.mul(e, f.c(0x1.9ef35793c7673p-41)));
        return k.fma(e, f.c(0x1.62e42fefa2p-1), k.sub(fraction, k.sub(half, low)));
    }

    /** Minus infinity at 0, NaN below, and infinity and NaN as they are. */
    private Reg special(Reg argument, Reg x, Reg result) {
        Reg infinity = f.c(Double.POSITIVE_INFINITY);
        Reg ordinary = k.and(k.gt(argument, f.c(0)), k.lt(argument, infinity));
        Reg below = k.select(k.lt(argument, f.c(0)), f.c(Double.NaN), x);
        Reg other = k.select(k.eq(argument, f.c(0)), f.c(Double.NEGATIVE_INFINITY), below);
        return k.select(ordinary, result, other);
    }
}
