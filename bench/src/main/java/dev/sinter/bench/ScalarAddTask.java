package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.FeedSlot;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;

/** A fed scalar plus a constant: what a call costs that computes next to nothing. */
final class ScalarAddTask implements SessionTask {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape());
    private final Tensor sum = x.plus(1f);
    private final boolean prepared;

    /**
     * The task.
     *
     * @param prepared whether the call is prepared once, or each goes through {@code session.run}
     */
    ScalarAddTask(boolean prepared) {
        this.prepared = prepared;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Runnable start(Session session) {
        NDArray value = NDArray.scalar(2f);
        if (!prepared) {
            return () -> check(session.run(Feeds.feed(x, value), sum).floatValue());
        }
        PreparedCall call = session.prepare(Fetch.fetch(sum), x);
        FeedSlot slot = call.slot(x);
        return () -> check(call.feed(slot, value).run().floatValue(0));
    }

    private static void check(float result) {
        Values.require(result == 3f, "2 + 1 is not 3");
    }
}
