package dev.sinter.nn;

import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.transpose;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Nn.AttentionOptions;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Attention of several heads, each with projections of its own (Vaswani et al., "Attention is all you need", 2017). In
 * the shapes here {@code B} is the size of the batch, {@code D} that of an input, {@code H} the number of heads and
 * {@code K} the depth of each.
 *
 * @param heads     {@code H}
 * @param query     {@code [D, H * K]}
 * @param key       {@code [D, H * K]}
 * @param value     {@code [D, H * K]}
 * @param output    {@code [H * K, D]}
 * @param queryBias {@code [H * K]}
 * @param keyBias   {@code [H * K]}
 * @param valueBias {@code [H * K]}
 * @param outputBias {@code [D]}
 */
public record MultiHeadAttention(long heads, Variable query, Variable key, Variable value, Variable output,
        Variable queryBias, Variable keyBias, Variable valueBias, Variable outputBias) {
    /**
     * Checks the weights.
     *
     * @throws GraphException where they do not fit each other or the heads
     */
    public MultiHeadAttention {
        if (query.shape().rank() != 2 || heads < 1 || query.shape().dim(1).constant() % heads != 0) {
            throw new GraphException("multi_head_attention: the query's kernel must be [inputs, heads * depth] for "
                    + heads + " heads, not " + query);
        }
        Dim inputs = query.shape().dim(0);
        Dim wide = query.shape().dim(1);
        DType dtype = query.dtype();
        CellShapes.require("multi_head_attention", "value's kernel", value, dtype,
                Shape.of(value.shape().rank() == 2 ? value.shape().dim(0) : Dim.UNKNOWN, wide));
        CellShapes.require("multi_head_attention", "key's kernel", key, dtype,
                Shape.of(key.shape().rank() == 2 ? key.shape().dim(0) : Dim.UNKNOWN, wide));
        CellShapes.require("multi_head_attention", "output's kernel", output, dtype, Shape.of(wide,
                output.shape().rank() == 2 ? output.shape().dim(1) : Dim.UNKNOWN));
        for (Variable bias : List.of(queryBias, keyBias, valueBias)) {
            CellShapes.require("multi_head_attention", "bias", bias, dtype, Shape.of(wide));
        }
        CellShapes.require("multi_head_attention", "output's bias", outputBias, dtype,
                Shape.of(output.shape().dim(1)));
    }

    /**
     * Attention with new weights in a scope {@code multi_head_attention}, whose biases are 0.
     *
     * @param inputs the size of inputs and outputs, {@code D}
     * @param heads  {@code H}
     * @param depth  {@code K}
     */
    public static MultiHeadAttention of(Graph graph, DType dtype, long inputs, long heads, long depth,
            WeightInitializer weights) {
        CellShapes.checkSizes("multi_head_attention", inputs, Math.min(heads, depth));
        Shape in = Shape.shape(inputs, heads * depth);
        Operand none = Ops.zeros(dtype, Shape.shape(heads * depth));
        return Composite.inScope(graph, "multi_head_attention", () -> new MultiHeadAttention(heads,
                graph.variable("query", weights.initialValue(graph, dtype, in)),
                graph.variable("key", weights.initialValue(graph, dtype, in)),
                graph.variable("value", weights.initialValue(graph, dtype, in)),
                graph.variable("output", weights.initialValue(graph, dtype, Shape.shape(heads * depth, inputs))),
                graph.variable("query_bias", none), graph.variable("key_bias", none),
                graph.variable("value_bias", none),
                graph.variable("output_bias", Ops.zeros(dtype, Shape.shape(inputs)))));
    }

    /** The weights. */
    public List<Variable> variables() {
        return List.of(query, key, value, output, queryBias, keyBias, valueBias, outputBias);
    }

    /** What inputs {@code [B, T, D]} see of themselves. */
    public Tensor selfAttention(Operand inputs, AttentionOptions options) {
        return apply(inputs, inputs, options);
    }

    /**
     * What queries see of a memory.
     *
     * @param queries {@code [B, Q, D]}
     * @param memory  {@code [B, S, D]}
     * @param options a mask broadcasts to {@code [B, H, Q, S]}
     * @return {@code [B, Q, D]}
     */
    public Tensor apply(Operand queries, Operand memory, AttentionOptions options) {
        if (queries.shape().rank() != 3 || memory.shape().rank() != 3) {
            throw new GraphException("multi_head_attention: queries and memory of three axes are needed, batch, time"
                    + " and features, not " + queries + ", " + memory);
        }
        return Composite.inScope(query.graph(), "multi_head_attention", () -> {
            Tensor seen = Nn.scaledDotProductAttention(projected(queries, query, queryBias),
                    projected(memory, key, keyBias), projected(memory, value, valueBias), options);
            Tensor together = transpose(seen, 0, 2, 1, 3);
            Tensor flat = reshape(together, Shape.of(together.dim(0), together.dim(1), query.shape().dim(1)));
            return Nn.biasAdd(CellShapes.product(flat, output), outputBias);
        });
    }

    /** {@code [B, T, D]} as {@code [B, H, T, K]}. */
    private Tensor projected(Operand inputs, Variable kernel, Variable bias) {
        Tensor wide = Nn.biasAdd(CellShapes.product(inputs, kernel), bias);
        long depth = kernel.shape().dim(1).constant() / heads;
        Tensor split = reshape(wide, Shape.of(wide.dim(0), wide.dim(1), Dim.of(heads), Dim.of(depth)));
        return transpose(split, 0, 2, 1, 3);
    }
}
