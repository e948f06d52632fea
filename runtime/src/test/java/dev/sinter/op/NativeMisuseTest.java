package dev.sinter.op;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.OperatingSystemMXBean;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.MisuseTest;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** {@link MisuseTest} in native code. */
class NativeMisuseTest extends MisuseTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }

    @Test
    void aRunThatNeedsMoreThanTheMachineHasIsRefused() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 1));
        Tensor y = Ops.matmul(Ops.matmul(x, Ops.transpose(x)), x);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend()).withThreads(1))) {
            assertThatThrownBy(() -> session.run(Feeds.feed(x, NDArray.zeros(FLOAT32, 8_000_000, 1)), y))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining(" (" + besideTheHeap() + " bytes); feed smaller arrays or raise the limit");
            assertThat(session.run(Feeds.feed(x, NDArray.zeros(FLOAT32, 10, 1)), y).getDouble(3)).isZero();
        }
    }

    /** The memory of the machine or the container, less what the heap may come to take. */
    private static long besideTheHeap() {
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return machine.getTotalMemorySize() - Runtime.getRuntime().maxMemory();
    }

    @Test
    void aRunThatNeedsMoreThanTheLimitIsRefused() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 1000));
        Tensor y = Ops.reduceSum(Ops.matmul(x, Ops.transpose(x)));
        Tensor z = Ops.matmul(Ops.matmul(x, Ops.transpose(x)), x);
        SessionOptions options = SessionOptions.DEFAULT.withBackend(backend()).withThreads(1).withMemoryLimit(1 << 20);
        try (Session session = new Session(graph, options)) {
            assertThatThrownBy(() -> session.run(Feeds.feed(x, NDArray.zeros(FLOAT32, 2000, 1000)), z))
                    .isInstanceOf(GraphException.class).hasMessageContaining("the limit is 1.0 MiB");
            assertThat(session.run(Feeds.feed(x, NDArray.zeros(FLOAT32, 10, 1000)), y).item()).isZero();
        }
    }
}
