package dev.sinter.error;

import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.split;
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
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Equalities of sizes that a run checks before its first kernel, line numbers written as {@code #}. */
public class SizeErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, UNKNOWN));
    private final Variable w = graph.variable("w", fill(FLOAT32, shape(), 1));
    private final Tensor update = w.assign(w.plus(reduceSum(x)));
    private Session session;

    /** What executes the graph. */
    protected Backend backend() {
        return Backend.EVAL;
    }

    @BeforeEach
    void open() {
        session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend()).withThreads(2));
    }

    @AfterEach
    void close() {
        session.close();
    }

    /** The message, that the run commits nothing, and that a run that does not need the tensor is none the wiser. */
    private void fails(Tensor tensor, float[][] value, String... lines) {
        session.run(graph.initializer());
        long before = session.committedRuns();
        GraphException problem = catchThrowableOfType(GraphException.class,
                () -> session.run(feed(x, value), fetch(tensor).targets(update)));
        assertThat(problem).as("nothing is thrown").isNotNull();
        assertThat(problem.getMessage().replaceAll("\\.java:\\d+", ".java:#")).isEqualTo(String.join("\n", lines));
        assertThat(session.committedRuns()).isEqualTo(before);
        assertThat(session.value(w).floatValue()).isEqualTo(1);
        session.run(feed(x, value), update);
        assertThat(session.committedRuns()).isEqualTo(before + 1);
    }

    @Test
    void elementsThatDoNotDivide() {
        fails(reshape(x, shape(UNKNOWN, 6)), new float[4][5],
                "reshape: float32[4,5] has 20 elements, [floordiv(x.0*x.1,6),6] = [3,6] has 18",
                "  at SizeErrorsTest.java:# (reshape)");
    }

    @Test
    void elementsThatDoNotFillKnownSizes() {
        try (var _ = graph.scope("head")) {
            fails(reshape(x, shape(2, 6)), new float[4][5],
                    "reshape: float32[4,5] has 20 elements, [2,6] has 12",
                    "  at SizeErrorsTest.java:# (head/reshape)");
        }
    }

    @Test
    void aReshapeThatPassesWouldDrop() {
        Tensor there = reshape(x, shape(UNKNOWN, 6));
        fails(reshape(there, x.shape()), new float[4][5],
                "reshape: float32[4,5] has 20 elements, [floordiv(x.0*x.1,6),6] = [3,6] has 18",
                "  at SizeErrorsTest.java:# (reshape)");
    }

    @Test
    void sizesThatDoNotMeet() {
        fails(concat(1, reshape(x, shape(UNKNOWN, 2)), reshape(x, shape(UNKNOWN, 3))), new float[3][2],
                "sizes that must be equal differ: axis 0 of float32[2,3] is 2, not floordiv(x.0*x.1,2) = 3",
                "  at SizeErrorsTest.java:# (concat/reshape)");
    }

    @Test
    void partsThatDoNotDivide() {
        fails(split(x, 2, 0).get(1), new float[3][2],
                "sizes that must be equal differ: axis 0 of float32[3,2] is 3, not 2*floordiv(x.0,2) = 2",
                "  at SizeErrorsTest.java:# (split_1/reshape)");
    }

    @Test
    void aSizeDividedByNone() {
        fails(reshape(x, Shape.of(x.dim(1).times(2), Dim.UNKNOWN)),
                new float[3][0],
                "the size floordiv(x.0*x.1,2*x.1) divides by 0", "  at SizeErrorsTest.java:# (reshape)");
    }
}
