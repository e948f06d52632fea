package dev.sinter.graph;

import dev.sinter.op.ScalarFn;

/** The functions of {@code tf.math.special}; those of the gamma function and its like are in {@link Ops}. */
public final class Special {
    private Special() {}

    private static Tensor unary(String name, ScalarFn fn, Operand x) {
        return Composer.tensor(name, c -> c.map(fn, c.in(0)), x);
    }

    /** The modified Bessel function of order 0. */
    public static Tensor besselI0(Operand x) {
        return Ops.besselI0(x);
    }

    /** {@code e^-|x|} times the modified Bessel function of order 0. */
    public static Tensor besselI0e(Operand x) {
        return Ops.besselI0e(x);
    }

    /** The modified Bessel function of order 1. */
    public static Tensor besselI1(Operand x) {
        return Ops.besselI1(x);
    }

    /** {@code e^-|x|} times the modified Bessel function of order 1. */
    public static Tensor besselI1e(Operand x) {
        return Ops.besselI1e(x);
    }

    /** The Bessel function of order 0. */
    public static Tensor besselJ0(Operand x) {
        return unary("bessel_j0", ScalarFn.BESSEL_J0, x);
    }

    /** The Bessel function of order 1. */
    public static Tensor besselJ1(Operand x) {
        return unary("bessel_j1", ScalarFn.BESSEL_J1, x);
    }

    /** The Bessel function of the second kind of order 0; negative infinity at 0, NaN below. */
    public static Tensor besselY0(Operand x) {
        return unary("bessel_y0", ScalarFn.BESSEL_Y0, x);
    }

    /** The Bessel function of the second kind of order 1; negative infinity at 0, NaN below. */
    public static Tensor besselY1(Operand x) {
        return unary("bessel_y1", ScalarFn.BESSEL_Y1, x);
    }

    /** The modified Bessel function of the second kind of order 0; infinite at 0, NaN below. */
    public static Tensor besselK0(Operand x) {
        return Composer.tensor("bessel_k0", c -> c.map(ScalarFn.MUL, c.map(ScalarFn.BESSEL_K0E, c.in(0)),
                c.map(ScalarFn.EXP, c.map(ScalarFn.NEG, c.in(0)))), x);
    }

    /** {@code e^x} times the modified Bessel function of the second kind of order 0. */
    public static Tensor besselK0e(Operand x) {
        return unary("bessel_k0e", ScalarFn.BESSEL_K0E, x);
    }

    /** The modified Bessel function of the second kind of order 1; infinite at 0, NaN below. */
    public static Tensor besselK1(Operand x) {
        return Composer.tensor("bessel_k1", c -> c.map(ScalarFn.MUL, c.map(ScalarFn.BESSEL_K1E, c.in(0)),
                c.map(ScalarFn.EXP, c.map(ScalarFn.NEG, c.in(0)))), x);
    }

    /** {@code e^x} times the modified Bessel function of the second kind of order 1. */
    public static Tensor besselK1e(Operand x) {
        return unary("bessel_k1e", ScalarFn.BESSEL_K1E, x);
    }

    /** Dawson's integral: {@code e^(-x^2)} times the integral of {@code e^(t^2)} from 0 to x. */
    public static Tensor dawsn(Operand x) {
        return unary("dawsn", ScalarFn.DAWSN, x);
    }

    /** The exponential integral Ei: of {@code e^t / t} up to x; negative infinity at 0, NaN below. */
    public static Tensor expint(Operand x) {
        return unary("expint", ScalarFn.EXPINT, x);
    }

    /** The integral of {@code cos(pi t^2 / 2)} from 0 to x. */
    public static Tensor fresnelCos(Operand x) {
        return unary("fresnel_cos", ScalarFn.FRESNEL_COS, x);
    }

    /** The integral of {@code sin(pi t^2 / 2)} from 0 to x. */
    public static Tensor fresnelSin(Operand x) {
        return unary("fresnel_sin", ScalarFn.FRESNEL_SIN, x);
    }

    /** The integral of {@code log(t) / (1 - t)} from 1 to x, the dilogarithm of {@code 1 - x}; NaN below 0. */
    public static Tensor spence(Operand x) {
        return unary("spence", ScalarFn.SPENCE, x);
    }
}
