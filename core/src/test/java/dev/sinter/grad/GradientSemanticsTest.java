package dev.sinter.grad;

import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.divide;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.stopGradient;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.graph.Ops.zerosLike;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.GradientOptions;
import dev.sinter.graph.GradientOptions.Unconnected;
import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Derivative;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Evaluation;
import dev.sinter.unit.PassingFunction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GradientSemanticsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(3));

    private float[] at(Tensor tensor, float... values) {
        return Evaluation.of(tensor, Map.of(x, NDArray.of(values))).toFloatArray();
    }

    @Test
    void severalYsAreSummed() {
        Tensor gradient = gradients(List.of(square(x), x.times(3)), List.of(x)).of(x);
        assertThat(at(gradient, 1, 2, 3)).containsExactly(5, 7, 9);
    }

    @Test
    void initialGradientsScale() {
        Tensor gradient = gradients(List.of(square(x)), List.of(x),
                GradientOptions.DEFAULT.withInitial(constant(new float[] {1, 10, 100}))).of(x);
        assertThat(at(gradient, 1, 2, 3)).containsExactly(2, 40, 600);
    }

    @Test
    void gradientsOfTensorsInTheMiddle() {
        Tensor a = exp(x);
        Tensor b = exp(x);
        Tensor y = a.times(2).plus(b.times(3));
        Gradients gradients = gradients(y, a, b, x);
        assertThat(at(gradients.of(a), 0, 0, 0)).containsExactly(2, 2, 2);
        assertThat(at(gradients.of(b), 0, 0, 0)).containsExactly(3, 3, 3);
        assertThat(at(gradients.of(x), 0, 0, 0)).containsExactly(5, 5, 5);
        assertThat(at(gradients(y, y).of(y), 0, 0, 0)).containsExactly(1, 1, 1);
    }

    @Test
    void theSameXTwiceHasTheSameGradient() {
        Gradients gradients = gradients(square(x), x, x);
        assertThat(gradients.get(0)).isSameAs(gradients.get(1));
    }

    @Test
    void stopAtMakesConstants() {
        Tensor a = square(x);
        Tensor y = a.times(x);
        Tensor gradient = gradients(List.of(y), List.of(x), GradientOptions.DEFAULT.withStopAt(a)).of(x);
        assertThat(at(gradient, 1, 2, 3)).containsExactly(1, 4, 9);
        assertThat(at(gradients(stopGradient(a).times(x), x).of(x), 1, 2, 3)).containsExactly(1, 4, 9);
    }

    @Test
    void gradientsCanBeFedAndDifferentiatedAgain() {
        Tensor first = gradients(pow(x, 3), x).of(x);
        Tensor second = gradients(first, x).of(x);
        Tensor third = gradients(second, x).of(x);
        assertThat(at(third, 1, 2, 3)).containsExactly(6, 6, 6);
        assertThat(first.name()).startsWith("gradients/");
        assertThat(second.name()).startsWith("gradients_1/");
        assertThat(Evaluation.of(first.times(2), Map.of(first, NDArray.of(1f, 2f, 3f))).toFloatArray())
                .containsExactly(2, 4, 6);
    }

    @Test
    void aVariableIsAnX() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(3), 2));
        Tensor y = reduceSum(square(w).times(x));
        assertThat(at(gradients(y, w).of(w), 1, 2, 3)).containsExactly(4, 8, 12);
    }

    @Test
    void readsAfterAWriteAreNotTheVariableAtTheStart() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(3), 2));
        Tensor update = w.assign(w.times(10));
        Tensor later;
        try (var _ = graph.controlDependencies(update)) {
            later = square(w);
        }
        try (var _ = graph.controlDependencies(x)) {
            later = later.plus(w.times(5));
        }
        assertThat(at(gradients(later, w).of(w), 1, 2, 3)).containsExactly(5, 5, 5);
    }

    @Test
    void gradientsFlowThroughTheValueOfAnAssign() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(3), 2));
        Tensor update = w.assign(w.times(10));
        assertThat(at(gradients(square(update), w).of(w), 1, 2, 3)).containsExactly(400, 400, 400);
    }

    @Test
    void unconnectedIsAnErrorOrZeros() {
        Tensor other = graph.placeholder("other", FLOAT32, shape(2));
        assertThatThrownBy(() -> gradients(square(x), other)).isInstanceOf(GraphException.class)
                .hasMessageMatching("(?s)gradients: no gradient flows from \\[\"square\"\\] to \"other\";"
                        + " GradientOptions.Unconnected.ZEROS gives zeros\n"
                        + "  x: placeholder \"other\" at GradientSemanticsTest.java:\\d+\n"
                        + "  at GradientSemanticsTest.java:\\d+");
        Tensor zeros = gradients(List.of(square(x)), List.of(other),
                GradientOptions.DEFAULT.withUnconnected(Unconnected.ZEROS)).of(other);
        assertThat(at(zeros, 1, 2, 3)).containsExactly(0, 0);
    }

    /** At 0 an exponential linear unit has the gradient of its upper side, as TensorFlow's. */
    @Test
    void exponentialUnitsAtZero() {
        float scale = 1.0507009873554805f;
        assertThat(at(gradients(Nn.selu(x), x).of(x), 0, -0f, 2)).containsExactly(scale, scale, scale);
        assertThat(at(gradients(Nn.elu(x, 3), x).of(x), 0, -0f, 2)).containsExactly(1, 1, 1);
    }

    @Test
    void integersHaveNoGradient() {
        Tensor i = graph.placeholder("i", INT32, shape(3));
        assertThatThrownBy(() -> gradients(Ops.cast(i, FLOAT32), i)).isInstanceOf(GraphException.class)
                .hasMessageContaining("the x \"i\" is int32[3]; gradients exist for floats alone");
    }

    @Test
    void aPathWithoutGradientIsNamed() {
        Tensor y = exp(Control.hostCall(new PassingFunction("opaque"), square(x)).getFirst());
        assertThatThrownBy(() -> gradients(y, x)).isInstanceOf(GraphException.class)
                .hasMessageMatching("(?s)gradients: opaque/host_call has no gradient: the host function opaque gives no"
                        + " gradient\n  path: exp \\(.*\\) <- opaque/project \\(.*\\) <- opaque/host_call \\(.*\\) <-"
                        + " square \\(.*\\) <- x \\(.*\\)\n  use stopGradient.*\n  at GradientSemanticsTest.*");
    }

    @Test
    void hostCallsGiveGradientsOfTheirTuple() {
        HostFunction pair = new HostFunction() {
            @Override
            public String name() {
                return "pair";
            }

            @Override
            public List<TensorType> infer(List<TensorType> operands) {
                return List.of(operands.getFirst(), operands.getFirst());
            }

            @Override
            public List<NDArray> call(List<NDArray> operands) {
                NDArray twice = NDArray.zeros(FLOAT32, operands.getFirst().sizes());
                NDArray thrice = NDArray.zeros(FLOAT32, operands.getFirst().sizes());
                for (long i = 0; i < twice.elementCount(); i++) {
                    twice.setDouble(i, 2 * operands.getFirst().getDouble(i));
                    thrice.setDouble(i, 3 * operands.getFirst().getDouble(i));
                }
                return List.of(twice, thrice);
            }

            @Override
            public Derivative derivative() {
                return Derivative.of((b, self, gradient) -> b.plus(b.times(b.project(gradient, 0), 2),
                        b.times(b.project(gradient, 1), 3)));
            }
        };
        List<Tensor> results = Control.hostCall(pair, x);
        assertThat(at(results.get(1), 1, 2, 3)).containsExactly(3, 6, 9);
        assertThat(at(gradients(results.get(0).plus(results.get(1).times(10)), x).of(x), 1, 2, 3))
                .containsExactly(32, 32, 32);
        assertThat(at(gradients(results.get(1), x).of(x), 1, 2, 3)).containsExactly(3, 3, 3);
    }

    @Test
    void customGradientsReplaceTheOpsOwn() {
        Tensor y = Control.customGradient(Ops.round(x), List.of(x),
                (operands, value, gradient) -> List.of(Optional.of(gradient.times(value).plus(operands.getFirst()))));
        assertThat(at(y, 1.4f, 2.6f, 3)).containsExactly(1, 3, 3);
        assertThat(at(gradients(y.times(10), x).of(x), 1.4f, 2.6f, 3)).containsExactly(11.4f, 32.6f, 33);
    }

    @Test
    void theUntakenSideOfWhereIsNoNaN() {
        Tensor positive = greater(x, 0);
        Tensor logs = where(positive, log(x), zerosLike(x));
        assertThat(at(gradients(logs, x).of(x), -1, 0, 2)).containsExactly(0, 0, 0.5f);
        Tensor roots = where(positive, sqrt(x), zerosLike(x));
        assertThat(at(gradients(roots, x).of(x), -1, 0, 4)).containsExactly(0, 0, 0.25f);
        Tensor chain = where(positive, log(sqrt(divide(1, x)).times(3)), x);
        assertThat(at(gradients(chain, x).of(x), -1, 0, 4)).containsExactly(1, 1, -0.125f);
        Tensor other = where(positive, x, exp(divide(1, x).times(-1)));
        assertThat(at(gradients(other, x).of(x), 1, 2, 0)[0]).isEqualTo(1);
        Tensor both = where(positive, log(x), zerosLike(x)).plus(where(greater(x, 1), sqrt(x.minus(1)), x));
        assertThat(at(gradients(both, x).of(x), -1, 0, 2)).containsExactly(1, 1, 1);
    }

    @Test
    void secondDerivativesOfTheUntakenSideAreNoNaN() {
        Tensor logs = where(greater(x, 0), log(x), zerosLike(x));
        Tensor first = gradients(logs, x).of(x);
        assertThat(at(gradients(first, x).of(x), -1, 0, 2)).containsExactly(0, 0, -0.25f);
    }

    @Test
    void normsAndDeviationsAreConstantsOfEveryOrderWhereTheyAre0() {
        for (Tensor size : List.of(Linalg.norm(x), Linalg.norm(x, 3, new int[0], false), Ops.reduceEuclideanNorm(x),
                Ops.reduceStd(x), Ops.globalNorm(List.of(x)), reduceSum(Ops.clipByNorm(x, 1)).minus(reduceSum(x)))) {
            Tensor first = gradients(size, x).of(x);
            Tensor second = gradients(first, x).of(x);
            Tensor third = gradients(second, x).of(x);
            for (Tensor gradient : List.of(first, second, third)) {
                assertThat(at(gradient, 0, 0, 0)).as(size.name()).containsExactly(0, 0, 0);
            }
        }
    }

    @Test
    void pastAContractionIeeeRulesApply() {
        Tensor row = Ops.reshape(log(x), shape(1, 3));
        Tensor product = matmul(row, fill(FLOAT32, shape(3, 1), 0));
        float[] gradient = at(gradients(product, x).of(x), 0, 1, 2);
        assertThat(gradient[1]).isZero();
    }

    @Test
    void aPlaceholderWithDefaultPassesTheGradientOn() {
        Tensor value = graph.placeholderWithDefault("value", square(x));
        assertThat(at(gradients(value, x).of(x), 1, 2, 3)).containsExactly(2, 4, 6);
    }

    @Test
    void aConcatOfZeroSizeHasAGradient() {
        Tensor joined = concat(0, x, zeros(FLOAT32, shape(0)));
        assertThat(at(gradients(joined, x).of(x), 1, 2, 3)).containsExactly(1, 1, 1);
    }

    @Test
    void aLongChainIsDifferentiatedWithoutRecursion() {
        Tensor y = x;
        for (int i = 0; i < 20_000; i++) {
            y = y.plus(x);
        }
        assertThat(at(gradients(y, x).of(x), 1, 2, 3)).containsExactly(20_001, 20_001, 20_001);
    }
}
