package dev.sinter.examples;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.randomNormal;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.FloatText;
import dev.sinter.tensor.NDArray;
import java.util.function.Consumer;

/**
 * A net with one hidden layer that is fitted to random data by gradient descent: the graph is defined once,
 * and each step runs it once.
 */
public final class TwoLayerNet {
    private static final int INPUTS = 1000;
    private static final int HIDDEN = 100;
    private static final int OUTPUTS = 10;
    private static final float LEARNING_RATE = 1e-6f;
    private static final int ANALYZED_RUNS = 300;

    private final Graph graph;
    private final Tensor x;
    private final Tensor y;
    private final Tensor loss;
    private final Tensor newW1;
    private final Tensor newW2;

    /** The graph, whose weights start from random numbers of a seed. */
    public TwoLayerNet(long seed) {
        graph = new Graph(seed);
        x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, INPUTS));
        y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, OUTPUTS));
        Variable w1 = graph.variable("w1", randomNormal(FLOAT32, shape(INPUTS, HIDDEN)));
        Variable w2 = graph.variable("w2", randomNormal(FLOAT32, shape(HIDDEN, OUTPUTS)));

        Tensor hidden = maximum(matmul(x, w1), zeros(FLOAT32, shape(1)));
        Tensor yPred = matmul(hidden, w2);
        loss = reduceSum(pow(y.minus(yPred), 2f));

        Gradients grads = gradients(loss, w1, w2);
        newW1 = w1.assign(w1.minus(grads.of(w1).times(LEARNING_RATE)));
        newW2 = w2.assign(w2.minus(grads.of(w2).times(LEARNING_RATE)));
    }

    public Graph graph() {
        return graph;
    }

    /** The inputs, {@code float32[?, 1000]}. */
    public Tensor x() {
        return x;
    }

    /** What the net is fitted to, {@code float32[?, 10]}. */
    public Tensor y() {
        return y;
    }

    /** The sum of the squared errors, a scalar. */
    public Tensor loss() {
        return loss;
    }

    /** The first layer's weights after a step. */
    public Tensor newW1() {
        return newW1;
    }

    /** The second layer's weights after a step. */
    public Tensor newW2() {
        return newW2;
    }

    /** Random inputs for a batch. */
    public static NDArray inputs(int batch) {
        return NormalNumbers.of(1).array(batch, INPUTS);
    }

    /** Random values to fit a batch to. */
    public static NDArray targets(int batch) {
        return NormalNumbers.of(2).array(batch, OUTPUTS);
    }

    /**
     * Says how a training step is carried out on a batch of 64.
     *
     * @param analyze whether steps are timed; for the stage {@code plan}
     * @param stage   {@code plan}, or another stage that {@link Session#text} knows
     */
    public static String explain(String stage, boolean analyze) {
        TwoLayerNet net = new TwoLayerNet(0);
        try (Session session = new Session(net.graph)) {
            session.run(net.graph.initializer());
            return new Explained(fetch(net.loss).targets(net.newW1, net.newW2),
                    feed(net.x, inputs(64)).and(net.y, targets(64)), ANALYZED_RUNS).text(session, stage, analyze);
        }
    }

    /**
     * Trains the net.
     *
     * @param steps   how many steps to take
     * @param seed    the seed of the weights; the data are always the same
     * @param batch   how many rows of data there are
     * @param threads how many threads compute
     * @param backend what executes the graph
     * @param losses  gets the loss of each step, before the step's update, as text without an exponent
     */
    public static void train(int steps, long seed, int batch, int threads, Backend backend,
            Consumer<String> losses) {
        backend.prepare();
        TwoLayerNet net = new TwoLayerNet(seed);
        NDArray xValue = inputs(batch);
        NDArray yValue = targets(batch);
        SessionOptions options = SessionOptions.DEFAULT.withBackend(backend).withThreads(threads);
        try (Session session = new Session(net.graph, options)) {
            session.run(net.graph.initializer());
            for (int step = 0; step < steps; step++) {
                Fetches out = session.run(feed(net.x, xValue).and(net.y, yValue),
                        fetch(net.loss).targets(net.newW1, net.newW2));
                losses.accept(FloatText.of(out.get(net.loss).floatValue()));
            }
        }
    }
}
