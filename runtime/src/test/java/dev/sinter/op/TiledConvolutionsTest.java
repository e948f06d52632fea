package dev.sinter.op;

import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native convolutions in tiles give what those of the interpreter give, as nearly as the session asks for. */
class TiledConvolutionsTest {
    private static final long CHANNELS = 64;

    private final Random random = new Random(11);
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 21, 20, CHANNELS));
    private final Variable first = graph.variable("first", zeros(FLOAT32, shape(3, 3, CHANNELS, CHANNELS)));
    private final Variable second = graph.variable("second", zeros(FLOAT32, shape(3, 3, CHANNELS, CHANNELS)));
    private final Tensor y = Nn.conv2d(Nn.relu(Nn.conv2d(x, first, WindowOptions.SAME)), second, WindowOptions.SAME);

    private NDArray normal(double size, long... sizes) {
        NDArray array = NDArray.zeros(FLOAT32, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, size * random.nextGaussian());
        }
        return array;
    }

    private static double difference(NDArray actual, NDArray expected) {
        double largest = 0;
        double error = 0;
        for (long i = 0; i < expected.elementCount(); i++) {
            largest = Math.max(largest, Math.abs(expected.getDouble(i)));
            error = Math.max(error, Math.abs(expected.getDouble(i) - actual.getDouble(i)));
        }
        return error / largest;
    }

    @ParameterizedTest
    @ValueSource(doubles = {2e-6, 2e-5})
    void agreesWithTheInterpreterWhateverTheFiltersAre(double tolerance) {
        SessionOptions options = SessionOptions.DEFAULT.withConvolutionTolerance(tolerance);
        try (Session tiled = new Session(graph, options.withBackend(Backend.LLVM));
                Session exact = new Session(graph, options.withBackend(Backend.EVAL))) {
            for (int round = 0; round < 2; round++) {
                for (Variable filter : new Variable[] {first, second}) {
                    NDArray value = normal(0.05, 3, 3, CHANNELS, CHANNELS);
                    tiled.load(filter, value);
                    exact.load(filter, value);
                }
                for (long batch : new long[] {1, 2}) {
                    NDArray images = normal(1, batch, 21, 20, CHANNELS);
                    NDArray expected = exact.run(feed(x, images), y);
                    assertThat(difference(tiled.run(feed(x, images), y), expected)).isLessThan(2 * tolerance);
                }
            }
            assertThat(tiled.explain(feed(x, normal(1, 1, 21, 20, CHANNELS)), fetch(y))).doesNotContain("windows");
        }
    }

    @Test
    void withoutKeptValuesConvolutionsAreThemselves() {
        SessionOptions options = SessionOptions.DEFAULT.withBackend(Backend.LLVM).withConvolutionTolerance(1e-3)
                .withoutKeptValues();
        try (Session session = new Session(graph, options)) {
            session.run(graph.initializer());
            assertThat(session.explain(feed(x, normal(1, 1, 21, 20, CHANNELS)), fetch(y))).contains("windows");
        }
    }

    @Test
    void aStepThatWritesFiltersConvolvesExactly() {
        Tensor loss = Ops.reduceMean(Ops.square(y));
        Tensor step = second.assign(second.minus(Ops.gradients(loss, second).of(second).times(0.1)));
        NDArray images = normal(1, 1, 21, 20, CHANNELS);
        NDArray filter = normal(0.05, 3, 3, CHANNELS, CHANNELS);
        SessionOptions options = SessionOptions.DEFAULT.withBackend(Backend.LLVM);
        try (Session some = new Session(graph, options.withConvolutionTolerance(2e-5));
                Session plain = new Session(graph, options)) {
            some.load(first, filter);
            some.load(second, filter);
            plain.load(first, filter);
            plain.load(second, filter);
            some.run(feed(x, images), step);
            plain.run(feed(x, images), step);
            assertThat(difference(some.value(second), plain.value(second))).isLessThan(1e-4);
            assertThat(difference(some.run(feed(x, images), y), plain.run(feed(x, images), y))).isLessThan(1e-4);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-6, Double.NaN})
    void aToleranceIsAPart(double tolerance) {
        assertThatThrownBy(() -> SessionOptions.DEFAULT.withConvolutionTolerance(tolerance))
                .isInstanceOf(GraphException.class).hasMessage("session: the tolerance of convolutions is a part of"
                        + " their largest result, such as 1e-5, not " + tolerance);
    }
}
