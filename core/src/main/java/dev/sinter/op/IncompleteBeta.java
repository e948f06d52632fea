package dev.sinter.op;

import dev.sinter.op.TwoParts.Two;
import java.util.List;

/**
 * The regularised incomplete beta function of a, b and x: the integral of the smaller one of the two tails, relative to
 * its integrand at x, times that, whose exponent is known in two parts. The integral is a continued fraction (Didonato
 * and Morris, 1992), but for a large a and b, of which that has many terms, a sum of the integrand at Gauss's points.
 * Next to 1, with b below 1, where that tail is steep, the other one is 1 less a power series.
 */
final class IncompleteBeta {
    private static final int STEPS = 10_000;
    /** From here on, for a and b, the integral is a sum. */
    private static final double LARGE = 400;
    /** The integrand falls to e to the power of less this. */
    private static final double LAST = 38;
    /** The positive ones of Gauss's 24 points from -1 to 1, and half of their weights. */
    private static final double[] POINTS = {
        0x1.0660853eda2e8p-4, 0x1.8769542b94f8dp-3, 0x1.429a8c588e910p-2, 0x1.bc345d81e24b5p-2, 0x1.17417bac4d72bp-1,
        0x1.4bd2ee5fa1086p-1, 0x1.7af18edb9ddd6p-1, 0x1.a3d74ce0d3700p-1, 0x1.c5d841864d0f5p-1, 0x1.e06585a70aa4dp-1,
        0x1.f30f9f0cbf876p-1, 0x1.fd892de691982p-1
    };
    private static final double[] WEIGHTS = {
        0x1.060475e763736p-4, 0x1.01b7117cf8bd8p-4, 0x1.f25cbce1d1ff6p-5, 0x1.d91c78acb1b2dp-5, 0x1.b8177ba4a68dcp-5,
        0x1.8fd8936444b16p-5, 0x1.6108ef504463ap-5, 0x1.2c6d5c2eff064p-5, 0x1.e5c6255d25edap-6, 0x1.6ab884f57c979p-6,
        0x1.d375514486f1dp-7, 0x1.9465bd3112202p-8
    };
    private static final int ROUNDS = 4;
    /** Up to here, for a (1 - x), the terms of the power series next to 1 cancel little. */
    private static final double STEEP = 0.7;
    private static final double NARROW = 1e28;
    private static final double ROOT_2PI = 2.5066282746310002;

    private IncompleteBeta() {}

    /** NaN where a or b is not positive, or x is not from 0 to 1. */
    static <T> T value(Arithmetic<T> a, List<T> operands) {
        T zero = a.number(0);
        T one = a.number(1);
        T infinity = a.number(Double.POSITIVE_INFINITY);
        T givenP = operands.get(0);
        T givenQ = operands.get(1);
        T givenX = operands.get(2);
        T orders = a.and(a.and(a.lt(zero, givenP), a.lt(zero, givenQ)),
                a.and(a.lt(givenP, infinity), a.lt(givenQ, infinity)));
        T defined = a.and(orders, a.and(a.le(zero, givenX), a.le(givenX, one)));
        T inside = a.and(defined, a.and(a.lt(zero, givenX), a.lt(givenX, one)));
        T p = a.select(inside, least(a, givenP), one);
        T q = a.select(inside, least(a, givenQ), one);
        T x = a.select(inside, givenX, a.number(0.5));
        TwoParts<T> two = new TwoParts<>(a);
        // (p + q) x - p = q x - p y, without the rounding of y = 1 - x.
        Two<T> y = two.sum(one, a.neg(x));
        Two<T> excess = two.sub(two.product(q, x), two.mul(two.of(p), y));
        T swapped = a.lt(zero, excess.high());
        T first = a.select(swapped, q, p);
        T second = a.select(swapped, p, q);
        Two<T> near = two.select(swapped, y, two.of(x));
        Two<T> far = two.select(swapped, two.of(x), y);
        Two<T> less = two.select(swapped, excess, two.negate(excess));
        // The other tail may be so near 1 that little is left of the difference, and the fraction have no end.
        T ends = a.and(a.le(y.high(), a.number(0.5)), a.or(swapped, a.le(a.mul(p, y.high()), a.number(STEEP))));
        T steep = a.and(a.lt(q, one), ends);
        T tails = a.either(steep, () -> series(a, p, q, y.high()), () -> {
            T large = a.and(a.le(a.number(LARGE), p), a.le(a.number(LARGE), q));
            T integral = a.either(large, () -> sum(a, first, second, near.high(), far.high(), less.high()),
                    () -> fraction(a, first, second, near, far, less));
            T tail = a.mul(power(a, first, second, near, far, less), integral);
            return a.select(swapped, a.sub(one, tail), tail);
        });
        // What is so narrow that no number lies in it is a step.
        T step = a.select(a.eq(excess.high(), zero), a.number(0.5), a.select(swapped, one, zero));
        T narrow = a.lt(a.number(NARROW), a.add(p, q));
        T value = a.select(narrow, step, tails);
        return a.select(inside, value, a.select(defined, givenX, a.number(Double.NaN)));
    }

    /**
     * The regularised integral from 0 to {@code 1 - y}, for a q below 1 and a y up to 1/2 and below {@code 1 / p}. It
     * is {@code 1 - e^l (1 + q s)} with {@code e^l = y^q / (q B(p, q))} and s the sum of {@code (1 - p) ... (n - p)}
     * {@code y^n / (n! (q + n))}; l is small with q.
     */
    private static <T> T series(Arithmetic<T> a, T p, T q, T y) {
        T one = a.number(1);
        T first = a.mul(a.sub(one, p), y);
        T start = a.div(first, a.add(q, one));
        List<T> end = a.repeat(STEPS, List.of(start, start, first, a.number(2)),
                state -> a.not(a.isNegligible(state.get(1), state.get(0))), state -> {
                    T n = state.get(3);
                    T power = a.mul(state.get(2), a.div(a.mul(a.sub(n, p), y), n));
                    T term = a.div(power, a.add(q, n));
                    return List.of(a.add(state.get(0), term), term, power, a.add(n, one));
                });
        T less = a.expm1(a.sub(Gammas.logOfStep(a, p, q, y), Gammas.lgamma1p(a, q)));
        return a.neg(a.fma(a.add(less, one), a.mul(q, end.getFirst()), less));
    }

    /** The order, or one so small that it makes no difference and has a reciprocal. */
    private static <T> T least(Arithmetic<T> a, T order) {
        return a.select(a.lt(order, a.number(1e-290)), a.number(1e-290), order);
    }

    /** {@code x^p y^q / B(p, q)}, where {@code less = p y - q x} with {@code x + y = 1}. */
    private static <T> T power(Arithmetic<T> a, T p, T q, Two<T> x, Two<T> y, Two<T> less) {
        TwoParts<T> two = new TwoParts<>(a);
        Two<T> both = two.sum(p, q);
        Two<T> byP = two.mul(two.of(p), two.lessLog(two.div(two.negate(less), two.of(p)),
                two.div(two.mul(x, both), two.of(p))));
        Two<T> byQ = two.mul(two.of(q), two.lessLog(two.div(less, two.of(q)),
                two.div(two.mul(y, both), two.of(q))));
        T sum = both.high();
        T scale = a.mul(a.sqrt(p), a.div(a.sqrt(a.div(q, sum)), a.number(ROOT_2PI)));
        T factors = a.div(a.div(Gammas.stirlingFactor(a, sum), Gammas.stirlingFactor(a, p)),
                Gammas.stirlingFactor(a, q));
        return two.timesExp(a.mul(scale, factors), two.negate(two.add(byP, byQ)));
    }

    /**
     * The integral from 0 to x, over the integrand at x, of large p and q. It goes over {@code v = (x - t) / (x y)}.
     * With {@code r(u) = 2 (u - log(1 + u)) / u^2} the integrand is {@code e^-(less v + (p (y v)^2 r(-y v) + q (x v)^2
     * r(x v)) / 2) / ((1 - y v) (1 + x v))}.
     */
    private static <T> T sum(Arithmetic<T> a, T p, T q, T x, T y, T less) {
        TwoParts<T> two = new TwoParts<>(a);
        T one = a.number(1);
        T half = a.number(0.5);
        T below = a.mul(a.mul(p, a.mul(y, y)), half);
        T above = a.mul(a.mul(q, a.mul(x, x)), half);
        T about = end(a, less, a.add(below, above));
        T end = end(a, less, a.fma(above, two.lessLogRatio(a.mul(x, about)), below));
        T middle = a.mul(end, half);
        // A few points at a time: all in a row would be a kernel that takes seconds to compile.
        List<T> whole = a.repeat(ROUNDS, List.of(a.number(0), a.number(0)),
                state -> a.lt(state.get(1), a.number(ROUNDS)), state -> {
                    T round = state.get(1);
                    T sum = state.get(0);
                    for (int i = POINTS.length - 1; i >= POINTS.length - POINTS.length / ROUNDS; i--) {
                        T point = ofRound(a, round, POINTS, i);
                        T pair = a.number(0);
                        for (T each : List.of(point, a.neg(point))) {
                            T v = a.fma(middle, each, middle);
                            T minus = a.neg(a.mul(y, v));
                            T plus = a.mul(x, v);
                            T ratios = a.fma(above, two.lessLogRatio(plus), a.mul(below, two.lessLogRatio(minus)));
                            T exponent = a.mul(v, a.fma(v, ratios, less));
                            T rest = a.mul(a.add(one, minus), a.add(one, plus));
                            pair = a.add(pair, a.div(a.exp(a.neg(exponent)), rest));
                        }
                        sum = a.fma(pair, ofRound(a, round, WEIGHTS, i), sum);
                    }
                    return List.of(sum, a.add(round, one));
                });
        return a.mul(whole.get(0), end);
    }

    /** The number that a round takes where the first one takes that at i; later rounds take those before. */
    private static <T> T ofRound(Arithmetic<T> a, T round, double[] numbers, int i) {
        T number = a.number(numbers[i]);
        for (int other = 1; other < ROUNDS; other++) {
            T later = a.number(numbers[i - other * (numbers.length / ROUNDS)]);
            number = a.select(a.lt(round, a.number(other)), number, later);
        }
        return number;
    }

    /** The v where {@code slope v + bend v^2} is {@link #LAST}. */
    private static <T> T end(Arithmetic<T> a, T slope, T bend) {
        T root = a.sqrt(a.fma(slope, slope, a.mul(bend, a.number(4 * LAST))));
        return a.div(a.number(2 * LAST), a.add(slope, root));
    }

    /** The continued fraction whose product with the power is the integral from 0 to x, by Steed's algorithm. */
    private static <T> T fraction(Arithmetic<T> a, T p, T q, Two<T> x, Two<T> y, Two<T> less) {
        T one = a.number(1);
        T two = a.number(2);
        T near = x.high();
        T square = a.mul(near, near);
        // b0 = p (p - (p + q) x + 1) / (p + 1), where the difference is p y - q x.
        T b = a.div(a.mul(p, a.add(less.high(), one)), a.add(p, one));
        T d = a.div(one, b);
        List<T> end = a.repeat(STEPS, List.of(d, d, d, one),
                state -> a.not(a.isNegligible(state.get(1), state.get(0))), state -> {
                    T n = state.get(3);
                    T twice = a.mul(two, n);
                    T before = a.sub(a.add(p, twice), one);
                    T past = a.sub(n, one);
                    T growth = a.div(a.mul(a.add(p, past), a.add(a.add(p, q), past)), before);
                    T share = a.div(a.mul(n, a.sub(q, n)), before);
                    T numerator = a.mul(growth, a.mul(share, square));
                    T left = a.mul(share, near);
                    T inner = a.fma(n, a.add(one, y.high()), a.add(less.high(), one));
                    T right = a.div(a.mul(a.add(p, n), inner), a.add(a.add(p, twice), one));
                    T next = a.add(a.add(n, left), right);
                    T old = state.get(2);
                    T inverse = a.div(one, a.fma(numerator, old, next));
                    T change = a.neg(a.mul(state.get(1), a.mul(numerator, a.mul(old, inverse))));
                    return List.of(a.add(state.get(0), change), change, inverse, a.add(n, one));
                });
        return a.select(a.isNegligible(end.get(1), end.get(0)), end.get(0), a.number(Double.NaN));
    }
}
