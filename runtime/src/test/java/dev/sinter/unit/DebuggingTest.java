package dev.sinter.unit;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Bitwise;
import dev.sinter.graph.Control;
import dev.sinter.graph.Debugging;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Scope;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What must hold of tensors is checked: while building where it can be, else by each run. */
public class DebuggingTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 2));

    private static final float[][] ROWS = {{1, 2}, {3, 4}, {5, 6}};

    private static void fails(ThrowingCallable code, String... parts) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).message().contains(parts);
    }

    /** The rows, once a claim has been checked. */
    private Tensor checked(Operation claim) {
        return Control.withDependencies(x, claim);
    }

    private void holds(Session session, Operation claim) {
        assertThat(session.run(feed(x, ROWS), checked(claim)).getDouble(5)).isEqualTo(6.0);
    }

    private void fails(Session session, Operation claim, String... parts) {
        fails(() -> session.run(feed(x, ROWS), checked(claim)), parts);
        fails(() -> session.run(feed(x, ROWS), checked(claim)), "DebuggingTest.java");
    }

    @Test
    void comparisonsSayWhereTheyFail() {
        Tensor low = graph.constant(new float[] {1, 3});
        try (Session session = open(graph)) {
            holds(session, Debugging.assertEqual(x, x));
            fails(session, Debugging.assertEqual(x, low), "assert_equal: x == y does not hold for 5 of 6 elements; the"
                    + " first is at [0, 1]: x is 2.0, y is 3.0");
            fails(session, Debugging.assertNoneEqual(x, low, "apart"), "assert_none_equal: apart: x != y does not hold"
                    + " for 1 of 6 elements; the first is at [0, 0]: x is 1.0, y is 1.0");
            holds(session, Debugging.assertLess(x, graph.constant(7f)));
            fails(session, Debugging.assertLess(x, graph.constant(6f)), "x < y", "at [2, 1]: x is 6.0");
            holds(session, Debugging.assertLessEqual(x, graph.constant(6f)));
            fails(session, Debugging.assertLessEqual(x, graph.constant(5f)), "x <= y");
            fails(session, Debugging.assertGreater(x, low), "x > y", "2 of 6", "at [0, 0]");
            fails(session, Debugging.assertGreaterEqual(x, low), "x >= y", "1 of 6", "at [0, 1]");
            holds(session, Debugging.assertPositive(x));
            holds(session, Debugging.assertNonNegative(x));
            fails(session, Debugging.assertNegative(x), "x < 0", "6 of 6");
            fails(session, Debugging.assertNonPositive(x), "x <= 0");
        }
    }

    @Test
    void whatIsNear() {
        try (Session session = open(graph)) {
            holds(session, Debugging.assertNear(x, x.times(1.0000001)));
            fails(session, Debugging.assertNear(x, x.times(1.1)), "|x - y| <=", "6 of 6");
            holds(session, Debugging.assertNear(x, x.times(1.1), 0.2, 0, ""));
        }
    }

    @Test
    void aClaimAfterOthersAndTheirTensors() {
        Operation first = Debugging.assertPositive(x);
        Tensor finite = Debugging.checkNumerics(x, "");
        Tensor picked = Ops.gather(x, graph.constant(0).plus(Ops.cast(reduceSum(x.times(0)), INT32)));
        try (Session session = open(graph); Scope _ = graph.controlDependencies(first, finite, picked)) {
            fails(session, Debugging.assertLess(x, graph.constant(6f)), "x < y does not hold for 1 of 6 elements; the"
                    + " first is at [2, 1]: x is 6.0, y is 6.0");
        }
    }

    @Test
    void numbersAreFinite() {
        Tensor logs = Debugging.checkNumerics(log(x), "logs");
        Tensor slope = gradients(reduceSum(logs), x).of(x);
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS), logs).getDouble(0)).isEqualTo(0.0);
            assertThat(session.run(feed(x, ROWS), slope).getDouble(1)).isEqualTo(0.5);
            fails(() -> session.run(feed(x, new float[][] {{1, 1}, {1, 0}}), logs), "check_numerics: logs: x is finite"
                    + " does not hold for 1 of 4 elements; the first is at [1, 1]: x is -inf");
            holds(session, Debugging.assertAllFinite(x, ""));
            assertThat(session.run(feed(x, new float[0][2]), logs).sizes()).containsExactly(0, 2);
        }
    }

    @Test
    void aConditionShowsItsData() {
        Tensor small = Ops.less(reduceSum(x), 10);
        try (Session session = open(graph)) {
            fails(session, Debugging.assertTrue(small, "too large", x), "assert_true: too large", "[5. 6.]");
            fails(() -> Debugging.assertTrue(x, ""), "assert_true: the condition must be of bools", "float32");
        }
    }

    @Test
    void aRunThatFailsWritesNothing() {
        Variable sum = graph.variable("sum", constant(0f));
        Operation claim = Debugging.assertLess(reduceSum(x), graph.constant(10f));
        Tensor more = Control.withDependencies(reduceSum(x), claim);
        Tensor update = sum.assign(sum.plus(more));
        try (Session session = open(graph)) {
            session.run(graph.initializer());
            fails(() -> session.run(feed(x, ROWS), update), "x < y does not hold: x is 21.0, y is 10.0");
            assertThat(session.run(sum.value()).getDouble(0)).isEqualTo(0.0);
        }
    }

    @Test
    void claimsInBodiesTakePlaceWithThem() {
        Tensor rows = Control.mapFn(x, row -> Control.withDependencies(row, Debugging.assertLess(row,
                graph.constant(5f))));
        try (Session session = open(graph)) {
            fails(() -> session.run(feed(x, ROWS), rows), "x < y", "2 of 2 elements", "at [0]: x is 5.0");
            assertThat(session.run(feed(x, new float[][] {{1, 2}}), rows).getDouble(1)).isEqualTo(2.0);
        }
    }

    @Test
    void dtypesAndRanksAreCheckedNow() {
        Debugging.assertRank(x, 2);
        Debugging.assertRankIn(x, 1, 2);
        Debugging.assertRankAtLeast(x, 1);
        Debugging.assertType(x, FLOAT32);
        Debugging.assertScalar(reduceSum(x));
        Debugging.assertInteger(graph.constant(1));
        assertThat(Debugging.assertSameFloatDtype(x, reduceSum(x))).isEqualTo(FLOAT32);
        assertThat(Debugging.isNumericTensor(Ops.less(x, 1))).isFalse();
        fails(() -> Debugging.assertRank(x, 3), "assert_rank: x float32[?,2] must have rank 3, not 2");
        fails(() -> Debugging.assertRankIn(x, 0, 1), "must have rank 0 or 1, not 2");
        fails(() -> Debugging.assertRankAtLeast(x, 3), "rank 3 or more");
        fails(() -> Debugging.assertScalar(x), "assert_scalar: x float32[?,2] must have rank 0");
        fails(() -> Debugging.assertType(x, INT32), "assert_type: x float32[?,2] must be int32; cast(...) it");
        fails(() -> Debugging.assertInteger(x), "assert_integer");
        fails(() -> Debugging.assertSameFloatDtype(x, Ops.cast(x, FLOAT64)), "must be float32");
        fails(() -> Debugging.checkNumerics(graph.constant(1), ""), "check_numerics", "must be of floats");
    }

    @Test
    void sizesAreCheckedNowOrByTheRun() {
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN));
        Debugging.assertShapes("n 2, n, ? 2", x, y, x);
        fails(() -> Debugging.assertShapes("n 3", x), "assert_shapes: x float32[?,2] axis 1 is 2, but 3 is wanted");
        fails(() -> Debugging.assertShapes("n", x), "must have the sizes \"n\"");
        Tensor sum = reduceSum(x).plus(reduceSum(y));
        Tensor three = Debugging.ensureShape(y, shape(3));
        assertThat(three.shape().toUserString()).isEqualTo("(3,)");
        fails(() -> Debugging.ensureShape(x, shape(UNKNOWN, 3)), "ensure_shape: x float32[3,2] axis 1 is 2, not 3");
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS).and(y, new float[3]), sum).getDouble(0)).isEqualTo(21.0);
            fails(() -> session.run(feed(x, ROWS).and(y, new float[2]), sum), "y");
        }
    }

    @Test
    void bitsOfIntegers() {
        Tensor a = graph.placeholder("a", INT32, shape(UNKNOWN));
        Tensor b = graph.constant(new int[] {3, 5, 2});
        List<Tensor> all = List.of(Bitwise.bitwiseAnd(a, b), Bitwise.bitwiseOr(a, b), Bitwise.bitwiseXor(a, b),
                Bitwise.invert(a), Bitwise.leftShift(a, b), Bitwise.rightShift(a, b), Bitwise.populationCount(a));
        int[] values = {6, -1, Integer.MIN_VALUE};
        try (Session session = open(graph)) {
            assertThat(all.stream().map(one -> session.run(feed(a, values), one).toString().replaceAll(" +", " "))
                    .toList()).containsExactly("[2 5 0]", "[ 7 -1 -2147483646]", "[ 5 -6 -2147483646]",
                    "[ -7 0 2147483647]", "[ 48 -32 0]", "[ 0 -1 -536870912]", "[ 2 32 1]");
            assertThat(session.run(Bitwise.populationCount(graph.constant(new long[] {-1, 1L << 62, 0}))).toString()
                    .replaceAll(" +", " ")).isEqualTo("[64 1 0]");
        }
        fails(() -> Bitwise.bitwiseAnd(x, x), "bitwise_and: x is float32", "integers");
        fails(() -> Bitwise.invert(Ops.less(x, 1)), "of bools use logicalAnd");
    }

    @Test
    void aCounterStopsAtItsLimit() {
        Variable counter = graph.variable("counter", constant(0));
        Tensor count = counter.countUpTo(2);
        try (Session session = open(graph)) {
            session.run(graph.initializer());
            assertThat(session.run(count).getLong(0)).isEqualTo(0);
            assertThat(session.run(count).getLong(0)).isEqualTo(1);
            fails(() -> session.run(count), "assert_less: x < y does not hold", "x is 2, y is 2");
            assertThat(session.run(counter).getLong(0)).isEqualTo(2);
        }
        fails(() -> graph.variable("rate", constant(0.5)).countUpTo(2), "count_up_to: a counter is an integer scalar");
        fails(() -> counter.countUpTo(1L << 40), "count_up_to: ", "the number 1099511627776 is not a value of int32");
    }

    @Test
    void labelsThatAreUnique() {
        Tensor labels = graph.placeholder("labels", INT32, shape(UNKNOWN, UNKNOWN));
        Nn.UniqueLabels unique = Nn.ctcUniqueLabels(labels);
        Fetch both = Fetch.fetch(unique.labels(), unique.indices());
        try (Session session = open(graph)) {
            Fetches out = session.run(feed(labels, new int[][] {{3, 4, 3, 0, 4, 0}, {7, 7, 7, 7, 7, 7}, {5, 1, 4, 2, 3,
                    0}}), both);
            assertThat(out.get(0).toLongArray()).containsExactly(3, 4, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 5, 1, 4, 2, 3, 0);
            assertThat(out.get(1).toIntArray()).containsExactly(0, 1, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5);
            Fetches none = session.run(feed(labels, NDArray.zeros(INT32, 2, 0)), both);
            assertThat(none.get(1).sizes()).containsExactly(2, 0);
        }
        fails(() -> Nn.ctcUniqueLabels(x), "ctc_unique_labels: ", "integers");
    }

    @Test
    void casesTuplesAndPassedThroughGradients() {
        Tensor s = reduceSum(x);
        Tensor first = Control.caseOf(List.of(new Control.Case(Ops.greater(s, 100), () -> s.times(0.0)),
                new Control.Case(Ops.greater(s, 10), () -> s.times(2.0))), () -> s);
        Tensor rounded = Control.gradPassThrough(x, Ops::round);
        Tensor slope = gradients(reduceSum(rounded.times(3.0)), x).of(x);
        List<Tensor> both = Control.tuple(s, x);
        List<Tensor> same = Control.identityN(s, x);
        assertThat(same.get(1).shape()).isEqualTo(x.shape());
        try (Session session = open(graph)) {
            assertThat(session.run(feed(x, ROWS), first).getDouble(0)).isEqualTo(42.0);
            assertThat(session.run(feed(x, new float[][] {{1, 2}}), first).getDouble(0)).isEqualTo(3.0);
            assertThat(session.run(feed(x, ROWS), slope).getDouble(0)).isEqualTo(3.0);
            assertThat(session.run(feed(x, ROWS), both.get(0)).getDouble(0)).isEqualTo(21.0);
            session.run(Control.noOp(graph));
        }
        fails(() -> Control.caseOf(List.of(), () -> s), "case: at least one case is needed");
    }
}
