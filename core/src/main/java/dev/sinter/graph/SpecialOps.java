package dev.sinter.graph;

import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import java.util.List;

/** The special functions of {@code tf.math}; users find them in {@link Ops}, further ones in {@link Special}. */
abstract sealed class SpecialOps extends MathOps permits Ops {
    SpecialOps() {}

    /** The logarithm of the size of the gamma function; infinite at its poles. */
    public static Tensor lgamma(Operand x) {
        return unary("lgamma", ScalarFn.LGAMMA, x);
    }

    /** The derivative of {@link #lgamma}; NaN at the poles below 0. */
    public static Tensor digamma(Operand x) {
        return unary("digamma", ScalarFn.DIGAMMA, x);
    }

    /**
     * The derivative of {@link #digamma} of an order; NaN where that is not an integer from 0 on.
     *
     * @param order integers, in the dtype of x; no gradient flows to it
     */
    public static Tensor polygamma(Operand order, Operand x) {
        return Composer.tensor("polygamma", c -> {
            c.label("order", "x");
            return c.mapBroadcast(ScalarFn.POLYGAMMA, c.in(0), c.in(1));
        }, order, x);
    }

    /**
     * Hurwitz's zeta function: the sum of {@code (q + k)^-s} for k from 0 on. Infinite where s is 1, and
     * where q is 0, -1, -2 and so on for an even s, NaN for another one; NaN where s is below 1, and where q is
     * negative and s no integer. No gradient flows to s.
     */
    public static Tensor zeta(Operand s, Operand q) {
        return Composer.tensor("zeta", c -> {
            c.label("s", "q");
            return c.mapBroadcast(ScalarFn.ZETA, c.in(0), c.in(1));
        }, s, q);
    }

    /**
     * The regularised lower incomplete gamma function: the integral of {@code t^(a-1) e^-t / Gamma(a)} from 0 to x. NaN
     * where a is not positive or x is negative. Its first gradients by a and x exist, its second one by x.
     */
    public static Tensor igamma(Operand a, Operand x) {
        return incomplete("igamma", ScalarFn.IGAMMA, a, x);
    }

    /** {@code 1 - igamma(a, x)}, exact where that is near 0. */
    public static Tensor igammac(Operand a, Operand x) {
        return incomplete("igammac", ScalarFn.IGAMMAC, a, x);
    }

    private static Tensor incomplete(String name, ScalarFn fn, Operand a, Operand x) {
        return Composer.tensor(name, c -> {
            c.label("a", "x");
            return c.mapBroadcast(fn, c.in(0), c.in(1));
        }, a, x);
    }

    /**
     * The regularised incomplete beta function: the integral of {@code t^(a-1) (1-t)^(b-1) / B(a, b)} from 0 to x. NaN
     * where a or b is not positive, or x is not from 0 to 1. A gradient flows to x alone.
     */
    public static Tensor betainc(Operand a, Operand b, Operand x) {
        return Composer.tensor("betainc", c -> {
            c.label("a", "b", "x");
            return c.mapBroadcast(ScalarFn.BETAINC, c.in(0), c.in(1), c.in(2));
        }, a, b, x);
    }

    /** The logarithm of the size of the multivariate beta function of the last axis, which is dropped. */
    public static Tensor lbeta(Operand x) {
        return Composer.tensor("lbeta", c -> {
            Elementwise.floats(c, c.ins());
            List<Integer> last = c.axes(c.in(0), -1);
            Node sum = c.reduce(ReduceFn.SUM, c.map(ScalarFn.LGAMMA, c.in(0)), last);
            return c.map(ScalarFn.SUB, sum, c.map(ScalarFn.LGAMMA, c.reduce(ReduceFn.SUM, c.in(0), last)));
        }, x);
    }

    /** The inverse of the error function; infinite at 1 and -1, NaN beyond. */
    public static Tensor erfinv(Operand x) {
        return unary("erfinv", ScalarFn.ERFINV, x);
    }

    /** The inverse of {@link Ops#erfc}; infinite at 0 and 2, NaN beyond. */
    public static Tensor erfcinv(Operand x) {
        return Composer.tensor("erfcinv", c -> {
            Node quantile = c.map(ScalarFn.NDTRI, c.map(ScalarFn.MUL, c.in(0), c.fullLike(c.in(0), 0.5)));
            return c.map(ScalarFn.MUL, quantile, c.fullLike(quantile, -Math.sqrt(0.5)));
        }, x);
    }

    /** The number below which the normal distribution lies with a probability; NaN outside of 0 to 1. */
    public static Tensor ndtri(Operand x) {
        return unary("ndtri", ScalarFn.NDTRI, x);
    }

    /** {@code e^-|x|} times the modified Bessel function of order 0. */
    public static Tensor besselI0e(Operand x) {
        return unary("bessel_i0e", ScalarFn.BESSEL_I0E, x);
    }

    /** {@code e^-|x|} times the modified Bessel function of order 1. */
    public static Tensor besselI1e(Operand x) {
        return unary("bessel_i1e", ScalarFn.BESSEL_I1E, x);
    }

    /** The modified Bessel function of order 0. */
    public static Tensor besselI0(Operand x) {
        return Composer.tensor("bessel_i0", c -> growing(c, ScalarFn.BESSEL_I0E), x);
    }

    /** The modified Bessel function of order 1. */
    public static Tensor besselI1(Operand x) {
        return Composer.tensor("bessel_i1", c -> growing(c, ScalarFn.BESSEL_I1E), x);
    }

    /** Half of the exponential at a time: the whole is too large before the product is. */
    private static Node growing(Composer c, ScalarFn scaled) {
        Node half = c.map(ScalarFn.MUL, c.map(ScalarFn.ABS, c.in(0)), c.fullLike(c.in(0), 0.5));
        Node root = c.map(ScalarFn.EXP, half);
        return c.map(ScalarFn.MUL, c.map(ScalarFn.MUL, c.map(scaled, c.in(0)), root), root);
    }
}
