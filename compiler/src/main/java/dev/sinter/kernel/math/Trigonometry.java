package dev.sinter.kernel.math;

import dev.sinter.kernel.ArithOp;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType.Kind;
import java.util.List;

/**
 * {@code sin}, {@code cos} and {@code tan}: x = q pi/2 + r with |r| up to pi/4, and minimax polynomials. Of moderate
 * arguments the multiple of pi/2 is subtracted in parts; of large ones 2/pi is multiplied by parts whose
 * integers are dropped as they appear (Payne and Hanek, 1983). The reduction of float32 is done in float64.
 */
final class Trigonometry {
    private static final double[] SIN_SINGLE =
            {-0x1.555556p-3, 0x1.111108p-7, -0x1.a00f74p-13, 0x1.6ccf5ep-19};
    private static final double[] COS_SINGLE =
            {0x1.555556p-5, -0x1.6c16b8p-10, 0x1.a010d6p-16, -0x1.241caap-22};
    private static final double[] SIN_DOUBLE =
            {-0x1.5555555555555p-3, 0x1.111111111110bp-7, -0x1.a01a01a018a35p-13,
        0x1.71de3a532be96p-19, -0x1.ae64528754b35p-26, 0x1.61208848abfecp-33, -0x1.aaa043c96996cp-41};
    private static final double[] COS_DOUBLE =
            {0x1.5555555555555p-5, -0x1.6c16c16c16c0fp-10, 0x1.a01a01a018c9dp-16,
        -0x1.27e4fb75e86b9p-22, 0x1.1eed8c8d36fb5p-29, -0x1.939320017d814p-37, 0x1.aabb38361b854p-45};
    private static final double PI_2_HIGH = 0x1.921fb54442d18p+0;
    private static final double PI_2_MIDDLE = 0x1.1a62633145c07p-54;
    private static final double PI_2_LOW = -0x1.f1976b7ed8fbcp-110;
    private static final double TWO_OVER_PI = 0x1.45f306dc9c883p-1;
    /** 2/pi in parts of 28 bits: times a float32 they are exact in float64. */
    private static final double[] PARTS_SINGLE =
            {0x1.45f306cp-1, 0x1.c9c882ap-29, 0x1.4fe13a8p-59, 0x1.f47d4dp-86,
        0x1.bb81b6cp-113, 0x1.4acc9ep-143, 0x1.0e4107cp-170, 0x1.ca2c756p-197};
    /** 2/pi times 2^600 in parts of 53 bits. */
    private static final double[] PARTS_DOUBLE = {0x1.45f306dc9c882p+599, 0x1.4a7f09d5f47d4p+546,
        0x1.a6ee06db14accp+493, 0x1.3c439041fe516p+440, 0x1.d5ef5de2b0db8p+385, 0x1.2371d2126e970p+333,
        0x1.924bba8274600p+274, 0x1.21cfe1deb1cb1p+228, 0x1.4d39f74411af8p+173, 0x1.4baed1213a671p+122,
        0x1.8135a2fbf209cp+69, 0x1.91d639835339fp+16, 0x1.272117e2ef7e4p-38, 0x1.41d8ffc4bffeep-91,
        0x1.02cc07f79788cp-143, 0x1.6b414da3eda6cp-197, 0x1.fb3c9f2c26dd2p-250, 0x1.d18fd9a797fa8p-302,
        0x1.6ba93dd63f5f2p-355, 0x1.f17b3d0739f78p-408, 0x1.4a525d4d7f6bfp-461, 0x1.88fc6ae842b00p-515,
        0x1.98237e3db5d5fp-567, 0x1.0cfbc209af436p-620};

    private final Floats f;
    private final Floats d;
    private final KernelBuilder k;

    Trigonometry(Floats floats) {
        this.f = floats;
        this.k = floats.k;
        this.d = floats.single ? new Floats(k, floats.type.withKind(Kind.F64)) : floats;
    }

    Reg sin(Reg x) {
        Reg result = quarter(x, 0);
        return k.select(k.lt(f.abs(x), f.c(0x1p-13, 0x1p-28)), x, result);
    }

    Reg cos(Reg x) {
        return quarter(x, 1);
    }

    /** The multiple of pi/2 in the low bits of an integer of 64 bits, the rest, and the rest's tail, in float64. */
    private List<Reg> reduce(Reg x) {
        Reg wide = k.convert(x, Kind.F64);
        Reg large = k.ge(d.abs(wide), d.c(0x1p27, 0x1p20));
        Reg any = k.fold(ArithOp.OR, large);
        // Each way gives q, the rest and the rest's tail; the large way is rarely taken.
        List<Reg> near = moderate(wide);
        List<Reg> reduced = k.choose(any, () -> {
            List<Reg> far = f.single ? largeSingle(wide) : largeDouble(wide);
            return List.of(k.select(large, far.get(0), near.get(0)), k.select(large, far.get(1), near.get(1)),
                    k.select(large, far.get(2), near.get(2)));
        }, () -> near);
        return List.of(k.bitcast(k.add(reduced.get(0), d.magic()), Kind.I64), reduced.get(1), reduced.get(2));
    }

    /** {@code sin(x + shift pi/2)}. */
    private Reg quarter(Reg x, int shift) {
        List<Reg> reduced = reduce(x);
        Reg q = k.convert(reduced.get(0), f.bits.kind());
        q = k.add(q, f.i(shift));
        Reg r = k.convert(reduced.get(1), f.type.kind());
        Reg sine = f.single ? sine(r) : sine(r, reduced.get(2));
        Reg cosine = f.single ? cosine(r) : cosine(r, reduced.get(2));
        Reg odd = k.ne(k.and(q, f.i(1)), f.i(0));
        Reg value = k.select(odd, cosine, sine);
        Reg sign = k.shl(k.and(q, f.i(2)), f.single ? 30 : 62);
        return f.ofBits(k.xor(f.toBits(value), sign));
    }

    /** The quotient of sine and cosine, or of the negative cosine and sine. */
    Reg tan(Reg x) {
        List<Reg> reduced = reduce(x);
        Reg sine = sine(reduced.get(1), reduced.get(2));
        Reg cosine = cosine(reduced.get(1), reduced.get(2));
        Reg odd = k.ne(k.and(reduced.get(0), d.i(1)), d.i(0));
        Reg quotient = k.div(k.select(odd, k.neg(cosine), sine), k.select(odd, sine, cosine));
        Reg result = k.convert(quotient, f.type.kind());
        return k.select(k.lt(f.abs(x), f.c(0x1p-13, 0x1p-28)), x, result);
    }

    private List<Reg> moderate(Reg x) {
        Reg n = k.sub(k.fma(x, d.c(TWO_OVER_PI), d.magic()), d.magic());
        Reg minus = k.neg(n);
        Reg high = k.fma(minus, d.c(PI_2_HIGH), x);
        if (f.single) {
            return List.of(n, k.fma(minus, d.c(PI_2_MIDDLE), high), d.c(0));
        }
        // The second product in full, so that the rest is known to twice the precision.
        Reg product = k.mul(n, d.c(PI_2_MIDDLE));
        Reg error = k.fma(n, d.c(PI_2_MIDDLE), k.neg(product));
        Reg rest = k.sub(high, product);
        Reg back = k.sub(high, rest);
        Reg tail = k.sub(k.sub(back, product), error);
        return List.of(n, rest, k.fma(minus, d.c(PI_2_LOW), tail));
    }

    /** x without multiples of 4. */
    private Reg modulo4(Reg x) {
        Reg fours = k.arith(ArithOp.RINT, k.mul(x, d.c(0.25)));
        return k.fma(fours, d.c(-4), x);
    }

    private List<Reg> largeSingle(Reg x) {
        Reg sum = d.c(0);
        Reg integers = d.c(0);
        for (double part : PARTS_SINGLE) {
            sum = k.add(sum, modulo4(k.mul(x, d.c(part))));
            Reg whole = k.arith(ArithOp.RINT, sum);
            sum = k.sub(sum, whole);
            integers = k.add(integers, whole);
        }
        return List.of(integers, k.mul(sum, d.c(PI_2_HIGH)), d.c(0));
    }

    private List<Reg> largeDouble(Reg x) {
        Reg scaled = k.mul(x, d.c(0x1p-600));
        Reg high = d.c(0);
        Reg low = d.c(0);
        Reg integers = d.c(0);
        for (double part : PARTS_DOUBLE) {
            Reg product = k.mul(scaled, d.c(part));
            Reg error = modulo4(k.fma(scaled, d.c(part), k.neg(product)));
            for (Reg term : List.of(modulo4(product), error)) {
                Reg sum = k.add(high, term);
                Reg other = k.sub(sum, high);
                Reg lost = k.add(k.sub(high, k.sub(sum, other)), k.sub(term, other));
                low = k.add(low, lost);
                Reg whole = k.arith(ArithOp.RINT, sum);
                integers = k.add(integers, whole);
                high = k.sub(sum, whole);
            }
            Reg both = k.add(high, low);
            low = k.sub(low, k.sub(both, high));
            high = both;
        }
        Reg whole = k.arith(ArithOp.RINT, high);
        integers = k.add(integers, whole);
        high = k.sub(high, whole);
        Reg rest = k.mul(high, d.c(PI_2_HIGH));
        Reg error = k.fma(high, d.c(PI_2_HIGH), k.neg(rest));
        Reg tail = k.add(error, k.fma(high, d.c(PI_2_MIDDLE), k.mul(low, d.c(PI_2_HIGH))));
        return List.of(integers, rest, tail);
    }

    private Reg sine(Reg r) {
        Reg square = k.mul(r, r);
        return k.fma(k.mul(r, square), f.pairs(square, SIN_SINGLE), r);
    }

    private Reg cosine(Reg r) {
        Reg square = k.mul(r, r);
        Reg rest = k.mul(k.mul(square, square), f.pairs(square, COS_SINGLE));
        return k.add(k.fma(square, f.c(-0.5), f.c(1)), rest);
    }

    private Reg sine(Reg r, Reg tail) {
        Reg square = k.mul(r, r);
        Reg slope = k.fma(square, d.c(-0.5), d.c(1));
        Reg small = k.fma(k.mul(r, square), d.polynomial(square, SIN_DOUBLE), k.mul(tail, slope));
        return k.add(r, small);
    }

    private Reg cosine(Reg r, Reg tail) {
        Reg square = k.mul(r, r);
        Reg half = k.mul(square, d.c(0.5));
        Reg first = k.sub(d.c(1), half);
        Reg lost = k.sub(k.sub(d.c(1), first), half);
        Reg rest = k.fma(k.mul(square, square), d.polynomial(square, COS_DOUBLE), k.neg(k.mul(r, tail)));
        return k.add(first, k.add(lost, rest));
    }
}
