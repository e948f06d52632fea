package dev.sinter.error;

import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.Adam;
import dev.sinter.nn.ClippedGradients;
import dev.sinter.nn.Losses;
import dev.sinter.nn.LstmCell;
import dev.sinter.nn.Rnn;
import dev.sinter.nn.RnnOptions;
import dev.sinter.tensor.GraphException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Layers, optimizers and losses say what is wrong with what they are given. */
class LayerErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, UNKNOWN, 3));

    private static void fails(ThrowingCallable code, String message) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).hasMessageContaining(message);
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
        fails(() -> new LstmCell(variable(3, 16), variable(4, 16),
                graph.variable("b", zeros(FLOAT64, shape(16)))), "lstm: the weights must have one float dtype");
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
        fails(() -> new Adam(0.1).apply(List.of(), List.of()), "adam: a gradient is needed for each variable, and at "
                + "least one variable; there are 0 variables and 0 gradients");
        fails(() -> ClippedGradients.clipByGlobalNorm(List.of(x), 0), "the bound is 0.0");
    }

    @Test
    void masksThatAreNumbers() {
        Tensor labels = graph.placeholder("labels", INT32, shape(UNKNOWN, UNKNOWN));
        fails(() -> Losses.sparseSoftmaxCrossEntropy(labels, x, labels),
                "sparse_softmax_cross_entropy: the mask must be bool, not Tensor(\"labels:0\"");
    }
}
