package dev.sinter.bench;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/** Training steps of a net on one batch. */
final class TrainingTask implements ExplainedTask {
    private static final double SLOPE_TOLERANCE = 0.03;
    /** How far a weight is moved along its gradient, as a part of a loss that it should change. */
    private static final double CHANGE = 0.004;
    private static final int STEPS = 20;

    private final TrainingNet net;
    private final NDArray x;
    private final NDArray y;

    TrainingTask(TrainingNet net) {
        this.net = net;
        this.x = net.inputs();
        this.y = net.labels();
    }

    @Override
    public Graph graph() {
        return net.graph();
    }

    @Override
    public void load(Session session) {
        net.weights().load(session);
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(net.x(), x).and(net.y(), y);
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(net.loss()).targets(net.update());
    }

    @Override
    public Runnable start(Session session) {
        load(session);
        verify(session);
        PreparedCall call = prepare(session);
        double first = Values.get(call.run().result(0), 0);
        double last = first;
        for (int i = 0; i < STEPS; i++) {
            last = Values.get(call.run().result(0), 0);
        }
        Values.require(last < 0.9 * first, STEPS + " steps lead from a loss of " + first + " to " + last);
        return call::run;
    }

    /** A step, whose loss is the first fetch. */
    PreparedCall prepare(Session session) {
        return session.prepare(fetch(), net.x(), net.y()).feed(net.x(), x).feed(net.y(), y);
    }

    /**
     * The first losses are those of plain loops; and along each weight's gradient the loss has the
     * slope that the gradient says.
     */
    private void verify(Session session) {
        List<Tensor> fetched = new ArrayList<>(List.of(net.losses()));
        fetched.addAll(net.slopes());
        Fetches computed = session.run(feeds(), Fetch.fetch(fetched.toArray(Tensor[]::new)));
        double[] expected = net.expected();
        double tolerance = net.losses().dtype() == DType.FLOAT64 ? 1e-10 : 1e-4;
        for (int i = 0; i < expected.length; i++) {
            double loss = Values.get(computed.get(0), i);
            Values.require(Math.abs(loss - expected[i]) < tolerance * expected[i],
                    "loss " + i + " is " + loss + " instead of " + expected[i]);
        }
        List<Variable> variables = net.weights().variables();
        for (int i = 0; i < variables.size(); i++) {
            verify(session, variables.get(i), net.weights().values().get(i), computed.get(i + 1));
        }
    }

    private void verify(Session session, Variable weight, NDArray value, NDArray gradient) {
        double squares = Values.squares(gradient);
        Values.require(squares > 0, "there is no gradient of " + weight.name());
        double factor = Math.min(CHANGE / squares, 0.03 / Math.sqrt(squares));
        session.load(weight, Values.plus(value, factor, gradient));
        double above = loss(session);
        session.load(weight, Values.plus(value, -factor, gradient));
        double below = loss(session);
        session.load(weight, value);
        double slope = (above - below) / (2 * factor);
        Values.require(Math.abs(slope - squares) < SLOPE_TOLERANCE * squares + 2e-6 / factor,
                "along the gradient of " + weight.name() + " the slope is " + slope + " instead of " + squares);
    }

    private double loss(Session session) {
        return session.run(feeds(), net.loss()).getDouble(0);
    }
}
