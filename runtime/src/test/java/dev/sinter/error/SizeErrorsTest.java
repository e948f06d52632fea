package dev.sinter.error;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.function;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
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
import dev.sinter.graph.GraphFunction;
import dev.sinter.graph.Signal;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TensorSpec;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.unit.OnEachBackend;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Equalities of sizes that a run checks before its first kernel, line numbers written as {@code #}. */
public class SizeErrorsTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, UNKNOWN));
    private final Variable w = graph.variable("w", fill(FLOAT32, shape(), 1));
    private final Tensor update = w.assign(w.plus(reduceSum(x)));
    private Session session;

    @BeforeEach
    void open() {
        session = open(graph);
    }

    @AfterEach
    void close() {
        session.close();
    }

    /** The message, that the run commits nothing, and that a run that does not need the tensor is none the wiser. */
    private void fails(Tensor tensor, float[][] value, String... lines) {
        fails(tensor, feed(x, value), lines);
    }

    private void fails(Tensor tensor, Feeds feeds, String... lines) {
        session.run(graph.initializer());
        long before = session.committedRuns();
        GraphException problem = catchThrowableOfType(GraphException.class,
                () -> session.run(feeds, fetch(tensor).targets(update)));
        assertThat(problem).as("nothing is thrown").isNotNull();
        assertThat(problem.getMessage().replaceAll("\\.java:\\d+", ".java:#")).isEqualTo(String.join("\n", lines));
        assertThat(session.committedRuns()).isEqualTo(before);
        assertThat(session.value(w).floatValue()).isEqualTo(1);
        session.run(feeds, update);
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

    private GraphException refused(Feeds feeds, Tensor... tensors) {
        GraphException problem = catchThrowableOfType(GraphException.class, () -> session.run(feeds, fetch(tensors)));
        assertThat(problem).as("nothing is thrown").isNotNull();
        return problem;
    }

    private static String numberless(GraphException problem) {
        return problem.getMessage().replaceAll("\\.java:\\d+", ".java:#");
    }

    @Test
    void sizesThatDoNotBroadcast() {
        Tensor a = graph.placeholder("a", FLOAT32, shape(UNKNOWN)).mayBroadcast();
        Tensor b = graph.placeholder("b", FLOAT32, shape(UNKNOWN)).mayBroadcast();
        Tensor sum = a.plus(b);
        Tensor gradient = gradients(sum, a).of(a);
        Feeds wrong = feed(a, new float[3]).and(b, new float[5]);
        assertThat(numberless(refused(wrong, sum)))
                .isEqualTo("sizes do not broadcast: a.0 = 3, b.0 = 5; each must be 1 or the same\n"
                        + "  at SizeErrorsTest.java:# (add_1/broadcast)");
        assertThat(numberless(refused(wrong, gradient))).startsWith("sizes do not broadcast: a.0 = 3, b.0 = 5");
        assertThat(numberless(refused(feed(a, new float[0]).and(b, new float[2]), sum)))
                .startsWith("sizes do not broadcast: a.0 = 0, b.0 = 2");
        assertThat(session.run(wrong, a.plus(1)).sizes()).containsExactly(3);
        assertThat(session.run(feed(a, new float[3]).and(b, new float[1]), sum).sizes()).containsExactly(3);
    }

    @Test
    void aSizeThatDoesNotStretchToAKnownOne() {
        Tensor a = graph.placeholder("a", FLOAT32, shape(UNKNOWN)).mayBroadcast();
        Tensor sum = a.plus(fill(FLOAT32, shape(2, 4), 1));
        assertThat(numberless(refused(feed(a, new float[3]), sum)))
                .isEqualTo("broadcast: axis 0 of float32[3] is 3, which is neither 1 nor 4\n"
                        + "  at SizeErrorsTest.java:# (add_1/broadcast)");
        Tensor gradient = gradients(sum, a).of(a);
        assertThat(numberless(refused(feed(a, new float[2]), gradient)))
                .startsWith("reshape: float32[2,4] has 8 elements");
        assertThat(session.run(feed(a, new float[1]), gradient).floatValue()).isEqualTo(8);
    }

    @Test
    void sizesThatLaterTurnOutToDiffer() {
        Tensor a = graph.placeholder("a", FLOAT32, shape(UNKNOWN)).mayBroadcast();
        Tensor b = graph.placeholder("b", FLOAT32, shape(UNKNOWN)).mayBroadcast();
        Tensor sum = a.plus(b);
        reshape(a, shape(3));
        reshape(b, shape(5));
        assertThat(numberless(refused(feed(a, new float[3]).and(b, new float[5]), sum)))
                .isEqualTo("broadcast: f32[5] axis 0 is 5, which cannot stretch to 3 in [3]\n"
                        + "  at SizeErrorsTest.java:# (add_1/broadcast_1)");
    }

    @Test
    void aCarryThatChangesItsSize() {
        Tensor other = graph.placeholder("other", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor last = foldl(reshape(x, shape(UNKNOWN)), constant(new float[] {1, 2}),
                (_, _) -> reshape(other, shape(UNKNOWN)));
        fails(last, feed(x, new float[3][2]).and(other, new float[1][5]),
                "sizes that must be equal differ: axis 0 of float32[5] is 5, not x.0*x.1 = 6",
                "  at SizeErrorsTest.java:# (foldl/reshape_1)");
    }

    /** What a branch needs must hold whether it is taken or not. */
    @Test
    void branchesOfWhichOneDoesNotFit() {
        for (boolean taken : new boolean[] {true, false}) {
            Tensor predicate = graph.constant(taken);
            fails(cond(predicate, () -> reduceSum(reshape(x, shape(UNKNOWN, 6))), () -> reduceSum(x)),
                    new float[4][5],
                    "reshape: float32[4,5] has 20 elements, [floordiv(x.0*x.1,6),6] = [3,6] has 18",
                    "  at SizeErrorsTest.java:# (" + (taken ? "cond" : "cond_2") + "/true/reshape)");
            fails(cond(predicate, () -> reduceSum(x), () -> reduceSum(reshape(x, shape(UNKNOWN, 6)))),
                    new float[4][5],
                    "reshape: float32[4,5] has 20 elements, [floordiv(x.0*x.1,6),6] = [3,6] has 18",
                    "  at SizeErrorsTest.java:# (" + (taken ? "cond_1" : "cond_3") + "/false/reshape)");
        }
    }

    @Test
    void branchesOfDifferentSizes() {
        Tensor other = graph.placeholder("other", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor chosen = cond(greater(reduceSum(x), 0), () -> reshape(x, shape(UNKNOWN)),
                () -> reshape(other, shape(UNKNOWN)));
        fails(chosen, feed(x, new float[3][2]).and(other, new float[1][5]),
                "sizes that must be equal differ: axis 0 of float32[5] is 5, not x.0*x.1 = 6",
                "  at SizeErrorsTest.java:# (cond/false/reshape_1)");
    }

    @Test
    void rowsOfAMapThatDoNotDivide() {
        fails(mapFn(x, row -> reshape(row, shape(UNKNOWN, 6))), new float[4][5],
                "reshape: float32[5] has 5 elements, [floordiv(x.1,6),6] = [0,6] has 0",
                "  at SizeErrorsTest.java:# (map/reshape)");
    }

    @Test
    void rowsOfAnEmptyMapThatDoNotDivide() {
        fails(mapFn(x, row -> reshape(row, shape(UNKNOWN, 6))), feed(x, NDArray.zeros(FLOAT32, 0, 5)),
                "reshape: float32[5] has 5 elements, [floordiv(x.1,6),6] = [0,6] has 0",
                "  at SizeErrorsTest.java:# (map/reshape)");
    }

    @Test
    void sequencesOfDifferentLengths() {
        Tensor other = graph.placeholder("other", FLOAT32, shape(UNKNOWN, UNKNOWN));
        Tensor sums = mapFn(List.of(reshape(x, shape(UNKNOWN)), reshape(other, shape(UNKNOWN))),
                each -> List.of(each.get(0).plus(each.get(1)))).getFirst();
        fails(sums, feed(x, new float[3][2]).and(other, new float[1][5]),
                "sizes that must be equal differ: axis 0 of float32[5] is 5, not x.0*x.1 = 6",
                "  at SizeErrorsTest.java:# (map/reshape)");
    }

    @Test
    void aFunctionWhoseBodyDoesNotFit() {
        GraphFunction sixes = function(graph, "sixes", List.of(TensorSpec.of(FLOAT32, shape(UNKNOWN, UNKNOWN))),
                given -> List.of(reshape(given.getFirst(), shape(UNKNOWN, 6))));
        fails(sixes.call(x).getFirst(), new float[4][5],
                "reshape: float32[4,5] has 20 elements, [floordiv(x.0*x.1,6),6] = [3,6] has 18",
                "  at SizeErrorsTest.java:# (sixes/reshape)");
    }

    @Test
    void aLoopInABranchInALoop() {
        Tensor sums = foldl(graph.constant(0f), x, (sum, row) -> cond(greater(sum, 0),
                () -> sum.plus(reduceSum(mapFn(x, each -> reshape(each, shape(UNKNOWN, 6))))), () -> sum));
        fails(sums, new float[4][5],
                "reshape: float32[5] has 5 elements, [floordiv(x.1,6),6] = [0,6] has 0",
                "  at SizeErrorsTest.java:# (foldl/cond/true/map/reshape)");
    }

    @Test
    void noFramesAddUpToNoSignal() {
        Tensor signal = Signal.overlapAndAdd(x, 2);
        for (long[] sizes : new long[][] {{0, 0}, {0, 3}, {2, 0}}) {
            NDArray sum = session.run(feed(x, NDArray.zeros(FLOAT32, sizes)), signal);
            assertThat(sum.sizes()).containsExactly(Math.max(0, (sizes[0] - 1) * 2 + sizes[1]));
        }
    }
}
