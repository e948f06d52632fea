package dev.sinter.bench;

import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** A loop of scalar steps whose number is fed: a counter, and {@code x * 0.999 + 1}. */
final class WhileTask implements ExplainedTask {
    static final int STEPS = 100_000;

    private final Graph graph = new Graph();
    private final Tensor n = graph.placeholder("n", INT32, shape());
    private final Tensor result;

    WhileTask() {
        result = Control.whileLoop(List.of(graph.constant(0), graph.constant(0f)),
                state -> Ops.less(state.get(0), n),
                state -> List.of(state.get(0).plus(1), state.get(1).times(0.999f).plus(1f))).get(1);
    }

    static Cost cost() {
        return Cost.UNCOUNTED.withSteps(STEPS);
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(n, NDArray.scalar(STEPS));
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(result);
    }

    @Override
    public Runnable start(Session session) {
        PreparedCall call = session.prepare(fetch(), n);
        for (int steps : new int[] {0, 1, 1000, STEPS}) {
            float expected = 0;
            for (int step = 0; step < steps; step++) {
                expected = expected * 0.999f + 1f;
            }
            float value = call.feed(n, NDArray.scalar(steps)).run().floatValue(0);
            Values.require(Math.abs(value - expected) <= 1e-3f * expected,
                    "the value is " + value + " instead of " + expected + " after " + steps + " steps");
        }
        return call::run;
    }
}
