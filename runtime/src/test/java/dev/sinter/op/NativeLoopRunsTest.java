package dev.sinter.op;

import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.LoopRunsTest;
import java.util.List;
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

    /** Two loops over the same tensor, each with as many iterations as a run says, and their gradient. */
    private record TwoLoops(Graph graph, Tensor x, Tensor first, Tensor second, Tensor gradient) {
        static TwoLoops build() {
            Graph graph = new Graph();
            Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN));
            Tensor first = graph.placeholder("first", FLOAT64, shape());
            Tensor second = graph.placeholder("second", FLOAT64, shape());
            Tensor sum = reduceSum(squares(graph, x, first).plus(squares(graph, x, second)));
            return new TwoLoops(graph, x, first, second, gradients(sum, x).of(x));
        }

        private static Tensor squares(Graph graph, Tensor x, Tensor count) {
            return Control.whileLoop(List.of(graph.constant(0.0), x), carries -> less(carries.get(0), count),
                    carries -> List.of(carries.get(0).plus(1), carries.get(1).times(carries.get(1)))).get(1);
        }

        NDArray run(Session session, int size, int firstSteps, int secondSteps) {
            return session.run(feed(x, NDArray.full(FLOAT64, 1, size)).and(first, (double) firstSteps)
                    .and(second, (double) secondSteps), gradient);
        }
    }

    /** Each of these runs takes most of the memory; what one leaves must not refuse the next. */
    @Test
    void whatFitsDoesNotDependOnTheRunsBefore() {
        TwoLoops loops = TwoLoops.build();
        int[][] runs = {{1000, 70, 1}, {1000, 1, 70}, {3000, 1, 1}, {10, 9_000, 8_000}, {1000, 70, 1}, {3000, 1, 1}};
        long limit = 5L << 20;
        SessionOptions options = SessionOptions.DEFAULT.withBackend(backend()).withMemoryLimit(limit);
        try (Session session = new Session(loops.graph, options)) {
            for (int[] run : runs) {
                try (Session alone = new Session(loops.graph, options)) {
                    assertThat(loops.run(alone, run[0], run[1], run[2]).elementCount()).isEqualTo(run[0]);
                }
                NDArray gradient = loops.run(session, run[0], run[1], run[2]);
                assertThat(gradient.getDouble(5)).isEqualTo(Math.pow(2, run[1]) + Math.pow(2, run[2]));
                assertThatThrownBy(() -> loops.run(session, 1000, 5000, 1)).isInstanceOf(GraphException.class)
                        .hasMessageContaining("history of a loop");
            }
        }
    }

    /** What is kept of a loop's history counts beside the temporaries of the run that finds it. */
    @Test
    void aKeptHistoryCountsBesideLargerTemporaries() {
        TwoLoops loops = TwoLoops.build();
        Tensor y = loops.graph.placeholder("y", FLOAT64, shape(UNKNOWN, 1));
        Tensor large = reduceSum(matmul(matmul(y, transpose(y)), y));
        SessionOptions options = SessionOptions.DEFAULT.withBackend(backend()).withMemoryLimit(3L << 20);
        try (Session session = new Session(loops.graph, options);
                Session other = new Session(loops.graph, options)) {
            Feeds feeds = feed(loops.x, NDArray.full(FLOAT64, 1, 1000)).and(loops.first, 70.0).and(loops.second, 1.0);
            Feeds small = feeds.and(y, NDArray.full(FLOAT64, 1, 10, 1));
            Feeds tooLarge = feeds.and(y, NDArray.full(FLOAT64, 1, 400, 1));
            Fetch both = fetch(loops.gradient, large);
            assertThatThrownBy(() -> other.run(tooLarge, both)).hasMessageContaining("history of a loop");
            for (int i = 0; i < 2; i++) {
                assertThat(session.run(small, both).get(large).item()).isEqualTo(100);
                assertThatThrownBy(() -> session.run(tooLarge, both)).hasMessageContaining("history of a loop");
            }
        }
    }
}
