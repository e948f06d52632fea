package dev.sinter.op;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
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
import dev.sinter.runtime.RunCancelledException;
import dev.sinter.runtime.RunCancelledException.Reason;
import dev.sinter.runtime.RunOptions;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.JavaFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that end while the values are made that are kept from run to run, or after that, and what later runs see. */
@Timeout(300)
class KeptValuesEndsTest {
    private static final int WIDTH = 640;
    private static final int PRODUCTS = 60;

    /** What a run computes in a millisecond from the last one of many products of weights, which is kept. */
    private static final class Chain {
        final Graph graph = new Graph();
        final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, WIDTH));
        final Variable w = graph.variable("w", constant(ramp(WIDTH, WIDTH, 1)));
        final Variable count = graph.variable("count", constant(ramp(1, 1, 1)));
        final Tensor y = matmul(x, product());

        private Tensor product() {
            Tensor product = w.times(1);
            for (int i = 0; i < PRODUCTS; i++) {
                product = matmul(product, w);
            }
            return product;
        }

        Session open(SessionOptions options) {
            Session session = new Session(graph, options);
            session.run(graph.initializer());
            return session;
        }

        Feeds feeds() {
            return feed(x, ramp(2, WIDTH, 7));
        }

        void check(Session session) {
            try (Session other = open(options().withoutKeptValues())) {
                other.load(w, session.value(w));
                assertThat(session.run(feeds(), y).sameBits(other.run(feeds(), y))).isTrue();
            }
        }
    }

    private static NDArray ramp(long rows, long columns, int seed) {
        NDArray array = NDArray.zeros(FLOAT32, rows, columns);
        for (long i = 0; i < rows * columns; i++) {
            array.setDouble(i, (i * 37 * seed % 101 - 50) / 800.0);
        }
        return array;
    }

    private static SessionOptions options() {
        return SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(1);
    }

    /** A session of the chain, which has kept its product, and has to make it again. */
    private static Session outOfDate(Chain chain) {
        Session session = chain.open(options());
        assertThat(session.explain(chain.feeds(), fetch(chain.y))).contains("made of: 1 values, "
                + 4 * WIDTH * WIDTH + " bytes");
        session.load(chain.w, ramp(WIDTH, WIDTH, 3));
        return session;
    }

    private static Reason reason(Callable<?> run) {
        return catchThrowableOfType(RunCancelledException.class, run::call).reason();
    }

    @Test
    void aDeadlineEndsTheMakingAndTheNextRunMakesTheValuesAnew() {
        Chain chain = new Chain();
        try (Session session = outOfDate(chain)) {
            for (int millis : new int[] {0, 2, 10, 25}) {
                assertThat(reason(() -> session.run(chain.feeds(), fetch(chain.y).targets(chain.y),
                        RunOptions.timeout(Duration.ofMillis(millis))))).isEqualTo(Reason.DEADLINE);
            }
            chain.check(session);
            assertThat(session.run(chain.feeds(), fetch(chain.y), RunOptions.timeout(Duration.ofSeconds(100))).get(0)
                    .sameBits(session.run(chain.feeds(), chain.y))).isTrue();
        }
    }

    @Test
    void anInterruptEndsTheMaking() throws Exception {
        Chain chain = new Chain();
        try (Session session = outOfDate(chain)) {
            FutureTask<Reason> run = new FutureTask<>(() -> {
                Reason reason = reason(() -> session.run(chain.feeds(), chain.y));
                assertThat(Thread.interrupted()).isTrue();
                return reason;
            });
            Thread thread = Thread.ofPlatform().start(run);
            Thread.sleep(20);
            thread.interrupt();
            assertThat(run.get()).isEqualTo(Reason.INTERRUPTED);
            chain.check(session);
        }
    }

    @Test
    void whoWaitsForTheMakingOfAnotherRunEndsAtItsDeadlineAlone() throws Exception {
        Chain chain = new Chain();
        try (Session session = outOfDate(chain); ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<NDArray> maker = threads.submit(() -> session.run(chain.feeds(), chain.y));
            List<Future<Reason>> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(threads.submit(() -> reason(() -> session.run(chain.feeds(), fetch(chain.y),
                        RunOptions.timeout(Duration.ofMillis(30))))));
            }
            for (Future<Reason> run : waiting) {
                assertThat(run.get()).isEqualTo(Reason.DEADLINE);
            }
            assertThat(maker.get().sameBits(session.run(chain.feeds(), chain.y))).isTrue();
            chain.check(session);
        }
    }

    @Test
    void aWriterWaitsForTheMaking() throws Exception {
        Chain chain = new Chain();
        try (Session session = outOfDate(chain); ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<NDArray> maker = threads.submit(() -> session.run(chain.feeds(), fetch(chain.w, chain.y)).get(0));
            Thread.sleep(20);
            session.load(chain.w, ramp(WIDTH, WIDTH, 5));
            assertThat(maker.get().sameBits(ramp(WIDTH, WIDTH, 3))
                    || maker.get().sameBits(ramp(WIDTH, WIDTH, 5))).isTrue();
            chain.check(session);
        }
    }

    @Test
    void closingTheSessionEndsTheMaking() throws Exception {
        for (int round = 0; round < 3; round++) {
            Chain chain = new Chain();
            Session session = outOfDate(chain);
            CountDownLatch started = new CountDownLatch(2);
            List<FutureTask<Reason>> runs = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                runs.add(new FutureTask<>(() -> reason(() -> {
                    started.countDown();
                    return session.run(chain.feeds(), chain.y);
                })));
                Thread.ofPlatform().start(runs.getLast());
            }
            started.await();
            Thread.sleep(20);
            session.close();
            for (FutureTask<Reason> run : runs) {
                assertThat(run.get()).isEqualTo(Reason.CLOSED);
            }
            assertThatThrownBy(() -> session.run(chain.feeds(), chain.y)).isInstanceOf(GraphException.class)
                    .hasMessage("the session is closed; open another one");
        }
    }

    @Test
    void aHostCallThatFailsLeavesWhatIsKept() {
        Chain chain = new Chain();
        AtomicBoolean fails = new AtomicBoolean(true);
        AtomicInteger calls = new AtomicInteger();
        // The call of constants and of kept values alone could be made with them.
        Tensor called = JavaFunction.through(reduceSum(exp(chain.w), 0), "switch", () -> {
            calls.incrementAndGet();
            if (fails.get()) {
                throw new IllegalArgumentException("switched off");
            }
        });
        Tensor z = chain.y.plus(called);
        Tensor change = chain.count.assign(chain.count.plus(1));
        try (Session session = outOfDate(chain);
                Session other = chain.open(options().withoutKeptValues())) {
            other.load(chain.w, session.value(chain.w));
            for (int round = 0; round < 3; round++) {
                int seed = round;
                fails.set(true);
                assertThatThrownBy(() -> session.run(chain.feeds(), fetch(z).targets(change)))
                        .isInstanceOf(GraphException.class).hasMessageContaining("switched off");
                assertThat(session.value(chain.count).sameBits(ramp(1, 1, 1))).isTrue();
                fails.set(false);
                int before = calls.get();
                assertThat(session.run(chain.feeds(), z).sameBits(other.run(chain.feeds(), z))).isTrue();
                assertThat(calls.get()).isEqualTo(before + 2);
                session.load(chain.w, ramp(WIDTH, WIDTH, 11 + seed));
                other.load(chain.w, ramp(WIDTH, WIDTH, 11 + seed));
            }
        }
    }

    @Test
    void makingThatExceedsTheLimitOfMemoryIsRefusedAsWithoutIt() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, WIDTH));
        Variable w = graph.variable("w", constant(ramp(WIDTH, WIDTH, 1)));
        Tensor sums = reduceSum(exp(matmul(matmul(w, w), matmul(exp(w), w))), 0);
        Tensor y = reduceSum(x.times(sums), 1);
        List<String> messages = new ArrayList<>();
        SessionOptions small = options().withMemoryLimit(3L * WIDTH * WIDTH);
        for (SessionOptions each : List.of(small, small.withoutKeptValues())) {
            try (Session session = new Session(graph, each)) {
                session.run(graph.initializer());
                messages.add(catchThrowableOfType(GraphException.class,
                        () -> session.run(feed(x, ramp(2, WIDTH, 7)), y)).getMessage());
                messages.add(catchThrowableOfType(GraphException.class,
                        () -> session.run(feed(x, ramp(3, WIDTH, 7)), y)).getMessage());
                assertThat(session.value(w).sameBits(ramp(WIDTH, WIDTH, 1))).isTrue();
            }
        }
        assertThat(messages.subList(2, 4)).isEqualTo(messages.subList(0, 2));
        try (Session session = new Session(graph, options().withMemoryLimit(64L * WIDTH * WIDTH))) {
            session.run(graph.initializer());
            assertThat(session.explain(feed(x, ramp(2, WIDTH, 7)), fetch(y))).contains("kept from run to run");
        }
    }

    @Test
    void runsOfManyThreadsThatEndAnywhereSeeTheValuesOfOneMoment() throws Exception {
        int width = 48;
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, width));
        Variable w = graph.variable("w", constant(ramp(width, width, 1)));
        Variable next = graph.variable("next", constant(ramp(width, width, 2)));
        Tensor y = matmul(x, exp(matmul(w, w)));
        Tensor z = matmul(x, exp(w.times(2)));
        Tensor swap = w.assign(next);
        List<NDArray> values = List.of(ramp(width, width, 1), ramp(width, width, 2));
        NDArray fed = ramp(3, width, 7);
        List<List<NDArray>> expected = new ArrayList<>();
        try (Session other = new Session(graph, options().withoutKeptValues())) {
            for (NDArray value : values) {
                other.load(w, value);
                expected.add(List.of(other.run(feed(x, fed), y), other.run(feed(x, fed), z)));
            }
        }
        AtomicInteger finished = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        try (Session session = new Session(graph, options().withThreads(2));
                ExecutorService threads = Executors.newCachedThreadPool()) {
            session.run(graph.initializer());
            AtomicBoolean goesOn = new AtomicBoolean(true);
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                Tensor fetched = thread % 2 == 0 ? y : z;
                int which = thread % 2;
                all.add(threads.submit(() -> {
                    while (goesOn.get()) {
                        RunOptions options = random.nextInt(3) > 0 ? RunOptions.DEFAULT
                                : RunOptions.timeout(Duration.ofNanos(random.nextInt(300_000)));
                        try {
                            var out = session.run(feed(x, fed), fetch(fetched, w), options);
                            int value = out.get(w).sameBits(values.get(0)) ? 0 : 1;
                            assertThat(out.get(w).sameBits(values.get(value))).isTrue();
                            assertThat(out.get(0).sameBits(expected.get(value).get(which))).isTrue();
                            finished.incrementAndGet();
                        } catch (RunCancelledException early) {
                            ended.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            for (int i = 0; i < 400 || i < 100_000 && (finished.get() == 0 || ended.get() == 0); i++) {
                session.load(next, values.get(i % 2));
                session.run(fetch(swap));
                if (i % 3 == 0) {
                    session.load(w, values.get(1 - i % 2));
                }
            }
            goesOn.set(false);
            for (Future<?> run : all) {
                run.get();
            }
        }
        assertThat(finished.get()).isPositive();
        assertThat(ended.get()).isPositive();
    }
}
