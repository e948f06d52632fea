package dev.sinter.kernel.math;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;

/**
 * {@code exp} and {@code expm1}: x = n ln 2 + r, a minimax polynomial for {@code e^r - 1} on |r| up to ln 2 / 2,
 * and a scaling by 2^n in two steps, so that results overflow and become denormal as they must.
 */
final class Exponential {
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
     * @param field a float whose low bits are n
     */
    private record Reduced(Reg field, Reg r, Reg rest) {}

    /** Arguments are clamped beforehand, so that n fits; NaN passes. Nothing that r rounds away is kept. */
    private Reduced reduce(Reg x) {
        Reg field = k.fma(x, f.c(0x1.715476p+0, 0x1.71547652b82fep+0), f.magic());
        Reg minus = k.neg(k.sub(field, f.magic()));
        Reg high = k.fma(minus, f.c(0x1.62e43p-1, 0x1.62e42fefa39efp-1), x);
        Reg r = k.fma(minus, low(), high);
        return new Reduced(field, r, k.mul(k.mul(r, r), f.polynomial(r, f.single ? SINGLE : DOUBLE)));
    }

    /** The same with what r rounds away, and a tail of x, in the rest. */
    private Reduced reduce(Reg x, Reg tail) {
        Reg field = k.fma(x, f.c(0x1.715476p+0, 0x1.71547652b82fep+0), f.magic());
        Reg minus = k.neg(k.sub(field, f.magic()));
        Reg high = k.fma(minus, f.c(0x1.62e43p-1, 0x1.62e42fefa39efp-1), x);
        // The small part is known well; r is its sum with the high part, and what that rounds away is kept.
        Reg correction = k.isConstant(tail, 0) ? k.mul(minus, low()) : k.fma(minus, low(), tail);
        Reg r = k.add(high, correction);
        Reg lost = k.add(k.sub(high, r), correction);
        return new Reduced(field, r, k.fma(k.mul(r, r), f.polynomial(r, f.single ? SINGLE : DOUBLE), lost));
    }

    private Reg low() {
        return f.c(-0x1.05c61p-29, 0x1.abc9e3b39803fp-56);
    }

    /** Bounds that let NaN pass. */
    private Reg clamp(Reg x, double lower, double upper) {
        return k.max(f.c(lower), k.min(f.c(upper), x));
    }

    private Reg inRange(Reg x) {
        return clamp(x, f.single ? -104 : -746, f.single ? 89 : 710);
    }

    Reg exp(Reg x) {
        return scale(reduce(inRange(x)));
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
        return new Two(scale(high, reduced.field()), scale(low, reduced.field()));
    }

    /** {@code e^(x + tail)} for clamped x and a tail far smaller than it. */
    Reg exp(Reg x, Reg tail) {
        return scale(reduce(x, tail));
    }

    private Reg scale(Reduced reduced) {
        return scale(k.add(k.add(reduced.rest(), reduced.r()), f.c(1)), reduced.field());
    }

    /** A number times 2^n, for n in the low bits of a float. */
    private Reg scale(Reg number, Reg field) {
        // The bits below n in the field are zeros, also after halving, so that shifting leaves n / 2 alone.
        Reg bits = f.toBits(field);
        Reg half = k.ashr(bits, 1);
        return k.mul(k.mul(number, f.power(half)), f.power(k.sub(bits, half)));
    }

    /** {@code e^x} where neither x nor the result is near the ends of the range. */
    Reg moderate(Reg x) {
        Reduced reduced = reduce(x);
        Reg scale = f.power(f.toBits(reduced.field()));
        return k.fma(k.add(reduced.rest(), reduced.r()), scale, scale);
    }

    /** Scaled by 2^(n-1) and doubled, since 2^n may be too large where the result is not. */
    Reg expm1(Reg x) {
        Reduced reduced = reduce(clamp(x, f.single ? -20 : -40, f.single ? 89 : 710), f.c(0));
        Reg scale = f.power(k.sub(f.toBits(reduced.field()), f.i(1)));
        Reg first = k.fma(reduced.r(), scale, k.sub(scale, f.c(0.5)));
        Reg half = k.fma(reduced.rest(), scale, first);
        Reg tiny = k.lt(f.abs(x), f.c(0x1p-26, 0x1p-55));
        return k.select(tiny, x, k.add(half, half));
    }
}
