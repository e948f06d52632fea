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
     * The mean of {@code -log(softmax(logits)[label])}, in nats.
     *
     * @param labels class numbers, integers {@code [...]}
     * @param logits {@code [..., classes]}
     */
    public static Tensor sparseSoftmaxCrossEntropy(Operand labels, Operand logits) {
        return reduceMean(Nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits));
    }

    /**
     * The mean of {@code -log(softmax(logits)[label])} over the places where a mask is true, in nats; 0 where it is
     * nowhere. Finite logits at other places change neither the loss nor its gradient.
     *
     * @param labels class numbers, integers {@code [...]}
     * @param logits {@code [..., classes]}
     * @param mask   bools of the shape of the labels, such as {@code sequenceMask(lengths, steps)}
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
