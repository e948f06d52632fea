package dev.sinter.op;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.randomNormal;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.tensor.NDArray;
import java.util.SplittableRandom;

/** A net of two layers and its training step, for tests of sessions. */
public final class TwoLayers {
    /** The graph of all else here. */
    public final Graph graph = new Graph(1);
    /** {@code float32[?, inputs]}. */
    public final Tensor x;
    /** {@code float32[?, 10]}. */
    public final Tensor y;
    /** The sum of squared errors. */
    public final Tensor loss;
    /** The weights of the first layer. */
    public final Variable w1;
    /** The weights of the second layer. */
    public final Variable w2;
    private final Tensor newW1;
    private final Tensor newW2;
    private final int inputs;

    /** A net of so many inputs and hidden numbers. */
    public TwoLayers(int inputs, int hidden, double rate) {
        this.inputs = inputs;
        x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, inputs));
        y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, 10));
        w1 = graph.variable("w1", randomNormal(FLOAT32, shape(inputs, hidden)));
        w2 = graph.variable("w2", randomNormal(FLOAT32, shape(hidden, 10)));
        Tensor predicted = matmul(maximum(matmul(x, w1), zeros(FLOAT32, shape(1))), w2);
        loss = reduceSum(pow(y.minus(predicted), 2f));
        Gradients grads = gradients(loss, w1, w2);
        newW1 = w1.assign(w1.minus(grads.of(w1).times(rate)));
        newW2 = w2.assign(w2.minus(grads.of(w2).times(rate)));
    }

    /** A training step that returns the loss before it. */
    public Fetch step() {
        return Fetch.fetch(loss).targets(newW1, newW2);
    }

    /** A training step that returns the weights. */
    public Fetch stepFetchingWeights() {
        return Fetch.fetch(w1, w2).targets(newW1, newW2);
    }

    /** Random inputs, the same for the same number of rows. */
    public NDArray inputs(int rows) {
        return random(rows, inputs);
    }

    /** Random outputs, the same for the same number of rows. */
    public NDArray outputs(int rows) {
        return random(rows, 10);
    }

    /** Random rows. */
    public Feeds batch(int rows) {
        return Feeds.feed(x, inputs(rows)).and(y, outputs(rows));
    }

    private static NDArray random(int rows, int columns) {
        SplittableRandom random = new SplittableRandom(columns);
        NDArray array = NDArray.zeros(FLOAT32, rows, columns);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextGaussian());
        }
        return array;
    }
}
