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
    static final int BATCH = 8;
    static final int LENGTH = 128;
    static final int TOKENS = 1000;
    static final int WIDTH = 256;
    static final int HEADS = 8;
    static final int BLOCKS = 4;
    private static final int ROWS = BATCH * LENGTH;

    GptNet() {
        super(Values.integers(16, TOKENS, BATCH, LENGTH), Values.integers(17, TOKENS, BATCH, LENGTH));
        TransformerLayers layers = new TransformerLayers(weights(), WIDTH, HEADS);
        Tensor h = layers.embedded(x(), layers.matrix("tokens", TOKENS, WIDTH),
                layers.matrix("positions", LENGTH, WIDTH));
        for (int block = 0; block < BLOCKS; block++) {
            String name = "block" + block;
            h = h.plus(layers.attention(name, layers.normalized(name + "/norm1", h), LENGTH, this::masked));
            h = h.plus(layers.feedForward(name, layers.normalized(name + "/norm2", h), Gelu.TANH));
        }
        Tensor logits = matmul(layers.normalized("norm", h), layers.matrix("output", WIDTH, TOKENS));
        train(Nn.sparseSoftmaxCrossEntropyWithLogits(reshape(y(), shape(ROWS)), logits));
    }

    /** The products of a step, forward once and back twice. */
    static Cost cost() {
        return Cost.ofFlops(3 * (TransformerLayers.flops(BLOCKS, WIDTH, ROWS, LENGTH) + 2.0 * ROWS * WIDTH * TOKENS));
    }

    /** The scores of those keys that a query may look at. */
    private Tensor masked(Tensor scores) {
        return where(mask(), scores, graph().constant(-1e30f));
    }

    /** Which token may look at which. */
    private Tensor mask() {
        NDArray mask = NDArray.zeros(DType.BOOL, LENGTH, LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            for (int j = 0; j <= i; j++) {
                mask.setDouble((long) i * LENGTH + j, 1);
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
