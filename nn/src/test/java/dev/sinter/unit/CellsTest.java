package dev.sinter.unit;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.Adam;
import dev.sinter.nn.GruCell;
import dev.sinter.nn.LstmCell;
import dev.sinter.nn.Rnn;
import dev.sinter.nn.RnnOptions;
import dev.sinter.nn.RnnResult;
import dev.sinter.nn.SimpleRnnCell;
import dev.sinter.nn.WeightInitializer;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What layers make: variables, names, initial values, shapes. */
class CellsTest {
    private final Graph graph = new Graph();

    private NDArray initial(Variable variable) {
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            return session.run(variable.initialValue());
        }
    }

    @Test
    void layersNameTheirWeights() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, UNKNOWN, 3));
        RnnResult lstm = Rnn.lstm(x, 4);
        RnnResult gru = Rnn.gru(lstm.outputs(), 5);
        RnnResult second = Rnn.gru(gru.outputs(), 6);
        RnnResult simple = Rnn.simpleRnn(second.outputs(), 2);
        assertThat(lstm.variables()).extracting(Variable::name)
                .containsExactly("lstm/kernel", "lstm/recurrent_kernel", "lstm/bias");
        assertThat(gru.variables()).extracting(Variable::name).containsExactly("gru/kernel", "gru/recurrent_kernel",
                "gru/bias", "gru/candidate_bias");
        assertThat(second.variables()).extracting(Variable::name).startsWith("gru_1/kernel");
        assertThat(simple.outputs().shape()).isEqualTo(Shape.of(x.dim(0), x.dim(1), Dim.of(2)));
        assertThat(lstm.state()).hasSize(2).allMatch(part -> part.dim(0).equals(x.dim(0)));
        assertThat(lstm.outputs().location()).startsWith("CellsTest.java:");
    }

    @Test
    void statesAndLengthsMayBeConstants() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2, UNKNOWN, 3));
        LstmCell cell = LstmCell.of(graph, 3, 4);
        Variable h = graph.variable("h", zeros(FLOAT32, shape(4)));
        RnnOptions options = RnnOptions.DEFAULT.withSequenceLength(constant(new int[] {3, 1}))
                .withInitialState(h, zeros(FLOAT32, shape(1, 4)));
        assertThat(Rnn.dynamicRnn(cell, x, options).state(1).shape()).isEqualTo(shape(2, 4));
        RnnResult layers = Rnn.stackedRnn(List.of(cell, LstmCell.of(graph, 4, 5)), x, RnnOptions.DEFAULT);
        assertThat(layers.state(2).shape()).isEqualTo(shape(2, 5));
    }

    @Test
    void theForgetGateBeginsOpen() {
        assertThat(initial(LstmCell.of(graph, 3, 2).bias()).toFloatArray()).containsExactly(0, 0, 1, 1, 0, 0, 0, 0);
    }

    /** The limit of a kernel is that of the whole matrix, whose outputs are the columns of all gates, as in Keras. */
    @Test
    void kernelsBeginWithinGlorotsLimit() {
        withinGlorotsLimit(LstmCell.of(graph, 30, 40).kernel(), 30, 160);
        withinGlorotsLimit(LstmCell.of(graph, 30, 40).recurrentKernel(), 40, 160);
        withinGlorotsLimit(GruCell.of(graph, 30, 40).kernel(), 30, 120);
        withinGlorotsLimit(SimpleRnnCell.of(graph, 30, 40).kernel(), 30, 40);
    }

    private void withinGlorotsLimit(Variable kernel, int inputs, int outputs) {
        double limit = Math.sqrt(6.0 / (inputs + outputs));
        float[] values = initial(kernel).toFloatArray();
        assertThat(values).hasSize(inputs * outputs);
        double largest = 0;
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
            sum += value;
            squares += value * value;
        }
        assertThat(largest).isBetween(0.99 * limit, limit * (1 + 1e-7));
        assertThat(sum / values.length).isCloseTo(0, within(0.05 * limit));
        assertThat(squares / values.length).isCloseTo(2.0 / (inputs + outputs), withinPercentage(6));
    }

    @ParameterizedTest
    @CsvSource({"4,12", "9,5", "6,6", "1,3"})
    void orthogonalRowsOrColumns(int rows, int columns) {
        Variable w = graph.variable("w",
                WeightInitializer.orthogonal().initialValue(graph, FLOAT64, shape(rows, columns)));
        double[] values = initial(w).toDoubleArray();
        boolean wide = rows <= columns;
        int count = Math.min(rows, columns);
        int length = Math.max(rows, columns);
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                double product = 0;
                for (int k = 0; k < length; k++) {
                    product += wide ? values[i * columns + k] * values[j * columns + k]
                            : values[k * columns + i] * values[k * columns + j];
                }
                assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-14));
            }
        }
    }

    @Test
    void adamKeepsItsSlotsInTheGraph() {
        Variable w = graph.variable("w", constant(new float[] {1, 2}));
        new Adam(0.1).minimize(reduceSum(w.times(w)), List.of(w));
        assertThat(graph.variables()).extracting(Variable::name)
                .containsExactly("w", "adam/beta1_power", "adam/beta2_power", "adam/w/m", "adam/w/v");
    }
}
