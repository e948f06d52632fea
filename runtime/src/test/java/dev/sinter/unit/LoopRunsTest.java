package dev.sinter.unit;

import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.RunCancelledException;
import dev.sinter.runtime.RunCancelledException.Reason;
import dev.sinter.runtime.RunOptions;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs with loops: they end when they are asked to, compile once, and give the same on every number of threads. */
@Timeout(120)
public class LoopRunsTest extends OnEachBackend {
    private Session open(Graph graph, int threads) {
        return new Session(graph, options().withThreads(threads));
    }

    /** A loop that never ends, over a state that one thread or several compute. */
    private static Tensor endless(Graph graph, Variable w, int size, CountDownLatch started) {
        Tensor start = JavaFunction.through(graph.tensor(fill(FLOAT64, shape(size, size), 1.0 / size)), "start",
                started::countDown);
        Tensor end = Control.whileLoop(start, x -> less(graph.constant(0.0), 1), x -> matmul(x, start).plus(w));
        return w.assign(reduceSum(end));
    }

    @Test
    void aDeadlineEndsALoop() {
        for (int size : new int[] {1, 200}) {
            Graph graph = new Graph();
            Variable w = graph.variable("w", fill(FLOAT64, shape(), 0.25));
            Tensor update = endless(graph, w, size, new CountDownLatch(1));
            try (Session session = open(graph, 2)) {
                session.run(graph.initializer());
                RunCancelledException cancelled = catchThrowableOfType(RunCancelledException.class, () -> session.run(
                        Feeds.NONE, fetch(update), RunOptions.timeout(Duration.ofMillis(50))));
                assertThat(cancelled.reason()).isEqualTo(Reason.DEADLINE);
                assertThat(session.run(w).item()).isEqualTo(0.25);
            }
        }
    }

    /** A run that is expected to be cancelled, in a thread of its own; what else it does its result throws. */
    private static FutureTask<Reason> cancelled(Session session, Tensor tensor) {
        return new FutureTask<>(() -> catchThrowableOfType(RunCancelledException.class, () -> session.run(tensor))
                .reason());
    }

    /** The update alone would be made in place. */
    @Test
    void aDeadlineEndsALoopBesideAnUpdateOfAnotherVariable() {
        Graph graph = new Graph();
        Variable v = graph.variable("v", fill(FLOAT64, shape(1000), 1));
        Variable w = graph.variable("w", fill(FLOAT64, shape(), 0.25));
        Tensor update = v.assign(v.times(2));
        Tensor end = endless(graph, w, 3, new CountDownLatch(1));
        try (Session session = open(graph, 2)) {
            session.run(graph.initializer());
            RunCancelledException cancelled = catchThrowableOfType(RunCancelledException.class, () -> session.run(
                    Feeds.NONE, fetch(update).targets(end), RunOptions.timeout(Duration.ofMillis(50))));
            assertThat(cancelled.reason()).isEqualTo(Reason.DEADLINE);
            assertThat(session.run(v).getDouble(7)).isEqualTo(1);
        }
    }

    @Test
    void anInterruptEndsALoop() throws Exception {
        Graph graph = new Graph();
        Variable w = graph.variable("w", fill(FLOAT64, shape(), 0.25));
        CountDownLatch started = new CountDownLatch(1);
        Tensor update = endless(graph, w, 3, started);
        try (Session session = open(graph, 1)) {
            session.run(graph.initializer());
            FutureTask<Reason> run = cancelled(session, update);
            Thread thread = Thread.ofPlatform().start(run);
            started.await();
            thread.interrupt();
            assertThat(run.get()).isEqualTo(Reason.INTERRUPTED);
            assertThat(session.run(w).item()).isEqualTo(0.25);
        }
    }

    @Test
    void closingTheSessionEndsALoop() throws Exception {
        for (int size : new int[] {1, 200}) {
            Graph graph = new Graph();
            Variable w = graph.variable("w", fill(FLOAT64, shape(), 0.25));
            CountDownLatch started = new CountDownLatch(1);
            Tensor update = endless(graph, w, size, started);
            Session session = open(graph, 2);
            session.run(graph.initializer());
            FutureTask<Reason> run = cancelled(session, update);
            Thread.ofPlatform().start(run);
            started.await();
            session.close();
            assertThat(run.get()).isEqualTo(Reason.CLOSED);
            assertThatThrownBy(() -> session.run(w)).isInstanceOf(GraphException.class)
                    .hasMessage("the session is closed; open another one");
        }
    }

    /** The last state of a recurrent net over a sequence of any length and batch. */
    private record Net(Graph graph, Tensor x, Variable weights, Tensor loss, Tensor update) {
        static Net of(int units) {
            Graph graph = new Graph();
            Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, UNKNOWN, units));
            Variable weights = graph.variable("weights", fill(FLOAT64, shape(units, units), 0.5 / units));
            Tensor start = reduceSum(x, 0).times(0);
            Tensor last = Control.foldl(start, x, (h, element) -> tanh(matmul(h, weights).plus(element)));
            Tensor loss = reduceSum(last.times(last));
            Tensor gradient = gradients(loss, weights).of(weights);
            return new Net(graph, x, weights, loss, weights.assign(weights.minus(gradient.times(1e-5))));
        }

        NDArray value(int length, int batch, int units) {
            NDArray value = NDArray.zeros(FLOAT64, length, batch, units);
            for (long i = 0; i < value.elementCount(); i++) {
                value.setDouble(i, Math.sin(i));
            }
            return value;
        }
    }

    /** The loss of the net, step by step; adds its gradient by the weights. */
    private static double lossOf(NDArray x, double[] w, double[] gradient) {
        int length = (int) x.size(0);
        int units = (int) x.size(2);
        double loss = 0;
        for (int row = 0; row < x.size(1); row++) {
            double[][] h = new double[length + 1][units];
            for (int t = 0; t < length; t++) {
                for (int k = 0; k < units; k++) {
                    double z = x.getDouble((t * x.size(1) + row) * units + k);
                    for (int i = 0; i < units; i++) {
                        z += h[t][i] * w[i * units + k];
                    }
                    h[t + 1][k] = Math.tanh(z);
                }
            }
            double[] back = DoubleStream.of(h[length]).map(value -> 2 * value).toArray();
            loss += DoubleStream.of(h[length]).map(value -> value * value).sum();
            for (int t = length; t > 0; t--) {
                double[] before = new double[units];
                for (int k = 0; k < units; k++) {
                    double z = back[k] * (1 - h[t][k] * h[t][k]);
                    for (int i = 0; i < units; i++) {
                        gradient[i * units + k] += h[t - 1][i] * z;
                        before[i] += z * w[i * units + k];
                    }
                }
                back = before;
            }
        }
        return loss;
    }

    @Test
    void everyLengthRunsInOneCompilation() {
        Net net = Net.of(7);
        try (Session session = open(net.graph, 2)) {
            session.run(net.graph.initializer());
            int before = session.compilations();
            for (int length = 31; length >= 0; length--) {
                for (int batch : new int[] {2, 1, 9}) {
                    NDArray x = net.value(length, batch, 7);
                    double[] weights = session.value(net.weights).toDoubleArray();
                    double[] gradient = new double[49];
                    double expected = lossOf(x, weights, gradient);
                    double loss = session.run(feed(net.x, x), fetch(net.loss).targets(net.update)).get(0).item();
                    assertThat(loss).isCloseTo(expected, within(1e-10));
                    NDArray updated = session.value(net.weights);
                    for (int i = 0; i < 49; i++) {
                        assertThat(updated.getDouble(i)).isCloseTo(weights[i] - 1e-5 * gradient[i], within(1e-13));
                    }
                }
            }
            assertThat(session.compilations() - before).isEqualTo(1);
        }
    }

    @Test
    void trainingGivesTheSameBitsOnEveryNumberOfThreads() {
        NDArray[] weights = new NDArray[3];
        for (int threads = 1; threads <= 3; threads++) {
            Net net = Net.of(96);
            try (Session session = open(net.graph, threads)) {
                session.run(net.graph.initializer());
                NDArray x = net.value(6, 40, 96);
                double first = session.run(feed(net.x, x), fetch(net.loss).targets(net.update)).get(0).item();
                double last = 0;
                for (int i = 0; i < 3; i++) {
                    last = session.run(feed(net.x, x), fetch(net.loss).targets(net.update)).get(0).item();
                }
                assertThat(last).isLessThan(first);
                weights[threads - 1] = session.run(net.weights);
            }
        }
        assertThat(weights[1].sameBits(weights[0])).isTrue();
        assertThat(weights[2].sameBits(weights[0])).isTrue();
    }

    @Test
    void aLoopThatFailsCommitsNothing() {
        Graph graph = new Graph();
        Variable w = graph.variable("w", fill(DType.INT64, shape(), 6));
        Tensor divided = Control.whileLoop(List.of(w.value(), w.value()), carries -> less(graph.constant(-1L),
                carries.get(0)), carries -> List.of(carries.get(0).minus(1), carries.get(1).div(carries.get(0))))
                .get(1);
        Tensor update = w.assign(divided);
        try (Session session = open(graph, 1)) {
            session.run(graph.initializer());
            assertThatThrownBy(() -> session.run(update)).isInstanceOf(GraphException.class)
                    .hasMessageContaining("divi").hasMessageContaining("LoopRunsTest.java");
            assertThat(session.run(w).item()).isEqualTo(6);
        }
    }

    /** What a loop reads under another shape than it was given, axes split or made one, is read where it lies. */
    @Test
    void loopsReadReshapedTensors() {
        for (int rows : new int[] {2, 3}) {
            Graph graph = new Graph();
            Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 2, 3));
            Tensor one = graph.placeholder("one", FLOAT64, shape(1));
            Tensor start = reshape(one, shape());
            Tensor pairs = reshape(x, shape(UNKNOWN, rows));
            Tensor sums = Control.scan(start, pairs, (sum, pair) -> sum.plus(reduceSum(pair)));
            Tensor split = reshape(reshape(x, shape(UNKNOWN)), shape(UNKNOWN, 2, 2));
            Tensor last = Control.foldl(start, split, (sum, box) -> sum.times(0.5).plus(reduceSum(box)));
            try (Session session = open(graph, 2)) {
                NDArray value = NDArray.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2, 2, 3);
                Fetches run = session.run(feed(x, value).and(one, new double[] {100}), fetch(sums, last));
                double sum = 100;
                for (int row = 0; row < 12 / rows; row++) {
                    for (int i = 0; i < rows; i++) {
                        sum += rows * row + i + 1;
                    }
                    assertThat(run.get(sums).getDouble(row)).isEqualTo(sum);
                }
                assertThat(run.get(last).item()).isEqualTo(((100 * 0.5 + 10) * 0.5 + 26) * 0.5 + 42);
            }
        }
    }

    /** What a run writes down of a loop for the gradient has the sizes of this run, whatever was written before. */
    @Test
    void historiesOfAnySizesFollowEachOther() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN));
        Tensor steps = graph.placeholder("steps", FLOAT64, shape());
        Tensor end = Control.whileLoop(List.of(graph.constant(0.0), x), carries -> less(carries.get(0), steps),
                carries -> List.of(carries.get(0).plus(1), carries.get(1).times(carries.get(1)).times(0.5))).get(1);
        Tensor gradient = gradients(end, x).of(x);
        int[][] runs = {{10, 70}, {20_000, 2}, {3, 200}, {0, 5}, {5_000, 3}, {20_000, 2}, {10, 70}};
        try (Session session = open(graph, 2); PreparedCall call = session.prepare(fetch(gradient), x, steps)) {
            for (int[] run : runs) {
                NDArray value = NDArray.zeros(FLOAT64, run[0]);
                for (int i = 0; i < run[0]; i++) {
                    value.setDouble(i, 1.75 + i % 8 / 32.0);
                }
                double[] expected = new double[run[0]];
                for (int i = 0; i < run[0]; i++) {
                    double each = value.getDouble(i);
                    expected[i] = 1;
                    for (int step = 0; step < run[1]; step++) {
                        expected[i] *= each;
                        each = each * each * 0.5;
                    }
                }
                NDArray count = NDArray.scalar((double) run[1]);
                assertThat(session.run(feed(x, value).and(steps, count), gradient).toDoubleArray())
                        .containsExactly(expected, within(1e-9));
                assertThat(call.feed(x, value).feed(steps, count).run().result(0).toDoubleArray())
                        .containsExactly(expected, within(1e-9));
            }
        }
    }
}
