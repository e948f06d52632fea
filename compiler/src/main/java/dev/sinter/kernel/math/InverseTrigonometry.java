package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;

/**
 * {@code atan}, {@code atan2}, {@code asin} and {@code acos}: minimax polynomials of the square, of arguments up to 1
 * and to 1/2; beyond, of the reciprocal, and of {@code sqrt((1 - |x|) / 2)}. float32 is computed in float64.
 */
final class InverseTrigonometry {
    private static final double[] ATAN_SINGLE = {-0x1.55555529fed15p-2, 0x1.999955947a191p-3,
        -0x1.2489515c587b6p-3, 0x1.c62cd9aa62ae5p-4, -0x1.6dd8fdf061e31p-4, 0x1.2006f71525126p-4,
        -0x1.9115a3d155a2fp-5, 0x1.aefb2bdf4b25ap-6, -0x1.2ba6b6e0bd288p-7, 0x1.86406cc5c4982p-10};
    private static final double[] ATAN_DOUBLE = {-0x1.5555555555555p-2, 0x1.999999999997dp-3,
        -0x1.2492492491234p-3, 0x1.c71c71c6882cdp-4, -0x1.745d1731e853fp-4, 0x1.3b13af957f086p-4,
        -0x1.1110f9a06b09dp-4, 0x1.e1e0069edf96ep-5, -0x1.af1a76061e434p-5, 0x1.85c82bf04fbd6p-5,
        -0x1.62c464c86804fp-5, 0x1.42a843b89b0ebp-5, -0x1.20f157ad652dfp-5, 0x1.f0f041d3e2f5p-6,
        -0x1.8c59dbc673323p-6, 0x1.198ad7e0bd0c6p-6, -0x1.552f78ddf9b3p-7, 0x1.50ea3497605b5p-8,
        -0x1.0110cfd66bd22p-9, 0x1.19e6b726893dp-11, -0x1.890e58e18ff08p-14, 0x1.04a3628aee536p-17};
    private static final double[] ASIN_SINGLE = {0x1.555554e435732p-3, 0x1.333430fcff28ep-4, 0x1.6d5bb95f8e653p-5,
        0x1.fd8da2554dd34p-6, 0x1.18f91e79712c6p-6, 0x1.13fed3dd245c1p-5};
    private static final double[] ASIN_DOUBLE = {0x1.5555555555556p-3, 0x1.3333333332ecap-4, 0x1.6db6db6e31f13p-5,
        0x1.f1c71c1db0623p-6, 0x1.6e8bb1c8209a2p-6, 0x1.1c4d35cf95421p-6, 0x1.c9cf07674736ap-7,
        0x1.782651caa6547p-7, 0x1.52420b04b37bep-7, 0x1.65a9c4dfcf8b2p-8, 0x1.1d189408314eep-6,
        -0x1.e6aaa8a0a04ccp-7, 0x1.d72b2bc8155f8p-6};
    private static final double PI_2_HIGH = 0x1.921fb54442d18p+0;
    private static final double PI_2_LOW = 0x1.1a62633145c07p-54;

    private final Floats f;
    private final Floats d;
    private final KernelBuilder k;

    InverseTrigonometry(Floats floats) {
        this.f = floats;
        this.k = floats.k;
        this.d = floats.wide();
    }

    /** {@code t z P(z)} for {@code z = t^2}, which is added to t. */
    private Reg rest(Reg t, double[] single, double[] precise) {
        Reg z = k.mul(t, t);
        return k.mul(k.mul(t, z), d.pairs(z, f.single ? single : precise));
    }

    private Reg odd(Reg t, double[] single, double[] precise) {
        return k.add(t, rest(t, single, precise));
    }

    Reg atan(Reg given) {
        Reg x = k.convert(given, Kind.F64);
        Reg t = d.abs(x);
        Reg far = k.gt(t, d.c(1));
        Reg near = odd(k.select(far, k.div(d.c(1), t), t), ATAN_SINGLE, ATAN_DOUBLE);
        return f.copySign(k.convert(k.select(far, complement(near), near), f.type.kind()), given);
    }

    /** {@code pi / 2 - t}. */
    private Reg complement(Reg t) {
        return k.sub(d.c(PI_2_HIGH), k.sub(t, d.c(PI_2_LOW)));
    }

    /** The angle of the point (x, y), with the signs of zeros as IEEE 754 has them. */
    Reg atan2(Reg givenY, Reg givenX) {
        Reg y = d.abs(k.convert(givenY, Kind.F64));
        Reg wideX = k.convert(givenX, Kind.F64);
        Reg x = d.abs(wideX);
        Reg steep = k.gt(y, x);
        Reg less = k.select(steep, x, y);
        Reg more = k.select(steep, y, x);
        Reg infinity = d.c(Double.POSITIVE_INFINITY);
        // Where both are 0 the quotient is 0, where both are infinite it is 1.
        Reg quotient = k.select(k.eq(more, d.c(0)), less, k.div(less, more));
        Reg t = k.select(k.eq(less, infinity), d.c(1), quotient);
        Reg near = odd(t, ATAN_SINGLE, ATAN_DOUBLE);
        Reg acute = k.select(steep, complement(near), near);
        Reg obtuse = k.sub(d.c(2 * PI_2_HIGH), k.sub(acute, d.c(2 * PI_2_LOW)));
        Reg left = k.lt(f.toBits(givenX), f.i(0));
        Reg angle = k.select(left, obtuse, acute);
        Reg nan = k.or(k.ne(x, x), k.ne(y, y));
        Reg known = k.select(nan, d.c(Double.NaN), angle);
        return f.copySign(k.convert(known, f.type.kind()), givenY);
    }

    /** The root {@code s} of {@code (1 - |x|) / 2}, and what its rounding loses. */
    private record Root(Reg s, Reg lost) {}

    private Root root(Reg z) {
        Reg s = k.arith(ArithOp.SQRT, z);
        Reg rest = k.fma(k.neg(s), s, z);
        Reg lost = k.div(rest, k.add(s, s));
        return new Root(s, k.select(k.gt(s, d.c(0)), lost, d.c(0)));
    }

    private Reg twice(Reg rest, Root root) {
        Reg sum = k.add(rest, root.lost());
        return k.add(sum, sum);
    }

    /** {@code n pi / 2 - 2 (s + lost + rest)}, rounded once but for small parts. */
    private Reg lessTwice(int n, Root root, Reg rest) {
        Reg twice = k.add(root.s(), root.s());
        Reg high = d.c(n * PI_2_HIGH);
        Reg difference = k.sub(high, twice);
        Reg rounded = k.sub(k.sub(high, difference), twice);
        return k.add(difference, k.sub(k.add(rounded, d.c(n * PI_2_LOW)), twice(rest, root)));
    }

    Reg asin(Reg given) {
        Reg x = k.convert(given, Kind.F64);
        Reg t = d.abs(x);
        Reg far = k.ge(t, d.c(0.5));
        Root root = root(k.mul(k.sub(d.c(1), t), d.c(0.5)));
        Reg s = k.select(far, root.s(), t);
        Reg rest = rest(s, ASIN_SINGLE, ASIN_DOUBLE);
        Reg result = k.select(far, lessTwice(1, root, rest), k.add(s, rest));
        return f.copySign(k.convert(result, f.type.kind()), given);
    }

    Reg acos(Reg given) {
        Reg x = k.convert(given, Kind.F64);
        Reg t = d.abs(x);
        Reg far = k.ge(t, d.c(0.5));
        Root root = root(k.mul(k.sub(d.c(1), t), d.c(0.5)));
        Reg s = k.select(far, root.s(), t);
        Reg rest = rest(s, ASIN_SINGLE, ASIN_DOUBLE);
        Reg near = k.add(s, rest);
        Reg twice = k.add(k.add(s, s), twice(rest, root));
        Reg negative = k.lt(x, d.c(0));
        Reg obtuse = lessTwice(2, root, rest);
        Reg signed = k.select(negative, k.neg(near), near);
        Reg result = k.select(far, k.select(negative, obtuse, twice), complement(signed));
        return k.convert(result, f.type.kind());
    }
}
