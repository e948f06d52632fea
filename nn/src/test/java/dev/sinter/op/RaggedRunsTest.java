package dev.sinter.op;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static dev.sinter.unit.RandomArrays.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.nn.GruCell;
import dev.sinter.nn.LstmCell;
import dev.sinter.nn.Rnn;
import dev.sinter.nn.RnnCell;
import dev.sinter.nn.RnnOptions;
import dev.sinter.nn.RnnResult;
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

/** Ragged batches, whatever lies beyond the lengths, in programs that are compiled once. */
class RaggedRunsTest {
    private final Graph graph = new Graph(7);
    private final Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, UNKNOWN, 3));
    private final Tensor lengths = graph.placeholder("lengths", INT32, shape(UNKNOWN));

    private RnnCell cell(String name) {
        return name.equals("lstm")
                ? LstmCell.of(graph, "lstm", FLOAT64, 3, 5, WeightInitializer.glorotUniform(), 1)
                : GruCell.of(graph, "gru", FLOAT64, 3, 5, WeightInitializer.orthogonal(),
                        GruCell.Reset.AFTER_PRODUCT);
    }

    /** The first steps of one sequence of a batch. */
    private static NDArray part(NDArray batch, int row, int steps) {
        NDArray result = NDArray.zeros(FLOAT64, 1, steps, 3);
        for (int i = 0; i < steps * 3; i++) {
            result.setDouble(i, batch.getDouble(row * batch.size(1) * 3 + i));
        }
        return result;
    }

    @ParameterizedTest
    @CsvSource({"EVAL,lstm,false", "LLVM,lstm,false", "LLVM,lstm,true", "LLVM,gru,true", "EVAL,gru,false"})
    void eachSequenceIsAsIfAlone(Backend backend, String name, boolean reverse) {
        RnnOptions options = RnnOptions.DEFAULT.withSequenceLength(lengths);
        RnnResult result = Rnn.dynamicRnn(cell(name), x, reverse ? options.reversed() : options);
        Tensor loss = reduceSum(square(result.outputs())).plus(reduceSum(result.state(0)));
        Tensor gradient = gradients(loss, x).get(0);
        Fetch all = Fetch.fetch(result.outputs(), result.state(0), gradient);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            session.run(graph.initializer());
            int[] steps = {3, 0, 7, 6, 9, -1};
            NDArray batch = random(new SplittableRandom(1), 6, 7, 3);
            Fetches values = session.run(Feeds.feed(x, batch).and(lengths, steps), all);
            int compilations = session.compilations();
            for (int row = 0; row < 6; row++) {
                int count = Math.clamp(steps[row], 0, 7);
                Fetches alone = session.run(Feeds.feed(x, part(batch, row, count)).and(lengths, new int[] {count}),
                        all);
                for (int fetch : new int[] {0, 2}) {
                    int width = fetch == 0 ? 5 : 3;
                    for (int i = 0; i < 7 * width; i++) {
                        double expected = i < count * width ? alone.get(fetch).getDouble(i) : 0;
                        assertThat(values.get(fetch).getDouble(row * 7 * width + i)).isEqualTo(expected);
                    }
                }
                for (int i = 0; i < 5; i++) {
                    assertThat(values.get(1).getDouble(row * 5 + i)).isEqualTo(alone.get(1).getDouble(i));
                }
            }
            assertThat(session.compilations()).isEqualTo(compilations);
        }
    }

    @ParameterizedTest
    @CsvSource({"EVAL,false", "LLVM,false", "LLVM,true"})
    void residualsEndWithTheirSequences(Backend backend, boolean timeMajor) {
        Tensor in = graph.placeholder("in", FLOAT64, shape(UNKNOWN, UNKNOWN, 5));
        LstmCell lstm = LstmCell.of(graph, "lstm", FLOAT64, 5, 5, WeightInitializer.glorotUniform(), 1);
        RnnOptions plain = timeMajor ? RnnOptions.DEFAULT.withTimeMajor() : RnnOptions.DEFAULT;
        RnnOptions ragged = plain.withSequenceLength(lengths);
        Fetch all = Fetch.fetch(Rnn.dynamicRnn(lstm, in, ragged).outputs(),
                Rnn.residualRnn(lstm, in, ragged).outputs(), Rnn.dynamicRnn(lstm, in, plain).outputs(),
                Rnn.residualRnn(lstm, in, plain).outputs());
        int batches = timeMajor ? 7 : 4;
        NDArray batch = random(new SplittableRandom(2), batches, timeMajor ? 4 : 7, 5);
        int[] steps = {3, 0, 7, 6};
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            session.run(graph.initializer());
            Fetches values = session.run(Feeds.feed(in, batch).and(lengths, steps), all);
            for (int i = 0; i < batch.elementCount(); i++) {
                int outer = i / 5 / (int) batch.size(1);
                int inner = i / 5 % (int) batch.size(1);
                boolean runs = timeMajor ? outer < steps[inner] : inner < steps[outer];
                double element = batch.getDouble(i);
                assertThat(values.get(1).getDouble(i))
                        .isEqualTo(values.get(0).getDouble(i) + (runs ? element : 0));
                assertThat(values.get(3).getDouble(i)).isEqualTo(values.get(2).getDouble(i) + element);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"EVAL", "LLVM"})
    void aBatchMayBeEmpty(Backend backend) {
        RnnResult result = Rnn.dynamicRnn(cell("lstm"), x, RnnOptions.DEFAULT.withSequenceLength(lengths));
        Tensor gradient = gradients(reduceSum(result.outputs()), x).get(0);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            session.run(graph.initializer());
            Fetch all = Fetch.fetch(result.outputs(), result.state(1), gradient);
            Fetches none = session.run(Feeds.feed(x, NDArray.zeros(FLOAT64, 0, 4, 3))
                    .and(lengths, NDArray.zeros(INT32, 0)), all);
            assertThat(none.get(0).sizes()).containsExactly(0, 4, 5);
            Fetches noSteps = session.run(Feeds.feed(x, NDArray.zeros(FLOAT64, 2, 0, 3))
                    .and(lengths, new int[] {0, 4}), all);
            assertThat(noSteps.get(1).toDoubleArray()).hasSize(10).containsOnly(0);
        }
    }
}
