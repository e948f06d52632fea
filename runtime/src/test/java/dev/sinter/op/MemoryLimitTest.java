package dev.sinter.op;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import org.junit.jupiter.api.Test;

/** Under a limit of memory a training step computes values again, and gives the same. */
class MemoryLimitTest {
    private static final int LAYERS = 12;
    private static final int ROWS = 512;
    private static final int WIDTH = 128;
    /** What one value between two layers takes. */
    private static final long LAYER_BYTES = 4L * ROWS * WIDTH;

    /** A chain of layers, each of which needs its input and its output for its gradient. */
    private record Net(Graph graph, Tensor x, Tensor gradient) {
        static Net build() {
            Graph graph = new Graph();
            Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, WIDTH));
            Variable weights = graph.variable("w", constant(ramp(WIDTH, WIDTH)));
            Tensor h = x;
            for (int i = 0; i < LAYERS; i++) {
                h = tanh(matmul(h, weights));
            }
            return new Net(graph, x, gradients(reduceMean(h.times(h)), weights).of(weights));
        }
    }

    private static NDArray ramp(int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i * 37 % 101 - 50) / 400f;
        }
        return NDArray.of(values).reshape(rows, columns);
    }

    private static Session session(Net net, long limit) {
        Session session = new Session(net.graph(), SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(1)
                .withMemoryLimit(limit));
        session.run(net.graph().initializer());
        return session;
    }

    private static NDArray gradient(Session session, Net net, int rows) {
        return session.run(feed(net.x(), ramp(rows, WIDTH)), net.gradient());
    }

    @Test
    void aStepRunsInHalfTheMemoryOfItsLayers() {
        Net net = Net.build();
        try (Session wide = session(net, 2 * LAYERS * LAYER_BYTES);
                Session narrow = session(net, LAYERS * LAYER_BYTES / 2)) {
            int before = narrow.compilations();
            assertThat(gradient(narrow, net, ROWS).sameBits(gradient(wide, net, ROWS))).isTrue();
            assertThat(narrow.compilations()).as("the fastest program, and one that fits").isEqualTo(before + 2);
            assertThat(gradient(narrow, net, 8).sameBits(gradient(wide, net, 8))).isTrue();
            assertThat(narrow.compilations()).isEqualTo(before + 2);
        }
    }

    @Test
    void whatFitsInNoProgramIsRefusedAndNothingElse() {
        Net net = Net.build();
        try (Session session = session(net, 4 * LAYER_BYTES)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> gradient(session, net, 4 * ROWS)).isInstanceOf(GraphException.class)
                        .hasMessageContaining("the limit is");
            }
            assertThat(gradient(session, net, 8).shape()).isEqualTo(shape(WIDTH, WIDTH));
        }
    }
}
