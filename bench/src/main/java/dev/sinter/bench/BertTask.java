package dev.sinter.bench;

import static dev.sinter.bench.TransformerReference.sum;

import dev.sinter.graph.Tensor;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The encoder of BERT-base (Devlin et al., 2018) on sequences of 128 tokens: blocks of attention in both directions and
 * of a layer of four times the width, each added to what it was given and then normalized.
 */
final class BertTask extends InferenceTask {
    private static final int LENGTH = 128;
    private static final int TOKENS = 30522;
    private static final int WIDTH = 768;
    private static final int HEADS = 12;
    private static final int BLOCKS = 12;

    private final NDArray tokens;
    private final Tensor result;

    BertTask(int batch) {
        tokens = Values.integers(60, TOKENS, batch, LENGTH);
        TransformerLayers layers = new TransformerLayers(weights(), WIDTH, HEADS);
        Tensor h = layers.normalized("norm", layers.embedded(input("tokens", tokens),
                layers.matrix("table", TOKENS, WIDTH), layers.matrix("positions", LENGTH, WIDTH)));
        for (int block = 0; block < BLOCKS; block++) {
            String name = "block" + block;
            Tensor mixed = layers.attention(name, h, LENGTH, UnaryOperator.identity());
            h = layers.normalized(name + "/norm1", h.plus(mixed));
            h = layers.normalized(name + "/norm2", h.plus(layers.feedForward(name, h, Gelu.EXACT)));
        }
        result = h;
    }

    static Cost cost(int batch) {
        return Cost.ofFlops(TransformerLayers.flops(BLOCKS, WIDTH, (long) batch * LENGTH, LENGTH));
    }

    @Override
    List<Tensor> results() {
        return List.of(result);
    }

    /** Compares the last sequence. */
    @Override
    void verify(List<NDArray> results) {
        int[] all = tokens.toIntArray();
        TransformerReference layers = new TransformerReference(weights().values(), HEADS);
        double[][] h = layers.normalized(TransformerReference.embedded(
                Arrays.copyOfRange(all, all.length - LENGTH, all.length), layers.next(), layers.next(), 0));
        for (int block = 0; block < BLOCKS; block++) {
            double[][][] in = layers.projected(h);
            double[][] mixed = layers.mixed(in[0], in[1], in[2], _ -> LENGTH);
            h = layers.normalized(sum(h, mixed));
            h = layers.normalized(sum(h, layers.feedForward(h, Gelu.EXACT)));
        }
        for (int t = 0; t < LENGTH; t++) {
            requireClose("at token " + t + " element", results.getFirst(), ((long) all.length - LENGTH + t) * WIDTH,
                    h[t]);
        }
    }
}
