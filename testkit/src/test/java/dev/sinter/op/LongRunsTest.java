package dev.sinter.op;

import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.sin;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.RunCancelledException;
import dev.sinter.runtime.RunCancelledException.Reason;
import dev.sinter.runtime.RunOptions;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Native runs that would take long end soon after they are cancelled, commit nothing and harm nothing. */
@Timeout(120)
final class LongRunsTest {
    private static final int SIZE = 1536;
    private static final int PRODUCTS = 300;
    private static final int POINTS = 400_000;

    /** What takes long. */
    private enum Work {
        /** Many kernels, one after the other. */
        MANY_PRODUCTS,
        /** One kernel. */
        ONE_SUM
    }

    private final Graph graph = new Graph();
    private final Variable w = graph.variable("w", fill(FLOAT32, shape(SIZE, SIZE), 0.5));
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, SIZE));
    private final Tensor points = graph.placeholder("points", FLOAT32, shape(UNKNOWN));
    private final Feeds feeds = feed(x, NDArray.full(FLOAT32, 1e-3, SIZE, SIZE))
            .and(points, NDArray.full(FLOAT32, 0.25, POINTS));
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(2));

    @AfterEach
    void close() {
        threads.shutdownNow();
        session.close();
    }

    private Fetch longRun(Work work) {
        session.run(graph.initializer());
        Tensor end = switch (work) {
            case MANY_PRODUCTS -> {
                Tensor product = x;
                for (int i = 0; i < PRODUCTS; i++) {
                    product = matmul(product, w);
                }
                yield reduceSum(product);
            }
            case ONE_SUM -> {
                Tensor column = reshape(points, shape(UNKNOWN, 1));
                yield reduceSum(sin(exp(column).times(points)));
            }
        };
        return fetch(end).targets(w.assign(w.plus(end)));
    }

    private void isUnharmed() {
        assertThat(session.committedRuns()).isEqualTo(1);
        NDArray value = session.value(w);
        assertThat(value.getDouble(0)).isEqualTo(0.5);
        assertThat(value.getDouble(value.elementCount() - 1)).isEqualTo(0.5);
        NDArray product = session.run(feed(x, NDArray.full(FLOAT32, 1, 2, SIZE)), matmul(x, w));
        assertThat(product.getDouble(SIZE)).isEqualTo(SIZE / 2.0);
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlinePasses(Work work) {
        Fetch run = longRun(work);
        for (int i = 0; i < 2; i++) {
            RunCancelledException cancelled = catchThrowableOfType(RunCancelledException.class,
                    () -> session.run(feeds, run, RunOptions.timeout(Duration.ofMillis(200))));
            assertThat(cancelled.reason()).isEqualTo(Reason.DEADLINE);
        }
        isUnharmed();
    }

    @ParameterizedTest
    @EnumSource
    void theThreadIsInterrupted(Work work) throws Exception {
        Fetch run = longRun(work);
        Future<Reason> reason = started(run);
        threads.shutdownNow();
        assertThat(reason.get()).isEqualTo(Reason.INTERRUPTED);
        isUnharmed();
    }

    @ParameterizedTest
    @EnumSource
    void theSessionIsClosed(Work work) throws Exception {
        Fetch run = longRun(work);
        Future<Reason> reason = started(run);
        session.close();
        assertThat(reason.get()).isEqualTo(Reason.CLOSED);
        assertThat(catchThrowableOfType(GraphException.class, () -> session.run(w))).isNotNull();
        session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(2));
        session.run(graph.initializer());
        isUnharmed();
    }

    /** A run on another thread that computes by now. */
    private Future<Reason> started(Fetch run) throws InterruptedException {
        catchThrowableOfType(RunCancelledException.class,
                () -> session.run(feeds, run, RunOptions.timeout(Duration.ofMillis(1))));
        Future<Reason> reason = threads.submit(() -> catchThrowableOfType(RunCancelledException.class,
                () -> session.run(feeds, run)).reason());
        Thread.sleep(100);
        return reason;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shortRunsPassALongOneOfOtherVariables(int count) throws Exception {
        session.close();
        session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(count));
        Variable other = graph.variable("other", zeros(FLOAT32, shape(100)));
        Fetch run = longRun(Work.MANY_PRODUCTS);
        Future<Reason> reason = started(run);
        Tensor next = other.assign(other.plus(1));
        for (int i = 0; i < 20; i++) {
            session.run(Fetch.nothing().targets(next));
        }
        assertThat(reason.isDone()).isFalse();
        assertThat(session.value(other).getDouble(99)).isEqualTo(20);
        threads.shutdownNow();
        assertThat(reason.get()).isEqualTo(Reason.INTERRUPTED);
    }

    @Test
    void aRunWithADeadlineThatItMeetsCommits() {
        session.run(graph.initializer());
        session.run(Feeds.NONE, Fetch.nothing().targets(w.assign(w.times(2))),
                RunOptions.timeout(Duration.ofSeconds(50)));
        assertThat(session.value(w).getDouble(7)).isEqualTo(1);
    }
}
