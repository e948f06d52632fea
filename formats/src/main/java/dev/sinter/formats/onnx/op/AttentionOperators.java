package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Index;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;

/** Attention over sequences, and the positions that are turned into its queries and keys. */
final class AttentionOperators {
    private AttentionOperators() {}

    static void addTo(Operators table) {
        table.several("Attention", 23, call -> new AttentionOperator(call).outputs());
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
}
