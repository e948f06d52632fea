package dev.sinter.alloc;

import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.op.TwoLayers;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.FeedSlot;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What native runs allocate on the heap once the code that makes them has been compiled by the JVM. */
final class RunsTest {
    private static final int RUNS = 1000;
    private static final int ROUNDS = 60;
    /** A run's feeds and fetches, their lists and maps, and the arrays that are returned. */
    private static final long BYTES_A_SESSION_RUN = 2048;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void preparedTrainingStepsAllocateNothing(int threads) {
        TwoLayers net = new TwoLayers(100, 20, 1e-6);
        NDArray[] inputs = {net.inputs(8), net.inputs(8)};
        NDArray outputs = net.outputs(8);
        try (Session session = new Session(net.graph,
                SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(threads))) {
            session.run(net.graph.initializer());
            try (PreparedCall call = session.prepare(net.step(), net.x, net.y)) {
                FeedSlot x = call.slot(net.x);
                FeedSlot y = call.slot(net.y);
                assertThat(least(() -> {
                    for (int i = 0; i < RUNS; i++) {
                        call.feed(x, inputs[i & 1]).feed(y, outputs).run();
                        check(call.floatValue(net.loss));
                    }
                })).as("bytes of %d runs", RUNS).isZero();
            }
        }
    }

    @Test
    void preparedAdditionsAllocateNothing() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape());
        Tensor sum = x.plus(1);
        NDArray value = NDArray.scalar(2f);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM))) {
            try (PreparedCall call = session.prepare(fetch(sum), x)) {
                FeedSlot slot = call.slot(x);
                assertThat(least(() -> {
                    for (int i = 0; i < RUNS; i++) {
                        call.feed(slot, value).run();
                        check(call.floatValue(sum));
                    }
                })).as("bytes of %d runs", RUNS).isZero();
            }
        }
    }

    @Test
    void preparedScansWithGradientsAllocateNothing() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3, 8));
        Variable w = graph.variable("w", fill(FLOAT32, shape(8, 8), 0.1));
        Tensor last = foldl(zeros(FLOAT32, shape(3, 8)), x, (h, element) -> tanh(matmul(h, w).plus(element)));
        Tensor loss = reduceSum(square(last));
        Tensor update = w.assign(w.minus(gradients(loss, w).of(w).times(1e-6f)));
        NDArray[] values = {NDArray.full(FLOAT32, 0.5, 9, 3, 8), NDArray.full(FLOAT32, 0.25, 9, 3, 8)};
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM))) {
            session.run(graph.initializer());
            try (PreparedCall call = session.prepare(fetch(loss).targets(update), x)) {
                FeedSlot slot = call.slot(x);
                assertThat(least(() -> {
                    for (int i = 0; i < RUNS; i++) {
                        call.feed(slot, values[i & 1]).run();
                        check(call.floatValue(loss));
                    }
                })).as("bytes of %d runs", RUNS).isZero();
            }
        }
    }

    /** The history of the loop grows with the number of its iterations, which changes from run to run. */
    @Test
    void preparedWhileLoopsWithGradientsAllocateNothing() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN));
        Tensor bound = graph.placeholder("bound", FLOAT32, shape());
        Tensor end = whileLoop(x, value -> less(reduceSum(value), bound),
                value -> value.plus(square(value).times(0.1f)));
        Tensor slope = reduceSum(gradients(reduceSum(end), x).of(x));
        NDArray value = NDArray.full(FLOAT32, 1, 8);
        NDArray[] bounds = {NDArray.scalar(40f), NDArray.scalar(400f)};
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM))) {
            try (PreparedCall call = session.prepare(fetch(slope), x, bound)) {
                FeedSlot start = call.slot(x);
                FeedSlot limit = call.slot(bound);
                assertThat(least(() -> {
                    for (int i = 0; i < RUNS; i++) {
                        call.feed(start, value).feed(limit, bounds[i & 1]).run();
                        check(call.floatValue(slope));
                    }
                })).as("bytes of %d runs", RUNS).isZero();
            }
        }
    }

    @Test
    void runsOfASessionAllocateLittle() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape());
        Tensor sum = x.plus(1);
        NDArray value = NDArray.scalar(2f);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM))) {
            assertThat(least(() -> {
                for (int i = 0; i < RUNS; i++) {
                    check(session.run(feed(x, value), sum).floatValue());
                }
            }) / RUNS).as("bytes of a run").isLessThanOrEqualTo(BYTES_A_SESSION_RUN);
        }
    }

    private static void check(float value) {
        if (!(value > 0)) {
            throw new AssertionError("the result is " + value);
        }
    }

    /** The least number of bytes that a round allocates on this thread; the first ones warm up. */
    private static long least(Runnable round) {
        ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS && least > 0; i++) {
            long before = bean.getCurrentThreadAllocatedBytes();
            round.run();
            least = Math.min(least, bean.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
