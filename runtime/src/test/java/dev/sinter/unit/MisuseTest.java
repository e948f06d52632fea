package dev.sinter.unit;

import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.FeedSlot;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.RunCancelledException;
import dev.sinter.runtime.RunCancelledException.Reason;
import dev.sinter.runtime.RunOptions;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is used at the wrong time, by the wrong thread or after its end is refused, and changes nothing. */
@Timeout(60)
public class MisuseTest extends OnEachBackend {
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

    /** A copy of a value, on its way through Java code. */
    private static Tensor through(Tensor value, JavaFunction.Body body) {
        return JavaFunction.through(value, "body", body);
    }

    /** Of two variables that swap their values one is written beside its old value; a third one gets its first. */
    @Test
    void aWaitingRunThatGivesUpLeavesTheOneBeforeAlone() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Variable v = graph.variable("v", fill(FLOAT64, shape(), 5));
        Variable fresh = graph.variable("fresh", fill(FLOAT64, shape(), 0));
        JavaFunction.Body wait = () -> {
            reached.countDown();
            open.await();
        };
        Tensor slowW = w.assign(v);
        Tensor slowV = v.assign(w);
        Tensor slowFresh = fresh.assign(through(w.plus(7), wait));
        Fetch quick = Fetch.nothing().targets(w.assign(w.plus(10)), v.assign(v.plus(10)), fresh.assign(w));
        session.load(w, 1.0);
        session.load(v, 5.0);
        Future<?> holder = threads.submit(() ->
                session.run(Fetch.nothing().targets(slowW, slowV, slowFresh)));
        reached.await();
        assertThat(catchThrowableOfType(RunCancelledException.class, () -> session.run(Feeds.NONE, quick,
                RunOptions.timeout(Duration.ofMillis(20)))).reason()).isEqualTo(Reason.DEADLINE);
        open.countDown();
        holder.get();
        assertThat(session.value(w).item()).isEqualTo(5);
        assertThat(session.value(v).item()).isEqualTo(1);
        assertThat(session.value(fresh).item()).isEqualTo(8);
    }

    @Test
    void aCallServesOneThreadAtATime() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Tensor x = graph.placeholder("x", FLOAT64, shape());
        Tensor y = through(x.plus(1), () -> {
            reached.countDown();
            open.await();
        });
        PreparedCall call = session.prepare(fetch(y), x);
        FeedSlot slot = call.slot(x);
        call.feed(slot, NDArray.scalar(1.0));
        Future<PreparedCall> run = threads.submit(() -> call.run());
        reached.await();
        String busy = "the call is running; it serves one thread at a time, prepare another one for each thread";
        assertThatThrownBy(call::run).isInstanceOf(GraphException.class).hasMessage(busy);
        assertThatThrownBy(call::close).isInstanceOf(GraphException.class).hasMessage(busy);
        assertThatThrownBy(() -> call.feed(slot, NDArray.scalar(5.0))).isInstanceOf(GraphException.class)
                .hasMessage(busy);
        assertThatThrownBy(() -> call.result(0)).isInstanceOf(GraphException.class).hasMessage(busy);
        open.countDown();
        assertThat(run.get().result(0).item()).isEqualTo(2);
        call.close();
        call.close();
    }

    @Test
    void resultsOutliveTheirCall() {
        Tensor x = graph.placeholder("x", FLOAT64, shape(3));
        Tensor y = x.times(2);
        NDArray result;
        try (PreparedCall call = session.prepare(fetch(y), x)) {
            result = call.feed(x, NDArray.full(FLOAT64, 1, 3)).run().result(0);
        }
        session.run(feed(x, NDArray.full(FLOAT64, 50, 3)), y);
        assertThat(result.toDoubleArray()).containsExactly(2, 2, 2);
    }

    /** What a call ran on is the next one's as soon as it is closed. */
    @Test
    void aClosedCallLeavesTheNextOneAlone() {
        Tensor x = graph.placeholder("x", FLOAT64, shape());
        Tensor y = x.times(2);
        PreparedCall closed = session.prepare(fetch(y), x);
        FeedSlot slot = closed.slot(x);
        closed.close();
        String refusal = "the call is closed; prepare another one";
        try (PreparedCall next = session.prepare(fetch(y), x)) {
            next.feed(x, 1.0);
            for (ThrowingCallable use : List.<ThrowingCallable>of(() -> closed.feed(slot, NDArray.scalar(5.0)),
                    () -> closed.feed(x, 5.0), () -> closed.run(), () -> closed.result(0), () -> closed.snapshot())) {
                assertThatThrownBy(use).isInstanceOf(GraphException.class).hasMessage(refusal);
            }
            assertThat(next.run().result(0).item()).isEqualTo(2);
        }
    }

    @Test
    void aCallMayBeClosedAfterItsSession() {
        Tensor x = graph.placeholder("x", FLOAT64, shape());
        Tensor y = x.times(2);
        for (boolean read : new boolean[] {false, true}) {
            Session other = open(graph);
            PreparedCall call = other.prepare(fetch(y), x);
            call.feed(x, 1.0).run();
            NDArray result = read ? call.result(0) : call.snapshot().get(0);
            other.close();
            call.feed(x, 3.0);
            assertThatThrownBy(call::run).isInstanceOf(GraphException.class)
                    .hasMessage("the session is closed; open another one");
            call.close();
            call.close();
            assertThat(result.item()).isEqualTo(2);
        }
    }

    /** Threads that prepare, run and close calls while the session is closed end with one of two exceptions. */
    @Test
    void aSessionMayBeClosedAtAnyTime() throws Exception {
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN));
        Tensor y = x.times(w);
        for (int round = 0; round < 20; round++) {
            Session other = open(graph);
            other.load(w, 2.0);
            List<Future<Throwable>> ends = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                int seed = 3 * round + thread;
                ends.add(threads.submit(() -> useUntilItFails(other, x, y, seed)));
            }
            Thread.sleep(round % 7);
            other.close();
            for (Future<Throwable> end : ends) {
                switch (end.get()) {
                    case RunCancelledException cancelled -> assertThat(cancelled.reason()).isEqualTo(Reason.CLOSED);
                    case GraphException closed -> assertThat(closed)
                            .hasMessage("the session is closed; open another one");
                    default -> throw new AssertionError("another exception", end.get());
                }
            }
        }
    }

    private static Throwable useUntilItFails(Session session, Tensor x, Tensor y, int seed) {
        try {
            for (int i = seed; ; i++) {
                int size = 1 + i * 37 % 500;
                NDArray ones = NDArray.full(FLOAT64, 1, size);
                try (PreparedCall call = session.prepare(fetch(y), x)) {
                    call.feed(x, ones).run();
                    NDArray result = i % 2 == 0 ? call.result(0) : call.snapshot().get(0);
                    assertThat(result.getDouble(size - 1)).isEqualTo(2);
                }
                assertThat(session.run(feed(x, ones), y).elementCount()).isEqualTo(size);
            }
        } catch (Throwable end) {
            return end;
        }
    }

    /** A result in memory of a call is the reader's to write to. */
    @Test
    void whatIsWrittenToAResultChangesNothingElse() {
        Tensor x = graph.placeholder("x", FLOAT64, shape(2));
        Tensor constant = graph.constant(NDArray.of(3.0, 4.0));
        session.load(w, 1.0);
        NDArray fed = NDArray.of(1.0, 2.0);
        try (PreparedCall call = session.prepare(fetch(w, x, constant), x)) {
            call.feed(x, fed).run();
            call.result(0).setDouble(0, 50);
            call.result(1).setDouble(1, 51);
            call.result(2).setDouble(1, 52);
            assertThat(session.value(w).item()).isEqualTo(1);
            assertThat(fed.getDouble(1)).isEqualTo(2);
            assertThat(call.run().result(2).getDouble(1)).isEqualTo(4);
        }
    }

    @Test
    void whatIsLoadedMustBeThere() {
        Variable v = graph.variable("v", fill(FLOAT64, shape(8), 1));
        Arena arena = Arena.ofShared();
        NDArray array = NDArray.wrap(FLOAT64, arena.allocate(64, 64), 8);
        session.load(v, array);
        arena.close();
        assertThatThrownBy(() -> session.load(v, array)).isInstanceOf(GraphException.class)
                .hasMessageContaining("load: the array for the variable \"v\"")
                .hasMessageContaining("memory has been closed");
        assertThat(session.value(v).getDouble(3)).isZero();
    }

    @Test
    void aFeedThatNothingNeedsIsCheckedToo() {
        Tensor x = graph.placeholder("x", FLOAT64, shape());
        try (PreparedCall call = session.prepare(fetch(w), x)) {
            assertThatThrownBy(() -> call.feed(x, NDArray.scalar(1f))).isInstanceOf(GraphException.class)
                    .hasMessageContaining("the array is float32");
        }
    }

    @Test
    void aCallIsPreparedForEachTensorOnce() {
        Tensor x = graph.placeholder("x", FLOAT64, shape());
        assertThatThrownBy(() -> session.prepare(fetch(x), x, x)).isInstanceOf(GraphException.class)
                .hasMessage("prepare: \"x\" is named twice");
    }

    /** A product reads each element several times, so that writing over its operand would show. */
    @Test
    void aResultMayBeFedToItsOwnCall() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(40, 40));
        Tensor y = matmul(x, x).times(0.05f);
        NDArray start = NDArray.full(FLOAT32, 0.5, 40, 40);
        for (long i = 0; i < start.elementCount(); i++) {
            start.setDouble(i, 0.25 + (i * 7 % 11) / 20.0);
        }
        NDArray expected = start;
        for (int i = 0; i < 4; i++) {
            expected = session.run(feed(x, expected), y);
        }
        try (PreparedCall call = session.prepare(fetch(y), x)) {
            FeedSlot slot = call.slot(x);
            call.feed(slot, start).run();
            NDArray first = call.result(0);
            double before = first.getDouble(5);
            call.feed(slot, first).run();
            assertThat(first.getDouble(5)).isEqualTo(before);
            call.feed(slot, call.result(0)).run();
            call.feed(slot, call.result(0)).run();
            assertThat(call.result(0).sameBits(expected)).isTrue();
        }
    }

    @Test
    void anInterruptedHostCallIsACancelledRun() {
        Tensor failed = w.assign(through(w.plus(1), () -> {
            throw new InterruptedException();
        }));
        session.run(graph.initializer());
        RunCancelledException cancelled = catchThrowableOfType(RunCancelledException.class,
                () -> session.run(failed));
        assertThat(cancelled.reason()).isEqualTo(Reason.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(session.value(w).item()).isEqualTo(1);
    }

    @Test
    void aHostFunctionMustNotUseItsSession() {
        session.run(graph.initializer());
        JavaFunction.Body[] uses = {() -> session.value(w), () -> session.load(w, 5.0), () -> session.close(),
            () -> session.prepare(fetch(w)), () -> session.run(w)};
        for (JavaFunction.Body use : uses) {
            Tensor update = w.assign(through(w.plus(1), use));
            assertThatThrownBy(() -> session.run(update)).isInstanceOf(GraphException.class)
                    .hasMessageContaining("run: a host function must not use the session that calls it");
        }
        assertThat(session.value(w).item()).isEqualTo(1);
    }

    @Test
    void closingTwiceWaitsTwice() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Tensor slow = through(w.plus(1), () -> {
            reached.countDown();
            open.await();
        });
        session.run(graph.initializer());
        threads.submit(() -> session.run(slow));
        reached.await();
        Future<?> first = threads.submit(session::close);
        Future<?> second = threads.submit(session::close);
        for (Future<?> closing : List.of(first, second)) {
            assertThatThrownBy(() -> closing.get(50, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
        }
        open.countDown();
        first.get();
        second.get();
    }

    @Test
    void memoryThatIsClosedIsRefused() {
        Tensor x = graph.placeholder("x", FLOAT64, shape(8));
        Tensor y = x.plus(1);
        try (PreparedCall call = session.prepare(fetch(y), x)) {
            Arena arena = Arena.ofShared();
            MemorySegment memory = arena.allocate(64, 64);
            call.feed(x, NDArray.wrap(FLOAT64, memory, 8)).run();
            assertThat(call.result(0).getDouble(3)).isEqualTo(1);
            arena.close();
            assertThatThrownBy(call::run).isInstanceOf(GraphException.class)
                    .hasMessageContaining("x").hasMessageContaining("memory has been closed");
            call.feed(x, NDArray.full(FLOAT64, 2, 8)).run();
            assertThat(call.result(0).getDouble(3)).isEqualTo(3);
        }
    }

    /** Native code keeps the memory open; the interpreter notices where it has been closed. */
    @Test
    void memoryStaysOpenDuringARun() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Tensor x = graph.placeholder("x", FLOAT64, shape(8));
        Tensor y = through(x.plus(1), () -> {
            reached.countDown();
            open.await();
        }).plus(x);
        Arena arena = Arena.ofShared();
        NDArray fed = NDArray.wrap(FLOAT64, arena.allocate(64, 64), 8);
        Future<NDArray> run = threads.submit(() -> session.run(feed(x, fed), y));
        reached.await();
        if (backend() == Backend.LLVM) {
            assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
            open.countDown();
            assertThat(run.get().getDouble(1)).isEqualTo(1);
            arena.close();
        } else {
            arena.close();
            open.countDown();
            assertThatThrownBy(run::get).cause().isInstanceOf(GraphException.class)
                    .hasMessage("run: the array for placeholder \"x\" at " + x.location() + " cannot be read: its"
                            + " memory has been closed; keep its arena open until the run has ended");
        }
    }

    @Test
    void anyNumberOfArraysMayLieInMemoryOfTheUser() {
        List<Tensor> x = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            x.add(graph.placeholder("x" + i, FLOAT64, shape(8)));
        }
        Tensor sum = x.stream().reduce(Tensor::plus).orElseThrow();
        Tensor[] feeds = x.toArray(Tensor[]::new);
        try (Arena arena = Arena.ofShared(); PreparedCall call = session.prepare(fetch(sum), feeds)) {
            for (int run = 0; run < 3; run++) {
                for (int i = 0; i < 40; i++) {
                    NDArray array = i % 3 == 0 ? NDArray.zeros(FLOAT64, 8)
                            : NDArray.wrap(FLOAT64, arena.allocate(64, 64), 8);
                    for (long k = 0; k < 8; k++) {
                        array.setDouble(k, i + run);
                    }
                    call.feed(x.get(i), array);
                }
                assertThat(call.run().result(0).getDouble(7)).isEqualTo(780 + 40 * run);
            }
        }
    }

    @Test
    void aConstantKeepsItsValue() {
        Tensor constant;
        try (Arena arena = Arena.ofShared()) {
            NDArray array = NDArray.wrap(FLOAT64, arena.allocate(64, 64), 8);
            array.setDouble(2, 7);
            constant = graph.constant(array);
            array.setDouble(2, 9);
        }
        assertThat(session.run(constant.times(1.0)).getDouble(2)).isEqualTo(7);
    }

    @Test
    void feedsAreForgotten() {
        Tensor x = graph.placeholder("x", FLOAT64, shape(8));
        Tensor y = x.plus(1);
        WeakReference<MemorySegment> memory = run(x, y);
        for (int i = 0; i < 200 && memory.get() != null; i++) {
            System.gc();
        }
        assertThat(memory.get()).isNull();
    }

    private WeakReference<MemorySegment> run(Tensor x, Tensor y) {
        NDArray fed = NDArray.full(FLOAT64, 1, 8);
        session.run(feed(x, fed), y);
        return new WeakReference<>(fed.segment());
    }

    @Test
    void aDeadlineThatHasPassedStartsNothing() {
        session.run(graph.initializer());
        for (Duration past : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
            assertThat(catchThrowableOfType(RunCancelledException.class, () -> session.run(Feeds.NONE,
                    Fetch.nothing().targets(w.assign(w.plus(1))), RunOptions.timeout(past))).reason())
                    .isEqualTo(Reason.DEADLINE);
        }
        assertThat(session.run(Feeds.NONE, fetch(w), RunOptions.timeout(Duration.ofSeconds(Long.MAX_VALUE)))
                .get(0).item()).isEqualTo(1);
    }
}
