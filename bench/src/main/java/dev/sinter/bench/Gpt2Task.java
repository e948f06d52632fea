package dev.sinter.bench;

import static dev.sinter.bench.TransformerReference.sum;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.einsum;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.slice;
import static dev.sinter.graph.Ops.stack;
import static dev.sinter.graph.Ops.unstack;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One more token by GPT-2 small (Radford et al., 2019): the logits of the next one, and the keys and values
 * {@code [blocks, 2, batch, heads, length, width / heads]} of all tokens, of which those before are fed.
 */
final class Gpt2Task extends InferenceTask {
    private static final int PAST = 256;
    private static final int POSITIONS = 1024;
    private static final int TOKENS = 50257;
    private static final int WIDTH = 768;
    private static final int HEADS = 12;
    private static final int BLOCKS = 12;
    private static final int HEAD = WIDTH / HEADS;
    private static final int BLOCK_WEIGHTS = 12 * WIDTH * WIDTH;

    private final int batch;
    private final NDArray tokens;
    private final NDArray past;
    private final Tensor logits;
    private final Tensor extended;

    Gpt2Task(int batch) {
        this.batch = batch;
        tokens = Values.integers(61, TOKENS, batch, 1);
        past = Values.normal(62, BLOCKS, 2, batch, HEADS, PAST, HEAD);
        TransformerLayers layers = new TransformerLayers(weights(), WIDTH, HEADS);
        Variable table = layers.matrix("table", TOKENS, WIDTH);
        Tensor position = slice(layers.matrix("positions", POSITIONS, WIDTH), new long[] {PAST, 0},
                new long[] {1, WIDTH});
        Tensor h = layers.embedded(input("tokens", tokens), table, position);
        List<Tensor> caches = unstack(input("past", past), 0);
        List<Tensor> longer = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
            String name = "block" + block;
            List<Tensor> parts = layers.projected(name, layers.normalized(name + "/norm1", h), batch);
            List<Tensor> before = unstack(caches.get(block), 0);
            Tensor keys = concat(2, before.get(0), expandDims(parts.get(1), 2));
            Tensor values = concat(2, before.get(1), expandDims(parts.get(2), 2));
            longer.add(stack(0, keys, values));
            Tensor shares = layers.shares(einsum("bhd,bhkd->bhk", parts.get(0), keys), UnaryOperator.identity());
            h = h.plus(layers.joined(name, einsum("bhk,bhkd->bhd", shares, values)));
            h = h.plus(layers.feedForward(name, layers.normalized(name + "/norm2", h), Gelu.TANH));
        }
        logits = Linalg.matmul(layers.normalized("norm", h), table, false, true);
        extended = stack(0, longer.toArray(Tensor[]::new));
    }

    /** The matrices are read, the keys and values are read and written, the logits are written. */
    static Cost cost(int batch) {
        double matrices = (double) BLOCKS * BLOCK_WEIGHTS + (double) TOKENS * WIDTH;
        double cached = (double) batch * BLOCKS * 2 * WIDTH * (2 * PAST + 1);
        return Cost.ofReadBytes(Float.BYTES * (matrices + cached + (double) batch * TOKENS));
    }

    @Override
    List<Tensor> results() {
        return List.of(logits, extended);
    }

    /** Compares what the last token leads to. */
    @Override
    void verify(List<NDArray> results) {
        TransformerReference layers = new TransformerReference(weights().values(), HEADS);
        NDArray table = layers.next();
        double[][] h = TransformerReference.embedded(new int[] {tokens.toIntArray()[batch - 1]}, table, layers.next(),
                PAST);
        for (int block = 0; block < BLOCKS; block++) {
            double[][][] in = layers.projected(layers.normalized(h));
            double[][] keys = compared(results.get(1), 2 * block, in[1][0]);
            double[][] values = compared(results.get(1), 2 * block + 1, in[2][0]);
            h = sum(h, layers.mixed(in[0], keys, values, _ -> PAST + 1));
            h = sum(h, layers.feedForward(layers.normalized(h), Gelu.TANH));
        }
        double[] expected = TransformerReference.products(layers.normalized(h)[0], table);
        requireClose("logit", results.getFirst(), (long) (batch - 1) * TOKENS, expected);
    }

    /**
     * The keys or values of all tokens, in each row the heads side by side, as they are among the results.
     *
     * @param part  twice the block's number, and one more for values
     * @param newer those of the last token
     */
    private double[][] compared(NDArray computed, int part, double[] newer) {
        double[][] rows = new double[PAST + 1][WIDTH];
        for (int head = 0; head < HEADS; head++) {
            long matrix = ((long) part * batch + batch - 1) * HEADS + head;
            for (int t = 0; t <= PAST; t++) {
                for (int i = 0; i < HEAD; i++) {
                    rows[t][head * HEAD + i] = t == PAST ? newer[head * HEAD + i]
                            : Values.get(past, (matrix * PAST + t) * HEAD + i);
                }
                requireClose("of part " + part + " and token " + t + " element",
                        computed, (matrix * (PAST + 1) + t) * HEAD,
                        Arrays.copyOfRange(rows[t], head * HEAD, (head + 1) * HEAD));
            }
        }
        return rows;
    }
}
