package dev.sinter.grad;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sin;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.stack;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.Derivatives;
import dev.sinter.graph.Graph;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.Select;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WhileOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Evaluation;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Matrices of derivatives through loops, calls and sizes that a run finds. */
final class MatricesOfDerivativesTest {
    private final Graph graph = new Graph();
    private final Tensor a = graph.placeholder("a", FLOAT64, shape(2));

    private void is(Tensor tensor, double... expected) {
        double[] values = Evaluation.of(tensor, Map.of(a, NDArray.from(new double[] {8, 27}))).toDoubleArray();
        assertThat(values).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(values[i]).as("element %d", i).isCloseTo(expected[i],
                    org.assertj.core.api.Assertions.within(1e-9));
        }
    }

    private Tensor root(WhileOptions options) {
        return Control.whileLoop(a, guess -> greater(reduceMax(abs(guess.times(guess).times(guess).minus(a))), 1e-12),
                guess -> guess.times(2.0).plus(a.div(guess.times(guess))).div(3.0), options);
    }

    @Test
    void throughLoopsOfUnknownLength() {
        Tensor root = root(WhileOptions.DEFAULT);
        is(Derivatives.jacobian(root, a), 1.0 / 12, 0, 0, 1.0 / 27);
        is(Derivatives.forwardJacobian(root, a), 1.0 / 12, 0, 0, 1.0 / 27);
        assertThatThrownBy(() -> Derivatives.hessian(reduceSum(root), a)).isInstanceOf(GraphException.class)
                .hasMessageContaining("give the loop WhileOptions.DEFAULT.withMaxIterations(...)");
        Tensor bounded = root(WhileOptions.DEFAULT.withMaxIterations(40));
        is(Derivatives.hessian(reduceSum(bounded), a), -1.0 / 144, 0, 0, -2.0 / 2187);
    }

    @Test
    void throughScopesAndScans() {
        is(Derivatives.jacobian(Control.checkpoint(a, x -> square(x)), a), 16, 0, 0, 54);
        is(Derivatives.hessian(reduceSum(Control.checkpoint(a, x -> x.times(x).times(x))), a), 48, 0, 0, 162);
        Tensor one = graph.constant(1.0);
        is(Derivatives.jacobian(Control.scan(one, a, (all, x) -> all.times(x)), a), 1, 0, 27, 8);
        is(Derivatives.jacobian(Control.scan(one, a, ScanOptions.DEFAULT.withCheckpoints(1),
                (all, x) -> all.times(x)), a), 1, 0, 27, 8);
    }

    @Test
    void ofSizesThatTheRunFinds() {
        Tensor found = Select.booleanMask(a, greater(a, 10));
        is(Derivatives.jvp(square(found), a, graph.constant(new double[] {1, 1})), 54);
        is(Derivatives.jacobian(square(found), a), 0, 54);
        is(Derivatives.forwardJacobian(square(found), a), 0, 54);
    }

    @Test
    void insideOfBodies() {
        is(Control.mapFn(a, x -> Derivatives.jacobian(stack(0, square(x), sin(x)), x)), 16, Math.cos(8), 54,
                Math.cos(27));
        is(Control.mapFn(a, x -> gradients(Control.checkpoint(x, y -> square(y)), x).of(x)), 16, 54);
    }
}
