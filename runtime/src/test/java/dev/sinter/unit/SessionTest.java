package dev.sinter.unit;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.divide;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.randomNormal;
import static dev.sinter.graph.Ops.randomUniform;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.BOOL;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.FeedSlot;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What sessions do, whatever executes the graph. */
public class SessionTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private Session session;

    @BeforeEach
    void open() {
        session = open(graph);
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void fetchesByTensorVariableNameAndPosition() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        Variable w = graph.variable("w", fill(FLOAT32, shape(2), 3));
        Tensor sum = x.plus(w).named("sum");
        session.run(graph.initializer());
        Feeds feeds = feed(x, new float[] {1, 2});
        Fetches out = session.run(feeds, fetch(sum, w, sum));
        assertThat(out.get(sum).toFloatArray()).containsExactly(4, 5);
        assertThat(out.get(w).toFloatArray()).containsExactly(3, 3);
        assertThat(out.get(2).sameBits(out.get(0))).isTrue();
        assertThat(out.get("sum:0").toFloatArray()).containsExactly(4, 5);
        assertThat(session.run(feeds, fetch("sum", "w", "x")).asList()).hasSize(3);
        assertThat(session.run(feeds, sum).toFloatArray()).containsExactly(4, 5);
        assertThat(session.run(w).toFloatArray()).containsExactly(3, 3);
    }

    @Test
    void aFetchIsASnapshot() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(2), 3));
        session.run(graph.initializer());
        NDArray before = session.run(w);
        NDArray value = session.value(w);
        session.load(w, new float[] {7, 8});
        assertThat(before.toFloatArray()).containsExactly(3, 3);
        assertThat(value.toFloatArray()).containsExactly(3, 3);
        assertThat(session.run(w).toFloatArray()).containsExactly(7, 8);
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        NDArray fed = NDArray.of(1f, 2f);
        NDArray fetched = session.run(feed(x, fed), x);
        fed.setDouble(0, 9);
        assertThat(fetched.toFloatArray()).containsExactly(1, 2);
    }

    @Test
    void targetsAreCarriedOut() {
        Variable w = graph.variable("w", fill(FLOAT32, shape(), 1));
        Tensor update = w.assignAdd(graph.constant(1f));
        session.run(graph.initializer());
        Fetches out = session.run(fetch(w).targets(update));
        assertThat(out.get(w).floatValue()).isEqualTo(1);
        assertThat(session.run(w).floatValue()).isEqualTo(2);
        session.run(Fetch.nothing().targets("assign_add"));
        assertThat(session.run(w).floatValue()).isEqualTo(3);
    }

    @Test
    void javaValuesConvert() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 2));
        Tensor n = graph.placeholder("n", INT32, shape());
        Tensor b = graph.placeholder("b", BOOL, shape(2));
        Tensor sum = reduceSum(x).times(cast(n, FLOAT32));
        assertThat(session.run(feed(x, new double[][] {{1, 2}, {3, 4}}).and(n, 2), sum).floatValue()).isEqualTo(20);
        assertThat(session.run(feed(x, new int[][] {{1, 2}}).and(n, 2L), sum).floatValue()).isEqualTo(6);
        assertThat(session.run(feed(x, new float[0][2]).and(n, 2), sum).floatValue()).isZero();
        assertThat(session.run(feed(b, new boolean[] {true, false}), cast(b, FLOAT32)).toFloatArray())
                .containsExactly(1, 0);
    }

    @Test
    void anyTensorCanBeFed() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        Tensor middle = exp(x);
        assertThat(session.run(feed(middle, new float[] {1, 2}), middle.times(2)).toFloatArray())
                .containsExactly(2, 4);
    }

    @Test
    void specialValuesFlow() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(3));
        float[] values = session.run(feed(x, new float[] {Float.NaN, Float.POSITIVE_INFINITY, 0}),
                divide(1, x)).toFloatArray();
        assertThat(values).containsExactly(Float.NaN, 0, Float.POSITIVE_INFINITY);
    }

    @Test
    void zeroSizesWork() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3));
        Variable w = graph.variable("w", zeros(FLOAT32, shape(3, 2)));
        session.run(graph.initializer());
        NDArray out = session.run(feed(x, NDArray.zeros(FLOAT32, 0, 3)), matmul(x, w));
        assertThat(out.sizes()).containsExactly(0, 2);
        assertThat(session.run(feed(x, NDArray.zeros(FLOAT32, 0, 3)), reduceMean(x)).floatValue()).isNaN();
    }

    @Test
    void oneProgramTakesEverySize() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN));
        Tensor sum = reduceSum(square(x));
        for (int size : new int[] {0, 1, 2, 100, 1}) {
            float[] ones = new float[size];
            java.util.Arrays.fill(ones, 2);
            assertThat(session.run(feed(x, ones), sum).floatValue()).isEqualTo(4 * size);
        }
    }

    @Test
    void preparedCallsAreRepeated() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(2));
        Tensor unused = graph.placeholder("unused", FLOAT32, shape(2));
        Variable w = graph.variable("w", zeros(FLOAT32, shape(2)));
        Tensor update = w.assignAdd(x);
        Tensor total = reduceSum(update);
        session.run(graph.initializer());
        try (PreparedCall call = session.prepare(fetch(total, w), x, unused)) {
            FeedSlot slot = call.slot(x);
            assertThatThrownBy(call::run).isInstanceOf(GraphException.class)
                    .hasMessageMatching("run: placeholder \"x\" at SessionTest.java:\\d+ has no value yet; feed it");
            call.feed(slot, NDArray.of(1f, 2f)).feed(unused, new float[] {0, 0});
            assertThat(call.run().floatValue(total)).isEqualTo(3);
            Fetches first = call.snapshot();
            assertThat(call.run().floatValue(0)).isEqualTo(6);
            assertThat(first.get(total).floatValue()).isEqualTo(3);
            assertThat(call.result(w).toFloatArray()).containsExactly(1, 2);
            assertThat(call.feed(x, new double[] {5, 5}).run().floatValue(total)).isEqualTo(16);
        }
    }

    @Test
    void variablesKeepTheirValuesPerSession() {
        Variable w = graph.variable("w", zeros(FLOAT32, shape(2)));
        assertThat(session.isInitialized(w)).isFalse();
        session.run(graph.initializer());
        assertThat(session.isInitialized(w)).isTrue();
        try (Session other = open(graph)) {
            assertThat(other.isInitialized(w)).isFalse();
            other.load(w, new float[] {1, 2});
            assertThat(other.value(w).toFloatArray()).containsExactly(1, 2);
        }
        assertThat(session.value(w).toFloatArray()).containsExactly(0, 0);
        Variable later = graph.variable("later", zeros(FLOAT32, shape()));
        session.run(later.initializer());
        assertThat(session.value(later).floatValue()).isZero();
    }

    @Test
    void randomNumbersDependOnSeedsAndTheRun() {
        Tensor normal = graph.tensor(randomNormal(FLOAT32, shape(1000)));
        NDArray first = session.run(normal);
        NDArray second = session.run(normal);
        assertThat(first.sameBits(second)).isFalse();
        try (Session other = open(graph)) {
            assertThat(other.run(normal).sameBits(first)).isTrue();
            assertThat(other.run(normal).sameBits(second)).isTrue();
        }
    }

    @Test
    void randomNumbersHaveTheirDistribution() {
        for (var dtype : List.of(FLOAT32, FLOAT64)) {
            Tensor normal = graph.tensor(randomNormal(dtype, shape(20_000), 3, 2));
            Tensor uniform = graph.tensor(randomUniform(dtype, shape(20_000), -1, 3));
            double[] n = session.run(normal).cast(FLOAT64).toDoubleArray();
            double[] u = session.run(uniform).cast(FLOAT64).toDoubleArray();
            assertThat(java.util.Arrays.stream(n).average().orElseThrow()).isCloseTo(3, within(0.05));
            assertThat(java.util.Arrays.stream(n).map(v -> (v - 3) * (v - 3)).average().orElseThrow())
                    .isCloseTo(4, within(0.15));
            assertThat(java.util.Arrays.stream(u).average().orElseThrow()).isCloseTo(1, within(0.05));
            assertThat(java.util.Arrays.stream(u).min().orElseThrow()).isGreaterThanOrEqualTo(-1);
            assertThat(java.util.Arrays.stream(u).max().orElseThrow()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void passesChangeNoResult() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3));
        Tensor y = exp(x.times(2).plus(1).minus(x)).div(x.plus(0));
        Feeds feeds = feed(x, new float[][] {{1, 2, 3}, {4, 5, 6}});
        try (Session plain = new Session(graph, options().unoptimized())) {
            assertThat(plain.run(feeds, y).sameBits(session.run(feeds, y))).isTrue();
        }
    }
}
