package dev.sinter.unit;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.GraphException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each channel by moments of its own. */
class BatchNormalizationTest {
    private static final double EPSILON = 0.25;

    @Test
    void eachChannelOnItsOwn() {
        double[] mean = {1, -2};
        double[] variance = {0, 3.75};
        double[] offset = {10, 20};
        double[] scale = {-1, 3};
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 2, 2));
        Tensor normal = Nn.batchNormalization(x, constant(mean), constant(variance), constant(offset),
                constant(scale), EPSILON);
        double[] values = {1, 2, 6, -4, 0, 4, 7, 7};
        double[] computed = Evaluation.of(normal, Map.of(x, Evaluation.doubles(new long[] {2, 2, 2}, values)))
                .toDoubleArray();
        for (int i = 0; i < values.length; i++) {
            int channel = i % 2;
            double expected = (values[i] - mean[channel]) / Math.sqrt(variance[channel] + EPSILON) * scale[channel]
                    + offset[channel];
            assertThat(computed[i]).isCloseTo(expected, within(1e-12));
        }
    }

    @Test
    void anEpsilonBelowZero() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 2));
        assertThatThrownBy(() -> Nn.batchNormalization(x, constant(new double[2]), constant(new double[2]),
                constant(new double[2]), constant(new double[2]), -1)).isInstanceOf(GraphException.class)
                .hasMessageStartingWith("batch_normalization: epsilon must be finite and at least 0 but is -1.0");
    }
}
