package dev.sinter.op;

/**
 * Sums of two numbers that stand for one of about twice the precision (Dekker, 1971), and the logarithm as such a sum.
 *
 * @param <T> the numbers
 */
record TwoParts<T>(Arithmetic<T> a) {
    /** {@code 1 / 5 + z / 7 + z^2 / 9 + ...}. */
    private static final Polynomial ATANH = new Polynomial(0, 1,
            0x1.999999999999ap-3, 0x1.2492492492492p-3, 0x1.c71c71c71c71cp-4, 0x1.745d1745d1746p-4,
            0x1.3b13b13b13b14p-4, 0x1.1111111111111p-4, 0x1.e1e1e1e1e1e1ep-5, 0x1.af286bca1af28p-5,
            0x1.8618618618618p-5, 0x1.642c8590b2164p-5, 0x1.47ae147ae147bp-5, 0x1.2f684bda12f68p-5,
            0x1.1a7b9611a7b96p-5, 0x1.0842108421084p-5, 0x1.f07c1f07c1f08p-6, 0x1.d41d41d41d41dp-6,
            0x1.bacf914c1badp-6);
    private static final double THIRD = 1.0 / 3;
    private static final double THIRD_LOW = 0x1.5555555555555p-56;
    private static final double LOG_2_HIGH = 0x1.62e42fefa39efp-1;
    private static final double LOG_2_LOW = 0x1.abc9e3b39803fp-56;

    /** A number as a high part and what that rounds away. */
    record Two<T>(T high, T low) {}

    Two<T> of(T x) {
        return new Two<>(x, a.number(0));
    }

    Two<T> of(double high, double low) {
        return new Two<>(a.number(high), a.number(low));
    }

    Two<T> sum(T x, T y) {
        T sum = a.add(x, y);
        T other = a.sub(sum, x);
        return new Two<>(sum, a.add(a.sub(x, a.sub(sum, other)), a.sub(y, other)));
    }

    /** The sum of a number and a smaller one. */
    private Two<T> normal(T high, T low) {
        T sum = a.add(high, low);
        return new Two<>(sum, a.sub(low, a.sub(sum, high)));
    }

    Two<T> product(T x, T y) {
        T product = a.mul(x, y);
        return new Two<>(product, a.fma(x, y, a.neg(product)));
    }

    Two<T> add(Two<T> x, Two<T> y) {
        Two<T> high = sum(x.high(), y.high());
        return normal(high.high(), a.add(high.low(), a.add(x.low(), y.low())));
    }

    Two<T> negate(Two<T> x) {
        return new Two<>(a.neg(x.high()), a.neg(x.low()));
    }

    Two<T> sub(Two<T> x, Two<T> y) {
        return add(x, negate(y));
    }

    Two<T> mul(Two<T> x, Two<T> y) {
        Two<T> high = product(x.high(), y.high());
        return normal(high.high(), a.add(high.low(), a.fma(x.high(), y.low(), a.mul(x.low(), y.high()))));
    }

    Two<T> div(Two<T> x, Two<T> y) {
        T high = a.div(x.high(), y.high());
        T rest = a.add(a.fma(a.neg(high), y.high(), x.high()), a.fma(a.neg(high), y.low(), x.low()));
        return normal(high, a.div(rest, y.high()));
    }

    Two<T> select(T condition, Two<T> x, Two<T> y) {
        return new Two<>(a.select(condition, x.high(), y.high()), a.select(condition, x.low(), y.low()));
    }

    /** {@code factor e^x}. */
    T timesExp(T factor, Two<T> x) {
        return a.mul(a.exp(x.high()), a.fma(factor, x.low(), factor));
    }

    /** {@code 2 (x - log(1 + x)) / x^2}, in one part, for |x| up to 1/2. */
    T lessLogRatio(T x) {
        T inverse = a.div(a.number(1), a.add(x, a.number(2)));
        T s = a.mul(x, inverse);
        T square = a.mul(s, s);
        T rest = a.fma(square, ATANH.at(a, square), a.number(THIRD));
        T cube = a.mul(a.mul(a.mul(s, inverse), inverse), a.mul(rest, a.number(-4)));
        return a.fma(inverse, a.number(2), cube);
    }

    /** {@code (atanh(s) - s) / s^3 = 1/3 + s^2 / 5 + ...}, for |s| up to 1/3. */
    private Two<T> atanhRest(Two<T> square) {
        T rest = a.mul(square.high(), ATANH.at(a, square.high()));
        return add(of(THIRD, THIRD_LOW), of(rest));
    }

    Two<T> logOfTwo() {
        return of(LOG_2_HIGH, LOG_2_LOW);
    }

    /** The logarithm of a positive finite number. */
    Two<T> log(T x) {
        T e = a.exponent(x);
        T m = a.scale(x, a.neg(e));
        Two<T> fraction = of(a.sub(m, a.number(1)));
        Two<T> s = div(fraction, sum(m, a.number(1)));
        Two<T> square = mul(s, s);
        Two<T> cube = mul(mul(s, square), atanhRest(square));
        Two<T> half = add(s, cube);
        Two<T> log = new Two<>(a.add(half.high(), half.high()), a.add(half.low(), half.low()));
        return add(mul(of(e), logOfTwo()), log);
    }

    /** The logarithm of a positive finite number in two parts. */
    Two<T> log(Two<T> x) {
        Two<T> high = log(x.high());
        return normal(high.high(), a.add(high.low(), a.div(x.low(), x.high())));
    }

    /** {@code x - log(y)} for {@code y = 1 + x}, which is never negative. */
    Two<T> lessLog(Two<T> x, Two<T> y) {
        T near = a.lt(a.abs(x.high()), a.number(0.5));
        Two<T> small = select(near, x, of(0.25, 0));
        Two<T> s = div(small, add(of(2, 0), small));
        Two<T> square = mul(s, s);
        Two<T> cube = mul(mul(s, square), atanhRest(square));
        Two<T> double3 = new Two<>(a.add(cube.high(), cube.high()), a.add(cube.low(), cube.low()));
        Two<T> byPolynomial = sub(mul(small, s), double3);
        Two<T> whole = select(near, of(1, 0), y);
        return select(near, byPolynomial, sub(x, log(whole)));
    }
}
