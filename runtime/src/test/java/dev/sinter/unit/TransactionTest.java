package dev.sinter.unit;

import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.RunCancelledException;
import dev.sinter.runtime.RunCancelledException.Reason;
import dev.sinter.runtime.RunOptions;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs commit all or nothing, whatever ends them and whoever runs beside them. */
@Timeout(60)
public class TransactionTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Variable w = graph.variable("w", fill(FLOAT64, shape(), 1));
    private Session session;

    @BeforeEach
    void open() {
        session = open(graph);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        session.close();
    }

    /** Java code that says when it is reached and waits to be released. */
    private static final class Gate implements JavaFunction.Body {
        private final CountDownLatch reached = new CountDownLatch(1);
        private volatile boolean open;

        @Override
        public void run() {
            reached.countDown();
            while (!open) {
                LockSupport.parkNanos(1_000_000);
                Thread.onSpinWait();
            }
        }

        void await() throws InterruptedException {
            reached.await();
        }

        /** Waits until the code is reached, or a run ends before it. */
        void awaitOrEndOf(Future<?> run) throws InterruptedException {
            while (!run.isDone() && !reached.await(1, TimeUnit.MILLISECONDS)) {
                Thread.onSpinWait();
            }
        }
    }

    /** A write of {@code w} that passes a gate and computes on behind it. */
    private Tensor gated(Gate gate) {
        Tensor value = JavaFunction.through(w.plus(1), "gate", gate);
        for (int i = 0; i < 50; i++) {
            value = JavaFunction.through(value, "passage", () -> { });
        }
        return w.assign(value);
    }

    private double valueOfW() {
        return session.run(w).item();
    }

    @Test
    void concurrentIncrementsAreAllCounted() throws Exception {
        session.run(graph.initializer());
        Tensor increment = w.assignAdd(graph.constant(1.0));
        List<Future<?>> runs = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            runs.add(threads.submit(() -> {
                for (int i = 0; i < 200; i++) {
                    session.run(Fetch.nothing().targets(increment));
                }
            }));
        }
        for (Future<?> run : runs) {
            run.get();
        }
        assertThat(valueOfW()).isEqualTo(1601);
        assertThat(session.committedRuns()).isEqualTo(1602);
    }

    @Test
    void readersSeeAllWritesOfARunOrNone() throws Exception {
        Variable a = graph.variable("a", zeros(FLOAT32, shape(100)));
        Variable b = graph.variable("b", zeros(FLOAT32, shape(100)));
        session.run(graph.initializer());
        Tensor newA = a.assign(a.plus(1));
        Tensor newB = b.assign(b.plus(1));
        Tensor difference = reduceSum(a.minus(b));
        Future<?> writer = threads.submit(() -> {
            for (int i = 0; i < 300; i++) {
                session.run(Fetch.nothing().targets(newA, newB));
            }
        });
        List<Future<Boolean>> readers = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            readers.add(threads.submit(() -> {
                boolean same = true;
                for (int i = 0; i < 300; i++) {
                    Fetches out = session.run(fetch(difference, a, b));
                    same &= out.get(difference).item() == 0 && out.get(a).sameBits(out.get(b));
                }
                return same;
            }));
        }
        writer.get();
        for (Future<Boolean> reader : readers) {
            assertThat(reader.get()).isTrue();
        }
        assertThat(session.value(a).getDouble(7)).isEqualTo(300);
    }

    @Test
    void writersInOppositeOrderDoNotBlockEachOther() throws Exception {
        Variable a = graph.variable("a", fill(FLOAT64, shape(), 1));
        Variable b = graph.variable("b", fill(FLOAT64, shape(), 2));
        session.run(graph.initializer());
        Tensor forth = a.assign(b.plus(0));
        Tensor back = b.assign(a.plus(0));
        List<Future<?>> runs = new ArrayList<>();
        for (Tensor target : List.of(forth, back, forth, back)) {
            runs.add(threads.submit(() -> {
                for (int i = 0; i < 200; i++) {
                    session.run(Fetch.nothing().targets(target));
                }
            }));
        }
        for (Future<?> run : runs) {
            run.get();
        }
        session.run(Fetch.nothing().targets(forth));
        assertThat(session.value(a).item()).isEqualTo(session.value(b).item());
    }

    @Test
    void aSwapReadsBothValuesOfTheStart() {
        Variable a = graph.variable("a", fill(FLOAT64, shape(), 1));
        Variable b = graph.variable("b", fill(FLOAT64, shape(), 2));
        session.run(graph.initializer());
        session.run(Fetch.nothing().targets(a.assign(b), b.assign(a)));
        assertThat(session.value(a).item()).isEqualTo(2);
        assertThat(session.value(b).item()).isEqualTo(1);
    }

    @Test
    void aFailingHostCallCommitsNothing() {
        session.run(graph.initializer());
        Tensor failed = JavaFunction.through(w.plus(1), "failing", () -> {
            throw new IOException("no such thing");
        });
        Tensor update = w.assign(w.plus(5));
        assertThatThrownBy(() -> session.run(fetch(failed).targets(update))).isInstanceOf(GraphException.class)
                .hasMessageContaining("no such thing");
        assertThat(valueOfW()).isEqualTo(1);
        assertThat(session.committedRuns()).isEqualTo(2);
    }

    @Test
    void anInterruptCancelsARun() throws Exception {
        session.run(graph.initializer());
        Gate gate = new Gate();
        Tensor update = gated(gate);
        Future<Boolean> run = threads.submit(() -> {
            RunCancelledException problem = catchThrowableOfType(RunCancelledException.class,
                    () -> session.run(Fetch.nothing().targets(update)));
            assertThat(problem.reason()).isEqualTo(Reason.INTERRUPTED);
            return Thread.currentThread().isInterrupted();
        });
        gate.await();
        threads.shutdownNow();
        Thread.sleep(50);
        gate.open = true;
        assertThat(run.get()).isTrue();
        assertThat(valueOfW()).isEqualTo(1);
        assertThat(session.run(update).item()).isEqualTo(2);
        assertThat(valueOfW()).isEqualTo(2);
    }

    @Test
    void anInterruptedThreadStartsNoRun() {
        session.run(graph.initializer());
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> session.run(w)).isInstanceOf(RunCancelledException.class)
                .hasMessage("run: cancelled, because its thread was interrupted; nothing was committed");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(valueOfW()).isEqualTo(1);
    }

    @Test
    void aDeadlineCancelsARun() throws Exception {
        session.run(graph.initializer());
        Gate gate = new Gate();
        Tensor update = gated(gate);
        Future<Reason> run = threads.submit(() -> catchThrowableOfType(RunCancelledException.class,
                () -> session.run(Feeds.NONE, Fetch.nothing().targets(update),
                        RunOptions.timeout(Duration.ofMillis(20)))).reason());
        gate.awaitOrEndOf(run);
        Thread.sleep(80);
        gate.open = true;
        assertThat(run.get()).isEqualTo(Reason.DEADLINE);
        assertThat(valueOfW()).isEqualTo(1);
        assertThat(session.run(Feeds.NONE, fetch(update), RunOptions.timeout(Duration.ofSeconds(50))).get(0).item())
                .isEqualTo(2);
    }

    @Test
    void aRunWaitsForAnotherNoLongerThanItsDeadline() throws Exception {
        session.run(graph.initializer());
        Gate gate = new Gate();
        Tensor slow = gated(gate);
        Future<NDArray> holder = threads.submit(() -> session.run(slow));
        gate.await();
        RunCancelledException problem = catchThrowableOfType(RunCancelledException.class,
                () -> session.run(Feeds.NONE, fetch(w), RunOptions.timeout(Duration.ofMillis(30))));
        assertThat(problem.reason()).isEqualTo(Reason.DEADLINE);
        Future<Double> waiting = threads.submit(this::valueOfW);
        Thread.sleep(30);
        assertThat(waiting.isDone()).isFalse();
        gate.open = true;
        assertThat(holder.get().item()).isEqualTo(2);
        assertThat(waiting.get()).isEqualTo(2);
        assertThat(valueOfW()).isEqualTo(2);
    }

    @Test
    void runsOfOtherVariablesDoNotWait() throws Exception {
        Variable other = graph.variable("other", fill(FLOAT64, shape(), 3));
        session.run(graph.initializer());
        Gate gate = new Gate();
        Tensor slow = gated(gate);
        Future<NDArray> holder = threads.submit(() -> session.run(slow));
        gate.await();
        assertThat(session.run(other.assign(other.plus(1))).item()).isEqualTo(4);
        gate.open = true;
        assertThat(holder.get().item()).isEqualTo(2);
    }

    @Test
    void closingCancelsAndWaits() throws Exception {
        session.run(graph.initializer());
        Gate gate = new Gate();
        Tensor update = gated(gate);
        Future<Reason> run = threads.submit(() -> catchThrowableOfType(RunCancelledException.class,
                () -> session.run(update)).reason());
        gate.await();
        Future<?> closing = threads.submit(session::close);
        assertThatThrownBy(() -> closing.get(50, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThatThrownBy(() -> session.run(w)).isInstanceOf(GraphException.class)
                .hasMessage("the session is closed; open another one");
        gate.open = true;
        assertThat(run.get()).isEqualTo(Reason.CLOSED);
        closing.get();
    }

    @Test
    void aCancelledPreparedCallRunsAgain() throws Exception {
        session.run(graph.initializer());
        Gate gate = new Gate();
        Tensor update = gated(gate);
        try (PreparedCall call = session.prepare(fetch(update))) {
            Callable<Reason> cancelled = () -> catchThrowableOfType(RunCancelledException.class,
                    () -> call.run(RunOptions.timeout(Duration.ofMillis(10)))).reason();
            Future<Reason> run = threads.submit(cancelled);
            gate.awaitOrEndOf(run);
            Thread.sleep(50);
            gate.open = true;
            assertThat(run.get()).isEqualTo(Reason.DEADLINE);
            assertThatThrownBy(() -> call.result(0)).isInstanceOf(GraphException.class);
            assertThat(call.run().result(0).item()).isEqualTo(2);
            assertThat(call.run().result(0).item()).isEqualTo(3);
        }
    }

    @Test
    void twoPreparedCallsRunAtOnce() throws Exception {
        Tensor x = graph.placeholder("x", FLOAT64, shape(50));
        Tensor sum = reduceSum(x.times(w));
        session.run(graph.initializer());
        List<Future<Boolean>> runs = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            double fed = thread;
            runs.add(threads.submit(() -> {
                boolean right = true;
                try (PreparedCall call = session.prepare(fetch(sum), x)) {
                    call.feed(call.slot(x), NDArray.full(FLOAT64, fed, 50));
                    for (int i = 0; i < 500; i++) {
                        right &= call.run().result(sum).item() == 50 * fed;
                    }
                }
                return right;
            }));
        }
        for (Future<Boolean> run : runs) {
            assertThat(run.get()).isTrue();
        }
        assertThat(session.run(feed(x, NDArray.full(FLOAT64, 1, 50)), sum).item()).isEqualTo(50);
    }
}
