package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Index;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Set;

/** Attention over sequences, and the positions that are turned into its queries and keys. */
final class AttentionOperators {
    private AttentionOperators() {}

    static void addTo(Operators table) {
        table.several("Attention", 23, call -> new AttentionOperator(call).outputs());
        table.add(new Operator(Operators.PREVIEW, "FlexAttention", 1, Set.of(), call -> List.of(flexible(call))));
        table.one("RotaryEmbedding", 23, AttentionOperators::rotary);
    }

    /** Heads that lie beside each other in the last axis, as an axis before that of the sequence. */
    static Tensor heads(Call call, Tensor x, long heads) {
        return Ops.transpose(apart(call, x, heads), 0, 2, 1, 3);
    }

    /** Heads that lie beside each other in the last axis, as an axis behind that of the sequence. */
    private static Tensor apart(Call call, Tensor x, long heads) {
        Dim hidden = x.dim(2);
        if (heads < 1 || hidden.isConstant() && hidden.constant() % heads != 0) {
            throw call.wrong("a last axis of " + hidden + " elements cannot be divided into " + heads
                    + " heads of one size");
        }
        return Ops.reshape(x, Shape.of(x.dim(0), x.dim(1), Dim.of(heads), hidden.floorDiv(heads)));
    }

    /** The heads of a tensor beside each other in the last axis again. */
    static Tensor joined(Tensor x) {
        return Ops.reshape(Ops.transpose(x, 0, 2, 1, 3), Shape.of(x.dim(0), x.dim(2), x.dim(1).times(x.dim(3))));
    }

    /** Pairs of elements turned by the angle of their position. */
    private static Tensor rotary(Call call) {
        Tensor given = call.input(0);
        if (given.rank() != 3 && given.rank() != 4) {
            throw call.wrong("the input must have 3 or 4 axes, not " + given.dtype() + given.shape());
        }
        boolean flat = given.rank() == 3;
        Tensor x = flat ? apart(call, given, call.integer("num_heads", 0)) : given;
        long part = call.integer("rotary_embedding_dim", 0);
        Dim size = part == 0 ? x.dim(3) : Dim.of(part);
        boolean whole = part == 0 || x.dim(3).isConstant(part);
        if (part < 0 || size.isConstant() && size.constant() % 2 != 0
                || size.isConstant() && x.dim(3).isConstant() && size.constant() > x.dim(3).constant()) {
            throw call.wrong("the elements that are turned must be an even number of the " + x.dim(3)
                    + " of a head, not " + size);
        }
        Tensor turned = turned(call, whole ? x : Ops.slice(x, Index.ELLIPSIS, Index.to(part)), size.floorDiv(2),
                flat ? 2 : 1);
        Tensor all = whole ? turned : Ops.concat(3, turned, Ops.slice(x, Index.ELLIPSIS, Index.from(part)));
        return flat ? Ops.reshape(all, given.shape()) : all;
    }

    /** All elements of the last axis turned, which are {@code half} pairs: neighbours, or one of each half. */
    private static Tensor turned(Call call, Tensor x, Dim half, int headAxis) {
        boolean neighbours = call.flag("interleaved", false);
        Dim two = Dim.of(2);
        Tensor pairs = Ops.reshape(x, Shape.of(x.dim(0), x.dim(1), x.dim(2), neighbours ? half : two,
                neighbours ? two : half));
        int axis = neighbours ? 4 : 3;
        Tensor cosine = angles(call, 1, half, headAxis);
        Tensor sine = angles(call, 2, half, headAxis);
        Tensor first = of(pairs, 0, neighbours);
        Tensor second = of(pairs, 1, neighbours);
        Tensor real = cosine.times(first).minus(sine.times(second));
        Tensor imaginary = sine.times(first).plus(cosine.times(second));
        return Ops.reshape(Ops.stack(axis, real, imaginary), x.shape());
    }

    private static Tensor of(Tensor pairs, long position, boolean neighbours) {
        return neighbours ? Ops.slice(pairs, Index.ELLIPSIS, Index.at(position))
                : Ops.slice(pairs, Index.ELLIPSIS, Index.at(position), Index.ALL);
    }

    /** Cosines or sines by batch, position and pair, with an axis for the heads. */
    private static Tensor angles(Call call, int position, Dim half, int headAxis) {
        Tensor table = call.input(position);
        int rank = call.has(3) ? 2 : 3;
        if (table.rank() != rank) {
            throw call.wrong("input " + position + " must have " + rank + " axes "
                    + (rank == 2 ? "where there are positions" : "where there are no positions") + ", not "
                    + table.dtype() + table.shape());
        }
        Dim last = table.dim(rank - 1);
        if (last.isConstant() && half.isConstant() && !last.equals(half)) {
            throw call.wrong("input " + position + " must have " + half + " angles for each position, not " + last);
        }
        return Ops.expandDims(call.maybe(3).map(ids -> Ops.gather(table, ids)).orElse(table), headAxis);
    }

    /** The products of queries and keys, scaled by a node's factor or that of the size of a head. */
    static Tensor product(Call call, Tensor query, Tensor key) {
        double scale = call.hasAttribute("scale") ? call.number("scale", 1) : Double.NaN;
        if (scale < 0) {
            throw call.wrong("scale must not be negative, since its root is taken: " + scale);
        }
        Tensor keys = Ops.transpose(repeated(call, key, query.dim(1)), 0, 1, 3, 2);
        if (call.hasAttribute("scale") || query.dim(3).isConstant()) {
            double factor = Math.sqrt(call.hasAttribute("scale") ? scale : 1 / Math.sqrt(query.dim(3).constant()));
            return Ops.matmul(query.times(factor), keys.times(factor));
        }
        Tensor size = Ops.cast(Axes.size(call, query.dim(3)), DType.FLOAT32);
        Tensor factor = Ops.cast(Ops.pow(size, -0.25), query.dtype());
        return Ops.matmul(query.times(factor), keys.times(factor));
    }

    /** Keys or values with each head as often as there are query heads for it. */
    static Tensor repeated(Call call, Tensor x, Dim heads) {
        Dim given = x.dim(1);
        if (heads.equals(given)) {
            return x;
        }
        if (!heads.isConstant() || !given.isConstant()) {
            throw call.unsupported("the numbers of heads must be known when the graph is made, or the same: " + heads
                    + " of the query and " + given + " of key and value");
        }
        if (given.constant() == 0 || heads.constant() % given.constant() != 0) {
            throw call.wrong("the number of heads of the query must be a multiple of that of key and value: " + heads
                    + " and " + given);
        }
        return Ops.repeat(x, heads.constant() / given.constant(), 1);
    }

    /** Attention whose scores and weights bodies may change. */
    private static Tensor flexible(Call call) {
        List<Tensor> inputs = call.all();
        if (inputs.size() != 3 || inputs.stream().anyMatch(input -> input.rank() != 4)) {
            throw call.wrong("query, key and value of 4 axes are needed");
        }
        Tensor query = inputs.get(0);
        DType precision = call.dtype("softmax_precision").orElse(query.dtype() == DType.FLOAT64 ? DType.FLOAT64
                : DType.FLOAT32);
        Tensor scores = Axes.cast(product(call, query, inputs.get(1)), precision);
        Tensor weights = changed(call, "prob_mod", Nn.softmax(changed(call, "score_mod", scores)));
        Tensor value = Axes.cast(repeated(call, inputs.get(2), query.dim(1)), precision);
        return Axes.cast(Ops.matmul(weights, value), inputs.get(2).dtype());
    }

    /** What a body makes of a tensor, where the node has that. */
    private static Tensor changed(Call call, String attribute, Tensor x) {
        if (!call.hasAttribute(attribute)) {
            return x;
        }
        Body body = call.body(attribute);
        if (body.inputs() != 1 || body.outputs() != 1) {
            throw call.wrong("the body " + attribute + " must have one input and one output");
        }
        return Axes.cast(body.make(List.of(x)).getFirst(), x.dtype());
    }
}
