package dev.sinter.bench;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.nn.Adam;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** A net on one batch, and a step of Adam on the mean of its losses. */
abstract class TrainingNet {
    private static final double LEARNING_RATE = 1e-3;

    private final Graph graph = new Graph();
    private final Weights weights;
    private final NDArray inputs;
    private final NDArray labels;
    private final Tensor x;
    private final Tensor y;
    private Tensor losses;
    private Tensor loss;
    private List<Tensor> slopes;
    private Operation update;

    /**
     * A net whose losses are not there yet.
     *
     * @param inputs what is fed
     * @param labels what is to be predicted
     * @param dtype  of the weights
     */
    TrainingNet(NDArray inputs, NDArray labels, DType dtype) {
        this.weights = new Weights(graph, dtype);
        this.inputs = inputs;
        this.labels = labels;
        this.x = graph.placeholder("x", inputs.dtype(), shape(inputs.sizes()));
        this.y = graph.placeholder("y", labels.dtype(), shape(labels.sizes()));
    }

    /** Completes the net, once all weights are there. */
    final void train(Tensor each) {
        losses = each;
        loss = reduceMean(losses);
        Gradients grads = gradients(loss, weights.variables().toArray(Operand[]::new));
        slopes = weights.variables().stream().map(grads::of).toList();
        update = new Adam(LEARNING_RATE).apply(weights.variables(), slopes);
    }

    /** The first losses under the first weights, computed in plain loops on doubles. */
    abstract double[] expected();

    final Graph graph() {
        return graph;
    }

    /** The placeholder of the inputs. */
    final Tensor x() {
        return x;
    }

    /** The placeholder of the labels. */
    final Tensor y() {
        return y;
    }

    final NDArray inputs() {
        return inputs;
    }

    final NDArray labels() {
        return labels;
    }

    /** The variables with their first values. */
    final Weights weights() {
        return weights;
    }

    /** The mean loss. */
    final Tensor loss() {
        return loss;
    }

    /** The losses of which {@link #loss} is the mean. */
    final Tensor losses() {
        return losses;
    }

    /** The gradients in the order of the weights. */
    final List<Tensor> slopes() {
        return slopes;
    }

    /** A step of Adam. */
    final Operation update() {
        return update;
    }
}
