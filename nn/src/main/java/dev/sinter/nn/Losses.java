package dev.sinter.nn;

import static dev.sinter.graph.Ops.broadcastTo;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;

/** Losses: scalars that training makes smaller. */
public final class Losses {
    private Losses() {}

    /**
     * The mean of {@code -log(softmax(logits)[label])} over all labels, in nats; NaN where there are none. A label
     * outside the classes adds nothing to the sum and counts in the number that it is divided by; a mask leaves it
     * out of both.
     *
     * @param labels class numbers from 0, integers {@code [...]}
     * @param logits {@code [..., classes]}
     * @throws GraphException where the labels do not fit the logits, or the number of classes is unknown
     */
    public static Tensor sparseSoftmaxCrossEntropy(Operand labels, Operand logits) {
        return reduceMean(Nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits));
    }

    /**
     * The mean of {@code -log(softmax(logits)[label])} over the places where a mask is true, in nats; 0 where it is
     * nowhere. Finite logits at other places change neither the loss nor its gradient. A label outside the classes
     * where the mask is true adds nothing to the sum and counts in the number that it is divided by.
     *
     * @param labels class numbers from 0, integers {@code [...]}
     * @param logits {@code [..., classes]}
     * @param mask   bools of the shape of the labels, such as {@code sequenceMask(lengths, steps)}
     * @throws GraphException where labels or mask do not fit the logits, or the number of classes is unknown
     */
    public static Tensor sparseSoftmaxCrossEntropy(Operand labels, Operand logits, Operand mask) {
        if (mask.dtype() != DType.BOOL) {
            throw new GraphException("sparse_softmax_cross_entropy: the mask must be bool, not " + mask);
        }
        Tensor each = Nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits);
        Tensor counted = where(broadcastTo(mask, each.shape()), each, zerosLike(each));
        Tensor places = reduceSum(cast(broadcastTo(mask, each.shape()), each.dtype()));
        return reduceSum(counted).div(maximum(places, 1));
    }
}
