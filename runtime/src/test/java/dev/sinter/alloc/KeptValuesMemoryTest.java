package dev.sinter.alloc;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Programs that keep values give all their memory back. */
class KeptValuesMemoryTest {
    private static final int WIDTH = 384;
    private static final int CYCLES = 250;
    /** What is kept in one cycle. */
    private static final long KEPT_KILOBYTES = 4L * WIDTH * WIDTH / 1024;
    /** What a compiled program takes of the heap at least. */
    private static final long PROGRAM_KILOBYTES = 100;

    /**
     * What the process has after collections of garbage, which memory of arrays waits for.
     *
     * @param kilobytes beside the heap
     * @param heap      used kilobytes of the heap
     * @param mappings  of its address space
     */
    private record Usage(long kilobytes, long heap, long mappings) {
        static Usage now() throws IOException, InterruptedException {
            for (int i = 0; i < 4; i++) {
                System.gc();
                Thread.sleep(50);
            }
            Runtime runtime = Runtime.getRuntime();
            try (Stream<String> status = Files.lines(Path.of("/proc/self/status"));
                    Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
                long resident = status.filter(line -> line.startsWith("VmRSS"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
                return new Usage(resident - runtime.totalMemory() / 1024,
                        (runtime.totalMemory() - runtime.freeMemory()) / 1024, maps.count());
            }
        }

        Usage since(Usage before) {
            return new Usage(kilobytes - before.kilobytes, heap - before.heap, mappings - before.mappings);
        }
    }

    private interface Cycle {
        void run(int number);
    }

    /** What many cycles add after a number of them. */
    private static Usage added(int warm, Cycle cycle) throws IOException, InterruptedException {
        for (int i = 0; i < warm; i++) {
            cycle.run(i);
        }
        Usage before = Usage.now();
        for (int i = 0; i < CYCLES; i++) {
            cycle.run(warm + i);
        }
        return Usage.now().since(before);
    }

    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, WIDTH));
    private final Variable w = graph.variable("w", constant(NDArray.full(FLOAT32, 0.01, WIDTH, WIDTH)));
    private final Tensor y = matmul(x, exp(w));
    private final NDArray value = NDArray.full(FLOAT32, 1, 2, WIDTH);

    private Session open() {
        Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(1));
        session.run(graph.initializer());
        return session;
    }

    @Test
    void sessionsGiveTheirMemoryBack() throws IOException, InterruptedException {
        try (Session session = open()) {
            assertThat(session.explain(feed(x, value), fetch(y))).contains("kept from run to run");
        }
        Usage added = added(60, _ -> {
            try (Session session = open()) {
                assertThat(session.run(feed(x, value), y).getDouble(0)).isBetween(387.0, 388.0);
                session.load(w, NDArray.full(FLOAT32, 0, WIDTH, WIDTH));
                assertThat(session.run(feed(x, value), y).getDouble(0)).isEqualTo(WIDTH);
            }
        });
        assertThat(added.kilobytes()).isLessThan(CYCLES * KEPT_KILOBYTES / 2);
        assertThat(added.heap()).isLessThan(CYCLES * PROGRAM_KILOBYTES / 4);
        assertThat(added.mappings()).isLessThan(CYCLES / 4);
    }

    /** Beyond 256 programs a session closes the one that was used the longest time ago. */
    @Test
    void programsThatASessionDropsGiveTheirMemoryBack() throws IOException, InterruptedException {
        try (Session session = open()) {
            Usage added = added(300, number -> {
                Tensor another = matmul(x, exp(w.times(1 + number / 1000.0f)));
                assertThat(session.run(feed(x, value), another).getDouble(0)).isBetween(387.0, 391.0);
            });
            assertThat(added.heap()).isLessThan(CYCLES * PROGRAM_KILOBYTES / 4);
            assertThat(added.mappings()).isLessThan(CYCLES / 4);
        }
    }
}
