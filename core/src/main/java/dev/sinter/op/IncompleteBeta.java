package dev.sinter.op;

import dev.sinter.op.TwoParts.Two;
import java.util.List;

/**
 * The regularised incomplete beta function of a, b and x: a continued fraction (Didonato and Morris, 1992) of the
 * smaller one of the two tails, times a power whose exponent is known in two parts. NaN where the fraction has too many
 * terms, which it has for a and b from about 10^8 on.
 */
final class IncompleteBeta {
    private static final int STEPS = 10_000;
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
        T tail = a.mul(power(a, first, second, near, far, less), fraction(a, first, second, near, far, less));
        // What is so narrow that no number lies in it is a step.
        T step = a.select(a.eq(excess.high(), zero), a.number(0.5), a.select(swapped, one, zero));
        T narrow = a.lt(a.number(NARROW), a.add(p, q));
        T value = a.select(narrow, step, a.select(swapped, a.sub(one, tail), tail));
        return a.select(inside, value, a.select(defined, givenX, a.number(Double.NaN)));
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
