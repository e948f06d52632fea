package dev.sinter.nn;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.add;
import static dev.sinter.graph.Ops.broadcastTo;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.squaredDifference;
import static dev.sinter.graph.Ops.subtract;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.op.ReduceFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Losses: what training makes smaller, under the names of {@code tf.losses}. Without weights and a {@link Reduction}
 * they are means of all elements. Labels come first. Weights broadcast to the losses: one number for all, or as many
 * axes with a size of 1 or that of the losses.
 */
public final class Losses {
    private Losses() {}

    /** How the losses of many elements become one. */
    public enum Reduction {
        /** They stay as they are, weighted. */
        NONE,
        /** Their sum. */
        SUM,
        /** Their sum divided by that of the weights; 0 where that is 0. */
        MEAN,
        /** Their sum divided by their number. */
        SUM_OVER_BATCH_SIZE,
        /** Their sum divided by the number of weights that are not 0; 0 where there is none. */
        SUM_BY_NONZERO_WEIGHTS
    }

    /**
     * Weighted losses as one.
     *
     * @param losses  floats
     * @param weights numbers that broadcast to the losses
     */
    public static Tensor computeWeightedLoss(Operand losses, Operand weights, Reduction reduction) {
        return Composite.of("compute_weighted_loss", List.of(losses), () -> {
            if (!losses.dtype().isFloat() || weights.shape().rank() != 0
                    && weights.shape().rank() != losses.shape().rank()) {
                throw new GraphException("losses must be floats, and weights a scalar or of as many axes: "
                        + losses + ", " + weights);
            }
            Tensor each = Ops.identity(losses);
            Tensor weight = Assigns.as(each.graph(), weights, each.dtype());
            Tensor weighted = each.times(broadcastTo(weight, each.shape()));
            if (reduction == Reduction.NONE) {
                return weighted;
            }
            Tensor sum = reduceSum(weighted);
            return switch (reduction) {
                case NONE, SUM -> sum;
                case MEAN -> orZero(sum, reduceSum(broadcastTo(weight, each.shape())));
                case SUM_OVER_BATCH_SIZE -> sum.div(cast(Ops.size(each), each.dtype()));
                case SUM_BY_NONZERO_WEIGHTS -> orZero(sum, reduceSum(cast(broadcastTo(
                        Ops.notEqual(weight, zerosLike(weight)), each.shape()), each.dtype())));
            };
        });
    }

    /** The quotient, or 0 where the divisor is 0. */
    private static Tensor orZero(Tensor x, Tensor divisor) {
        Tensor isZero = Ops.equal(divisor, zerosLike(divisor));
        return where(isZero, zerosLike(x), x.div(where(isZero, Ops.onesLike(divisor), divisor)));
    }

    /** Labels in the graph of the predictions. */
    private static Tensor beside(Operand predictions, Operand labels) {
        return Composite.placed("losses", predictions).graph().tensor(labels);
    }

    private static Tensor mean(Tensor losses) {
        return reduceMean(losses);
    }

    /** The mean of {@code abs(predictions - labels)}. */
    public static Tensor absoluteDifference(Operand labels, Operand predictions) {
        return Composite.of("absolute_difference", List.of(labels, predictions), () ->
                mean(abs(subtract(predictions, labels))));
    }

    /** {@link #absoluteDifference(Operand, Operand)} with weights. */
    public static Tensor absoluteDifference(Operand labels, Operand predictions, Operand weights,
            Reduction reduction) {
        return Composite.of("absolute_difference", List.of(labels, predictions), () ->
                computeWeightedLoss(abs(subtract(predictions, labels)), weights, reduction));
    }

    /** The mean of {@code (predictions - labels)^2}. */
    public static Tensor meanSquaredError(Operand labels, Operand predictions) {
        return Composite.of("mean_squared_error", List.of(labels, predictions), () ->
                mean(squaredDifference(predictions, labels)));
    }

    /** {@link #meanSquaredError(Operand, Operand)} with weights. */
    public static Tensor meanSquaredError(Operand labels, Operand predictions, Operand weights, Reduction reduction) {
        return Composite.of("mean_squared_error", List.of(labels, predictions), () ->
                computeWeightedLoss(squaredDifference(predictions, labels), weights, reduction));
    }

    /** The mean of {@code 1 - sum(labels * predictions)} along an axis; both are of length 1 along it. */
    public static Tensor cosineDistance(Operand labels, Operand predictions, int axis) {
        return Composite.of("cosine_distance", List.of(labels, predictions), () ->
                mean(cosine(labels, predictions, axis)));
    }

    /** {@link #cosineDistance(Operand, Operand, int)} with weights; the axis stays with size 1. */
    public static Tensor cosineDistance(Operand labels, Operand predictions, int axis, Operand weights,
            Reduction reduction) {
        return Composite.of("cosine_distance", List.of(labels, predictions), () ->
                computeWeightedLoss(cosine(labels, predictions, axis), weights, reduction));
    }

    private static Tensor cosine(Operand labels, Operand predictions, int axis) {
        return subtract(1, Ops.reduce(ReduceFn.SUM, Ops.multiply(labels, predictions), new int[] {axis}, true));
    }

    /** The mean of {@code max(0, 1 - (2 labels - 1) * logits)}, for labels 0 and 1. */
    public static Tensor hingeLoss(Operand labels, Operand logits) {
        return Composite.of("hinge_loss", List.of(labels, logits), () -> mean(hinge(labels, logits)));
    }

    /** {@link #hingeLoss(Operand, Operand)} with weights. */
    public static Tensor hingeLoss(Operand labels, Operand logits, Operand weights, Reduction reduction) {
        return Composite.of("hinge_loss", List.of(labels, logits), () ->
                computeWeightedLoss(hinge(labels, logits), weights, reduction));
    }

    private static Tensor hinge(Operand labels, Operand logits) {
        return Nn.relu(subtract(1, beside(logits, labels).times(2).minus(1).times(logits)));
    }

    /** The mean of Huber's loss: half the square of an error up to delta, beyond it straight on (Huber, 1964). */
    public static Tensor huberLoss(Operand labels, Operand predictions, double delta) {
        return Composite.of("huber_loss", List.of(labels, predictions), () -> mean(huber(labels, predictions, delta)));
    }

    /** {@link #huberLoss(Operand, Operand, double)} with weights. */
    public static Tensor huberLoss(Operand labels, Operand predictions, double delta, Operand weights,
            Reduction reduction) {
        return Composite.of("huber_loss", List.of(labels, predictions), () ->
                computeWeightedLoss(huber(labels, predictions, delta), weights, reduction));
    }

    private static Tensor huber(Operand labels, Operand predictions, double delta) {
        if (!(delta >= 0 && delta < Double.POSITIVE_INFINITY)) {
            throw new GraphException("delta must be finite and at least 0 but is " + delta);
        }
        Tensor error = abs(subtract(predictions, labels));
        Tensor near = minimum(error, delta);
        return square(near).times(0.5).plus(error.minus(near).times(delta));
    }

    /** The mean of {@code -labels log(p + epsilon) - (1 - labels) log(1 - p + epsilon)} of predictions p. */
    public static Tensor logLoss(Operand labels, Operand predictions, double epsilon) {
        return Composite.of("log_loss", List.of(labels, predictions), () ->
                mean(logarithmic(labels, predictions, epsilon)));
    }

    /** {@link #logLoss(Operand, Operand, double)} with weights. */
    public static Tensor logLoss(Operand labels, Operand predictions, double epsilon, Operand weights,
            Reduction reduction) {
        return Composite.of("log_loss", List.of(labels, predictions), () ->
                computeWeightedLoss(logarithmic(labels, predictions, epsilon), weights, reduction));
    }

    private static Tensor logarithmic(Operand labels, Operand predictions, double epsilon) {
        Tensor given = beside(predictions, labels);
        Tensor yes = given.times(log(predictions.plus(epsilon)));
        Tensor no = subtract(1, given).times(log(subtract(1, predictions).plus(epsilon)));
        return yes.unaryMinus().minus(no);
    }

    /**
     * The sum over examples of the mean squared difference between the errors of all pairs of their elements, as
     * {@code tf.losses.mean_pairwise_squared_error}.
     *
     * @param labels      {@code [batch, n...]}
     * @param predictions of the shape of the labels
     * @param weights     a scalar, or one weight an example in as many axes
     */
    public static Tensor meanPairwiseSquaredError(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("mean_pairwise_squared_error", List.of(labels, predictions), () -> {
            Tensor error = subtract(predictions, labels);
            if (error.rank() < 2 || weights.shape().rank() != 0 && weights.shape().rank() != error.rank()) {
                throw new GraphException("labels [batch, n...] and weights of one number, or"
                        + " of as many axes, are needed: " + labels + ", " + weights);
            }
            Tensor weight = Assigns.as(error.graph(), weights, error.dtype());
            int[] inner = IntStream.range(1, error.rank()).toArray();
            Tensor counted = broadcastTo(cast(Ops.notEqual(weight, zerosLike(weight)), error.dtype()), error.shape());
            Tensor number = Ops.reduce(ReduceFn.SUM, counted, inner, true);
            Tensor squares = Ops.reduce(ReduceFn.SUM, square(error), inner, true);
            Tensor sums = Ops.reduce(ReduceFn.SUM, error, inner, true);
            Tensor first = orZero(squares, maximum(number.minus(1), 0));
            Tensor second = orZero(square(sums), maximum(number.times(number.minus(1)), 0));
            return reduceSum(first.minus(second).times(2).times(weight));
        });
    }

    /** The mean of {@link Nn#sigmoidCrossEntropyWithLogits}. */
    public static Tensor sigmoidCrossEntropy(Operand labels, Operand logits) {
        return Composite.of("sigmoid_cross_entropy", List.of(labels, logits), () ->
                mean(Nn.sigmoidCrossEntropyWithLogits(labels, logits)));
    }

    /**
     * {@link #sigmoidCrossEntropy(Operand, Operand)} with weights.
     *
     * @param smoothing how much of a label becomes a half, from 0 to 1
     */
    public static Tensor sigmoidCrossEntropy(Operand labels, Operand logits, double smoothing, Operand weights,
            Reduction reduction) {
        return Composite.of("sigmoid_cross_entropy", List.of(labels, logits), () -> {
            Operand smooth = smoothed(beside(logits, labels), smoothing, 0.5);
            return computeWeightedLoss(Nn.sigmoidCrossEntropyWithLogits(smooth, logits), weights, reduction);
        });
    }

    private static Operand smoothed(Operand labels, double smoothing, double share) {
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new GraphException("the smoothing must be from 0 to 1 but is " + smoothing);
        }
        return smoothing == 0 ? labels : labels.times(1 - smoothing).plus(smoothing * share);
    }

    /**
     * The mean of {@link Nn#softmaxCrossEntropyWithLogits}.
     *
     * @param labels probabilities {@code [..., classes]}
     */
    public static Tensor softmaxCrossEntropy(Operand labels, Operand logits) {
        return Composite.of("softmax_cross_entropy", List.of(labels, logits), () ->
                mean(Nn.softmaxCrossEntropyWithLogits(labels, logits)));
    }

    /**
     * {@link #softmaxCrossEntropy(Operand, Operand)} with weights.
     *
     * @param labels    probabilities {@code [..., classes]}; of a known number of classes where they are smoothed
     * @param smoothing how much of a label goes to all classes alike, from 0 to 1 (Szegedy et al., 2016)
     * @param weights   that broadcast to {@code [...]}
     */
    public static Tensor softmaxCrossEntropy(Operand labels, Operand logits, double smoothing, Operand weights,
            Reduction reduction) {
        return Composite.of("softmax_cross_entropy", List.of(labels, logits), () -> {
            Dim classes = logits.shape().rank() == 0 ? Dim.UNKNOWN : logits.shape().dim(logits.shape().rank() - 1);
            if (smoothing != 0 && !classes.isConstant()) {
                throw new GraphException("the number of classes must be known to smooth labels: "
                        + logits);
            }
            Operand smooth = smoothed(beside(logits, labels), smoothing,
                    smoothing == 0 ? 0 : 1.0 / classes.constant());
            return computeWeightedLoss(Nn.softmaxCrossEntropyWithLogits(smooth, logits), weights, reduction);
        });
    }

    /**
     * The mean of {@code -log(softmax(logits)[label])} over all labels, in nats; NaN where there are none.
     *
     * @param labels class numbers from 0, integers {@code [...]}
     * @param logits {@code [..., classes]}
     * @throws GraphException where the labels do not fit the logits; at a run where a label is none of the classes
     */
    public static Tensor sparseSoftmaxCrossEntropy(Operand labels, Operand logits) {
        return Composite.of("sparse_softmax_cross_entropy", List.of(labels, logits), () ->
                reduceMean(Nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits)));
    }

    /** {@link #sparseSoftmaxCrossEntropy(Operand, Operand)} with weights that broadcast to the labels. */
    public static Tensor sparseSoftmaxCrossEntropy(Operand labels, Operand logits, Operand weights,
            Reduction reduction) {
        return Composite.of("sparse_softmax_cross_entropy", List.of(labels, logits), () ->
                computeWeightedLoss(Nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits), weights, reduction));
    }

    /**
     * The mean of {@code -log(softmax(logits)[label])} over the places where a mask is true, in nats; 0 where it is
     * nowhere. Labels and finite logits at other places change neither the loss nor its gradient.
     *
     * @param labels class numbers from 0, integers {@code [...]}
     * @param logits {@code [..., classes]}
     * @param mask   bools of the shape of the labels, such as {@code sequenceMask(lengths, steps)}
     * @throws GraphException where labels or mask do not fit the logits; at a run where a label is none of the classes
     *                        and the mask is true
     */
    public static Tensor sparseSoftmaxCrossEntropy(Operand labels, Operand logits, Operand mask) {
        return Composite.of("sparse_softmax_cross_entropy", List.of(labels, logits), () -> {
            if (mask.dtype() != DType.BOOL) {
                throw new GraphException("the mask must be bool, not " + mask);
            }
            Tensor known = where(broadcastTo(mask, labels.shape()), labels, zerosLike(labels));
            Tensor each = Nn.sparseSoftmaxCrossEntropyWithLogits(known, logits);
            Tensor counted = where(broadcastTo(mask, each.shape()), each, zerosLike(each));
            Tensor places = reduceSum(cast(broadcastTo(mask, each.shape()), each.dtype()));
            return reduceSum(counted).div(maximum(places, 1));
        });
    }

    /**
     * The weighted sum of the losses of examples divided by the size of the whole batch, of which these may be a part,
     * as {@code tf.nn.compute_average_loss}.
     */
    public static Tensor computeAverageLoss(Operand losses, Operand weights, long batchSize) {
        return Composite.of("compute_average_loss", List.of(losses), () -> {
            if (batchSize < 1) {
                throw new GraphException("the size of a batch must be at least 1, not " + batchSize);
            }
            return computeWeightedLoss(losses, weights, Reduction.SUM).div((double) batchSize);
        });
    }

    /** The sum of losses, such as that of a task and those of its weights: scalars of one dtype. */
    public static Tensor totalLoss(List<? extends Operand> losses) {
        return Composite.of("total_loss", losses, () -> {
            Tensor total = reduceSum(losses.getFirst());
            for (Operand loss : losses.subList(1, losses.size())) {
                total = add(total, reduceSum(loss));
            }
            return total;
        });
    }
}
