package dev.sinter.error;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.graph.WindowOptions.SAME;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.Adam;
import dev.sinter.nn.ClippedGradients;
import dev.sinter.nn.GradientDescent;
import dev.sinter.nn.GruCell;
import dev.sinter.nn.LayerOptions;
import dev.sinter.nn.Layers;
import dev.sinter.nn.LearningRates;
import dev.sinter.nn.Losses;
import dev.sinter.nn.LstmCell;
import dev.sinter.nn.Metrics;
import dev.sinter.nn.Rnn;
import dev.sinter.nn.RnnOptions;
import dev.sinter.nn.WeightInitializer;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Layers, optimizers and losses say what is wrong with what they are given. */
class LayerErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, UNKNOWN, 3));

    private static void fails(ThrowingCallable code, String message) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).hasMessageContaining(message);
    }

    private static void failsWith(ThrowingCallable code, String message) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).hasMessage(message);
    }

    private Variable variable(long... sizes) {
        return graph.variable("w", zeros(FLOAT32, shape(sizes)));
    }

    @Test
    void inputsOfAnotherRank() {
        Tensor flat = graph.placeholder("flat", FLOAT32, shape(UNKNOWN, 3));
        fails(() -> Rnn.lstm(flat, 4), "rnn: inputs of three axes are needed, batch, time and features, not "
                + "Tensor(\"flat:0\", shape=(?, 3), dtype=float32)");
    }

    @Test
    void inputsOfAnUnknownSize() {
        Tensor open = graph.placeholder("open", FLOAT32, shape(UNKNOWN, UNKNOWN, UNKNOWN));
        fails(() -> Rnn.gru(open, 4), "the size of the last axis must be known to make weights for it");
    }

    @Test
    void inputsOfAnotherSizeThanTheWeights() {
        LstmCell cell = LstmCell.of(graph, 5, 4);
        fails(() -> Rnn.dynamicRnn(cell, x, RnnOptions.DEFAULT), "sizes of");
        fails(() -> Rnn.dynamicRnn(cell, x, RnnOptions.DEFAULT), "LayerErrorsTest.java:");
    }

    @Test
    void inputsThatAreNoResiduals() {
        LstmCell cell = LstmCell.of(graph, 3, 4);
        fails(() -> Rnn.residualRnn(cell, x, RnnOptions.DEFAULT),
                "rnn: residuals need as many features as the cell has units: Tensor(\"x:0\"");
        fails(() -> Rnn.residualRnn(LstmCell.of(graph, 1, 4), graph.placeholder("single", FLOAT32,
                shape(UNKNOWN, UNKNOWN, 1)), RnnOptions.DEFAULT), "rnn: residuals need");
    }

    @Test
    void noUnits() {
        fails(() -> Rnn.lstm(x, 0), "lstm: at least 1 input and 1 unit are needed, not 3 and 0");
    }

    @Test
    void weightsThatDoNotFit() {
        fails(() -> new LstmCell(variable(3, 16), variable(4, 12), variable(16)),
                "lstm: the shape of the recurrent kernel must be (4, 16), not Variable(");
        fails(() -> new LstmCell(variable(3, 12), variable(4, 16), variable(16)),
                "lstm: the shape of the kernel must be (3, 16), not Variable(");
        fails(() -> new LstmCell(variable(3, 16), variable(4, 16), variable(4)),
                "lstm: the shape of the bias must be (16,), not Variable(");
        failsWith(() -> new LstmCell(variable(3, 16), variable(4, 16),
                graph.variable("b", zeros(FLOAT64, shape(16)))),
                "lstm: the dtype of the bias must be that of the kernel, float32, not Variable(\"b:0\", shape=(16,), "
                        + "dtype=float64)");
        Variable integers = graph.variable("i", zeros(INT32, shape(3, 16)));
        failsWith(() -> new LstmCell(integers, integers, integers),
                "lstm: the weights must have a float dtype, not Variable(\"i:0\", shape=(3, 16), dtype=int32)");
    }

    @Test
    void candidateBiasesThatDoNotFit() {
        failsWith(() -> new GruCell(variable(3, 12), variable(4, 12), variable(12),
                Optional.of(graph.variable("c", zeros(FLOAT64, shape(4))))),
                "gru: the dtype of the candidate's bias must be that of the kernel, float32, not "
                        + "Variable(\"c:0\", shape=(4,), dtype=float64)");
        fails(() -> new GruCell(variable(3, 12), variable(4, 12), variable(12), Optional.of(variable(12))),
                "gru: the shape of the candidate's bias must be (4,), not Variable(");
    }

    @Test
    void lengthsThatAreNotIntegers() {
        Tensor lengths = graph.placeholder("lengths", FLOAT32, shape(UNKNOWN));
        fails(() -> Rnn.lstm(x, 4, RnnOptions.DEFAULT.withSequenceLength(lengths)),
                "rnn: the sequence lengths must be integers, not Tensor(\"lengths:0\", shape=(?,), dtype=float32)");
    }

    @Test
    void initialValuesOfShapesThatDoNotFit() {
        failsWith(() -> WeightInitializer.glorotUniform().initialValue(graph, FLOAT32, shape(UNKNOWN, 3)),
                "glorot_uniform: every size of the shape must be known, not (?, 3)");
        failsWith(() -> WeightInitializer.orthogonal().initialValue(graph, FLOAT32, shape(3)),
                "orthogonal: the shape must have at least two known sizes, not (3,)");
        failsWith(() -> WeightInitializer.identity(1).initialValue(graph, FLOAT32, shape(2, 3, 4)),
                "identity: the shape must be a matrix's, two known sizes, inputs and outputs, not (2, 3, 4)");
    }

    @Test
    void statesThatDoNotFit() {
        LstmCell cell = LstmCell.of(graph, 3, 4);
        Tensor h = graph.placeholder("h", FLOAT32, shape(UNKNOWN, 4));
        fails(() -> Rnn.dynamicRnn(cell, x, RnnOptions.DEFAULT.withInitialState(h)),
                "rnn: the initial state has 1 parts; the cells have 2");
        fails(() -> Rnn.stackedRnn(List.of(), x, RnnOptions.DEFAULT), "rnn: at least one layer is needed");
    }

    @Test
    void optimizersWithoutVariables() {
        failsWith(() -> new Adam(0.1).apply(List.of(), List.of()),
                "adam: a gradient is needed for each variable, and at least one variable; "
                        + "there are 0 variables and 0 gradients");
    }

    @Test
    void gradientsOfOtherShapesAndDtypes() {
        Variable w = variable(2, 3);
        Tensor column = graph.placeholder("column", FLOAT32, shape(2, 1));
        failsWith(() -> new GradientDescent(0.1).apply(List.of(w), List.of(column)),
                "gradient_descent: a gradient must have the dtype and the shape of its variable: "
                        + "Variable(\"w:0\", shape=(2, 3), dtype=float32) and "
                        + "Tensor(\"column:0\", shape=(2, 1), dtype=float32)");
        fails(() -> new Adam(0.1).apply(List.of(w), List.of(zeros(FLOAT32, shape(3)))),
                "adam: a gradient must have the dtype and the shape of its variable: ");
        fails(() -> new Adam(0.1).apply(List.of(w), List.of(zeros(FLOAT64, shape(2, 3)))),
                "adam: a gradient must have the dtype and the shape of its variable: ");
        Tensor open = graph.placeholder("open", FLOAT32, shape(UNKNOWN, 3));
        assertThat(new Adam(0.1).apply(List.of(w), List.of(open))).isNotNull();
    }

    @Test
    void learningRatesThatAreNotFloatScalars() {
        Tensor rates = graph.placeholder("rates", FLOAT32, shape(3));
        failsWith(() -> new GradientDescent(rates, 0, false),
                "gradient_descent: the learning rate must be a scalar of a float dtype, not "
                        + "Tensor(\"rates:0\", shape=(3,), dtype=float32)");
        failsWith(() -> new Adam(constant(1), 0.9, 0.999, 1e-8), "adam: the learning rate must be a scalar of a float "
                + "dtype, not Initializer(\"constant\", shape=(), dtype=int32)");
    }

    @Test
    void numbersOfOptimizersOutOfRange() {
        failsWith(() -> new GradientDescent(0.1, 1),
                "gradient_descent: the momentum must be at least 0 and below 1 but is 1.0");
        failsWith(() -> new GradientDescent(0.1, -0.5),
                "gradient_descent: the momentum must be at least 0 and below 1 but is -0.5");
        failsWith(() -> new GradientDescent(0.1, Double.NaN),
                "gradient_descent: the momentum must be at least 0 and below 1 but is NaN");
        failsWith(() -> new GradientDescent(constant(0.1), 0, true),
                "gradient_descent: Nesterov's step needs a momentum above 0, such as 0.9");
        failsWith(() -> new Adam(constant(0.1), 1, 0.999, 1e-8),
                "adam: beta1 must be at least 0 and below 1 but is 1.0");
        failsWith(() -> new Adam(constant(0.1), 0.9, -1, 1e-8),
                "adam: beta2 must be at least 0 and below 1 but is -1.0");
        failsWith(() -> new Adam(constant(0.1), 0.9, 0.999, -1e-8),
                "adam: epsilon must be finite and at least 0 but is -1.0E-8");
    }

    @Test
    void nothingToClipOrNoBound() {
        failsWith(() -> ClippedGradients.clipByGlobalNorm(List.of(x), 0),
                "clip_by_global_norm: the bound must be finite and above 0 but is 0.0");
        failsWith(() -> ClippedGradients.clipByGlobalNorm(List.of(x), Double.POSITIVE_INFINITY),
                "clip_by_global_norm: the bound must be finite and above 0 but is Infinity");
        failsWith(() -> ClippedGradients.clipByGlobalNorm(List.of(), 1),
                "global_norm: at least one gradient is needed");
        failsWith(() -> ClippedGradients.globalNorm(List.of()), "global_norm: at least one gradient is needed");
        failsWith(() -> ClippedGradients.globalNorm(List.of(x, zeros(FLOAT64, shape()))),
                "global_norm: the gradients must have one float dtype: Tensor(\"x:0\", shape=(?, ?, 3), dtype=float32) "
                        + "and Initializer(\"zeros\", shape=(), dtype=float64)");
    }

    @Test
    void weightsThatAreMoreThanLosses() {
        Tensor losses = graph.placeholder("losses", FLOAT32, shape(1, 3));
        fails(() -> Losses.computeWeightedLoss(losses, zeros(FLOAT32, shape(2, 3)), Losses.Reduction.NONE),
                "axis 0 does not broadcast to (1, 3)");
    }

    @Test
    void masksThatAreNumbers() {
        Tensor labels = graph.placeholder("labels", INT32, shape(UNKNOWN, UNKNOWN));
        fails(() -> Losses.sparseSoftmaxCrossEntropy(labels, x, labels),
                "sparse_softmax_cross_entropy: the mask must be bool, not Tensor(\"labels:0\"");
    }

    private void leavesNothing(ThrowingCallable code) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).hasMessageContaining(
                "\n  at LayerErrorsTest.java:");
        assertThat(graph.variables()).isEmpty();
    }

    @Test
    void layersThatFailLeaveNothing() {
        LayerOptions failing = LayerOptions.DEFAULT.withActivation(made ->
                Ops.reshape(Ops.negative(made), shape(2, 2)));
        Tensor image = graph.placeholder("image", FLOAT32, shape(3, 8, 8, 4));
        leavesNothing(() -> Layers.dense(image, 5, failing));
        leavesNothing(() -> Layers.conv2d(image, 3, List.of(3L), SAME, failing));
        leavesNothing(() -> Layers.conv2dTranspose(image, 3, List.of(3L), SAME, failing));
        leavesNothing(() -> Layers.separableConv2d(image, 3, List.of(3L), 2, SAME, failing));
        leavesNothing(() -> Layers.conv2d(graph, FLOAT32, 4, 3, List.of(3L), SAME,
                LayerOptions.DEFAULT.withBias(WeightInitializer.orthogonal())));
        leavesNothing(() -> Layers.dense(image, 5, LayerOptions.DEFAULT.withBias(WeightInitializer.orthogonal())));
        assertThat(Layers.dense(image, 5).name()).startsWith("dense_1/");
        assertThat(graph.variables()).extracting(Variable::name).containsExactly("dense/kernel", "dense/bias");
    }

    @Test
    void lossesMetricsAndRatesThatFailLeaveNothing() {
        Tensor labels = graph.placeholder("labels", FLOAT32, shape(4, 3));
        Tensor weights = graph.placeholder("weights", FLOAT32, shape(5, 3));
        leavesNothing(() -> Losses.meanSquaredError(labels, labels, weights, Losses.Reduction.SUM));
        assertThat(graph.find("squared_difference")).isEmpty();
        leavesNothing(() -> Metrics.meanSquaredError(labels, labels, weights));
        assertThat(graph.find("cast")).isEmpty();
        Tensor step = graph.placeholder("step", INT32, shape());
        leavesNothing(() -> LearningRates.piecewiseConstant(step, List.of(1.0, 2.0), List.of(0.1)));
        assertThat(graph.find("cast")).isEmpty();
    }
}
