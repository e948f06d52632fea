package dev.sinter.nn;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Control;
import dev.sinter.graph.FusedBatchNorm;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Moments;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Batch normalization with weights and kept moments (Ioffe and Szegedy, "Batch normalization: accelerating deep network
 * training by reducing internal covariate shift", 2015), as {@code tf.layers.BatchNormalization}; the variance that is
 * kept is the estimate for all data.
 *
 * @param gamma          the scale, {@code [channels]} as all
 * @param beta           the offset
 * @param movingMean     what is kept of means
 * @param movingVariance what is kept of variances
 * @param momentum       what of the kept moments stays in an update, from 0 to 1
 * @param epsilon        what is added to variances, at least 0
 * @param channelsFirst  whether the channels are axis 1 and not the last one
 */
public record BatchNormalization(Variable gamma, Variable beta, Variable movingMean, Variable movingVariance,
        double momentum, double epsilon, boolean channelsFirst) {
    /**
     * Checks the weights.
     *
     * @throws GraphException where they do not fit each other, or the momentum is not from 0 to 1
     */
    public BatchNormalization {
        if (gamma.shape().rank() != 1 || !(momentum >= 0 && momentum <= 1)) {
            throw new GraphException("batch_normalization: the scale must be a vector and the momentum from 0 to 1,"
                    + " not " + gamma + " and " + momentum);
        }
        for (Variable other : List.of(beta, movingMean, movingVariance)) {
            CellShapes.require("batch_normalization", "variable beside the scale", other, gamma.dtype(),
                    gamma.shape());
        }
    }

    /**
     * Inputs as they are normalized in training.
     *
     * @param outputs with the moments of the batch
     * @param update  the target that moves the kept moments towards those of the batch: a training step runs it too
     */
    public record Normalized(Tensor outputs, Operation update) {}

    /** With new weights in a scope {@code batch_normalization}, a momentum of 0.99 and an epsilon of 1e-3. */
    public static BatchNormalization of(Graph graph, DType dtype, long channels) {
        return of(graph, dtype, channels, 0.99, 1e-3, false);
    }

    /**
     * With new weights in a scope {@code batch_normalization}: a scale of 1 and an offset of 0, which training changes,
     * a mean of 0 and a variance of 1.
     */
    public static BatchNormalization of(Graph graph, DType dtype, long channels, double momentum, double epsilon,
            boolean channelsFirst) {
        CellShapes.checkSizes("batch_normalization", channels, channels);
        Shape shape = Shape.shape(channels);
        return Composite.inScope(graph, "batch_normalization", () ->
                new BatchNormalization(graph.variable("gamma", Ops.ones(dtype, shape)),
                        graph.variable("beta", Ops.zeros(dtype, shape)),
                        graph.variable("moving_mean", Ops.zeros(dtype, shape)),
                        graph.variable("moving_variance", Ops.ones(dtype, shape)), momentum, epsilon, channelsFirst));
    }

    /** The inputs {@code [batch, ..., channels]} normalized with the moments of the batch. */
    public Normalized train(Operand inputs) {
        return Composite.inScope(gamma.graph(), "batch_normalization", () -> {
            FusedBatchNorm batch = Nn.fusedBatchNorm(inputs, gamma, beta, epsilon, channelsFirst);
            Moments moved = batch.moved(movingMean, movingVariance, 1 - momentum);
            return new Normalized(batch.y(), Control.group(movingMean.assign(moved.mean()),
                    movingVariance.assign(moved.variance())));
        });
    }

    /** The inputs {@code [batch, ..., channels]} normalized with the kept moments, as after training. */
    public Tensor infer(Operand inputs) {
        return Composite.inScope(gamma.graph(), "batch_normalization", () ->
                Nn.fusedBatchNorm(inputs, gamma, beta, movingMean, movingVariance, epsilon, channelsFirst).y());
    }

    /** The weights that training changes: scale and offset. */
    public List<Variable> variables() {
        return List.of(gamma, beta);
    }
}
