package dev.sinter.op;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.FractionalPool;
import dev.sinter.graph.FusedBatchNorm;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Moments;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions of neural nets that draw random numbers, or whose gradients have special places, on both back ends. */
final class NnRunsTest {
    private final Graph graph = new Graph();

    private Session session(Backend backend) {
        return new Session(graph, SessionOptions.DEFAULT.withBackend(backend));
    }

    private static NDArray random(long... sizes) {
        NDArray array = NDArray.zeros(FLOAT64, sizes);
        SplittableRandom random = new SplittableRandom(5);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextDouble(1, 2));
        }
        return array;
    }

    @ParameterizedTest
    @CsvSource({"EVAL,false,false", "LLVM,false,true", "LLVM,true,false", "EVAL,true,true"})
    void fractionalPoolsAreThoseOfTheirCells(Backend backend, boolean pseudoRandom, boolean overlapping) {
        NDArray value = random(2, 7, 10, 2);
        Tensor x = graph.constant(value);
        FractionalPool.Options options = new FractionalPool.Options(pseudoRandom, overlapping, Optional.of(3L));
        FractionalPool most = Nn.fractionalMaxPool(x, 1.5, 2.3, options);
        FractionalPool mean = Nn.fractionalAvgPool(x, 1.5, 2.3, options);
        try (Session session = session(backend)) {
            Fetches results = session.run(Fetch.fetch(most.output(), most.rows(), most.columns(), mean.output()));
            NDArray rows = results.get(1);
            NDArray columns = results.get(2);
            assertThat(rows.sizes()).containsExactly(5);
            assertThat(columns.sizes()).containsExactly(5);
            assertThat(rows.getLong(0)).isZero();
            assertThat(rows.getLong(4)).isEqualTo(7);
            assertThat(columns.getLong(4)).isEqualTo(10);
            for (long i = 0; i < results.get(0).elementCount(); i++) {
                long channel = i % 2;
                long column = i / 2 % 4;
                long row = i / 8 % 4;
                long image = i / 32;
                double best = 0;
                double sum = 0;
                long count = 0;
                long more = overlapping ? 1 : 0;
                for (long y = rows.getLong(row); y < Math.min(7, rows.getLong(row + 1) + more); y++) {
                    for (long z = columns.getLong(column); z < Math.min(10, columns.getLong(column + 1) + more); z++) {
                        double element = value.getDouble(((image * 7 + y) * 10 + z) * 2 + channel);
                        best = Math.max(best, element);
                        sum += element;
                        count++;
                    }
                }
                assertThat(results.get(0).getDouble(i)).isEqualTo(best);
                assertThat(results.get(3).getDouble(i)).isCloseTo(sum / count, within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void dropoutKeepsOrDropsWhatSharesItsNoise(Backend backend) {
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 50));
        Tensor rows = Nn.dropout(x, 0.25, shape(UNKNOWN, 1), 7);
        Tensor plain = Nn.dropout(x, 0.25, 7L);
        Tensor again = Nn.dropout(x, 0.25, 7L);
        try (Session session = session(backend)) {
            Fetches results = session.run(Feeds.feed(x, random(40, 50)), Fetch.fetch(rows, plain, again));
            int kept = 0;
            for (int i = 0; i < 2000; i++) {
                boolean isKept = results.get(0).getDouble(i) != 0;
                assertThat(isKept).isEqualTo(results.get(0).getDouble(i / 50 * 50) != 0);
                kept += results.get(1).getDouble(i) != 0 ? 1 : 0;
            }
            assertThat(kept).isBetween(1400, 1600);
            assertThat(results.get(1).toDoubleArray()).isEqualTo(results.get(2).toDoubleArray());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void gradientsAtSpecialPlacesAreThoseOfTensorFlow(Backend backend) {
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN));
        Tensor relu = gradients(reduceSum(Nn.relu(x)), x).get(0);
        Tensor relu6 = gradients(reduceSum(Nn.relu6(x)), x).get(0);
        Tensor leaky = gradients(reduceSum(Nn.leakyRelu(x, 0.5)), x).get(0);
        Tensor entropy = gradients(reduceSum(Nn.sigmoidCrossEntropyWithLogits(Ops.onesLike(x), x)), x).get(0);
        Tensor unit = gradients(reduceSum(Nn.l2Normalize(x)), x).get(0);
        try (Session session = session(backend)) {
            Fetches at = session.run(Feeds.feed(x, new double[] {0, 6, -1, 2}),
                    Fetch.fetch(relu, relu6, leaky, entropy));
            assertThat(at.get(0).toDoubleArray()).containsExactly(0, 1, 0, 1);
            assertThat(at.get(1).toDoubleArray()).containsExactly(0, 0, 0, 1);
            assertThat(at.get(2).toDoubleArray()).containsExactly(0.5, 1, 0.5, 1);
            assertThat(at.get(3).getDouble(0)).isEqualTo(-0.5);
            assertThat(session.run(Feeds.feed(x, new double[] {0, 0}), unit).toDoubleArray())
                    .doesNotContain(Double.NaN);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void momentsMoveTowardsThoseOfTheBatch(Backend backend) {
        Tensor x = graph.constant(new double[][] {{1, 2}, {3, 6}});
        FusedBatchNorm norm = Nn.fusedBatchNorm(x, Ops.constant(new double[] {1, 1}),
                Ops.constant(new double[] {0, 0}), 1e-3, false);
        Moments moved = norm.moved(Ops.constant(new double[] {0, 0}), Ops.constant(new double[] {1, 1}), 0.5);
        try (Session session = session(backend)) {
            Fetches results = session.run(Fetch.fetch(moved.mean(), moved.variance()));
            assertThat(results.get(0).toDoubleArray()).containsExactly(1, 2);
            assertThat(results.get(1).toDoubleArray()).containsExactly(1.5, 4.5);
        }
    }
}
