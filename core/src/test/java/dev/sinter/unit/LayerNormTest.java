package dev.sinter.unit;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.NDArray;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What lies along the last axis, with the same mean and variance everywhere. */
class LayerNormTest {
    private static final double EPSILON = 0.5;

    @Test
    void eachRowOnItsOwn() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 2, UNKNOWN));
        Tensor normal = Nn.layerNorm(x, constant(new double[] {1, 2, -1}), constant(new double[] {0, 10, 20}), EPSILON);
        assertThat(normal.shape().dim(2).isConstant(3)).isTrue();
        double[] values = {1, 2, 6, -4, 0, 4, 7, 7, 7, 1e3, 2e3, 6e3};
        double[] computed = Evaluation.of(normal, Map.of(x, Evaluation.doubles(new long[] {2, 2, 3}, values)))
                .toDoubleArray();
        double[] scale = {1, 2, -1};
        for (int row = 0; row < 4; row++) {
            double mean = (values[3 * row] + values[3 * row + 1] + values[3 * row + 2]) / 3;
            double squares = 0;
            for (int i = 0; i < 3; i++) {
                squares += Math.pow(values[3 * row + i] - mean, 2);
            }
            for (int i = 0; i < 3; i++) {
                double expected = (values[3 * row + i] - mean) / Math.sqrt(squares / 3 + EPSILON) * scale[i] + 10 * i;
                assertThat(computed[3 * row + i]).isCloseTo(expected, within(1e-12));
            }
        }
    }

    @Test
    void noRowsAreNone() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 3));
        Tensor normal = Nn.layerNorm(x, constant(new double[3]), constant(new double[3]), EPSILON);
        assertThat(Evaluation.of(normal, Map.of(x, NDArray.zeros(FLOAT64, 0, 3))).elementCount()).isZero();
    }
}
