package dev.sinter.graph;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;

/**
 * Elementary functions of complex numbers, as real ops on their planes. Those with cuts follow Kahan, <i>Branch Cuts
 * for Complex Elementary Functions</i> (1987): a zero's sign says on which side of a cut a number lies.
 */
final class ComplexFunctions {
    private final Composer c;
    private final ComplexArithmetic a;

    ComplexFunctions(Composer c) {
        this.c = c;
        this.a = new ComplexArithmetic(c);
    }

    private Node map(ScalarFn fn, Node x) {
        return c.map(fn, x);
    }

    private Node full(Node like, double value) {
        return c.fullLike(like, value);
    }

    private static boolean isSingle(Planes x) {
        return x.dtype() == DType.FLOAT32;
    }

    /** {@code 1 - x}. */
    private Planes oneLess(Planes x) {
        return new Planes(a.minus(full(x.re(), 1), x.re()), a.neg(x.im()));
    }

    /** {@code x + number}. */
    private Planes plus(Planes x, double number) {
        return new Planes(a.plus(x.re(), full(x.re(), number)), x.im());
    }

    private static Planes conj(ComplexArithmetic a, Planes x) {
        return new Planes(x.re(), a.neg(x.im()));
    }

    /** {@code i x}. */
    private Planes turned(Planes x) {
        return new Planes(a.neg(x.im()), x.re());
    }

    /** {@code -i x}. */
    private Planes turnedBack(Planes x) {
        return new Planes(x.im(), a.neg(x.re()));
    }

    /** Whether a number is negative or -0. */
    private Node hasSign(Node x) {
        Node isZero = c.map(ScalarFn.EQ, x, full(x, 0));
        return a.isNegative(a.choose(isZero, a.div(full(x, 1), x), x));
    }

    Node angle(Planes x) {
        return c.map(ScalarFn.ATAN2, x.im(), x.re());
    }

    /** The number over its absolute value; 0 of 0. */
    Planes sign(Planes x) {
        Node size = a.abs(x);
        Node divisor = a.choose(c.map(ScalarFn.EQ, size, full(size, 0)), full(size, 1), size);
        return x.each(plane -> a.div(plane, divisor));
    }

    /** {@code exp}; where its size leaves the range though the parts do not, it is computed in two factors. */
    Planes exp(Planes x) {
        double most = isSingle(x) ? 88 : 709;
        double less = isSingle(x) ? 64 : 512;
        Node isLarge = a.isGreater(x.re(), most);
        Node size = map(ScalarFn.EXP, a.minus(x.re(), a.choose(isLarge, full(x.re(), less), 0)));
        Node factor = a.choose(isLarge, full(x.re(), Math.exp(less)), 1);
        Node re = a.times(a.times(size, map(ScalarFn.COS, x.im())), factor);
        Node im = a.times(a.times(size, map(ScalarFn.SIN, x.im())), factor);
        Node isReal = c.map(ScalarFn.AND, c.map(ScalarFn.EQ, x.im(), full(x.im(), 0)),
                map(ScalarFn.NOT, map(ScalarFn.IS_FINITE, size)));
        return new Planes(re, a.choose(isReal, x.im(), im));
    }

    Planes expm1(Planes x) {
        Node half = map(ScalarFn.SIN, a.times(x.im(), 0.5));
        Node re = a.minus(a.times(map(ScalarFn.EXPM1, x.re()), map(ScalarFn.COS, x.im())),
                a.times(a.times(half, half), 2));
        return new Planes(re, a.times(map(ScalarFn.EXP, x.re()), map(ScalarFn.SIN, x.im())));
    }

    /** {@code log}: near the unit circle by the distance to it. */
    Planes log(Planes x) {
        return new Planes(logOfSize(x), angle(x));
    }

    private Node logOfSize(Planes x) {
        Node isWide = a.isWide(x);
        Node large = a.magnitude(a.choose(isWide, x.re(), x.im()));
        Node small = a.choose(isWide, x.im(), x.re());
        Node one = full(large, 1);
        Node distance = a.plus(a.times(a.minus(large, one), a.plus(large, one)), a.times(small, small));
        Node isNear = c.map(ScalarFn.LT, map(ScalarFn.ABS, distance), full(distance, 0.5));
        Node near = a.times(map(ScalarFn.LOG1P, a.choose(isNear, distance, 0)), 0.5);
        ComplexArithmetic.Scaled scaled = a.scaled(x);
        Node square = a.choose(scaled.isZero(), one, a.squaredAbs(scaled.x()));
        Node far = a.plus(a.times(map(ScalarFn.LOG, square), 0.5), a.ofScale(scaled, scale -> -Math.log(scale)));
        return a.choose(scaled.isZero(), full(far, Double.NEGATIVE_INFINITY), a.choose(isNear, near, far));
    }

    Planes log1p(Planes x) {
        Node isSmall = a.isLess(c.map(ScalarFn.MAX, map(ScalarFn.ABS, x.re()), map(ScalarFn.ABS, x.im())), 0.5);
        Planes small = x.each(plane -> a.choose(isSmall, plane, 0));
        Node distance = a.plus(a.times(small.re(), a.plus(small.re(), full(x.re(), 2))),
                a.times(small.im(), small.im()));
        Planes sum = plus(x, 1);
        Node near = a.times(map(ScalarFn.LOG1P, distance), 0.5);
        return new Planes(a.choose(isSmall, near, logOfSize(sum)), angle(sum));
    }

    /** {@code sqrt}, with a real part that is not negative. */
    Planes sqrt(Planes x) {
        ComplexArithmetic.Scaled scaled = a.scaled(x);
        Node one = full(x.re(), 1);
        Node size = map(ScalarFn.SQRT, a.choose(scaled.isZero(), one, a.squaredAbs(scaled.x())));
        Node sum = a.plus(a.magnitude(scaled.x().re()), size);
        Node large = a.times(map(ScalarFn.SQRT, a.times(sum, 0.5)), a.ofScale(scaled, scale -> Math.sqrt(1 / scale)));
        Node small = a.div(x.im(), a.plus(large, large));
        Node isNegative = a.isNegative(x.re());
        Node signed = a.choose(hasSign(x.im()), a.neg(large), large);
        Node re = a.choose(isNegative, a.magnitude(small), large);
        Node im = a.choose(isNegative, signed, small);
        return new Planes(a.choose(scaled.isZero(), full(re, 0), re), a.choose(scaled.isZero(), x.im(), im));
    }

    Planes rsqrt(Planes x) {
        return a.reciprocal(sqrt(x));
    }

    /** {@code 1 / (1 + exp(-x))}. */
    Planes sigmoid(Planes x) {
        Node isNegative = a.isNegative(x.re());
        Planes exponential = exp(x.each(plane -> a.choose(isNegative, plane, a.neg(plane))));
        Planes numerator = new Planes(a.choose(isNegative, exponential.re(), 1),
                a.choose(isNegative, exponential.im(), 0));
        return a.div(numerator, plus(exponential, 1));
    }

    Planes sin(Planes x) {
        return new Planes(grown(map(ScalarFn.COSH, x.im()), map(ScalarFn.SIN, x.re())),
                grown(map(ScalarFn.SINH, x.im()), map(ScalarFn.COS, x.re())));
    }

    Planes cos(Planes x) {
        return new Planes(grown(map(ScalarFn.COSH, x.im()), map(ScalarFn.COS, x.re())),
                a.neg(grown(map(ScalarFn.SINH, x.im()), map(ScalarFn.SIN, x.re()))));
    }

    /** A product that is 0 where the second factor is, though the first one is beyond all numbers. */
    private Node grown(Node size, Node turn) {
        Node isBeyond = c.map(ScalarFn.AND, c.map(ScalarFn.EQ, turn, full(turn, 0)),
                map(ScalarFn.NOT, map(ScalarFn.IS_FINITE, size)));
        return a.choose(isBeyond, turn, a.times(size, turn));
    }

    Planes tan(Planes x) {
        return turnedBack(tanh(turned(x)));
    }

    Planes sinh(Planes x) {
        return new Planes(grown(map(ScalarFn.SINH, x.re()), map(ScalarFn.COS, x.im())),
                grown(map(ScalarFn.COSH, x.re()), map(ScalarFn.SIN, x.im())));
    }

    Planes cosh(Planes x) {
        return new Planes(grown(map(ScalarFn.COSH, x.re()), map(ScalarFn.COS, x.im())),
                grown(map(ScalarFn.SINH, x.re()), map(ScalarFn.SIN, x.im())));
    }

    /** {@code tanh}: a quotient by a sum of squares, and of large numbers the first terms. */
    Planes tanh(Planes x) {
        double large = isSingle(x) ? 20 : 40;
        Node size = a.magnitude(x.re());
        Node isLarge = a.isGreater(size, large);
        Node near = a.choose(isLarge, full(x.re(), 1), x.re());
        Node sinh = map(ScalarFn.SINH, near);
        Node cos = map(ScalarFn.COS, x.im());
        Node turn = a.times(map(ScalarFn.SIN, x.im()), cos);
        Node divisor = a.plus(a.times(sinh, sinh), a.times(cos, cos));
        Node re = a.div(a.times(sinh, map(ScalarFn.COSH, near)), divisor);
        Node far = a.times(a.times(turn, 4), map(ScalarFn.EXP, a.times(size, -2)));
        return new Planes(a.choose(isLarge, map(ScalarFn.SIGN, x.re()), re),
                a.choose(isLarge, far, a.div(turn, divisor)));
    }

    Planes asin(Planes x) {
        Planes less = sqrt(oneLess(x));
        Planes more = sqrt(plus(x, 1));
        return new Planes(c.map(ScalarFn.ATAN2, x.re(), a.times(less, more).re()),
                map(ScalarFn.ASINH, a.times(conj(a, less), more).im()));
    }

    Planes acos(Planes x) {
        Planes less = sqrt(oneLess(x));
        Planes more = sqrt(plus(x, 1));
        return new Planes(a.times(c.map(ScalarFn.ATAN2, less.re(), more.re()), 2),
                map(ScalarFn.ASINH, a.times(conj(a, more), less).im()));
    }

    Planes atan(Planes x) {
        return turnedBack(atanh(turned(x)));
    }

    Planes asinh(Planes x) {
        return turnedBack(asin(turned(x)));
    }

    Planes acosh(Planes x) {
        Planes less = sqrt(plus(x, -1));
        Planes more = sqrt(plus(x, 1));
        return new Planes(map(ScalarFn.ASINH, a.times(conj(a, less), more).re()),
                a.times(c.map(ScalarFn.ATAN2, less.im(), more.re()), 2));
    }

    /** {@code atanh}: its real part is odd, and computed of positive numbers, where nothing cancels. */
    Planes atanh(Planes x) {
        Node one = full(x.re(), 1);
        Node size = a.magnitude(x.re());
        Node less = a.minus(one, size);
        Node squares = a.plus(a.times(less, less), a.times(x.im(), x.im()));
        Node re = a.times(map(ScalarFn.LOG1P, a.div(a.times(size, 4), squares)), 0.25);
        Node along = a.minus(a.times(less, a.plus(one, size)), a.times(x.im(), x.im()));
        return new Planes(a.choose(a.isNegative(x.re()), a.neg(re), re),
                a.times(c.map(ScalarFn.ATAN2, a.times(x.im(), 2), along), 0.5));
    }

    /** {@code exp(y log(x))}; of base 0 it is 0, or 1 where the exponent is 0. */
    Planes pow(Planes x, Planes y) {
        Planes zeroless = whereZero(x, new Planes(full(x.re(), 1), full(x.im(), 0)), x);
        Planes power = exp(a.times(y, log(zeroless)));
        Node isOne = a.choose(isZero(y), full(y.re(), 1), 0);
        Node isDefined = c.map(ScalarFn.OR, a.isGreater(y.re(), 0), isZero(y));
        Node ofZero = a.choose(isDefined, isOne, Double.NaN);
        return whereZero(x, new Planes(ofZero, a.choose(isDefined, full(ofZero, 0), Double.NaN)), power);
    }

    private Node isZero(Planes x) {
        return c.map(ScalarFn.AND, c.map(ScalarFn.EQ, x.re(), full(x.re(), 0)),
                c.map(ScalarFn.EQ, x.im(), full(x.im(), 0)));
    }

    private Planes whereZero(Planes x, Planes ifZero, Planes otherwise) {
        Node isZero = isZero(x);
        return new Planes(a.choose(isZero, ifZero.re(), otherwise.re()),
                a.choose(isZero, ifZero.im(), otherwise.im()));
    }

    /** A power of a whole number, by squaring. */
    Planes pow(Planes x, int exponent) {
        Planes result = new Planes(full(x.re(), 1), full(x.im(), 0));
        boolean isOne = true;
        Planes square = x;
        for (int left = Math.abs(exponent); left > 0; left >>= 1) {
            if ((left & 1) != 0) {
                result = isOne ? square : a.times(result, square);
                isOne = false;
            }
            square = left > 1 ? a.square(square) : square;
        }
        return exponent < 0 ? a.reciprocal(result) : result;
    }
}
