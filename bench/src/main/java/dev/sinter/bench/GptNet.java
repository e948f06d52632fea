package dev.sinter.bench;

import static dev.sinter.graph.Ops.einsum;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.unstack;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.Adam;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;

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
    static final double EPSILON = 1e-5;
    private static final int ROWS = BATCH * LENGTH;
    private static final double DEVIATION = 0.02;

    GptNet() {
        super(Values.integers(16, TOKENS, BATCH, LENGTH), Values.integers(17, TOKENS, BATCH, LENGTH));
        Tensor embedded = gather(matrix("tokens", TOKENS, WIDTH), x())
                .plus(matrix("positions", LENGTH, WIDTH));
        Tensor h = reshape(embedded, shape(ROWS, WIDTH));
        for (int block = 0; block < BLOCKS; block++) {
            String name = "block" + block;
            h = h.plus(attention(name, normalized(name + "/norm1", h)));
            Tensor wide = Nn.gelu(dense(name + "/wide", normalized(name + "/norm2", h), 4 * WIDTH), true);
            h = h.plus(dense(name + "/narrow", wide, WIDTH));
        }
        Tensor logits = matmul(normalized("norm", h), matrix("output", WIDTH, TOKENS));
        train(Nn.sparseSoftmaxCrossEntropyWithLogits(reshape(y(), shape(ROWS)), logits));
    }

    /** The products of a step, forward once and back twice. */
    static Cost cost() {
        double perRow = 2.0 * WIDTH * (BLOCKS * (12.0 * WIDTH + 2.0 * LENGTH) + TOKENS);
        return Cost.ofFlops(3 * ROWS * perRow);
    }

    private Variable matrix(String name, int rows, int columns) {
        return weight(name, Values.scaled(Values.normal(20 + weights().size(), rows, columns), DEVIATION));
    }

    private Tensor normalized(String name, Tensor h) {
        return Nn.layerNorm(h, weight(name + "/scale", NDArray.full(FLOAT32, 1, WIDTH)),
                weight(name + "/offset", NDArray.zeros(FLOAT32, WIDTH)), EPSILON);
    }

    private Tensor dense(String name, Tensor h, int columns) {
        int rows = (int) h.shape().dim(1).constant();
        return matmul(h, matrix(name, rows, columns)).plus(weight(name + "/bias", NDArray.zeros(FLOAT32, columns)));
    }

    private Tensor attention(String name, Tensor h) {
        int width = WIDTH / HEADS;
        List<Tensor> parts = unstack(reshape(dense(name + "/in", h, 3 * WIDTH),
                shape(BATCH, LENGTH, 3, HEADS, width)), 2);
        Tensor scores = einsum("bqhd,bkhd->bhqk", parts.get(0), parts.get(1)).times(1 / Math.sqrt(width));
        Tensor shares = Nn.softmax(where(mask(), scores, graph().constant(-1e30f)));
        Tensor mixed = einsum("bhqk,bkhd->bqhd", shares, parts.get(2));
        return dense(name + "/out", reshape(mixed, shape(ROWS, WIDTH)), WIDTH);
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
        return GptReference.losses(List.copyOf(weights().values()), inputs(), labels());
    }
}
