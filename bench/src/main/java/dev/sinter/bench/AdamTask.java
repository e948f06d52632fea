package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.Adam;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** A step of Adam on many weights, whose gradient is fed. */
final class AdamTask implements ExplainedTask {
    private static final int CHECKED_STEPS = 3;
    private static final int CHECKED_STRIDE = 9973;
    private static final double LEARNING_RATE = 1e-3;
    private static final double TOLERANCE = 1e-6;

    private final Graph graph = new Graph();
    private final Tensor gradient;
    private final Variable weights;
    private final Operation step;
    private final NDArray weightsValue;
    private final NDArray gradientValue;

    AdamTask(int count) {
        gradient = graph.placeholder("gradient", FLOAT32, shape(count));
        weights = graph.variable("weights", Ops.zeros(FLOAT32, shape(count)));
        step = new Adam(LEARNING_RATE).apply(List.of(weights), List.of(gradient));
        weightsValue = Values.normal(14, count);
        gradientValue = Values.normal(15, count);
    }

    /** The gradient is read; the weights, the means and the mean squares are read and written. */
    static Cost cost(int count) {
        return Cost.ofBytes(7.0 * Float.BYTES * count);
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public void load(Session session) {
        session.run(graph.initializer());
        session.load(weights, weightsValue);
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(gradient, gradientValue);
    }

    @Override
    public Fetch fetch() {
        return Fetch.nothing().targets(step);
    }

    @Override
    public Runnable start(Session session) {
        load(session);
        PreparedCall call = session.prepare(fetch(), gradient).feed(gradient, gradientValue);
        for (int i = 0; i < CHECKED_STEPS; i++) {
            call.run();
        }
        NDArray computed = session.value(weights);
        for (int i = 0; i < weightsValue.elementCount(); i += CHECKED_STRIDE) {
            double value = Values.get(computed, i);
            double expected = expected(Values.get(weightsValue, i), Values.get(gradientValue, i));
            Values.require(Math.abs(value - expected) <= TOLERANCE * Math.max(1, Math.abs(expected)),
                    "weight " + i + " is " + value + " instead of " + expected);
        }
        return call::run;
    }

    /** A weight after the checked steps, as the paper has it. */
    private static double expected(double weight, double slope) {
        double w = weight;
        double m = 0;
        double v = 0;
        for (int t = 1; t <= CHECKED_STEPS; t++) {
            m = 0.9 * m + 0.1 * slope;
            v = 0.999 * v + 0.001 * slope * slope;
            w -= LEARNING_RATE * Math.sqrt(1 - Math.pow(0.999, t)) / (1 - Math.pow(0.9, t)) * m / (Math.sqrt(v) + 1e-8);
        }
        return w;
    }
}
