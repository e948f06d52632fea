package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;
import java.util.List;

/**
 * The remainder of the truncated division, exact. Multiples of the divisor are taken away from the largest
 * scale down, 51 bits of the quotient at a time; float32 is computed in float64.
 */
final class Remainder {
    /** The bits of the quotient that one step takes: three times as many as a scale's third. */
    private static final long THIRD = 17;
    private static final long STEPS_SINGLE = 6;
    private static final long STEPS_DOUBLE = 42;

    private final Floats f;
    private final Floats d;
    private final KernelBuilder k;

    Remainder(Floats floats) {
        this.f = floats;
        this.k = floats.k;
        this.d = floats.single ? new Floats(k, floats.type.withKind(Kind.F64)) : floats;
    }

    Reg rem(Reg x, Reg y) {
        Reg dividend = d.abs(k.convert(x, Kind.F64));
        Reg divisor = d.abs(k.convert(y, Kind.F64));
        Reg near = step(dividend, divisor);
        // A quotient that is not below the limit needs larger scales, also one that is not a number.
        Reg far = k.not(k.lt(k.div(dividend, divisor), d.c(0x1p51)));
        long steps = f.single ? STEPS_SINGLE : STEPS_DOUBLE;
        Reg rest = k.choose(k.fold(ArithOp.OR, far), () -> {
            Reg last = k.index(steps - 1);
            Reg scaled = k.loop(k.index(0), k.index(steps), 1, List.of(dividend), (index, carried) -> {
                Reg exponent = k.convert(k.mul(k.sub(last, index), k.index(THIRD)), d.bits.kind());
                Reg third = d.power(k.splat(exponent, d.type.lanes()));
                Reg scale = k.mul(k.mul(k.mul(divisor, third), third), third);
                return List.of(step(carried.getFirst(), scale));
            }).getFirst();
            return List.of(k.select(far, scaled, near));
        }, () -> List.of(near)).getFirst();
        Reg result = f.copySign(k.convert(rest, f.type.kind()), x);
        Reg infinity = f.c(Double.POSITIVE_INFINITY);
        Reg defined = k.and(k.lt(f.abs(x), infinity), k.gt(f.abs(y), f.c(0)));
        return k.select(defined, result, f.c(Double.NaN));
    }

    /** The dividend without as many divisors as fit, fewer than 2^52; an infinite divisor takes nothing. */
    private Reg step(Reg dividend, Reg divisor) {
        Reg quotient = k.arith(ArithOp.TRUNC, k.div(dividend, divisor));
        Reg rest = k.fma(k.neg(quotient), divisor, dividend);
        Reg corrected = k.select(k.lt(rest, d.c(0)), k.add(rest, divisor), rest);
        return k.select(k.eq(quotient, d.c(0)), dividend, corrected);
    }
}
