package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;

/** Ten elementwise ops in a row on 16 million elements: mul, add, max, sub, mul, exp, add, min, mul, abs. */
final class ChainTask implements ExplainedTask {
    static final int ELEMENTS = 1 << 24;

    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(ELEMENTS));
    private final Tensor y;

    ChainTask() {
        Tensor t = x.times(1.5f).plus(0.25f);
        t = Ops.maximum(t, 0.1f).minus(0.5f).times(0.5f);
        t = Ops.exp(t).plus(1f);
        y = Ops.abs(Ops.minimum(t, 3f).times(2f));
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Runnable start(Session session) {
        PreparedCall call = session.prepare(fetch(), x).feed(x, input());
        NDArray result = call.run().result(0);
        for (int i = 0; i < ELEMENTS; i += 9973) {
            double t = (Math.max(i / (double) ELEMENTS * 1.5 + 0.25, 0.1) - 0.5) * 0.5;
            double expected = Math.abs(Math.min(Math.exp(t) + 1, 3) * 2);
            Values.require(Math.abs(Values.get(result, i) - expected) < 1e-5, "element " + i + " is wrong");
        }
        return call::run;
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(x, input());
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(y);
    }

    private static NDArray input() {
        NDArray input = NDArray.zeros(DType.FLOAT32, ELEMENTS);
        for (int i = 0; i < ELEMENTS; i++) {
            Values.set(input, i, i / (float) ELEMENTS);
        }
        return input;
    }
}
