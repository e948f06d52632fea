package dev.sinter.unit;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Variable;
import dev.sinter.nn.WeightInitializer;
import dev.sinter.nn.WeightInitializer.Distribution;
import dev.sinter.nn.WeightInitializer.Fan;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights begin with the variance, the limits and the shapes that their initializers promise. */
final class WeightInitializersTest {
    private final Graph graph = new Graph();

    private NDArray initial(WeightInitializer initializer, DType dtype, Shape shape) {
        Variable variable = graph.variable("w", initializer.initialValue(graph, dtype, shape));
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            session.run(variable.initializer());
            return session.value(variable);
        }
    }

    private static WeightInitializer named(String name) {
        return switch (name) {
            case "glorot_uniform" -> WeightInitializer.glorotUniform();
            case "glorot_normal" -> WeightInitializer.glorotNormal();
            case "he_uniform" -> WeightInitializer.heUniform();
            case "he_normal" -> WeightInitializer.heNormal();
            case "lecun_uniform" -> WeightInitializer.lecunUniform();
            case "lecun_normal" -> WeightInitializer.lecunNormal();
            case "normal" -> WeightInitializer.varianceScaling(3, Fan.OUT, Distribution.NORMAL);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @CsvSource({"glorot_uniform,1.74", "glorot_normal,2.28", "he_uniform,1.74", "he_normal,2.28", "lecun_uniform,1.74",
            "lecun_normal,2.28", "normal,6"})
    void variancesAndLimits(String name, double deviations) {
        double[] values = initial(named(name), FLOAT64, shape(2, 5, 5, 150)).toDoubleArray();
        double sum = 0;
        double squares = 0;
        double largest = 0;
        for (double value : values) {
            sum += value;
            squares += value * value;
            largest = Math.max(largest, Math.abs(value));
        }
        double fanIn = 50;
        double fanOut = 1500;
        double expected = switch (name) {
            case "glorot_uniform", "glorot_normal" -> 2 / (fanIn + fanOut);
            case "he_uniform", "he_normal" -> 2 / fanIn;
            case "normal" -> 3 / fanOut;
            default -> 1 / fanIn;
        };
        assertThat(squares / values.length).isCloseTo(expected, withinPercentage(5));
        assertThat(sum / values.length).isCloseTo(0, within(0.05 * Math.sqrt(expected)));
        assertThat(largest).isLessThan(deviations * Math.sqrt(expected));
    }

    @Test
    void plainValues() {
        assertThat(initial(WeightInitializer.constant(2.5), FLOAT32, shape(3)).toFloatArray())
                .containsExactly(2.5f, 2.5f, 2.5f);
        assertThat(initial(WeightInitializer.zeros(), FLOAT32, shape(1)).toFloatArray()).containsExactly(0);
        assertThat(initial(WeightInitializer.ones(), FLOAT32, shape(1)).toFloatArray()).containsExactly(1);
        assertThat(initial(WeightInitializer.identity(2), FLOAT32, shape(2, 3)).toFloatArray())
                .containsExactly(2, 0, 0, 0, 2, 0);
        assertThat(initial(WeightInitializer.glorotUniform(), FLOAT32, Shape.SCALAR).sizes()).isEmpty();
        assertThat(DoubleStream.of(initial(WeightInitializer.truncatedNormal(1, 0.1), FLOAT64, shape(50))
                .toDoubleArray())).allMatch(value -> value > 0.8 && value < 1.2);
    }

    @Test
    void orthogonalFiltersHaveRowsOfAllPlaces() {
        double[] values = initial(WeightInitializer.orthogonal(2), FLOAT64, shape(2, 2, 3)).toDoubleArray();
        double product = 0;
        double square = 0;
        for (int row = 0; row < 4; row++) {
            product += values[3 * row] * values[3 * row + 1];
            square += values[3 * row] * values[3 * row];
        }
        assertThat(product).isCloseTo(0, within(1e-14));
        assertThat(square).isCloseTo(4, within(1e-13));
    }
}
