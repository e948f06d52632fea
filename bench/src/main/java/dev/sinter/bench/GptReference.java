package dev.sinter.bench;

import static dev.sinter.bench.TransformerReference.sum;

import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;

/** What a {@link GptNet} computes of its first sequence, in plain loops on doubles. */
final class GptReference {
    private GptReference() { }

    /**
     * The loss of each token of the first sequence.
     *
     * @param weights in the net's order
     */
    static double[] losses(List<NDArray> weights, NDArray x, NDArray y) {
        TransformerReference layers = new TransformerReference(weights, GptShape.HEADS);
        int[] tokens = Arrays.copyOf(x.toIntArray(), (int) x.size(1));
        double[][] h = TransformerReference.embedded(tokens, layers.next(), layers.next(), 0);
        for (int block = 0; block < GptShape.BLOCKS; block++) {
            double[][][] in = layers.projected(layers.normalized(h));
            h = sum(h, layers.mixed(in[0], in[1], in[2], t -> t + 1));
            h = sum(h, layers.feedForward(layers.normalized(h), Gelu.TANH));
        }
        double[][] logits = TransformerReference.product(layers.normalized(h), layers.next());
        double[] losses = new double[logits.length];
        for (int t = 0; t < logits.length; t++) {
            double sum = 0;
            for (double logit : logits[t]) {
                sum += Math.exp(logit);
            }
            losses[t] = Math.log(sum) - logits[t][(int) y.getDouble(t)];
        }
        return losses;
    }
}
