package dev.sinter.bench;

import dev.sinter.graph.Graph;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.Shape;

/** Training steps of the two-layer net on a batch of 64. */
final class MlpTask implements SessionTask {
    static final int ROWS = 64;
    static final double LEARNING_RATE = 1e-6;

    private final TwoLayerStep net = new TwoLayerStep(Shape.UNKNOWN, LEARNING_RATE);
    private final boolean fetchesWeights;

    /**
     * The task.
     *
     * @param fetchesWeights whether the updated weights are fetched beside the loss
     */
    MlpTask(boolean fetchesWeights) {
        this.fetchesWeights = fetchesWeights;
    }

    @Override
    public Graph graph() {
        return net.graph();
    }

    @Override
    public Runnable start(Session session) {
        net.loadWeights(session);
        Fetch fetch = fetchesWeights ? net.stepFetchingWeights() : net.step();
        PreparedCall call = session.prepare(fetch, net.x(), net.y())
                .feed(net.x(), net.inputs(ROWS))
                .feed(net.y(), net.targets(ROWS));
        SizedNet.run(call);
        return () -> SizedNet.run(call);
    }
}
