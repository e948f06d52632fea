package dev.sinter.alloc;

import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
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
import dev.sinter.runtime.FeedSlot;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** A prepared call in native code that has warmed up allocates nothing. */
class PreparedCallTest {
    private static final int RUNS = 20_000;

    @Test
    void allocatesNothing() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 4));
        Variable w = graph.variable("w", fill(FLOAT32, shape(4, 4), 0.5));
        Tensor loss = reduceSum(matmul(x, w));
        Tensor update = w.assign(w.times(0.999));
        NDArray[] values = {NDArray.full(FLOAT32, 1, 3, 4), NDArray.full(FLOAT32, 2, 3, 4)};
        try (Session session = new Session(graph,
                SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(1))) {
            session.run(graph.initializer());
            try (PreparedCall call = session.prepare(fetch(loss).targets(update), x)) {
                FeedSlot slot = call.slot(x);
                long allocated = Long.MAX_VALUE;
                for (int round = 0; round < 10 && allocated > RUNS; round++) {
                    long before = allocated();
                    repeat(call, slot, values, loss);
                    allocated = allocated() - before;
                }
                assertThat(allocated).as("bytes of %d runs", RUNS).isLessThanOrEqualTo(RUNS);
            }
        }
    }

    private static void repeat(PreparedCall call, FeedSlot slot, NDArray[] values, Tensor loss) {
        float sum = 0;
        for (int i = 0; i < RUNS; i++) {
            call.feed(slot, values[i & 1]).run();
            sum += call.floatValue(loss);
        }
        assertThat(sum).isPositive();
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
