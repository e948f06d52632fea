package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The rules that are too long for a row of {@link ScalarFn}, and the words that its rows are written in.
 *
 * <p>A rule is made of differentiable ops, so that it can be differentiated again. Where a function has a pole
 * or leaves its domain, its rule multiplies by {@link #absorbing}: an upstream gradient that is exactly 0 stays
 * 0, any other one flows as IEEE says.
 */
final class ScalarDerivatives {
    private ScalarDerivatives() {}

    static Derivative rule(Derivative.Vjp vjp) {
        return new Derivative.Rule(vjp);
    }

    static Derivative unary(Derivative.UnaryVjp vjp) {
        return Derivative.of(vjp);
    }

    static Derivative zero(String why) {
        return new Derivative.Zero(why);
    }

    static List<Optional<Value>> gradients(Value... gradients) {
        return Arrays.stream(gradients).map(Optional::of).toList();
    }

    /**
     * {@code gradient * local}, and 0 where the gradient is 0 and the local derivative is not finite. The product
     * stays linear in the gradient wherever the local derivative is finite.
     */
    static Value absorbing(Builder b, Value gradient, Value local) {
        Value usable = b.map(ScalarFn.OR, b.map(ScalarFn.IS_FINITE, local),
                b.map(ScalarFn.NE, gradient, b.zerosLike(gradient)));
        return b.times(gradient, b.select(usable, local, b.zerosLike(local)));
    }

    /** The local derivative 1 / x. */
    static Value reciprocal(Builder b, Value x) {
        return b.div(b.fullLike(x, 1), x);
    }

    static List<Optional<Value>> maximum(Builder b, Value self, Value gradient) {
        return extremum(b, b.map(ScalarFn.GE, self.operand(0), self.operand(1)), gradient);
    }

    static List<Optional<Value>> minimum(Builder b, Value self, Value gradient) {
        return extremum(b, b.map(ScalarFn.LE, self.operand(0), self.operand(1)), gradient);
    }

    /** One of the operands gets all. */
    private static List<Optional<Value>> extremum(Builder b, Value first, Value gradient) {
        Value zero = b.zerosLike(gradient);
        return gradients(b.select(first, gradient, zero), b.select(first, zero, gradient));
    }

    static Value abs(Builder b, Value self, Value gradient) {
        return b.times(gradient, b.map(ScalarFn.SIGN, self.operand(0)));
    }

    static Value sin(Builder b, Value self, Value gradient) {
        return b.times(gradient, b.map(ScalarFn.COS, self.operand(0)));
    }

    static Value cos(Builder b, Value self, Value gradient) {
        return b.negate(b.times(gradient, b.map(ScalarFn.SIN, self.operand(0))));
    }

    /** {@code 1 / sqrt(1 - x^2)}, of one sign or the other. */
    static Value arcSine(Builder b, Value self, Value gradient, int sign) {
        return absorbing(b, gradient, b.times(b.map(ScalarFn.RSQRT, cosineSquared(b, self.operand(0))), sign));
    }

    static Value atanh(Builder b, Value self, Value gradient) {
        return absorbing(b, gradient, reciprocal(b, cosineSquared(b, self.operand(0))));
    }

    /** {@code (1 - x) (1 + x)}. */
    private static Value cosineSquared(Builder b, Value x) {
        Value one = b.fullLike(x, 1);
        return b.times(b.minus(one, x), b.plus(one, x));
    }

    static Value sinh(Builder b, Value self, Value gradient) {
        return b.times(gradient, b.map(ScalarFn.COSH, self.operand(0)));
    }

    static Value cosh(Builder b, Value self, Value gradient) {
        return b.times(gradient, b.map(ScalarFn.SINH, self.operand(0)));
    }

    /** {@code x / (x^2 + y^2)} and {@code -y / (x^2 + y^2)}, of operands whose scale is taken out. */
    static List<Optional<Value>> angle(Builder b, Value self, Value gradient) {
        Value y = self.operand(0);
        Value x = self.operand(1);
        Value zero = b.zerosLike(x);
        Value one = b.fullLike(x, 1);
        Value larger = b.map(ScalarFn.MAX, b.map(ScalarFn.ABS, x), b.map(ScalarFn.ABS, y));
        // The quotients do not depend on the scale.
        Value scale = b.add(new StopGradient(), b.select(b.map(ScalarFn.EQ, larger, zero), one, larger));
        Value u = b.div(x, scale);
        Value v = b.div(y, scale);
        Value square = b.plus(b.times(u, u), b.times(v, v));
        Value share = b.div(b.div(gradient, b.select(b.map(ScalarFn.EQ, square, zero), one, square)), scale);
        return gradients(b.times(share, u), b.negate(b.times(share, v)));
    }

    /** {@code 2 / sqrt(pi) exp(-x^2)}, of one sign or the other. */
    static Value erf(Builder b, Value self, Value gradient, int sign) {
        Value x = self.operand(0);
        Value bell = b.map(ScalarFn.EXP, b.negate(b.times(x, x)));
        return b.times(gradient, b.times(bell, sign * 2 / Math.sqrt(Math.PI)));
    }

    static List<Optional<Value>> select(Builder b, Value self, Value gradient) {
        Value condition = self.operand(0);
        Value zero = b.zerosLike(gradient);
        return List.of(Optional.empty(), Optional.of(b.select(condition, gradient, zero)),
                Optional.of(b.select(condition, zero, gradient)));
    }

    static List<Optional<Value>> divide(Builder b, Value self, Value gradient) {
        Value quotient = b.div(gradient, self.operand(1));
        return gradients(quotient, b.negate(b.times(quotient, self)));
    }

    /** x rem y = x - y trunc(x / y), whose truncated quotient is constant almost everywhere. */
    static List<Optional<Value>> remainder(Builder b, Value self, Value gradient) {
        Value quotient = b.div(b.minus(self.operand(0), self), self.operand(1));
        return gradients(gradient, b.negate(b.times(gradient, b.map(ScalarFn.ROUND, quotient))));
    }

    /**
     * By the base {@code y x^(y-1)}, 0 where y is 0; by the exponent {@code x^y log x} where x is positive, else 0.
     */
    static List<Optional<Value>> power(Builder b, Value self, Value gradient) {
        Value x = self.operand(0);
        Value y = self.operand(1);
        Value zero = b.zerosLike(x);
        Value one = b.fullLike(x, 1);
        Value positive = b.map(ScalarFn.GT, x, zero);
        Value log = b.map(ScalarFn.LOG, b.select(positive, x, one));
        Value grows = b.map(ScalarFn.AND, positive, b.map(ScalarFn.NE, self, zero));
        Value byExponent = absorbing(b, gradient, b.select(grows, b.times(self, log), zero));
        return gradients(powerByBase(b, x, y, gradient), byExponent);
    }

    private static Value powerByBase(Builder b, Value x, Value y, Value gradient) {
        OptionalDouble constant = constant(y);
        if (constant.isPresent()) {
            double exponent = constant.getAsDouble();
            if (exponent == 0) {
                return b.zerosLike(gradient);
            }
            if (exponent == 1) {
                return gradient;
            }
            if (exponent == 2) {
                return b.times(gradient, b.times(x, 2));
            }
            Value local = b.times(b.map(ScalarFn.POW, x, b.fullLike(y, exponent - 1)), exponent);
            boolean finite = exponent > 1 && exponent == Math.rint(exponent);
            return finite ? b.times(gradient, local) : absorbing(b, gradient, local);
        }
        Value zero = b.zerosLike(y);
        Value one = b.fullLike(y, 1);
        Value flat = b.map(ScalarFn.EQ, y, zero);
        Value less = b.map(ScalarFn.POW, x, b.select(flat, one, b.minus(y, one)));
        return absorbing(b, gradient, b.select(flat, zero, b.times(y, less)));
    }

    /** The number that a value is everywhere, where its op shows it. */
    private static OptionalDouble constant(Value value) {
        Value source = value;
        while (source.op() instanceof Broadcast) {
            source = source.operand(0);
        }
        return source.op() instanceof Constant constant && constant.array().elementCount() == 1
                ? OptionalDouble.of(constant.array().getDouble(0)) : OptionalDouble.empty();
    }
}
