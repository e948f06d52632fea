package dev.sinter.op;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.multiply;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sequenceMask;
import static dev.sinter.graph.Ops.sin;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.Adam;
import dev.sinter.nn.ClippedGradients;
import dev.sinter.nn.GradientDescent;
import dev.sinter.nn.Losses;
import dev.sinter.nn.Optimizer;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Optimizers, clipping and losses against PyTorch, on both back ends. PyTorch's Adam is given an epsilon in each step
 * that means TensorFlow's.
 */
class TrainingGoldensTest {
    private final Graph graph = new Graph();

    private Session session(Backend backend) {
        return new Session(graph, SessionOptions.DEFAULT.withBackend(backend));
    }

    private static Optimizer optimizer(String name) {
        return switch (name) {
            case "descent" -> new GradientDescent(0.1);
            case "momentum" -> new GradientDescent(0.1, 0.9);
            case "nesterov" -> new GradientDescent(constant(0.1), 0.9, true);
            case "adam" -> new Adam(0.1);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @CsvSource({"descent,EVAL,FLOAT64", "momentum,EVAL,FLOAT64", "nesterov,EVAL,FLOAT64", "adam,EVAL,FLOAT64",
            "descent,LLVM,FLOAT64", "momentum,LLVM,FLOAT64", "nesterov,LLVM,FLOAT32", "adam,LLVM,FLOAT64",
            "adam,LLVM,FLOAT32"})
    void optimizersStepAsPyTorch(String name, Backend backend, DType dtype) {
        NnGolden golden = NnGolden.read(name);
        Variable w = graph.variable("w", constant(golden.get("w", dtype)));
        Tensor loss = reduceSum(multiply(sin(w), constant(golden.get("a", dtype))));
        Operation step = optimizer(name).minimize(loss, List.of(w));
        try (Session session = session(backend)) {
            session.run(graph.initializer());
            for (int t = 1; golden.has("w" + t); t++) {
                session.run(step);
                assertThat(RnnGoldensTest.distance(session.value(w), golden.get("w" + t))).as("step " + t)
                        .isLessThan(dtype == DType.FLOAT64 ? 1e-14 : 1e-6);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void aLearningRateMayChange(Backend backend) {
        Tensor rate = graph.placeholder("rate", DType.FLOAT32, shape());
        Variable w = graph.variable("w", constant(1.0));
        Operation step = new GradientDescent(rate, 0, false).minimize(w.times(w), List.of(w));
        try (Session session = session(backend)) {
            session.run(graph.initializer());
            session.run(Feeds.feed(rate, 0.25), step);
            assertThat(session.value(w).item()).isEqualTo(0.5);
            session.run(Feeds.feed(rate, 0.5), step);
            assertThat(session.value(w).item()).isEqualTo(0);
        }
    }

    /** PyTorch adds 1e-6 to the norm before it divides. */
    @ParameterizedTest
    @CsvSource({"within,10,EVAL", "beyond,1,EVAL", "within,10,LLVM", "beyond,1,LLVM"})
    void clippingAsPyTorch(String name, double bound, Backend backend) {
        NnGolden golden = NnGolden.read("clip");
        List<Tensor> given = List.of(graph.constant(golden.get(name + "_g0")),
                graph.constant(golden.get(name + "_g1")));
        ClippedGradients clipped = ClippedGradients.clipByGlobalNorm(given, bound);
        try (Session session = session(backend)) {
            Fetches values = session.run(Fetch.fetch(clipped.gradients().get(0), clipped.gradients().get(1),
                    clipped.globalNorm()));
            assertThat(RnnGoldensTest.distance(values.get(0), golden.get(name + "_clipped0"))).isLessThan(2e-6);
            assertThat(RnnGoldensTest.distance(values.get(1), golden.get(name + "_clipped1"))).isLessThan(2e-6);
            assertThat(RnnGoldensTest.distance(values.get(2), golden.get(name + "_norm"))).isLessThan(1e-14);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void clippingAnInfiniteNormGivesNaN(Backend backend) {
        Tensor gradient = graph.constant(new double[] {1, Double.POSITIVE_INFINITY});
        ClippedGradients clipped = ClippedGradients.clipByGlobalNorm(List.of(gradient), 1);
        try (Session session = session(backend)) {
            assertThat(session.run(clipped.gradients().getFirst()).toDoubleArray()).containsOnly(Double.NaN);
        }
    }

    @ParameterizedTest
    @CsvSource({"EVAL,FLOAT64", "LLVM,FLOAT64", "LLVM,FLOAT32"})
    void theLossCountsWhatTheMaskHolds(Backend backend, DType dtype) {
        NnGolden golden = NnGolden.read("masked_cross_entropy");
        Tensor logits = graph.placeholder("logits", dtype, shape(UNKNOWN, UNKNOWN, 6));
        Tensor labels = graph.placeholder("labels", DType.INT32, shape(UNKNOWN, UNKNOWN));
        Tensor lengths = graph.placeholder("lengths", DType.INT32, shape(UNKNOWN));
        Tensor loss = Losses.sparseSoftmaxCrossEntropy(labels, logits,
                sequenceMask(lengths, logits.dim(1)));
        List<Tensor> fetches = new ArrayList<>(List.of(loss, gradients(loss, logits).get(0)));
        Feeds feeds = Feeds.feed(logits, golden.get("logits", dtype))
                .and(labels, golden.get("labels", DType.INT32)).and(lengths, new int[] {5, 2, 3});
        try (Session session = session(backend)) {
            Fetches values = session.run(feeds, Fetch.fetch(fetches));
            double allowed = dtype == DType.FLOAT64 ? 1e-14 : 1e-6;
            assertThat(RnnGoldensTest.distance(values.get(0), golden.get("loss"))).isLessThan(allowed);
            assertThat(RnnGoldensTest.distance(values.get(1), golden.get("d_logits"))).isLessThan(allowed);
            Feeds none = Feeds.feed(logits, NDArray.zeros(dtype, 2, 3, 6)).and(labels, new int[2][3])
                    .and(lengths, new int[2]);
            assertThat(session.run(none, loss).item()).isZero();
            assertThat(session.compilations()).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void aLabelOutsideTheClassesFailsWhereItCounts(Backend backend) {
        Tensor logits = graph.placeholder("logits", DType.FLOAT64, shape(UNKNOWN, 2));
        Tensor labels = graph.placeholder("labels", DType.INT32, shape(UNKNOWN));
        Tensor mask = graph.placeholder("mask", DType.BOOL, shape(UNKNOWN));
        Tensor plain = Losses.sparseSoftmaxCrossEntropy(labels, logits);
        Tensor masked = Losses.sparseSoftmaxCrossEntropy(labels, logits, mask);
        Feeds feeds = Feeds.feed(logits, NDArray.zeros(DType.FLOAT64, 4, 2)).and(labels, new int[] {0, 1, -1, 2})
                .and(mask, new boolean[] {true, true, false, false});
        Feeds none = Feeds.feed(logits, NDArray.zeros(DType.FLOAT64, 0, 2)).and(labels, new int[0])
                .and(mask, new boolean[0]);
        try (Session session = session(backend)) {
            assertThat(session.run(feeds, masked).item()).isCloseTo(Math.log(2), within(1e-15));
            assertThatThrownBy(() -> session.run(feeds, plain)).isInstanceOf(GraphException.class)
                    .hasMessageContaining("at [2]: index -1 of axis 1 of size 2 lies outside");
            Fetches empty = session.run(none, Fetch.fetch(plain, masked));
            assertThat(empty.get(0).item()).isNaN();
            assertThat(empty.get(1).item()).isZero();
        }
    }
}
