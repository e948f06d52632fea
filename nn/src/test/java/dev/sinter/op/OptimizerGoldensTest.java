package dev.sinter.op;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.multiply;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.Adadelta;
import dev.sinter.nn.Adagrad;
import dev.sinter.nn.AdagradDA;
import dev.sinter.nn.ClippedGradients;
import dev.sinter.nn.ExponentialMovingAverage;
import dev.sinter.nn.Ftrl;
import dev.sinter.nn.GradientDescent;
import dev.sinter.nn.LearningRates;
import dev.sinter.nn.Optimizer;
import dev.sinter.nn.ProximalAdagrad;
import dev.sinter.nn.ProximalGradientDescent;
import dev.sinter.nn.RmsProp;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Optimizers, moving averages and learning rates against TensorFlow 1, on both back ends. TensorFlow rounds their
 * numbers to float32, whatever the dtype of the variable.
 */
final class OptimizerGoldensTest {
    private final Graph graph = new Graph();

    private Session session(Backend backend) {
        return new Session(graph, SessionOptions.DEFAULT.withBackend(backend));
    }

    private static Optimizer optimizer(String name, Variable step) {
        return switch (name) {
            case "adagrad" -> new Adagrad(0.3);
            case "adagrad_da" -> new AdagradDA(0.3, step.plus(1L));
            case "adagrad_da_regularized" -> new AdagradDA(constant(0.3), step.plus(1L), 0.2, 0.05, 0.1);
            case "adadelta" -> new Adadelta(constant(1.0), 0.9, 1e-3);
            case "rmsprop" -> new RmsProp(0.1);
            case "rmsprop_centered" -> new RmsProp(constant(0.1), 0.8, 0.5, 1e-3, true);
            case "ftrl" -> new Ftrl(0.5);
            case "ftrl_regularized" -> new Ftrl(constant(0.5), -0.4, 0.2, 0.3, 0.2, 0.1, 0.1);
            case "proximal" -> new ProximalGradientDescent(0.2, 0.1, 0.3);
            case "proximal_adagrad" -> new ProximalAdagrad(0.2, 0.1, 0.3);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** A half float weight steps as a float64 one does, to its own precision. */
    @ParameterizedTest
    @CsvSource({"adagrad", "adagrad_da", "adadelta", "rmsprop", "rmsprop_centered", "ftrl", "ftrl_regularized",
            "proximal", "proximal_adagrad"})
    void halfFloatsStepAsOthers(String name) {
        Variable count = graph.variable("global_step", constant(0L));
        java.util.Map<DType, Variable> weights = new java.util.LinkedHashMap<>();
        java.util.List<dev.sinter.graph.GraphElement> targets = new java.util.ArrayList<>();
        for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)) {
            Variable w = graph.variable("w", constant(NDArray.of(new double[] {1, -2, 0.5}).cast(dtype)));
            Tensor loss = reduceSum(dev.sinter.graph.Ops.square(w.minus(0.25)));
            targets.add(optimizer(name, count).minimize(loss, List.of(w)));
            weights.put(dtype, w);
        }
        Tensor counted = count.assignAdd(constant(1L));
        Operation step = dev.sinter.graph.Control.group(counted, targets.toArray(dev.sinter.graph.GraphElement[]::new));
        for (Backend backend : Backend.values()) {
            try (Session session = session(backend)) {
                session.run(graph.initializer());
                for (int i = 0; i < 25; i++) {
                    session.run(step);
                }
                NDArray expected = session.value(weights.get(DType.FLOAT64));
                weights.forEach((dtype, w) -> {
                    for (int i = 0; i < 3; i++) {
                        assertThat(session.value(w).getDouble(i)).as("%s of %s on %s", i, dtype, backend).isCloseTo(
                                expected.getDouble(i), org.assertj.core.api.Assertions.within(16 * dtype.epsilon()));
                    }
                });
            }
        }
    }

    /** Without noise the rate is the other cosine's; with noise it has the variance that was asked for. */
    @org.junit.jupiter.api.Test
    void noisyDecaysScatterAroundTheOthers() {
        Tensor count = graph.placeholder("count", DType.INT64, Shape.SCALAR);
        Tensor plain = LearningRates.linearCosineDecay(0.1, count, 10, 0.5, 0.1, 0.01);
        Tensor quiet = LearningRates.noisyLinearCosineDecay(0.1, count, 10, 0, 0.55, 0.5, 0.1, 0.01);
        Tensor noisy = LearningRates.noisyLinearCosineDecay(0.1, count, 10, 0.5, 0.55, 0.5, 0.1, 0.01);
        try (Session session = session(Backend.EVAL)) {
            for (long at : new long[] {0, 3, 12}) {
                Feeds feed = Feeds.feed(count, NDArray.scalar(at));
                assertThat(session.run(feed, dev.sinter.runtime.Fetch.fetch(quiet)).get(quiet).getDouble(0)).isEqualTo(
                        session.run(feed, dev.sinter.runtime.Fetch.fetch(plain)).get(plain).getDouble(0));
            }
            double sum = 0;
            for (int run = 0; run < 400; run++) {
                dev.sinter.runtime.Fetches out = session.run(Feeds.feed(count, NDArray.scalar(3L)),
                        dev.sinter.runtime.Fetch.fetch(noisy, plain));
                double away = out.get(noisy).getDouble(0) - out.get(plain).getDouble(0);
                sum += away * away;
            }
            double wave = 0.1 * (1 + Math.cos(Math.PI * 0.3)) / 2;
            double expected = 0.5 / Math.pow(4, 0.55) * wave * wave;
            assertThat(sum / 400).isCloseTo(expected, org.assertj.core.api.Assertions.within(expected / 3));
        }
    }

    @ParameterizedTest
    @CsvSource({"adagrad", "adagrad_da", "adagrad_da_regularized", "adadelta", "rmsprop", "rmsprop_centered", "ftrl",
            "ftrl_regularized", "proximal", "proximal_adagrad"})
    void optimizersStepAsTensorFlow(String name) {
        NnGolden golden = NnGolden.read("optimizers");
        Variable count = graph.variable("global_step", constant(0L));
        Variable w = graph.variable("w", constant(golden.get("w")));
        Tensor loss = reduceSum(multiply(sin(w), constant(golden.get("a"))));
        Operation step = optimizer(name, count).minimize(loss, List.of(w), count);
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            try (Session session = session(backend)) {
                session.run(graph.initializer());
                for (int t = 1; t <= 5; t++) {
                    session.run(step);
                    assertThat(RnnGoldensTest.distance(session.value(w), golden.get(name + "." + t)))
                            .as("step " + t).isLessThan(1e-6);
                }
                assertThat(session.value(count).item()).isEqualTo(5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void averagesMoveAsTensorFlows(Backend backend) {
        NnGolden golden = NnGolden.read("moving_averages");
        Variable w = graph.variable("w", constant(golden.get("w")));
        Tensor grow = w.assignAdd(constant(0.5));
        ExponentialMovingAverage plain = ExponentialMovingAverage.of(List.of(w), 0.9);
        ExponentialMovingAverage counted = ExponentialMovingAverage.of(List.of(w), 0.9, constant(3L));
        try (Session session = session(backend)) {
            session.run(graph.initializer());
            for (int i = 1; i <= 3; i++) {
                session.run(grow);
                session.run(plain.update());
                session.run(counted.update());
                assertThat(RnnGoldensTest.distance(session.value(plain.average(w)), golden.get("ema." + i)))
                        .isLessThan(1e-7);
                assertThat(RnnGoldensTest.distance(session.value(counted.average(w)),
                        golden.get("ema_updates." + i))).isLessThan(1e-7);
            }
        }
    }

    private static Tensor rate(String name, Tensor step) {
        return switch (name) {
            case "exponential" -> LearningRates.exponentialDecay(0.1, step, 10, 0.5, false);
            case "exponential_stairs" -> LearningRates.exponentialDecay(0.1, step, 10, 0.5, true);
            case "natural" -> LearningRates.naturalExpDecay(0.1, step, 10, 0.5, false);
            case "inverse" -> LearningRates.inverseTimeDecay(0.1, step, 10, 0.5, false);
            case "polynomial" -> LearningRates.polynomialDecay(0.1, step, 20, 0.01, 2, false);
            case "polynomial_cycle" -> LearningRates.polynomialDecay(0.1, step, 10, 0.01, 0.5, true);
            case "piecewise" -> LearningRates.piecewiseConstant(step, List.of(7.0, 20.0), List.of(1.0, 0.5, 0.1));
            case "cosine" -> LearningRates.cosineDecay(0.1, step, 20, 0.1);
            case "restarts" -> LearningRates.cosineDecayRestarts(0.1, step, 5, 2, 0.9, 0.1);
            case "restarts_even" -> LearningRates.cosineDecayRestarts(0.1, step, 6, 1, 0.8, 0);
            case "linear_cosine" -> LearningRates.linearCosineDecay(0.1, step, 20, 0.5, 0.2, 0.01);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @CsvSource({"exponential", "exponential_stairs", "natural", "inverse", "polynomial", "polynomial_cycle",
            "piecewise", "cosine", "restarts", "restarts_even", "linear_cosine"})
    void learningRatesAreTensorFlows(String name) {
        NnGolden golden = NnGolden.read("learning_rates");
        Tensor step = graph.placeholder("step", DType.INT64, Shape.SCALAR);
        Tensor rate = rate(name, step);
        NDArray steps = golden.get("steps");
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            try (Session session = session(backend)) {
                for (long i = 0; i < steps.elementCount(); i++) {
                    double value = session.run(Feeds.feed(step, (long) steps.getDouble(i)), rate).item();
                    assertThat(Math.abs(value - golden.get(name).getDouble(i))).as("step " + steps.getDouble(i))
                            .isLessThan(1e-7);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void gradientsAreClippedOnTheirWay(Backend backend) {
        Variable w = graph.variable("w", constant(new double[] {30, 40}));
        Tensor loss = reduceSum(multiply(w, w)).times(0.5);
        Operation step = new GradientDescent(1).minimize(loss, List.of(w),
                all -> ClippedGradients.clipByGlobalNorm(all, 5).gradients());
        try (Session session = session(backend)) {
            session.run(graph.initializer());
            session.run(step);
            assertThat(session.value(w).toDoubleArray()).containsExactly(27, 36);
        }
    }

    /** Where there was no sum of squares before either. */
    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void weightsWithoutGradientsAreZero(Backend backend) {
        Variable w = graph.variable("w", constant(new float[] {1, 2}));
        Tensor loss = reduceSum(multiply(w, constant(new float[] {0, 1})));
        Operation step = new Ftrl(constant(0.5), -0.5, 0, 0, 0, 0, 0).minimize(loss, List.of(w));
        try (Session session = session(backend)) {
            session.run(graph.initializer());
            session.run(step);
            assertThat(session.value(w).getDouble(0)).isEqualTo(0);
            assertThat(session.value(w).getDouble(1)).isEqualTo(1.5);
        }
    }
}
