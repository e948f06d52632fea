package dev.sinter.op;

import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.LoopRunsTest;
import org.junit.jupiter.api.Test;

/** {@link LoopRunsTest} in native code. */
class NativeLoopRunsTest extends LoopRunsTest {
    @Override
    protected Backend backend() {
        return Backend.LLVM;
    }

    /** The history of a loop counts against the memory of a run. */
    @Test
    void aHistoryThatIsTooLongFailsTheRun() {
        Graph graph = new Graph();
        Tensor bound = graph.placeholder("bound", FLOAT64, shape());
        Tensor x = graph.tensor(fill(FLOAT64, shape(1000), 1));
        Tensor end = Control.whileLoop(x, each -> less(reduceSum(each), bound), 
                each -> each.plus(each.times(each).times(1e-6)));
        Tensor gradient = gradients(reduceSum(end), x).of(x);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend())
                .withMemoryLimit(1 << 21))) {
            assertThat(session.run(feed(bound, NDArray.scalar(1000.01)), gradient).elementCount()).isEqualTo(1000);
            assertThatThrownBy(() -> session.run(feed(bound, NDArray.scalar(1100.0)), gradient))
                    .isInstanceOf(GraphException.class).hasMessageContaining("history of a loop")
                    .hasMessageContaining("memoryLimit");
            assertThat(session.run(feed(bound, NDArray.scalar(1000.0)), gradient).getDouble(5)).isEqualTo(1);
        }
    }
}
