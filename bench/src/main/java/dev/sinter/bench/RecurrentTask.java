package dev.sinter.bench;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/** Training steps of a recurrent net on sequences of one length. */
final class RecurrentTask implements ExplainedTask {
    private static final double LOSS_TOLERANCE = 1e-4;
    private static final double SLOPE_TOLERANCE = 0.03;
    private static final double MOST_CHANGE = 0.01;

    private final RecurrentShape shape;
    private final RecurrentNet net;
    private final NDArray x;
    private final NDArray y;

    RecurrentTask(RecurrentShape shape) {
        this.shape = shape;
        net = new RecurrentNet(shape, shape.steps());
        x = net.inputs(shape.steps());
        y = net.targets(shape.steps());
    }

    @Override
    public Graph graph() {
        return net.graph();
    }

    @Override
    public void load(Session session) {
        net.loadWeights(session);
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(net.x(), x).and(net.y(), y);
    }

    @Override
    public Fetch fetch() {
        return net.step();
    }

    @Override
    public Runnable start(Session session) {
        load(session);
        PreparedCall call = session.prepare(net.step(), net.x(), net.y()).feed(net.x(), x).feed(net.y(), y);
        verify(session, call);
        return () -> SizedNet.run(call);
    }

    /**
     * The loss is that of plain loops; and each weight's update is the learning rate times a gradient along
     * which the loss has the slope that the gradient says.
     */
    private void verify(Session session, PreparedCall call) {
        List<NDArray> before = net.firstWeights();
        double expected = net.firstLoss(shape.steps()).orElseThrow();
        double loss = call.run().floatValue(0);
        Values.require(Math.abs(loss - expected) < LOSS_TOLERANCE,
                "the loss is " + loss + " instead of " + expected);
        List<NDArray> gradients = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            NDArray after = session.value(net.weights().get(i));
            NDArray change = Values.plus(before.get(i), -1, after);
            gradients.add(Values.scaled(change, 1 / RecurrentNet.LEARNING_RATE));
        }
        for (int i = 0; i < before.size(); i++) {
            Variable weight = net.weights().get(i);
            double squares = Values.squares(gradients.get(i));
            Values.require(squares > 0, "there is no gradient of " + weight.name());
            double norm = Math.sqrt(squares);
            double factor = Math.min(MOST_CHANGE, 0.1 * norm) / squares;
            double[] losses = new double[2];
            for (int side = 0; side < 2; side++) {
                net.loadWeights(session);
                double signed = side == 0 ? -factor : factor;
                session.load(weight, Values.plus(before.get(i), signed, gradients.get(i)));
                losses[side] = call.run().floatValue(0);
            }
            double slope = (losses[1] - losses[0]) / (2 * factor);
            Values.require(Math.abs(slope / squares - 1) < SLOPE_TOLERANCE, "the loss has the slope " + slope
                    + " along the gradient of " + weight.name() + ", whose square is " + squares);
        }
        net.loadWeights(session);
    }
}
