package dev.sinter.grad;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.multiply;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.nn.Losses;
import dev.sinter.nn.Losses.Reduction;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** First and second gradients of weighted losses against differences. */
final class LossGradientsTest {
    private static final double[][] POINT = {{0.3, 0.62}, {0.14, 0.81}, {0.55, 0.27}};
    private static final double[][] DIRECTION = {{0.7, -1.1}, {0.4, 0.9}, {-0.6, 1.3}};
    private static final double STEP = 1e-5;

    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT64, shape(3, 2));
    private final Operand weights = constant(new double[][] {{1, 0}, {2, 0.5}, {1.5, 1}});
    private final Operand labels = constant(new double[][] {{1, 0}, {0, 1}, {1, 0}});

    private Tensor loss(String name) {
        Reduction reduction = Reduction.SUM_BY_NONZERO_WEIGHTS;
        Operand rows = constant(new double[] {1, 0.5, 2});
        return switch (name) {
            case "absolute" -> Losses.absoluteDifference(labels, x, weights, reduction);
            case "squared" -> Losses.meanSquaredError(labels, x, weights, Reduction.MEAN);
            case "cosine" -> Losses.cosineDistance(labels, x, 1, constant(new double[][] {{1}, {2}, {3}}), reduction);
            case "hinge" -> Losses.hingeLoss(labels, x, weights, reduction);
            case "huber" -> Losses.huberLoss(labels, x, 0.4, weights, reduction);
            case "log" -> Losses.logLoss(labels, x, 1e-3, weights, reduction);
            case "pairwise" -> Losses.meanPairwiseSquaredError(labels, x, constant(2.0));
            case "sigmoid" -> Losses.sigmoidCrossEntropy(labels, x, 0.1, weights, Reduction.SUM);
            case "softmax" -> Losses.softmaxCrossEntropy(labels, x, 0.1, rows, Reduction.SUM_OVER_BATCH_SIZE);
            case "sparse" -> Losses.sparseSoftmaxCrossEntropy(constant(new int[] {0, 1, 0}), x, rows, reduction);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static NDArray moved(double distance) {
        double[][] there = new double[3][2];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 2; j++) {
                there[i][j] = POINT[i][j] + distance * DIRECTION[i][j];
            }
        }
        return NDArray.from(there);
    }

    @ParameterizedTest
    @CsvSource({"absolute", "squared", "cosine", "hinge", "huber", "log", "pairwise", "sigmoid", "softmax", "sparse"})
    void gradientsAreDerivatives(String name) {
        Tensor loss = loss(name);
        Tensor first = reduceSum(multiply(gradients(loss, x).get(0), constant(DIRECTION)));
        Tensor second = name.equals("absolute") || name.equals("hinge") || name.equals("cosine") ? first.times(0)
                : reduceSum(multiply(gradients(first, x).get(0), constant(DIRECTION)));
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            double slope = (value(session, loss, STEP) - value(session, loss, -STEP)) / (2 * STEP);
            double curvature = (value(session, first, STEP) - value(session, first, -STEP)) / (2 * STEP);
            assertThat(value(session, first, 0)).isCloseTo(slope, within(1e-7));
            assertThat(value(session, second, 0)).isCloseTo(curvature, within(1e-7));
        }
    }

    private double value(Session session, Tensor fetch, double distance) {
        return session.run(Feeds.feed(x, moved(distance)), fetch).item();
    }
}
