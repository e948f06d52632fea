package dev.sinter.op;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.rsqrt;
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
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values of variables that a program only reads are kept from run to run, and never when a variable has changed. */
@Timeout(120)
class KeptValuesTest {
    private static final int WIDTH = 40;

    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, WIDTH));
    private final Variable w = graph.variable("w", constant(ramp(WIDTH, WIDTH, 1)));
    private final Variable scale = graph.variable("scale", constant(ramp(1, WIDTH, 3)));
    private final Variable count = graph.variable("count", constant(ramp(1, WIDTH, 5)));
    /** Reads {@code exp(w)} and a folded scale, and nothing of {@code count}. */
    private final Tensor y = matmul(x, exp(w)).times(rsqrt(scale.times(scale).plus(1)));
    private final Tensor changeW = w.assign(w.times(0.5));
    private final Tensor changeScale = scale.assign(scale.plus(1));
    private final Tensor changeCount = count.assign(count.plus(1));

    private static NDArray ramp(long rows, long columns, int seed) {
        NDArray array = NDArray.zeros(FLOAT32, rows, columns);
        for (long i = 0; i < rows * columns; i++) {
            array.setDouble(i, (i * 37 * seed % 101 - 50) / 80.0);
        }
        return array;
    }

    private static SessionOptions options() {
        return SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(2);
    }

    private Session open(SessionOptions options) {
        Session session = new Session(graph, options);
        session.run(graph.initializer());
        return session;
    }

    private NDArray value(Session session) {
        return session.run(feed(x, ramp(3, WIDTH, 7)), y);
    }

    /** What a session would give that keeps nothing, whose variables are the same. */
    private void check(Session session) {
        try (Session other = new Session(graph, options().withoutKeptValues())) {
            for (Variable variable : List.of(w, scale, count)) {
                other.load(variable, session.value(variable));
            }
            assertThat(value(session).sameBits(value(other))).isTrue();
        }
    }

    @Test
    void explainSaysWhatIsKept() {
        try (Session session = open(options()); Session other = open(options().withoutKeptValues())) {
            String text = session.explain(feed(x, ramp(3, WIDTH, 7)), fetch(y));
            assertThat(text).contains("kept from run to run, until a variable is written that it is made of: 2 values, "
                    + 4 * (WIDTH * WIDTH + WIDTH) + " bytes");
            assertThat(text.substring(0, text.indexOf("kept from run"))).doesNotContain("exp");
            assertThat(other.explain(feed(x, ramp(3, WIDTH, 7)), fetch(y))).doesNotContain("kept from run to run");
        }
    }

    @Test
    void assignsOfOtherProgramsAreSeen() {
        try (Session session = open(options())) {
            for (Tensor change : List.of(changeCount, changeW, changeScale, changeW, changeCount)) {
                check(session);
                check(session);
                session.run(fetch(change));
                check(session);
            }
            assertThat(session.compilations()).isEqualTo(5);
        }
    }

    @Test
    void loadedValuesAreSeen() {
        try (Session session = open(options())) {
            check(session);
            session.load(w, ramp(WIDTH, WIDTH, 11));
            check(session);
            session.load(scale, ramp(1, WIDTH, 13));
            check(session);
        }
    }

    @Test
    void whatAProgramWritesItselfIsNotKept() {
        try (Session session = open(options())) {
            String text = session.explain(feed(x, ramp(3, WIDTH, 7)), fetch(y).targets(changeW));
            assertThat(text).contains("until a variable is written that it is made of: 1 values, " + 4 * WIDTH
                    + " bytes");
            NDArray before = value(session);
            assertThat(session.run(feed(x, ramp(3, WIDTH, 7)), fetch(y).targets(changeW)).get(0).sameBits(before))
                    .isTrue();
            check(session);
        }
    }

    @Test
    void runsOfTwoThreadsAndWritersSeeTheValuesOfOneMoment() throws Exception {
        try (Session session = open(options()); ExecutorService threads = Executors.newCachedThreadPool()) {
            CountDownLatch begin = new CountDownLatch(1);
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                all.add(threads.submit(() -> {
                    begin.await();
                    for (int i = 0; i < 200; i++) {
                        var out = session.run(feed(x, ramp(3, WIDTH, 7)), fetch(y, w));
                        NDArray expected = expected(out.get(w));
                        assertThat(out.get(0).sameBits(expected)).isTrue();
                    }
                    return null;
                }));
            }
            begin.countDown();
            for (int i = 0; i < 100; i++) {
                session.load(w, ramp(WIDTH, WIDTH, i % 2 + 1));
            }
            for (Future<?> run : all) {
                run.get();
            }
        }
    }

    private NDArray one;
    private NDArray two;

    /** The result for one of the two values that are loaded in turn. */
    private synchronized NDArray expected(NDArray value) {
        if (one == null) {
            one = fresh(1);
            two = fresh(2);
        }
        return value.sameBits(ramp(WIDTH, WIDTH, 1)) ? one : two;
    }

    private NDArray fresh(int seed) {
        try (Session other = open(options().withoutKeptValues())) {
            other.load(w, ramp(WIDTH, WIDTH, seed));
            return value(other);
        }
    }

    @Test
    void aLimitOfMemoryCountsWhatIsKept() {
        long kept = 4 * (WIDTH * WIDTH + WIDTH);
        try (Session session = open(options().withMemoryLimit(kept + 2000))) {
            check(session);
            assertThat(session.explain(feed(x, ramp(3, WIDTH, 7)), fetch(y))).doesNotContain("kept from run to run");
        }
        try (Session session = open(options().withMemoryLimit(64 * kept))) {
            String text = session.explain(feed(x, ramp(3, WIDTH, 7)), fetch(y));
            assertThat(text).contains("kept from run to run");
        }
    }

    @Test
    void whatDoesNotFitBesideItIsNotKeptAnyMore() {
        Graph wide = new Graph();
        Tensor rows = wide.placeholder("rows", FLOAT32, shape(UNKNOWN, 256));
        Variable weights = wide.variable("weights", constant(ramp(256, 256, 1)));
        Tensor product = reduceSum(exp(matmul(exp(matmul(rows, exp(weights))), weights)));
        NDArray few = ramp(2, 256, 3);
        NDArray many = ramp(1000, 256, 3);
        try (Session session = new Session(wide, options().withMemoryLimit(2_200_000));
                Session other = new Session(wide, options().withoutKeptValues())) {
            session.run(wide.initializer());
            other.run(wide.initializer());
            boolean forgets = false;
            for (NDArray fed : List.of(few, many, few)) {
                String text = session.explain(feed(rows, fed), fetch(product));
                assertThat(text.contains("kept from run to run")).isEqualTo(!forgets && fed == few);
                forgets |= fed == many;
                assertThat(session.run(feed(rows, fed), product)
                        .sameBits(other.run(feed(rows, fed), product))).isTrue();
            }
        }
    }

    @Test
    void aCallThatHasWarmedUpAllocatesNothing() {
        int runs = 5_000;
        try (Session session = open(options().withThreads(1)); PreparedCall call = session.prepare(fetch(y), x)) {
            call.feed(x, ramp(3, WIDTH, 7));
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < 10 && allocated > runs; round++) {
                long before = allocated();
                for (int i = 0; i < runs; i++) {
                    call.run();
                }
                allocated = allocated() - before;
            }
            assertThat(allocated).as("bytes of %d runs", runs).isLessThanOrEqualTo(runs);
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
