package dev.sinter.op;

import static dev.sinter.op.ScalarDerivatives.absorbing;
import static dev.sinter.op.ScalarDerivatives.reciprocal;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import java.util.List;
import java.util.Optional;

/** The rules of the special functions, as TensorFlow has them: no gradient flows to an operand that is an order. */
final class SpecialDerivatives {
    private SpecialDerivatives() {}

    private static Value map(Builder b, ScalarFn fn, Value... operands) {
        return b.map(fn, operands);
    }

    private static Value isZero(Builder b, Value x) {
        return b.map(ScalarFn.EQ, x, b.zerosLike(x));
    }

    private static Value isInfinite(Builder b, Value x) {
        return b.map(ScalarFn.EQ, x, b.fullLike(x, Double.POSITIVE_INFINITY));
    }

    /** A number where a condition holds. */
    private static Value where(Builder b, Value condition, double number, Value value) {
        return b.select(condition, b.fullLike(value, number), value);
    }

    static Value lgamma(Builder b, Value self, Value gradient) {
        return absorbing(b, gradient, map(b, ScalarFn.DIGAMMA, self.operand(0)));
    }

    static Value digamma(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        return absorbing(b, gradient, map(b, ScalarFn.POLYGAMMA, b.fullLike(x, 1), x));
    }

    static List<Optional<Value>> polygamma(Builder b, Value self, Value gradient) {
        Value n = self.operand(0);
        Value next = map(b, ScalarFn.POLYGAMMA, b.plus(n, b.fullLike(n, 1)), self.operand(1));
        return List.of(Optional.empty(), Optional.of(absorbing(b, gradient, next)));
    }

    static List<Optional<Value>> zeta(Builder b, Value self, Value gradient) {
        Value s = self.operand(0);
        Value next = map(b, ScalarFn.ZETA, b.plus(s, b.fullLike(s, 1)), self.operand(1));
        return List.of(Optional.empty(), Optional.of(absorbing(b, gradient, b.negate(b.times(s, next)))));
    }

    /** {@code (a - 1) log(x)}, and 0 where a is 1. */
    private static Value logOfPower(Builder b, Value a, ScalarFn log, Value x) {
        Value less = b.minus(a, b.fullLike(a, 1));
        return where(b, isZero(b, less), 0, b.times(less, b.map(log, x)));
    }

    /** By x the density {@code x^(a-1) e^-x / Gamma(a)}, of one sign or the other. */
    static List<Optional<Value>> igamma(Builder b, Value self, Value gradient, int sign) {
        Value a = self.operand(0);
        Value x = self.operand(1);
        Value signed = sign > 0 ? gradient : b.negate(gradient);
        Value exponent = b.minus(b.minus(logOfPower(b, a, ScalarFn.LOG, x), x), map(b, ScalarFn.LGAMMA, a));
        return List.of(Optional.of(absorbing(b, signed, map(b, ScalarFn.IGAMMA_GRAD_A, a, x))),
                Optional.of(absorbing(b, signed, map(b, ScalarFn.EXP, exponent))));
    }

    /** By x the density {@code x^(a-1) (1-x)^(b-1) / B(a, b)}. */
    static List<Optional<Value>> betainc(Builder b, Value self, Value gradient) {
        Value first = self.operand(0);
        Value second = self.operand(1);
        Value x = self.operand(2);
        Value powers = b.plus(logOfPower(b, first, ScalarFn.LOG, x),
                logOfPower(b, second, ScalarFn.LOG1P, b.negate(x)));
        Value logBeta = b.minus(b.plus(map(b, ScalarFn.LGAMMA, first), map(b, ScalarFn.LGAMMA, second)),
                map(b, ScalarFn.LGAMMA, b.plus(first, second)));
        Value density = map(b, ScalarFn.EXP, b.minus(powers, logBeta));
        return List.of(Optional.empty(), Optional.empty(), Optional.of(absorbing(b, gradient, density)));
    }

    static Value erfinv(Builder b, Value self, Value gradient) {
        Value growth = map(b, ScalarFn.EXP, b.times(self, self));
        return absorbing(b, gradient, b.times(growth, Math.sqrt(Math.PI) / 2));
    }

    static Value ndtri(Builder b, Value self, Value gradient) {
        Value growth = map(b, ScalarFn.EXP, b.times(b.times(self, self), 0.5));
        return absorbing(b, gradient, b.times(growth, Math.sqrt(2 * Math.PI)));
    }

    static Value i0e(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value decay = b.times(map(b, ScalarFn.SIGN, x), self);
        return b.times(gradient, b.minus(map(b, ScalarFn.BESSEL_I1E, x), decay));
    }

    /** {@code f(x) - g(x) / x}, and 1/2 at 0. */
    private static Value lessQuotient(Builder b, Value f, Value g, Value x) {
        Value zero = isZero(b, x);
        Value one = b.fullLike(x, 1);
        Value quotient = b.div(g, b.select(zero, one, x));
        return b.select(zero, b.fullLike(x, 0.5), b.minus(f, quotient));
    }

    static Value i1e(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value decay = b.times(map(b, ScalarFn.SIGN, x), self);
        return b.times(gradient, lessQuotient(b, b.minus(map(b, ScalarFn.BESSEL_I0E, x), decay), self, x));
    }

    static Value k0e(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value local = b.minus(self, map(b, ScalarFn.BESSEL_K1E, x));
        return absorbing(b, gradient, where(b, isZero(b, x), Double.NEGATIVE_INFINITY, local));
    }

    static Value k1e(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value difference = b.minus(self, map(b, ScalarFn.BESSEL_K0E, x));
        Value local = b.minus(difference, b.div(self, x));
        return absorbing(b, gradient, where(b, isZero(b, x), Double.NEGATIVE_INFINITY, local));
    }

    static Value j0(Builder b, Value self, Value gradient) {
        return b.negate(b.times(gradient, map(b, ScalarFn.BESSEL_J1, self.operand(0))));
    }

    static Value j1(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        return b.times(gradient, lessQuotient(b, map(b, ScalarFn.BESSEL_J0, x), self, x));
    }

    static Value y0(Builder b, Value self, Value gradient) {
        return absorbing(b, gradient, b.negate(map(b, ScalarFn.BESSEL_Y1, self.operand(0))));
    }

    static Value y1(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value local = b.minus(map(b, ScalarFn.BESSEL_Y0, x), b.div(self, x));
        return absorbing(b, gradient, where(b, isZero(b, x), Double.POSITIVE_INFINITY, local));
    }

    static Value dawsn(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value local = b.minus(b.fullLike(self, 1), b.times(b.times(x, self), 2));
        return b.times(gradient, where(b, isInfinite(b, b.map(ScalarFn.ABS, x)), 0, local));
    }

    static Value expint(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value local = b.div(map(b, ScalarFn.EXP, x), x);
        return absorbing(b, gradient, where(b, isInfinite(b, x), Double.POSITIVE_INFINITY, local));
    }

    static Value fresnel(Builder b, Value self, Value gradient, boolean sine) {
        Value x = self.operand(0);
        Value angle = b.times(b.times(x, x), Math.PI / 2);
        return b.times(gradient, map(b, sine ? ScalarFn.SIN : ScalarFn.COS, angle));
    }

    /** {@code log(x) / (1 - x)}, and -1 at 1. */
    static Value spence(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value one = b.fullLike(x, 1);
        Value equal = b.map(ScalarFn.EQ, x, one);
        Value rest = b.select(equal, one, b.minus(one, x));
        Value local = where(b, equal, -1, b.times(map(b, ScalarFn.LOG, x), reciprocal(b, rest)));
        return absorbing(b, gradient, where(b, isInfinite(b, x), 0, local));
    }
}
