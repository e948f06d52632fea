package dev.sinter.op;

import static dev.sinter.graph.WindowOptions.SAME;
import static dev.sinter.graph.WindowOptions.VALID;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.nn.Adam;
import dev.sinter.nn.BatchNormalization;
import dev.sinter.nn.Dense;
import dev.sinter.nn.Layer;
import dev.sinter.nn.LayerOptions;
import dev.sinter.nn.Layers;
import dev.sinter.nn.WeightInitializer;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers make the weights of {@code tf.layers}, and of their inputs what the ops make of these weights. */
final class LayersTest {
    private static final LayerOptions BIASED = LayerOptions.DEFAULT.withBias(WeightInitializer.normal(0, 1))
            .withActivation(Nn::relu);

    private final Graph graph = new Graph();

    private Session session(Backend backend) {
        return new Session(graph, SessionOptions.DEFAULT.withBackend(backend));
    }

    private static NDArray numbers(long... sizes) {
        NDArray array = NDArray.zeros(FLOAT64, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, Math.sin(1 + 3.7 * i));
        }
        return array;
    }

    private Variable weight(String name) {
        return graph.variables().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void resultsAreThoseOfTheOps(Backend backend) {
        Tensor line = graph.placeholder("line", FLOAT64, shape(UNKNOWN, UNKNOWN, 4));
        Tensor image = graph.placeholder("image", FLOAT64, shape(UNKNOWN, UNKNOWN, 5, 4));
        WindowOptions strided = SAME.withStrides(2);
        List<Long> sizes = List.of(3L);
        List<Tensor> layers = List.of(
                Layers.dense(line, 3, BIASED),
                Layers.conv1d(line, 6, sizes, strided, BIASED),
                Layers.conv2d(image, 6, List.of(3L, 2L), VALID.withGroups(2), BIASED),
                Layers.conv2dTranspose(image, 3, sizes, strided, BIASED),
                Layers.separableConv1d(line, 5, sizes, 2, strided, BIASED),
                Layers.separableConv2d(image, 5, sizes, 2, VALID, BIASED),
                Layers.conv1d(line, 2, sizes, SAME, LayerOptions.DEFAULT.withoutBias()),
                Layers.flatten(image), Layers.dropout(line, 0.5, false));
        Variable dense = weight("dense/kernel");
        Variable grouped = weight("conv2d/kernel");
        Variable transposed = weight("conv2d_transpose/kernel");
        Variable wide = weight("separable_conv1d/depthwise_kernel");
        Variable flat = weight("separable_conv2d/pointwise_kernel");
        assertThat(dense.shape()).isEqualTo(shape(4, 3));
        assertThat(weight("conv1d/kernel").shape()).isEqualTo(shape(3, 4, 6));
        assertThat(grouped.shape()).isEqualTo(shape(3, 2, 2, 6));
        assertThat(transposed.shape()).isEqualTo(shape(3, 3, 3, 4));
        assertThat(wide.shape()).isEqualTo(shape(3, 4, 2));
        assertThat(flat.shape()).isEqualTo(shape(1, 1, 8, 5));
        List<Tensor> ops = List.of(
                biased(Ops.tensordot(line, dense, new int[] {-1}, new int[] {0}), "dense"),
                biased(Nn.conv1d(line, weight("conv1d/kernel"), strided), "conv1d"),
                biased(Nn.conv2d(image, grouped, VALID.withGroups(2)), "conv2d"),
                biased(Nn.conv2dTranspose(image, transposed, strided), "conv2d_transpose"),
                biased(Nn.separableConv2d(line, wide, weight("separable_conv1d/pointwise_kernel"), strided),
                        "separable_conv1d"),
                biased(Nn.separableConv2d(image, weight("separable_conv2d/depthwise_kernel"), flat, VALID),
                        "separable_conv2d"),
                Nn.conv1d(line, graph.variables().getLast(), SAME), image, line);
        try (Session session = session(backend)) {
            session.run(graph.initializer());
            Feeds feeds = Feeds.feed(line, numbers(2, 7, 4)).and(image, numbers(2, 6, 5, 4));
            Fetches found = session.run(feeds, Fetch.fetch(layers));
            Fetches expected = session.run(feeds, Fetch.fetch(ops));
            for (int i = 0; i < ops.size(); i++) {
                NDArray one = found.get(layers.get(i));
                NDArray other = expected.get(ops.get(i));
                assertThat(one.elementCount()).isEqualTo(other.elementCount()).isPositive();
                for (long element = 0; element < one.elementCount(); element++) {
                    assertThat(one.getDouble(element)).as("layer %d", i)
                            .isCloseTo(other.getDouble(element), within(1e-12));
                }
            }
            assertThat(found.get(layers.get(7)).shape()).isEqualTo(shape(2, 120));
        }
    }

    private Tensor biased(Tensor x, String layer) {
        return Nn.relu(Nn.biasAdd(x, weight(layer + "/bias")));
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void momentsAreKeptForInference(Backend backend) {
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 3));
        BatchNormalization layer = BatchNormalization.of(graph, FLOAT64, 3, 0.75, 1e-3, false);
        BatchNormalization.Normalized training = layer.train(x);
        Tensor after = layer.infer(x);
        NDArray batch = numbers(8, 3);
        try (Session session = session(backend)) {
            session.run(graph.initializer());
            Feeds feeds = Feeds.feed(x, batch);
            double mean = 0;
            double variance = 1;
            double own = 0;
            double square = 0;
            for (int row = 0; row < 8; row++) {
                own += batch.getDouble(3 * row) / 8;
                square += batch.getDouble(3 * row) * batch.getDouble(3 * row) / 8;
            }
            double spread = square - own * own;
            for (int step = 0; step < 3; step++) {
                Fetches out = session.run(feeds, Fetch.fetch(training.outputs()).targets(training.update()));
                assertThat(out.get(0).getDouble(0)).isCloseTo((batch.getDouble(0) - own) / Math.sqrt(spread + 1e-3),
                        within(1e-12));
                mean = 0.75 * mean + 0.25 * own;
                variance = 0.75 * variance + 0.25 * spread * 8 / 7;
            }
            assertThat(session.value(layer.movingMean()).getDouble(0)).isCloseTo(mean, within(1e-12));
            assertThat(session.value(layer.movingVariance()).getDouble(0)).isCloseTo(variance, within(1e-12));
            assertThat(session.run(feeds, Fetch.fetch(after)).get(after).getDouble(0)).isCloseTo(
                    (batch.getDouble(0) - mean) / Math.sqrt(variance + 1e-3), within(1e-12));
        }
    }

    @Test
    void aNetOfLayersLearns() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 6, 6, 1));
        Tensor wanted = Ops.reduceMax(x, 1, 2, 3);
        Tensor hidden = Layers.conv2d(x, 4, List.of(3L), SAME, LayerOptions.DEFAULT);
        BatchNormalization.Normalized normal = Layers.batchNormalization(hidden);
        Tensor pooled = Layers.maxPooling2d(Nn.relu(normal.outputs()), List.of(2L), VALID.withStrides(2));
        Tensor guess = Ops.reshape(Layers.dense(Layers.flatten(pooled), 1), shape(UNKNOWN));
        Tensor loss = Ops.reduceMean(Ops.square(guess.minus(wanted)));
        List<Variable> weights = graph.variables().stream().filter(each -> !each.name().contains("moving")).toList();
        Operation step = Control.group(new Adam(0.02).minimize(loss, weights), normal.update());
        try (Session session = session(Backend.LLVM)) {
            session.run(graph.initializer());
            Feeds feeds = Feeds.feed(x, numbers(16, 6, 6, 1).cast(FLOAT32));
            double first = session.run(feeds, Fetch.fetch(loss)).get(loss).getDouble(0);
            for (int i = 0; i < 60; i++) {
                session.run(feeds, Fetch.nothing().targets(step));
            }
            assertThat(session.run(feeds, Fetch.fetch(loss)).get(loss).getDouble(0)).isLessThan(first / 10);
        }
    }

    @Test
    void aLayerIsAppliedSeveralTimes() {
        Layer layer = Dense.of(graph, FLOAT32, 3, 2, LayerOptions.DEFAULT);
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3));
        assertThat(layer.apply(x).shape()).isEqualTo(layer.apply(x).shape());
        assertThat(graph.variables()).isEqualTo(layer.variables()).hasSize(2);
    }

    @Test
    void mistakesAreNamed() {
        Tensor open = graph.placeholder("open", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor line = graph.placeholder("line", FLOAT32, shape(UNKNOWN, 5, 4));
        assertThatThrownBy(() -> Layers.dense(open, 3)).isInstanceOf(GraphException.class).hasMessageContaining(
                "dense: floats are needed whose size is known along axis -1");
        assertThatThrownBy(() -> Layers.dense(line, 0)).isInstanceOf(GraphException.class).hasMessageContaining(
                "dense: at least 1 input and 1 unit are needed, not 4 and 0");
        assertThatThrownBy(() -> Layers.conv2d(line, 3, List.of(2L), SAME, LayerOptions.DEFAULT)).isInstanceOf(
                GraphException.class).hasMessageContaining("conv2d: inputs of 4 axes are needed");
        assertThatThrownBy(() -> Layers.conv1d(line, 3, List.of(0L), SAME, LayerOptions.DEFAULT)).isInstanceOf(
                GraphException.class).hasMessageContaining("conv1d: a size from 1 on for each of 1 axes");
        assertThatThrownBy(() -> Layers.conv1d(line, 3, List.of(2L), SAME.withGroups(2), LayerOptions.DEFAULT))
                .isInstanceOf(GraphException.class).hasMessageContaining("are not multiples of 2 groups");
        assertThat(graph.variables()).isEmpty();
    }
}
