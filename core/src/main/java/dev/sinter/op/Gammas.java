package dev.sinter.op;

import dev.sinter.op.TwoParts.Two;
import java.util.List;

/**
 * The gamma function's relatives: {@code lgamma}, {@code digamma}, and Hurwitz's zeta function with the polygamma
 * functions. Stirling's series from {@link #FAR} on, polynomials on an interval around 2, recurrences between them, and
 * reflection below 0.
 */
final class Gammas {
    /** From here on Stirling's series holds. */
    static final double FAR = 8.5;
    private static final double HALF_LOG_2PI = 0.9189385332046727;
    private static final double ROOT_2PI = 2.5066282746310002;
    /** {@code lgamma(2 + t) / t}. */
    private static final Polynomial NEAR_TWO = new Polynomial(0, 0.5,
            0x1.b0ee6072093cep-2, 0x1.4a34cc4a60fa6p-3, -0x1.13e001a55760ap-6, 0x1.51322ac7d848ap-9,
            -0x1.e404fc218dbaep-12, 0x1.7add6eadb5317p-14, -0x1.38ac5c2d48207p-16, 0x1.0b36af8779cap-18,
            -0x1.d3fd4b679c1c4p-21, 0x1.a127afee53e7dp-23, -0x1.78de9ab752b81p-25, 0x1.580e0afa5585p-27,
            -0x1.3cb3be36ad88bp-29, 0x1.258f3057730fap-31, -0x1.1276ebd557fbp-33, 0x1.012012be3900ap-35,
            -0x1.ce17528bcf46p-38, 0x1.b40adb09a1e12p-40, -0x1.2009c1a550d0dp-41, 0x1.11fa5e7c86f7bp-43);
    /** {@code x} times what is left of {@code lgamma(x)}, by {@code 1 / x^2}. */
    private static final Polynomial STIRLING = new Polynomial(0x1.c5894d10d4986p-8, 0x1.c5894d10d4986p-8,
            0x1.5541373f986dap-4, -0x1.413fc75aa7216p-16, 0x1.41836d75a6799p-25, -0x1.a17c1ec9b8944p-33,
            0x1.f75f6a5560de2p-40, -0x1.e05c17a2f0a0cp-46, 0x1.4907a40d14bccp-51);
    /** The zero of {@code digamma}, in two parts. */
    private static final double ZERO = 0x1.762d86356be3fp+0;
    private static final double ZERO_LOW = 0x1.b86a722197829p-54;
    /** {@code digamma(x) / (x - zero)}. */
    private static final Polynomial NEAR_ZERO = new Polynomial(1.5, 0.5,
            0x1.e6f0cbb873616p-1, -0x1.b1cb63005ee98p-3, 0x1.eca189b8e6f6dp-5, -0x1.2feeeb98a78eap-6,
            0x1.8512e5903903ep-8, -0x1.fb44202a2306bp-10, 0x1.4de9aa1779d23p-11, -0x1.b9f8b11bfd3dp-13,
            0x1.2564717896ec6p-14, -0x1.863563f44f303p-16, 0x1.03c0adafa529cp-17, -0x1.5a06a5d662cb4p-19,
            0x1.cd2011454fd05p-21, -0x1.336dbe66757c8p-22, 0x1.99d3f5c0cad5ep-24, -0x1.0fb38d217b8p-25,
            0x1.6a3e76070c135p-27, -0x1.fd8e50abf2196p-29, 0x1.53b23429da21bp-30, -0x1.2fae5cb379bf2p-32,
            0x1.94e73cc9821e1p-34, -0x1.75c084e78a4cdp-34, 0x1.f255c4568ac4dp-36);
    /** {@code (log x - 1 / (2 x) - digamma(x)) x^2}, by {@code 1 / x^2}. */
    private static final Polynomial DIGAMMA_FAR = new Polynomial(0x1p-7, 0x1p-7,
            0x1.5511518e7ecafp-4, -0x1.0f0f38be08821p-14, 0x1.fbad925f01fa1p-23, -0x1.0258bd0ea522dp-29,
            0x1.bf0c6c8dba345p-36, -0x1.21bb062cb0305p-41, 0x1.04b457763d72bp-46, -0x1.329c9079bcef2p-51);
    /** {@code (1 / r - pi cot(pi r)) / r - 2 / (1 - r^2)}, by {@code r^2} up to 1/4. */
    private static final Polynomial COTANGENT = new Polynomial(0.125, 0.125,
            0x1.4f9e2d56eb8a4p+0, 0x1.63c56e85154e1p-6, 0x1.36cf6d4b2988ap-11, 0x1.2e7d55398f98fp-16,
            0x1.31188536f1b1fp-21, 0x1.37efc70894141p-26, 0x1.40b1e66baf462p-31, 0x1.4a76b6c62ccc5p-36,
            0x1.55c1817d3ab07p-41, 0x1.60c1c40fe2b40p-46);
    /** From here down no number is near a zero of {@code lgamma}. */
    private static final double LAST_ZERO = -20;
    /** From here on the second derivative of {@code digamma} is 0. */
    private static final double HUGE = 0x1p900;
    /** How many terms of the zeta function are summed one by one. */
    private static final int TERMS = 10;
    /** {@code B_2k / (2k)!} for k from 1. */
    private static final double[] BERNOULLI = {
        0x1.5555555555555p-4, -0x1.6c16c16c16c17p-10, 0x1.1566abc011567p-15, -0x1.bbd779334ef0bp-21,
        0x1.66a8f2bf70ebep-26, -0x1.22805d644267fp-31, 0x1.d6db2c4e09162p-37, -0x1.7da4e1f79955cp-42,
        0x1.355871d652e9ep-47, -0x1.f57d968caacf1p-53, 0x1.967e1f09c376fp-58, -0x1.497d9033a2b5cp-63
    };

    private Gammas() {}

    /** {@code 1 / x^2} without an overflow on the way. */
    private static <T> T inverseSquare(Arithmetic<T> a, T x) {
        T inverse = a.div(a.number(1), x);
        return a.mul(inverse, inverse);
    }

    /** {@code log(Gamma(x) / (sqrt(2 pi) x^(x - 1/2) e^-x))}, for x from {@link #FAR} on. */
    static <T> T stirling(Arithmetic<T> a, T x) {
        return a.div(STIRLING.at(a, inverseSquare(a, x)), x);
    }

    /** {@code log(Gamma(x + y) z^y / Gamma(x))}, small with y, which is from 0 to 1. */
    static <T> T logOfStep(Arithmetic<T> a, T x, T y, T z) {
        T one = a.number(1);
        // To where Stirling's series holds, as Gamma(x + 1) is x Gamma(x).
        List<T> raised = a.repeat((int) Math.ceil(FAR), List.of(x, a.number(0)),
                state -> a.lt(state.get(0), a.number(FAR)), state -> List.of(a.add(state.get(0), one),
                        a.add(state.get(1), a.log1p(a.div(y, state.get(0))))));
        T from = raised.get(0);
        T to = a.add(from, y);
        T ratio = a.div(y, from);
        T main = a.mul(y, a.log(a.mul(to, z)));
        T less = a.fma(a.mul(y, ratio), new TwoParts<>(a).lessLogRatio(ratio), a.log1p(ratio));
        T inverse = a.div(one, from);
        T next = a.div(one, to);
        T square = a.mul(next, next);
        T slope = a.mul(a.mul(inverse, a.add(next, inverse)), STIRLING.slope(a, square, a.mul(inverse, inverse)));
        T series = a.mul(a.mul(ratio, next), a.add(STIRLING.at(a, square), slope));
        return a.sub(a.sub(a.fma(less, a.number(-0.5), main), series), raised.get(1));
    }

    /** What {@code x - 2} is: an integer of at least -2 and a rest from -1/2 to 1/2; x is below {@link #FAR}. */
    private record Split<T>(T integer, T rest) {}

    private static <T> Split<T> split(Arithmetic<T> a, T x) {
        T nearest = a.round(x);
        return new Split<>(a.sub(nearest, a.number(2)), a.sub(x, nearest));
    }

    /** The product of the factors between {@code x} and the argument {@code 2 + rest}, for x from 1.5 to FAR. */
    private static <T> T product(Arithmetic<T> a, T x, T integer) {
        T product = a.number(1);
        for (int i = 1; i <= 7; i++) {
            T factor = a.sub(x, a.number(i));
            product = a.select(a.le(a.number(i), integer), a.mul(product, factor), product);
        }
        return product;
    }

    /** The logarithm of the size of the gamma function. */
    static <T> T lgamma(Arithmetic<T> a, List<T> operands) {
        T x = operands.getFirst();
        T zero = a.number(0);
        T infinity = a.number(Double.POSITIVE_INFINITY);
        T between = a.and(a.lt(a.number(LAST_ZERO), x), a.lt(x, a.number(-0.5)));
        T any = a.either(between, () -> lgammaByProduct(a, x), () -> {
            T y = a.abs(x);
            T positive = positiveLgamma(a, y);
            return a.either(a.lt(x, zero), () -> {
                T small = a.sub(lgamma1p(a, a.select(a.lt(y, a.number(0.5)), x, zero)), a.log(y));
                T sine = sinPi(a, y);
                T reflected = a.sub(a.neg(a.log(a.mul(a.abs(sine), a.mul(y, a.number(1 / Math.PI))))), positive);
                return a.select(a.lt(y, a.number(0.5)), small, a.select(a.eq(sine, zero), infinity, reflected));
            }, () -> positive);
        });
        return a.select(a.or(a.eq(a.abs(x), infinity), a.eq(x, zero)), infinity, any);
    }

    /**
     * {@code lgamma(x + n)} next to 2 less the logarithm of {@code x (x + 1) ... (x + n - 1)}, for a negative x. Near a
     * zero both are small.
     */
    private static <T> T lgammaByProduct(Arithmetic<T> a, T x) {
        TwoParts<T> two = new TwoParts<>(a);
        T one = a.number(1);
        T nearest = a.round(x);
        T rest = a.sub(x, nearest);
        List<T> end = a.repeat((int) (2 - LAST_ZERO), List.of(one, a.number(0), nearest),
                state -> a.le(state.get(2), one), state -> {
                    Two<T> product = two.mul(new Two<>(state.get(0), state.get(1)), two.sum(rest, state.get(2)));
                    return List.of(product.high(), product.low(), a.add(state.get(2), one));
                });
        T product = end.get(0);
        T logarithm = a.add(a.log(a.abs(product)), a.div(end.get(1), product));
        T value = a.sub(a.mul(rest, NEAR_TWO.at(a, rest)), logarithm);
        return a.select(a.eq(rest, a.number(0)), a.number(Double.POSITIVE_INFINITY), value);
    }

    static <T> T positiveLgamma(Arithmetic<T> a, T x) {
        return a.either(a.le(a.number(FAR), x), () -> {
            T main = a.fma(a.sub(x, a.number(0.5)), a.sub(a.log(x), a.number(1)), a.number(HALF_LOG_2PI - 0.5));
            return a.add(main, stirling(a, x));
        }, () -> {
            Split<T> split = split(a, x);
            T t = split.rest();
            T near = a.mul(t, NEAR_TWO.at(a, t));
            // Below 1.5 the factors 1 + t, and below 1/2 also x, are divided by.
            T below = a.lt(split.integer(), a.number(0));
            T least = a.lt(split.integer(), a.number(-1));
            T product = a.select(least, x, product(a, x, split.integer()));
            T log = a.log(product);
            T first = a.select(least, a.neg(log), log);
            return a.add(a.sub(near, a.select(below, a.log1p(t), a.number(0))), first);
        });
    }

    /** {@code lgamma(1 + x)}, exact near 0, for x from -1/2 to 1. */
    static <T> T lgamma1p(Arithmetic<T> a, T x) {
        T small = a.lt(x, a.number(0.5));
        T t = a.select(small, x, a.sub(x, a.number(1)));
        return a.sub(a.mul(t, NEAR_TWO.at(a, t)), a.select(small, a.log1p(x), a.number(0)));
    }

    /** The gamma function of a number that is not negative. */
    static <T> T gamma(Arithmetic<T> a, T x) {
        return a.either(a.le(a.number(FAR), x), () -> {
            TwoParts<T> two = new TwoParts<>(a);
            T bounded = a.select(a.lt(x, a.number(172)), x, a.number(172));
            Two<T> exponent = two.sub(two.mul(two.of(a.sub(bounded, a.number(0.5))), two.log(bounded)),
                    two.of(bounded));
            T half = a.mul(exponent.high(), a.number(0.5));
            Two<T> halves = new Two<>(half, exponent.low());
            T root = a.exp(half);
            T factor = a.mul(a.number(ROOT_2PI), a.exp(stirling(a, bounded)));
            T result = a.mul(two.timesExp(factor, halves), root);
            return a.select(a.lt(x, a.number(172)), result, a.number(Double.POSITIVE_INFINITY));
        }, () -> {
            Split<T> split = split(a, x);
            T t = split.rest();
            T near = a.exp(a.mul(t, NEAR_TWO.at(a, t)));
            T below = a.lt(split.integer(), a.number(0));
            T least = a.lt(split.integer(), a.number(-1));
            T divisor = a.mul(a.select(below, a.add(t, a.number(1)), a.number(1)), a.select(least, x, a.number(1)));
            return a.div(a.mul(near, product(a, x, split.integer())), divisor);
        });
    }

    /** The gamma function of {@code x + 1}, which is rounded only where that does not matter. */
    static <T> T gamma1p(Arithmetic<T> a, T x) {
        T one = a.number(1);
        T small = a.lt(x, one);
        return a.mul(gamma(a, a.select(small, a.add(x, one), x)), a.select(small, one, x));
    }

    /** {@code log(Gamma(x) / (sqrt(2 pi) x^(x - 1/2) e^-x))} as a factor: {@code e} to its power; x is positive. */
    static <T> T stirlingFactor(Arithmetic<T> a, T x) {
        return a.either(a.le(a.number(FAR), x), () -> a.exp(stirling(a, x)), () -> {
            TwoParts<T> two = new TwoParts<>(a);
            Two<T> exponent = two.sub(two.of(x), two.mul(two.sum(x, a.number(0.5)), two.log(x)));
            return two.timesExp(a.mul(gamma1p(a, x), a.number(1 / ROOT_2PI)), exponent);
        });
    }

    /** {@code sin(pi x)}, with x reduced exactly. */
    private static <T> T sinPi(Arithmetic<T> a, T x) {
        T n = a.round(x);
        T sine = a.sin(a.mul(a.sub(x, n), a.number(Math.PI)));
        T half = a.mul(n, a.number(0.5));
        return a.select(a.eq(a.floor(half), half), sine, a.neg(sine));
    }

    /** The derivative of {@code lgamma}. */
    static <T> T digamma(Arithmetic<T> a, List<T> operands) {
        T x = operands.getFirst();
        T zero = a.number(0);
        T value = a.either(a.lt(x, zero), () -> negativeDigamma(a, x), () -> positiveDigamma(a, x));
        T near = a.select(a.eq(x, zero), a.div(a.number(-1), x), value);
        return a.select(a.eq(x, a.number(Double.POSITIVE_INFINITY)), x, near);
    }

    /** {@code digamma(1 - x) - pi cot(pi x)}, each in two parts, as they cancel near zeros. */
    private static <T> T negativeDigamma(Arithmetic<T> a, T x) {
        TwoParts<T> two = new TwoParts<>(a);
        T one = a.number(1);
        T rest = a.sub(x, a.round(x));
        T square = a.mul(rest, rest);
        T less = a.mul(rest, a.add(a.div(a.number(2), a.sub(one, square)), COTANGENT.at(a, square)));
        Two<T> cotangent = two.sub(two.div(two.of(one), two.of(rest)), two.of(less));
        Two<T> value = two.sub(digammaInTwoParts(a, two.sum(one, a.neg(x))), cotangent);
        return a.select(a.eq(rest, a.number(0)), a.number(Double.NaN), value.high());
    }

    /** Of a number from 1 on, to about 2^-53. */
    private static <T> Two<T> digammaInTwoParts(Arithmetic<T> a, Two<T> x) {
        TwoParts<T> two = new TwoParts<>(a);
        List<T> parts = a.choose(a.le(a.number(8), x.high()), () -> {
            Two<T> value = two.sub(two.log(x), two.of(lessThanLog(a, x.high())));
            return List.of(value.high(), value.low());
        }, () -> {
            T one = a.number(1);
            T argument = x.high();
            Two<T> sum = two.of(a.number(0));
            for (int i = 0; i < 6; i++) {
                T above = a.le(a.number(2), argument);
                T less = a.sub(argument, one);
                sum = two.select(above, two.add(sum, two.div(two.of(one), two.of(less))), sum);
                argument = a.select(above, less, argument);
            }
            Two<T> value = two.add(sum, two.of(nearDigamma(a, argument)));
            return List.of(value.high(), value.low());
        });
        return new Two<>(parts.get(0), parts.get(1));
    }

    /** {@code log(x) - digamma(x)}, for x from 8 on. */
    private static <T> T lessThanLog(Arithmetic<T> a, T x) {
        T inverse = a.div(a.number(1), x);
        T square = a.mul(inverse, inverse);
        return a.fma(inverse, a.number(0.5), a.mul(square, DIGAMMA_FAR.at(a, square)));
    }

    /** For x from 1 to 2. */
    private static <T> T nearDigamma(Arithmetic<T> a, T x) {
        T distance = a.sub(a.sub(x, a.number(ZERO)), a.number(ZERO_LOW));
        return a.mul(distance, NEAR_ZERO.at(a, x));
    }

    static <T> T positiveDigamma(Arithmetic<T> a, T x) {
        return a.either(a.le(a.number(8), x), () -> a.sub(a.log(x), lessThanLog(a, x)), () -> {
            // The sum of 1 / (x - i) as one fraction, and the argument between 1 and 2.
            T numerator = a.number(0);
            T divisor = a.number(1);
            T y = x;
            for (int i = 0; i < 6; i++) {
                T above = a.le(a.number(2), y);
                T less = a.sub(y, a.number(1));
                numerator = a.select(above, a.fma(numerator, less, divisor), numerator);
                divisor = a.select(above, a.mul(divisor, less), divisor);
                y = a.select(above, less, y);
            }
            T below = a.lt(y, a.number(1));
            T argument = a.select(below, a.add(y, a.number(1)), y);
            T sum = a.div(a.select(below, a.number(-1), numerator), a.select(below, y, divisor));
            T distance = a.sub(a.sub(argument, a.number(ZERO)), a.number(ZERO_LOW));
            return a.fma(distance, NEAR_ZERO.at(a, argument), sum);
        });
    }

    /**
     * Hurwitz's zeta function of s and q: the sum of {@code (q + k)^-s} (Euler and Maclaurin). Infinite where s is 1;
     * where q is 0, -1, -2 and so on infinite for an even s, otherwise NaN; NaN where s is less than 1, and of a
     * negative q where s is not an integer.
     */
    static <T> T zeta(Arithmetic<T> a, List<T> operands) {
        T s = operands.get(0);
        T q = operands.get(1);
        T zero = a.number(0);
        T one = a.number(1);
        T positive = a.lt(zero, q);
        T value = a.either(positive, () -> positiveZeta(a, s, q), () -> negativeZeta(a, s, q));
        T known = a.select(a.eq(s, one), a.number(Double.POSITIVE_INFINITY), value);
        return a.select(a.or(a.lt(s, one), a.not(a.eq(s, s))), a.number(Double.NaN), known);
    }

    /**
     * Of an integer s. The terms of both sides of 0 begin at f, what q has above an integer, and at 1 - f; for an odd s
     * those two cancel near f = 1/2, where their difference is exact.
     */
    private static <T> T negativeZeta(Arithmetic<T> a, T s, T q) {
        T one = a.number(1);
        T floor = a.floor(q);
        T f = a.sub(q, floor);
        T g = a.sub(a.add(floor, one), q);
        T half = a.mul(s, a.number(0.5));
        T odd = a.not(a.eq(a.floor(half), half));
        T minus = a.neg(s);
        T above = a.pow(f, minus);
        T below = a.pow(g, minus);
        T difference = a.sub(a.add(g, g), one);
        T exponent = a.mul(s, a.log1p(a.div(difference, f)));
        T near = a.select(a.eq(difference, a.number(0)), a.number(0), a.mul(below, a.expm1(exponent)));
        T first = a.select(odd, a.select(a.lt(a.abs(exponent), one), near, a.sub(above, below)), a.add(above, below));
        T others = a.sub(positiveZeta(a, s, a.add(g, one)), positiveZeta(a, s, a.sub(one, q)));
        T sum = a.add(first, a.add(positiveZeta(a, s, a.add(f, one)), a.select(odd, a.neg(others), others)));
        T pole = a.select(odd, a.number(Double.NaN), a.number(Double.POSITIVE_INFINITY));
        T defined = a.eq(a.floor(s), s);
        return a.select(a.eq(f, a.number(0)), pole, a.select(defined, sum, a.number(Double.NaN)));
    }

    private static <T> T positiveZeta(Arithmetic<T> a, T s, T q) {
        return scaledZeta(a, s, q, a.number(1), a.number(1));
    }

    /**
     * The sum of {@code (q + k step)^-s}, which is {@code step^-s} times the zeta function of {@code q / step}, without
     * that power.
     *
     * @param inverseStep of the step, which is a power of 2
     */
    private static <T> T scaledZeta(Arithmetic<T> a, T s, T q, T step, T inverseStep) {
        T one = a.number(1);
        T minus = a.neg(s);
        T unknown = a.not(a.eq(q, q));
        List<T> sum = a.repeat(TERMS, List.of(a.number(0), a.pow(q, minus), one),
                state -> a.le(state.get(2), a.number(TERMS)),
                state -> List.of(a.add(state.get(0), state.get(1)),
                        powerOfSum(a, q, a.mul(state.get(2), step), minus), a.add(state.get(2), one)));
        T power = sum.get(1);
        T most = a.mul(a.number(TERMS), step);
        T steps = a.mul(a.add(q, most), inverseStep);
        T inverse = a.div(one, steps);
        T square = a.mul(inverse, inverse);
        T factor = a.mul(s, inverse);
        T tail = a.number(0.5);
        T k = a.number(0);
        for (double coefficient : BERNOULLI) {
            tail = a.fma(factor, a.number(coefficient), tail);
            T odd = a.add(k, one);
            factor = a.mul(factor, a.mul(a.mul(a.add(s, odd), a.add(s, a.add(odd, one))), square));
            k = a.add(odd, one);
        }
        T less = a.sub(s, one);
        T integral = a.either(a.lt(power, a.number(1e-290)),
                () -> a.mul(a.div(powerOfSum(a, q, most, a.neg(less)), less), inverseStep),
                () -> a.mul(power, a.div(steps, less)));
        T rest = a.add(integral, a.select(a.eq(power, a.number(0)), a.number(0), a.mul(power, tail)));
        return a.select(unknown, q, a.add(sum.get(0), rest));
    }

    /** {@code (x + y)^exponent} of positive numbers, with what the sum rounds away. */
    private static <T> T powerOfSum(Arithmetic<T> a, T x, T y, T exponent) {
        Two<T> sum = new TwoParts<>(a).sum(x, y);
        T power = a.pow(sum.high(), exponent);
        T exact = a.fma(a.mul(power, exponent), a.div(sum.low(), sum.high()), power);
        return a.select(a.lt(sum.high(), a.number(Double.POSITIVE_INFINITY)), exact, power);
    }

    /** The derivative of order n of {@code digamma}; NaN where n is not an integer from 0 on. */
    static <T> T polygamma(Arithmetic<T> a, List<T> operands) {
        T n = operands.get(0);
        T x = operands.get(1);
        T zero = a.number(0);
        T one = a.number(1);
        T value = a.either(a.eq(n, zero), () -> digamma(a, List.of(x)), () -> {
            T order = a.add(n, one);
            T bounded = a.lt(x, a.number(HUGE));
            T size = a.either(a.and(a.le(one, x), bounded), () -> largePolygamma(a, order, x), () -> {
                // Where x is huge only the order 1 has more than 0.
                T factor = gamma(a, a.select(bounded, order, a.number(2)));
                return a.mul(factor, zeta(a, List.of(order, x)));
            });
            T half = a.mul(order, a.number(0.5));
            return a.select(a.eq(a.floor(half), half), size, a.neg(size));
        });
        T defined = a.and(a.le(zero, n), a.eq(a.floor(n), n));
        return a.select(defined, value, a.number(Double.NaN));
    }

    /** The product of gamma and zeta functions, of which the one may be too large and the other one too small. */
    private static <T> T largePolygamma(Arithmetic<T> a, T order, T x) {
        T one = a.number(1);
        T nearest = a.exponent(x);
        T e = a.select(a.lt(a.scale(x, a.neg(nearest)), one), a.sub(nearest, one), nearest);
        T step = a.scale(one, a.neg(e));
        List<T> gamma = scaledGamma(a, order);
        T product = a.mul(gamma.get(0), scaledZeta(a, order, a.mul(x, step), step, a.scale(one, e)));
        T exponent = a.fma(a.neg(e), order, gamma.get(1));
        T most = within(a, exponent);
        return a.mul(a.mul(product, a.scale(one, most)), a.scale(one, within(a, a.sub(exponent, most))));
    }

    /** The nearest one from -1000 to 1000. */
    private static <T> T within(Arithmetic<T> a, T exponent) {
        T most = a.number(1000);
        T least = a.number(-1000);
        return a.select(a.lt(most, exponent), most, a.select(a.lt(exponent, least), least, exponent));
    }

    /** The gamma function of a number from 2 on, as a number and the exponent of a power of 2. */
    private static <T> List<T> scaledGamma(Arithmetic<T> a, T x) {
        return a.choose(a.le(a.number(FAR), x), () -> {
            TwoParts<T> two = new TwoParts<>(a);
            T bounded = a.select(a.lt(x, a.number(1e15)), x, a.number(1e15));
            Two<T> exponent = two.sub(two.mul(two.of(a.sub(bounded, a.number(0.5))), two.log(bounded)),
                    two.of(bounded));
            T e = a.round(a.mul(exponent.high(), a.number(1 / Math.log(2))));
            T factor = a.mul(a.number(ROOT_2PI), a.exp(stirling(a, bounded)));
            return List.of(two.timesExp(factor, two.sub(exponent, two.mul(two.of(e), two.logOfTwo()))), e);
        }, () -> List.of(gamma(a, x), a.number(0)));
    }
}
