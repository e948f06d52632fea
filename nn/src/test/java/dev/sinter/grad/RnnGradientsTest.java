package dev.sinter.grad;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sin;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static dev.sinter.unit.RandomArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.GruCell;
import dev.sinter.nn.LstmCell;
import dev.sinter.nn.Rnn;
import dev.sinter.nn.RnnCell;
import dev.sinter.nn.RnnOptions;
import dev.sinter.nn.RnnResult;
import dev.sinter.nn.SimpleRnnCell;
import dev.sinter.nn.WeightInitializer;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** First and second derivatives of recurrent nets over ragged batches, against differences along a direction. */
class RnnGradientsTest {
    private static final double STEP = 1e-3;

    private final Graph graph = new Graph(3);

    private RnnCell cell(String name) {
        WeightInitializer weights = WeightInitializer.glorotUniform();
        return switch (name) {
            case "simple_rnn" -> SimpleRnnCell.of(graph, name, FLOAT64, 3, 4, weights,
                    SimpleRnnCell.Activation.TANH);
            case "lstm" -> LstmCell.of(graph, name, FLOAT64, 3, 4, weights, 1);
            case "gru_before" -> GruCell.of(graph, name, FLOAT64, 3, 4, weights, GruCell.Reset.BEFORE_PRODUCT);
            default -> GruCell.of(graph, name, FLOAT64, 3, 4, weights, GruCell.Reset.AFTER_PRODUCT);
        };
    }

    private static NDArray moved(NDArray from, NDArray direction, double distance) {
        NDArray result = NDArray.zeros(from.dtype(), from.sizes());
        for (long i = 0; i < from.elementCount(); i++) {
            result.setDouble(i, from.getDouble(i) + distance * direction.getDouble(i));
        }
        return result;
    }

    private static double inner(NDArray x, NDArray y) {
        double sum = 0;
        for (long i = 0; i < x.elementCount(); i++) {
            sum += x.getDouble(i) * y.getDouble(i);
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"simple_rnn,EVAL", "lstm,EVAL", "gru,EVAL", "gru_before,EVAL", "simple_rnn,LLVM", "lstm,LLVM",
            "gru,LLVM", "gru_before,LLVM"})
    void firstAndSecondOrder(String name, Backend backend) {
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, UNKNOWN, 3));
        Tensor lengths = graph.placeholder("lengths", INT32, shape(UNKNOWN));
        RnnResult result = Rnn.dynamicRnn(cell(name), x, RnnOptions.DEFAULT.withSequenceLength(lengths));
        Variable recurrent = result.variables().get(1);
        Tensor value = reduceSum(sin(result.outputs())).plus(reduceSum(square(result.state(0))));
        Tensor first = gradients(value, recurrent).get(0);
        Tensor norm = reduceSum(square(first));
        Tensor second = gradients(norm, recurrent).get(0);
        SplittableRandom random = new SplittableRandom(5);
        NDArray batch = random(random, 3, 5, 3);
        NDArray direction = random(random, recurrent.shape().sizes());
        Feeds feeds = Feeds.feed(x, batch).and(lengths, new int[] {5, 2, 4});
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            session.run(graph.initializer());
            NDArray at = session.value(recurrent);
            Fetches computed = session.run(feeds, Fetch.fetch(first, second));
            double[] differences = new double[2];
            for (int i = 0; i < 4; i++) {
                double distance = new double[] {1, -1, 2, -2}[i] * STEP;
                double weight = new double[] {8, -8, -1, 1}[i] / (12 * STEP);
                session.load(recurrent, moved(at, direction, distance));
                Fetches there = session.run(feeds, Fetch.fetch(value, norm));
                differences[0] += weight * there.get(0).item();
                differences[1] += weight * there.get(1).item();
            }
            assertThat(inner(computed.get(0), direction)).as("first").isCloseTo(differences[0], within(1e-8));
            assertThat(inner(computed.get(1), direction)).as("second").isCloseTo(differences[1], within(1e-7));
        }
    }
}
