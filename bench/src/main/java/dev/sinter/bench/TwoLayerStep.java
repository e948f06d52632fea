package dev.sinter.bench;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** The training step of a two-layer net, 1000-100-10, with the loss and both weights' updates. */
final class TwoLayerStep implements SizedNet {
    static final int INPUTS = 1000;
    static final int HIDDEN = 100;
    static final int OUTPUTS = 10;

    private final Graph graph = new Graph();
    private final Tensor x;
    private final Tensor y;
    private final Variable w1;
    private final Variable w2;
    private final Tensor loss;
    private final Tensor newW1;
    private final Tensor newW2;

    /**
     * The graph.
     *
     * @param rows the rows of a batch, which may be unknown
     */
    TwoLayerStep(long rows, double learningRate) {
        x = graph.placeholder("x", FLOAT32, shape(rows, INPUTS));
        y = graph.placeholder("y", FLOAT32, shape(rows, OUTPUTS));
        w1 = graph.variable("w1", zeros(FLOAT32, shape(INPUTS, HIDDEN)));
        w2 = graph.variable("w2", zeros(FLOAT32, shape(HIDDEN, OUTPUTS)));
        Tensor hidden = maximum(matmul(x, w1), zeros(FLOAT32, shape(1)));
        Tensor yPred = matmul(hidden, w2);
        loss = reduceSum(pow(y.minus(yPred), 2f));
        Gradients grads = gradients(loss, w1, w2);
        newW1 = w1.assign(w1.minus(grads.of(w1).times(learningRate)));
        newW2 = w2.assign(w2.minus(grads.of(w2).times(learningRate)));
    }

    /** The operations of a step: two products forward, one and two back. */
    static Cost cost(long rows) {
        return Cost.ofFlops(2.0 * rows * (2 * INPUTS * HIDDEN + 3 * HIDDEN * OUTPUTS));
    }

    @Override
    public NDArray inputs(int rows) {
        return Values.normal(3, rows, INPUTS);
    }

    @Override
    public NDArray targets(int rows) {
        return Values.normal(4, rows, OUTPUTS);
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Tensor x() {
        return x;
    }

    @Override
    public Tensor y() {
        return y;
    }

    List<Variable> weights() {
        return List.of(w1, w2);
    }

    /** The loss, and the updates of both weights as targets. */
    @Override
    public Fetch step() {
        return Fetch.fetch(loss).targets(newW1, newW2);
    }

    /** The loss and both updated weights. */
    Fetch stepFetchingWeights() {
        return Fetch.fetch(loss, newW1, newW2);
    }

    @Override
    public void loadWeights(Session session) {
        session.load(w1, Values.normal(1, INPUTS, HIDDEN));
        session.load(w2, Values.normal(2, HIDDEN, OUTPUTS));
    }
}
