package dev.sinter.bench;

import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;

/**
 * A training step of a small GPT (Radford et al., 2019): blocks of causal attention and of a layer of four times the
 * width, each after a layer normalization and added to what it was given; Adam on the mean cross entropy of the next
 * tokens.
 */
final class GptNet extends TrainingNet {
    private final GptShape size;

    GptNet(GptShape size) {
        super(Values.integers(16, GptShape.TOKENS, size.batch(), size.length()),
                Values.integers(17, GptShape.TOKENS, size.batch(), size.length()), size.dtype());
        this.size = size;
        TransformerLayers layers = new TransformerLayers(weights(), size.width(), GptShape.HEADS);
        Tensor h = layers.embedded(x(), layers.matrix("tokens", GptShape.TOKENS, size.width()),
                layers.matrix("positions", size.length(), size.width()));
        for (int block = 0; block < GptShape.BLOCKS; block++) {
            String name = "block" + block;
            h = h.plus(layers.attention(name, layers.normalized(name + "/norm1", h), size.length(), this::masked));
            h = h.plus(layers.feedForward(name, layers.normalized(name + "/norm2", h), Gelu.TANH));
        }
        Tensor logits = matmul(layers.normalized("norm", h), layers.matrix("output", size.width(), GptShape.TOKENS));
        train(Nn.sparseSoftmaxCrossEntropyWithLogits(reshape(y(), shape(size.rows())), logits));
    }

    /** The scores of those keys that a query may look at. */
    private Tensor masked(Tensor scores) {
        return where(mask(), scores, graph().constant(NDArray.scalar(size.dtype(), -1e30)));
    }

    /** Which token may look at which. */
    private Tensor mask() {
        int length = size.length();
        NDArray mask = NDArray.zeros(DType.BOOL, length, length);
        for (int i = 0; i < length; i++) {
            for (int j = 0; j <= i; j++) {
                mask.setDouble((long) i * length + j, 1);
            }
        }
        return graph().constant(mask);
    }

    /** The losses of the first sequence. */
    @Override
    double[] expected() {
        return GptReference.losses(weights().values(), inputs(), labels());
    }
}
