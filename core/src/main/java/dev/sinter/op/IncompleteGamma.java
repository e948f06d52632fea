package dev.sinter.op;

import dev.sinter.op.TwoParts.Two;
import java.util.List;

/**
 * The regularised incomplete gamma functions P and Q of a and x: near x = a, for a large a, Temme's uniform expansion
 * (1979); a series below, a continued fraction above. The exponent of what they have in common is known in two parts,
 * so that it costs no accuracy where it is large.
 */
final class IncompleteGamma {
    /** From here on, near x = a, the uniform expansion holds. */
    private static final double LARGE = 20;
    /** How near: {@code |x - a| / a}. */
    private static final double NEAR = 0.4;
    private static final int STEPS = 250;
    private static final double ROOT_2PI = 2.5066282746310002;
    /** {@code (1 + 2 y) e^(y^2) erfc(y)} by {@code (y - 3.75) / (y + 3.75)}. */
    private static final Polynomial SCALED_ERFC = new Polynomial(-0x1.4f8b588e3p-18, 0.999995,
            0x1.3ccdac797acd8p+0, -0x1.1f361d368a79bp-3, 0x1.d5c7f735c204ap-9, 0x1.510266a91ef34p-4,
            -0x1.bda953e841478p-4, 0x1.7a1385c1f8459p-4, -0x1.e0cf5e0be7d59p-5, 0x1.d0ad7c38ea34p-6,
            -0x1.3f5da0a73d53ep-7, 0x1.cc33c4f5c7826p-10, 0x1.33fb7eb272e8bp-12, -0x1.303c30edeb792p-12,
            0x1.b13a0ecbd760cp-15, 0x1.7788c57e7ff86p-16, -0x1.7ffb3f22fcc2bp-17, -0x1.055b45613f3p-20,
            0x1.d6473865a0ac1p-20, -0x1.eb3d8e3a1a338p-25, -0x1.1631073f5427ep-22, 0x1.8f88859e57862p-26,
            0x1.4eae83b8fc98ap-25, -0x1.0131132643e5ap-28, -0x1.6b197bae2c8b7p-28, 0x1.55e45c76ef50ep-32,
            0x1.e794a1da36415p-32);
    /** The coefficients of powers of 1 / a, each a polynomial of Temme's eta. */
    private static final Polynomial[] TEMME = {
        new Polynomial(0, 1, -0x1.5555555555555p-2, 0x1.5555555555555p-4, -0x1.e573ac901e574p-7,
            0x1.2f684bda12f68p-10, 0x1.71de3a556c734p-12, -0x1.76e06fec7273bp-13, 0x1.48c5892f7cd83p-15,
            -0x1.255370652afc1p-19, -0x1.f1b22f594c6b5p-20, 0x1.bd6d21e4b4109p-21, -0x1.7b5f9a2d0465cp-23,
            0x1.ccf5ceb7f0d9fp-28, 0x1.6097d55c37c1cp-27, -0x1.2d2197c7a2faap-28, 0x1.f6e66d24d5c8ap-31,
            -0x1.c0d9b6edf2b0bp-36, -0x1.0070a87340428p-34, 0x1.ac9475c463659p-36, -0x1.61ca701fd754ap-38),
        new Polynomial(0, 1, -0x1.e573ac901e574p-10, -0x1.c71c71c71c71cp-9, 0x1.5ac056b015acp-9,
            -0x1.0394f6f09e723p-10, 0x1.af83440e53dbcp-13, -0x1.af83440e53dbcp-22, -0x1.2fa4ae89e5afp-16,
            0x1.00a9cabd6b83ep-17, -0x1.b0bdfcc629cbap-20, 0x1.3f59230a8357cp-28, 0x1.280f2cde3f847p-23,
            -0x1.ee23d0cba8aeep-25, 0x1.9aa7a30de114cp-27, -0x1.349fbca3a377bp-36, -0x1.1564ecff73d58p-30,
            0x1.c9b434bf3c34ep-32, -0x1.78a5056f8ce45p-34),
        new Polynomial(0, 1, 0x1.0ee643b990ee6p-8, -0x1.5f7268edab4c8p-9, 0x1.948b0fcd6e9ep-11, 0x1.0db20a88f4696p-19,
            -0x1.c253efaa1a932p-14, 0x1.bbf43daf4fe53p-15, -0x1.ac2d05890f2c3p-17, 0x1.26154ae39151dp-25,
            0x1.7058929663937p-20, -0x1.522cb05171911p-21, 0x1.32ac81c15d3d7p-23, -0x1.c24bd0e740a6cp-33,
            -0x1.e437343a46f5dp-27, 0x1.ac0d455e2536p-28, -0x1.77c5829460139p-30),
        new Polynomial(0, 1, 0x1.547d93b34e2b6p-11, 0x1.e13ce465fa859p-13, -0x1.ebfb188b7cap-12,
            0x1.18b9b5bf2d984p-12, -0x1.3d2a3a29b5d9dp-14, -0x1.0152a1871f27ap-22, 0x1.73df462204ef4p-17,
            -0x1.7cd6f27b3f02p-18, 0x1.7e0201539310ep-20, -0x1.ea23269c140a7p-36, -0x1.6c2dcffbefeefp-23,
            0x1.5bde8ef4c4dc7p-24, -0x1.4853ced169327p-26, 0x1.50c3f0dd501ebp-39, 0x1.1b66a39794ba9p-29),
        new Polynomial(0, 1, -0x1.c3e0b02da7bf9p-11, 0x1.9b0ff6874f2c4p-11, -0x1.3999a85a4237ap-12,
            -0x1.88f2ae1def9dp-20, 0x1.16908b48ce058p-14, -0x1.4ce3fd902bcadp-15, 0x1.7db4c02846e81p-17,
            0x1.13b3c5b7cb45ep-32, -0x1.c71c074985d3fp-20, 0x1.de37d9f09164cp-21, -0x1.ec676cf33153cp-23,
            0x1.041515bab6adap-35, 0x1.efe94304ac16bp-26, -0x1.e78e449f4e3bep-27),
        new Polynomial(0, 1, -0x1.6128ac5a4fa71p-12, -0x1.247604839c038p-14, 0x1.22be87360ef1fp-12,
            -0x1.a2042c5148e27p-13, 0x1.1d1e9cb24760bp-14, 0x1.30bdcf208080ep-23, -0x1.c823fc1b3cc36p-17,
            0x1.0d0e229150428p-17, -0x1.338eb19652fd9p-19, -0x1.659cfde0bb2ebp-32, 0x1.741504e5c87c2p-22,
            -0x1.8c267becd0c0fp-23),
        new Polynomial(0, 1, 0x1.168ef1b0931c8p-11, -0x1.36773bdb97b48p-11, 0x1.1c0950d3ecb9dp-12,
            0x1.a8411da6cab49p-21, -0x1.5600945495b37p-14, 0x1.d6bdf83130dc1p-15, -0x1.3382f4cf48618p-16,
            -0x1.a74243fa27729p-29, 0x1.d115d4f5dcc68p-19, -0x1.10587854fcb37p-19, 0x1.36c8903447d35p-21),
        new Polynomial(0, 1, 0x1.691879c01efb4p-12, 0x1.b1d75d3346711p-15, -0x1.5f3385098cebfp-12,
            0x1.26eeb5ece1d9fp-12, -0x1.cc642787368cep-14, -0x1.119c70312e0a2p-23, 0x1.d179830b113abp-16,
            -0x1.3269164e3e304p-16, 0x1.8467d794bd7f2p-18),
        new Polynomial(0, 1, -0x1.5629b3187b744p-11, 0x1.b8239c670e69p-11, -0x1.cb967b4446107p-12,
            -0x1.762676b30cfd6p-21, 0x1.5d1157082916dp-13, -0x1.0c16fcea7ddb2p-13, 0x1.84637d3f583cdp-15),
        new Polynomial(0, 1, -0x1.38dff1cc96982p-11, -0x1.2e31f9b7913eap-14, 0x1.63969bb825829p-11,
            -0x1.4f9f2582dd0a5p-11, 0x1.22fb20c28e8ap-12),
        new Polynomial(0, 1, 0x1.5d4ae684527bfp-10, -0x1.f5dbcaf756cdep-10, 0x1.22b37f1b46951p-10),
        new Polynomial(0, 1, 0x1.9e1dba8ec5904p-10)
    };

    private IncompleteGamma() {}

    /** P and Q. */
    private record Both<T>(T lower, T upper) {}

    /** P: the integral of {@code t^(a-1) e^-t / Gamma(a)} from 0 to x. NaN where a is not positive or x is negative. */
    static <T> T lower(Arithmetic<T> a, List<T> operands) {
        return both(a, operands.get(0), operands.get(1)).lower();
    }

    /** Q: the integral of {@code t^(a-1) e^-t / Gamma(a)} from x on. NaN where a is not positive or x is negative. */
    static <T> T upper(Arithmetic<T> a, List<T> operands) {
        return both(a, operands.get(0), operands.get(1)).upper();
    }

    /** The derivative of P by a. */
    static <T> T lowerByA(Arithmetic<T> a, List<T> operands) {
        DualArithmetic<T> duals = new DualArithmetic<>(a);
        T x = operands.get(1);
        T inside = a.and(a.lt(a.number(0), x), a.lt(x, a.number(Double.POSITIVE_INFINITY)));
        T usable = a.select(inside, x, a.number(1));
        Both<DualArithmetic.Dual<T>> both = both(duals, duals.variable(operands.get(0)), duals.constant(usable));
        // Each is the better one where it is computed, and the other is 1 less it.
        T slope = both.lower().slope();
        T edge = a.select(a.or(a.lt(x, a.number(0)), a.not(a.eq(x, x))), a.number(Double.NaN), a.number(0));
        return a.select(inside, slope, edge);
    }

    private static <T> Both<T> both(Arithmetic<T> a, T s, T givenX) {
        T zero = a.number(0);
        T one = a.number(1);
        T infinity = a.number(Double.POSITIVE_INFINITY);
        T defined = a.and(a.lt(zero, s), a.le(zero, givenX));
        T inside = a.and(a.and(defined, a.lt(s, infinity)), a.and(a.lt(zero, givenX), a.lt(givenX, infinity)));
        T order = a.select(inside, s, one);
        T x = a.select(inside, givenX, one);
        TwoParts<T> two = new TwoParts<>(a);
        Two<T> mu = two.div(two.sum(x, a.neg(order)), two.of(order));
        T near = a.and(a.le(a.number(LARGE), order), a.lt(a.abs(mu.high()), a.number(NEAR)));
        List<T> values = a.choose(near, () -> uniform(a, order, mu), () -> {
            T common = common(a, order, x, mu);
            T above = a.and(a.lt(a.number(1.1), x), a.lt(order, x));
            return a.choose(above, () -> {
                T upper = a.mul(a.mul(common, order), fraction(a, order, x));
                return List.of(a.sub(one, upper), upper);
            }, () -> {
                T small = a.and(a.lt(order, one), a.le(x, a.number(1.1)));
                T lower = a.mul(common, series(a, order, x));
                T upper = a.either(small, () -> smallUpper(a, order, x), () -> a.sub(one, lower));
                return List.of(lower, upper);
            });
        });
        // Outside: 0 at x = 0 and for an infinite a, 1 at an infinite x.
        T nothing = a.lt(givenX, infinity);
        T lower = a.select(inside, values.get(0), a.select(nothing, zero, one));
        T upper = a.select(inside, values.get(1), a.select(nothing, one, zero));
        T nan = a.number(Double.NaN);
        return new Both<>(a.select(defined, lower, nan), a.select(defined, upper, nan));
    }

    /** {@code x^a e^-x / Gamma(a + 1)}. */
    private static <T> T common(Arithmetic<T> a, T order, T x, Two<T> mu) {
        TwoParts<T> two = new TwoParts<>(a);
        return a.either(a.le(a.number(Gammas.FAR), order), () -> {
            Two<T> exponent = two.negate(two.mul(two.of(order), two.lessLog(mu, two.div(two.of(x), two.of(order)))));
            T divisor = a.mul(a.mul(a.sqrt(order), a.number(ROOT_2PI)), a.exp(Gammas.stirling(a, order)));
            return two.timesExp(a.div(a.number(1), divisor), exponent);
        }, () -> {
            Two<T> exponent = two.sub(two.mul(two.of(order), two.log(x)), two.of(x));
            return two.timesExp(a.div(a.number(1), Gammas.gamma1p(a, order)), exponent);
        });
    }

    /** {@code 1 + x / (a + 1) + x^2 / ((a + 1) (a + 2)) + ...}. */
    private static <T> T series(Arithmetic<T> a, T order, T x) {
        T one = a.number(1);
        TwoParts<T> two = new TwoParts<>(a);
        List<T> end = a.repeat(STEPS, List.of(one, one, order, a.number(0)),
                state -> a.not(a.isNegligible(state.get(1), state.get(0))), state -> {
                    T next = a.add(state.get(2), one);
                    T term = a.mul(state.get(1), a.div(x, next));
                    Two<T> sum = two.sum(state.get(0), term);
                    return List.of(sum.high(), term, next, a.add(state.get(3), sum.low()));
                });
        return a.add(end.get(0), end.get(3));
    }

    /** Legendre's continued fraction, {@code 1 / (x + 1 - a - (1 - a) / (x + 3 - a - ...))}, by Steed's algorithm. */
    private static <T> T fraction(Arithmetic<T> a, T order, T x) {
        T one = a.number(1);
        T two = a.number(2);
        T b = a.add(a.sub(x, order), one);
        T d = a.div(one, b);
        List<T> end = a.repeat(STEPS, List.of(d, d, d, b, one),
                state -> a.not(a.isNegligible(state.get(1), state.get(0))), state -> {
                    T i = state.get(4);
                    T numerator = a.mul(a.neg(i), a.sub(i, order));
                    T next = a.add(state.get(3), two);
                    T old = state.get(2);
                    T inverse = a.div(one, a.fma(numerator, old, next));
                    T change = a.neg(a.mul(state.get(1), a.mul(numerator, a.mul(old, inverse))));
                    return List.of(a.add(state.get(0), change), change, inverse, next, a.add(i, one));
                });
        return end.get(0);
    }

    /** Q of a below 1 and x up to 1.1: what the power and its series leave of 1, each exact where a is near 0. */
    private static <T> T smallUpper(Arithmetic<T> a, T order, T x) {
        T one = a.number(1);
        List<T> end = a.repeat(STEPS, List.of(a.number(0), one, one),
                state -> a.not(a.isNegligible(state.get(1), state.get(0))), state -> {
                    T n = state.get(2);
                    T power = a.neg(a.mul(state.get(1), a.div(x, n)));
                    return List.of(a.add(state.get(0), a.div(power, a.add(order, n))), power, a.add(n, one));
                });
        T half = a.lt(order, a.number(0.5));
        T logarithm = a.select(half, Gammas.lgamma1p(a, a.select(half, order, a.number(0))),
                Gammas.positiveLgamma(a, a.add(order, one)));
        T exponent = a.sub(a.mul(order, a.log(x)), logarithm);
        T first = a.neg(a.expm1(exponent));
        return a.sub(first, a.mul(a.mul(order, a.exp(exponent)), end.get(0)));
    }

    /** {@code e^(y^2) erfc(y)} for y from 0 on. */
    private static <T> T scaledErfc(Arithmetic<T> a, T y) {
        T centre = a.number(3.75);
        T t = a.div(a.sub(y, centre), a.add(y, centre));
        return a.div(SCALED_ERFC.at(a, t), a.fma(y, a.number(2), a.number(1)));
    }

    /** P and Q near x = a, for a large a. */
    private static <T> List<T> uniform(Arithmetic<T> a, T order, Two<T> mu) {
        TwoParts<T> two = new TwoParts<>(a);
        T one = a.number(1);
        Two<T> exponent = two.mul(two.of(order), two.lessLog(mu, mu));
        T below = a.lt(mu.high(), a.number(0));
        T eta = a.mul(mu.high(), a.sqrt(two.lessLogRatio(mu.high())));
        T inverse = a.div(one, order);
        T sum = a.number(0);
        for (int k = TEMME.length - 1; k >= 0; k--) {
            sum = a.fma(sum, inverse, TEMME[k].at(a, eta));
        }
        T distance = a.mul(a.abs(eta), a.sqrt(a.mul(order, a.number(0.5))));
        T tail = a.mul(scaledErfc(a, distance), a.number(0.5));
        T rest = a.div(sum, a.mul(a.sqrt(order), a.number(ROOT_2PI)));
        T less = two.timesExp(a.add(tail, a.select(below, a.neg(rest), rest)), two.negate(exponent));
        T more = a.sub(one, less);
        return List.of(a.select(below, less, more), a.select(below, more, less));
    }
}
