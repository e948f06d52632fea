package dev.sinter.grad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.diff.ReverseMode;
import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.StopGradient;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Gradients at poles, kinks and ties, and on the untaken side of a choice. */
final class SpecialGradientsTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;
    private final Builder b = new Builder();

    private Value vector(double... values) {
        return b.constant(NDArray.of(values));
    }

    private double[] gradient(Value y, Value seed, Value x) {
        Value gradient = ReverseMode.gradients(b, List.of(y), List.of(seed), List.of(x)).getFirst().orElseThrow();
        Function function = new Function("gradient", List.of(), List.of(gradient), b.locations());
        return Interpreter.run(function, List.of()).getFirst().toDoubleArray();
    }

    private double[] gradient(Value y, Value x) {
        return gradient(y, b.fullLike(y, 1), x);
    }

    /** The gradient of {@code x > 0 ? f(x) : 0}. */
    private double[] whereSafe(ScalarFn comparison, double bound, UnaryOperator<Value> f, double... points) {
        Value x = vector(points);
        Value condition = b.map(comparison, x, b.fullLike(x, bound));
        return gradient(b.select(condition, f.apply(x), b.zerosLike(x)), x);
    }

    @Test
    void theUntakenSideOfAChoiceHasNoGradient() {
        assertThat(whereSafe(ScalarFn.GT, 0, x -> b.map(ScalarFn.SQRT, x), 4, 0, -1)).containsExactly(0.25, 0, 0);
        assertThat(whereSafe(ScalarFn.GT, 0, x -> b.map(ScalarFn.RSQRT, x), 4, 0, -1))
                .containsExactly(-0.0625, 0, 0);
        assertThat(whereSafe(ScalarFn.GT, 0, x -> b.map(ScalarFn.LOG, x), 4, 0, -1)).containsExactly(0.25, 0, 0);
        assertThat(whereSafe(ScalarFn.GT, -1, x -> b.map(ScalarFn.LOG1P, x), 3, -1, -2)).containsExactly(0.25, 0, 0);
        assertThat(whereSafe(ScalarFn.NE, 0, x -> b.div(b.fullLike(x, 1), x), 2, 0)).containsExactly(-0.25, 0);
        assertThat(whereSafe(ScalarFn.LT, 10, x -> b.map(ScalarFn.EXP, b.times(x, x)), 0, 1000)).containsExactly(0, 0);
        assertThat(whereSafe(ScalarFn.GT, 0, x -> b.map(ScalarFn.POW, x, b.fullLike(x, 0.5)), 4, 0, -1))
                .containsExactly(0.25, 0, 0);
        assertThat(whereSafe(ScalarFn.GT, 0, x -> b.times(b.map(ScalarFn.LOG, b.map(ScalarFn.SQRT, x)), x), 1, 0, -1))
                .containsExactly(0.5, 0, 0);
    }

    @Test
    void polesAbsorbAnUpstreamZeroAlone() {
        Value x = vector(0, 0);
        Value seed = vector(0, 1);
        assertThat(gradient(b.map(ScalarFn.SQRT, x), seed, x)).containsExactly(0, INFINITY);
        assertThat(gradient(b.map(ScalarFn.RSQRT, x), seed, x)).containsExactly(0, -INFINITY);
        assertThat(gradient(b.map(ScalarFn.LOG, x), seed, x)).containsExactly(0, INFINITY);
        assertThat(gradient(b.map(ScalarFn.POW, x, b.fullLike(x, 0.5)), seed, x)).containsExactly(0, INFINITY);
    }

    @Test
    void powersNeverGiveStrayNaN() {
        Value x = vector(0, 0, 0, -2, 2, INFINITY, 1, -2);
        Value y = vector(0, 2, 1, 3, 0, -1, INFINITY, 2);
        Value power = b.map(ScalarFn.POW, x, y);
        assertThat(gradient(power, x)).containsExactly(0, 0, 1, 12, 0, -0.0, INFINITY, -4);
        assertThat(gradient(power, y)).containsExactly(0, 0, 0, 0, Math.log(2), 0, 0, 0);
        Value base = vector(0, -2, 3);
        for (int exponent = 0; exponent < 4; exponent++) {
            Value constant = b.map(ScalarFn.POW, base, b.fullLike(base, exponent));
            int n = exponent;
            assertThat(gradient(constant, base)).containsExactly(java.util.stream.DoubleStream.of(0, -2, 3)
                    .map(v -> n == 0 ? 0 : n * Math.pow(v, n - 1)).toArray());
        }
    }

    @Test
    void equalOperandsGiveTheGradientToTheFirst() {
        Value x = vector(1, 2, 3);
        Value y = vector(2, 2, 2);
        assertThat(gradient(b.map(ScalarFn.MAX, x, y), x)).containsExactly(0, 1, 1);
        assertThat(gradient(b.map(ScalarFn.MAX, x, y), y)).containsExactly(1, 0, 0);
        assertThat(gradient(b.map(ScalarFn.MIN, x, y), x)).containsExactly(1, 1, 0);
        assertThat(gradient(b.map(ScalarFn.MIN, x, y), y)).containsExactly(0, 0, 1);
    }

    @Test
    void kinksAndStops() {
        Value x = vector(-3, 0, 5);
        assertThat(gradient(b.map(ScalarFn.ABS, x), x)).containsExactly(-1, 0, 1);
        assertThat(gradient(b.times(x, b.add(new StopGradient(), x)), x)).containsExactly(-3, 0, 5);
    }

    /** At the minimum of (sqrt(x) - 2)^2 the gradient is 0, its own gradient is not. */
    @Test
    void anUpstreamZeroKeepsTheSecondDerivative() {
        Value x = vector(4);
        Value difference = b.minus(b.map(ScalarFn.SQRT, x), b.fullLike(x, 2));
        Value loss = b.times(difference, difference);
        Value first = ReverseMode.gradients(b, List.of(loss), List.of(b.fullLike(loss, 1)), List.of(x)).getFirst()
                .orElseThrow();
        assertThat(gradient(first, x)[0]).isEqualTo(0.125, within(1e-15));
    }
}
