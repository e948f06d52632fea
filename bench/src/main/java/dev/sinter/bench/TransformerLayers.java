package dev.sinter.bench;

import static dev.sinter.graph.Ops.einsum;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.unstack;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The layers of transformers (Vaswani et al., 2017) on rows {@code float32[rows, width]}, one for each token. Their
 * weights are variables; {@link TransformerReference} takes them in the order of the calls.
 */
final class TransformerLayers {
    static final double EPSILON = 1e-5;
    private static final double DEVIATION = 0.02;

    private final Weights weights;
    private final int width;
    private final int heads;
    private final RandomWeights random = new RandomWeights();

    TransformerLayers(Weights weights, int width, int heads) {
        this.weights = weights;
        this.width = width;
        this.heads = heads;
    }

    /**
     * The operations of the products in blocks of attention and a layer of four times the width.
     *
     * @param rows of the blocks
     * @param keys that each row's query is compared with
     */
    static double flops(int blocks, int width, long rows, int keys) {
        return 2.0 * rows * blocks * width * (12.0 * width + 2.0 * keys);
    }

    Variable matrix(String name, int rows, int columns) {
        return weights.add(name, random.normal(DEVIATION, rows, columns));
    }

    /**
     * The sum of the vectors of tokens and positions.
     *
     * @param tokens    integers {@code [batch, length]}
     * @param table     the tokens' vectors
     * @param positions the vectors of {@code length} positions
     */
    Tensor embedded(Operand tokens, Operand table, Operand positions) {
        return reshape(gather(table, tokens).plus(positions), shape(-1, width));
    }

    Tensor normalized(String name, Tensor h) {
        return Nn.layerNorm(h, weights.add(name + "/scale", random.nearOne(width)),
                weights.add(name + "/offset", random.nearZero(width)), EPSILON);
    }

    Tensor dense(String name, Tensor h, int columns) {
        int terms = (int) h.shape().dim(1).constant();
        return matmul(h, matrix(name, terms, columns)).plus(weights.add(name + "/bias", random.nearZero(columns)));
    }

    /** A layer of four times the width, and back. */
    Tensor feedForward(String name, Tensor h, Gelu gelu) {
        return dense(name + "/narrow", gelu.of(dense(name + "/wide", h, 4 * width)), width);
    }

    /**
     * Queries, keys and values, each {@code [leading..., heads, width / heads]}.
     *
     * @param leading whose product is the number of rows
     */
    List<Tensor> projected(String name, Tensor h, long... leading) {
        long[] sizes = Arrays.copyOf(leading, leading.length + 3);
        sizes[leading.length] = 3;
        sizes[leading.length + 1] = heads;
        sizes[leading.length + 2] = width / heads;
        return unstack(reshape(dense(name + "/in", h, 3 * width), shape(sizes)), leading.length);
    }

    /** The part of each key {@code [..., keys]}. */
    Tensor shares(Tensor products, UnaryOperator<Tensor> mask) {
        return Nn.softmax(mask.apply(products.times(1 / Math.sqrt((double) width / heads))));
    }

    /** The heads' results, side by side, through a dense layer. */
    Tensor joined(String name, Tensor mixed) {
        return dense(name + "/out", reshape(mixed, shape(-1, width)), width);
    }

    /**
     * Attention between the rows of each sequence.
     *
     * @param length of a sequence
     * @param mask   what becomes of the scores {@code [batch, heads, queries, keys]}
     */
    Tensor attention(String name, Tensor h, int length, UnaryOperator<Tensor> mask) {
        List<Tensor> parts = projected(name, h, h.shape().dim(0).constant() / length, length);
        Tensor shares = shares(einsum("bqhd,bkhd->bhqk", parts.get(0), parts.get(1)), mask);
        return joined(name, einsum("bhqk,bkhd->bqhd", shares, parts.get(2)));
    }
}
