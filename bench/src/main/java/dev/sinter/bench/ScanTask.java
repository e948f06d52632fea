package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * {@code tanh(h w)} again and again: the last state, with the weights a constant and the first state fed; or
 * the gradient of the last state's sum with respect to the weights, which are fed, from a state of ones.
 */
final class ScanTask implements ExplainedTask {
    static final int STEPS = 1000;
    private static final double TOLERANCE = 1e-4;

    private final boolean gradient;
    private final NDArray first;
    private final NDArray weights;
    private final Graph graph = new Graph();
    private final Tensor fed;
    private final Tensor result;

    ScanTask(int rows, int columns, boolean gradient) {
        this(NDArray.full(FLOAT32, 1, rows, columns), Values.scaled(Values.normal(8, columns, columns), 0.1),
                gradient);
    }

    private ScanTask(NDArray first, NDArray weights, boolean gradient) {
        this.first = first;
        this.weights = weights;
        this.gradient = gradient;
        if (gradient) {
            fed = graph.placeholder("w", FLOAT32, weights.shape());
            Tensor last = last(graph.constant(first), fed);
            result = Ops.gradients(Ops.reduceSum(last), fed).of(fed);
        } else {
            fed = graph.placeholder("h", FLOAT32, first.shape());
            result = last(fed, graph.constant(weights));
        }
    }

    private static Tensor last(Tensor initial, Tensor w) {
        return Control.scan(List.of(initial), List.of(), ScanOptions.DEFAULT.withLength(STEPS),
                each -> Step.carry(Ops.tanh(Ops.matmul(each.carry(0), w)))).carry(0);
    }

    /** One product a step forward; two back. */
    static Cost cost(int rows, int columns, boolean gradient) {
        return Cost.ofFlops((gradient ? 3 : 1) * 2.0 * STEPS * rows * columns * columns).withSteps(STEPS);
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(fed, gradient ? weights : first);
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(result);
    }

    @Override
    public Runnable start(Session session) {
        // With the weights that are timed all states soon are 0.
        ScanTask lively = lively();
        try (Session other = new Session(lively.graph, SessionWorkload.options(1))) {
            lively.prepare(other);
        }
        PreparedCall call = prepare(session);
        return call::run;
    }

    /** The same with states that neither vanish nor depend on the last bits of those before. */
    private ScanTask lively() {
        long columns = weights.size(1);
        NDArray near = Values.scaled(Values.normal(9, columns, columns), 0.1 / columns);
        for (long i = 0; i < columns; i++) {
            Values.set(near, i * columns + i, 1.2f);
        }
        return new ScanTask(Values.normal(10, first.sizes()), near, gradient);
    }

    private PreparedCall prepare(Session session) {
        PreparedCall call = session.prepare(fetch(), fed).feed(fed, gradient ? weights : first);
        NDArray computed = call.run().result(0);
        ScanReference reference = new ScanReference(first, weights, STEPS);
        double[] expected = gradient ? reference.gradient() : reference.last();
        double most = DoubleStream.of(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.length; i++) {
            double value = Values.get(computed, i);
            Values.require(Math.abs(value - expected[i]) <= TOLERANCE * most + Float.MIN_NORMAL,
                    "element " + i + " is " + value + " instead of " + expected[i]);
        }
        return call;
    }
}
