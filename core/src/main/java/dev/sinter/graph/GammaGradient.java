package dev.sinter.graph;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Derivative;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import java.util.List;
import java.util.Optional;

/** How the gradient of a gamma variable flows to its shape parameter. The value's operands are both of them. */
record GammaGradient() implements Derivative.Vjp {
    @Override
    public List<Optional<Value>> of(Builder b, Value self, Value gradient) {
        return List.of(Optional.empty(), Optional.of(b.times(gradient, slope(b, self.operand(1), self))));
    }

    /**
     * The derivative of a variable of rate 1 by its parameter: that of the distribution's function by it, by the
     * density, with the other sign; 0 at 0.
     */
    static Value slope(Builder b, Value alpha, Value sample) {
        Value a = b.convert(alpha, DType.FLOAT64);
        Value x = b.convert(sample, DType.FLOAT64);
        Value none = b.map(ScalarFn.EQ, x, b.zerosLike(x));
        Value inside = b.select(none, b.fullLike(x, 1), x);
        Value exponent = b.minus(b.minus(b.times(b.minus(a, b.fullLike(a, 1)), b.map(ScalarFn.LOG, inside)), inside),
                b.map(ScalarFn.LGAMMA, a));
        Value quotient = b.div(b.negate(b.map(ScalarFn.IGAMMA_GRAD_A, a, inside)), b.map(ScalarFn.EXP, exponent));
        return b.convert(b.select(none, x, quotient), alpha.dtype());
    }
}
