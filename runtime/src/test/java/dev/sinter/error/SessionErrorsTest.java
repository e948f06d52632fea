package dev.sinter.error;

import static dev.sinter.graph.Ops.divide;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.JavaFunction;
import dev.sinter.unit.OnEachBackend;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The messages of mistakes that are found when a graph is run, line numbers written as {@code #}. */
public class SessionErrorsTest extends OnEachBackend {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3));
    private final Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, 3));
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

    /** The message, and that the session has not changed and is usable. */
    private void fails(ThrowingCallable code, String... lines) {
        session.run(graph.initializer());
        long before = session.committedRuns();
        GraphException problem = catchThrowableOfType(GraphException.class, code);
        assertThat(problem).as("nothing is thrown").isNotNull();
        assertThat(problem.getMessage().replaceAll("\\.java:\\d+", ".java:#")).isEqualTo(String.join("\n", lines));
        assertThat(session.committedRuns()).isEqualTo(before);
        assertThat(session.value(w).floatValue()).isEqualTo(1);
        assertThat(session.run(feed(x, new float[][] {{1, 2, 3}}), update).floatValue()).isEqualTo(7);
    }

    @Test
    void wrongRank() {
        fails(() -> session.run(feed(x, new float[] {1, 2, 3}), update),
                "run: placeholder \"x\": the array float32(3,) has rank 1, the shape (?, 3) has rank 2",
                "  x: placeholder \"x\" at SessionErrorsTest.java:#");
    }

    @Test
    void wrongSize() {
        fails(() -> session.run(feed(x, new float[][] {{1, 2}}), update),
                "run: placeholder \"x\": axis 1 of the array float32(1, 2) is 2, not 3 as in (?, 3)",
                "  x: placeholder \"x\" at SessionErrorsTest.java:#");
    }

    @Test
    void sizesThatDoNotMeet() {
        Tensor sum = x.plus(y);
        fails(() -> session.run(feed(x, new float[5][3]).and(y, new float[1][3]), fetch(sum).targets(update)),
                "run: placeholder \"y\": axis 0 of the array float32(1, 3) is 1, but axis 0 of placeholder \"x\" is 5;"
                        + " both must be equal",
                "  x: placeholder \"x\" at SessionErrorsTest.java:#",
                "  y: placeholder \"y\" at SessionErrorsTest.java:#",
                "  add at SessionErrorsTest.java:#: axis 0 of \"x\" meets axis 0 of \"y\"");
    }

    @Test
    void arraysOfAnotherDtype() {
        fails(() -> session.run(feed(x, NDArray.zeros(FLOAT64, 1, 3)), update),
                "run: placeholder \"x\": the array is float64, not float32; cast(FLOAT32) converts it",
                "  x: placeholder \"x\" at SessionErrorsTest.java:#");
    }

    @Test
    void javaValuesThatDoNotConvert() {
        Tensor n = graph.placeholder("n", INT32, shape());
        fails(() -> session.run(feed(n, 1.5), n), "feed: \"n\" is int32, the value is made of float64; convert it, or"
                + " feed a placeholder of float64 and cast(...) that");
        fails(() -> session.run(feed(n, 1L << 40), n), "feed: \"n\" is int32, into which 1099511627776 does not fit");
        fails(() -> session.run(feed(x, "text"), update), "feed: \"x\": an array is made from float, double, byte,"
                + " short, int, long or boolean elements, not from a java.lang.String");
        fails(() -> session.run(feed(x, new float[][] {{1, 2, 3}, {1}}), update), "feed: \"x\": the rows of a nested"
                + " array differ in length: along axis 1 there are 3 and 1 elements");
    }

    @Test
    void missingFeeds() {
        fails(() -> session.run(update), "run: the placeholder \"x\" is needed and not fed; add feed(x, value)",
                "  x: placeholder \"x\" at SessionErrorsTest.java:#");
        fails(() -> session.run(feed(y, new float[][] {{1, 2, 3}}), update),
                "run: the placeholder \"x\" is needed and not fed; add feed(x, value)",
                "  x: placeholder \"x\" at SessionErrorsTest.java:#");
    }

    @Test
    void feedsOfTheSameTensor() {
        fails(() -> session.run(feed(x, new float[1][3]).and(x, new float[1][3]), update), "feed: \"x\" is fed twice");
    }

    @Test
    void fetchesOfAnotherGraph() {
        Tensor other = new Graph().placeholder("other", FLOAT32, shape());
        Variable foreign = new Graph().variable("foreign", zeros(FLOAT32, shape()));
        fails(() -> session.run(other), "run: the fetch \"other\" belongs to another graph than the session");
        fails(() -> session.run(feed(other, 1), w),
                "run: the feed \"other\" belongs to another graph than the session");
        fails(() -> session.run(fetch(w).targets(other)),
                "run: the target \"other\" belongs to another graph than the session");
        fails(() -> session.load(foreign, 1f), "the variable \"foreign\" belongs to another graph than the session");
    }

    @Test
    void fetchesOfNothing() {
        fails(() -> session.run(fetch("nothing")), "fetch: the graph has no tensor or operation called \"nothing\"");
        fails(() -> session.run(fetch("init")), "fetch: \"init\" has no value; make it a target");
        session.run(graph.initializer());
        Fetches out = session.run(fetch(w));
        fails(() -> out.get(x), "fetch: Tensor(\"x:0\", shape=(?, 3), dtype=float32) was not fetched");
    }

    @Test
    void uninitializedVariables() {
        Variable v = graph.variable("v", zeros(FLOAT32, shape()));
        fails(() -> {
            try (Session fresh = open(graph)) {
                fresh.run(v.plus(1));
            }
        }, "run: the variable \"v\" at SessionErrorsTest.java:# is not initialised; run graph.initializer() first, or"
                + " session.load(...) it");
        fails(() -> {
            try (Session fresh = open(graph)) {
                fresh.value(v);
            }
        }, "value: the variable \"v\" at SessionErrorsTest.java:# is not initialised; run graph.initializer() first");
    }

    @Test
    void unorderedWrites() {
        Tensor another = w.assign(w.times(2));
        fails(() -> session.run(feed(x, new float[1][3]), fetch(w).targets(update, another)),
                "run: two writes of variable \"w\" are not ordered: \"assign\" at SessionErrorsTest.java:# and"
                        + " \"assign_1\" at SessionErrorsTest.java:#; make the second inside"
                        + " graph.controlDependencies(first), or run them one after the other");
    }

    @Test
    void runsThatFail() {
        Tensor n = graph.placeholder("n", INT32, shape());
        Tensor quotient = divide(1, n);
        session.run(graph.initializer());
        GraphException problem = catchThrowableOfType(GraphException.class, () -> session.run(
                feed(n, 0).and(x, new float[][] {{1, 2, 3}}), fetch(quotient).targets(update)));
        assertThat(problem).hasMessageStartingWith("an integer is divided by 0; guard the divisor with where(...)\n  at"
                + " SessionErrorsTest.java:");
        assertThat(session.value(w).floatValue()).isEqualTo(1);
        assertThat(session.run(feed(n, 1), quotient).intValue()).isEqualTo(1);
    }

    @Test
    void meansOfNoIntegers() {
        Tensor some = graph.placeholder("some", INT32, shape(UNKNOWN));
        Tensor none = graph.placeholder("none", INT32, shape(0));
        Tensor mean = reduceMean(some);
        assertThat(session.run(feed(some, new int[] {3, 4}), mean).intValue()).isEqualTo(3);
        for (ThrowingCallable empty : List.<ThrowingCallable>of(() -> session.run(feed(some, new int[0]), mean),
                () -> session.run(feed(none, new int[0]), reduceMean(none)))) {
            assertThatThrownBy(empty).isInstanceOf(GraphException.class)
                    .hasMessageStartingWith("an integer is divided by 0").hasMessageContaining("(reduce_mean");
        }
    }

    private Tensor failing(RuntimeException failure) {
        return Control.hostCall(new JavaFunction("failing", () -> {
            throw failure;
        }), x).getFirst();
    }

    @Test
    void hostCallsThatFail() {
        Tensor broken = failing(new IllegalStateException("broken"));
        Tensor wrong = failing(new GraphException("failing: wrong"));
        float[][] row = {{1, 2, 3}};
        fails(() -> session.run(feed(x, row), broken), "host call failing: java.lang.IllegalStateException: broken",
                "  at SessionErrorsTest.java:# (failing/host_call)");
        fails(() -> session.run(feed(x, row), wrong), "failing: wrong",
                "  at SessionErrorsTest.java:# (failing_1/host_call)");
    }

    @Test
    void loadsOfAnotherType() {
        fails(() -> session.load(w, new float[] {1, 2}), "load: the variable \"w\" holds float32(), the value is"
                + " float32(2,)");
        fails(() -> session.load(w, NDArray.scalar(1)), "load: the variable \"w\" holds float32(), the value is"
                + " int32(); cast(...) it");
    }

    @Test
    void closedSessions() {
        Session other = open(graph);
        PreparedCall call = other.prepare(fetch(w));
        other.close();
        other.close();
        fails(() -> other.run(w), "the session is closed; open another one");
        fails(() -> other.load(w, 1f), "the session is closed; open another one");
        fails(call::run, "the session is closed; open another one");
    }

    @Test
    void preparedCallsMisused() {
        PreparedCall call = session.prepare(fetch(update), x);
        fails(() -> call.slot(y), "feed: \"y\" is not one of the feeds that the call was prepared for");
        fails(() -> call.floatValue(update), "result: the call has not run, or its last run failed");
        fails(() -> call.feed(x, new float[1][2]).run(),
                "run: placeholder \"x\": axis 1 of the array float32(1, 2) is 2, not 3 as in (?, 3)",
                "  x: placeholder \"x\" at SessionErrorsTest.java:#");
        call.close();
        fails(call::run, "the call is closed; prepare another one");
    }
}
