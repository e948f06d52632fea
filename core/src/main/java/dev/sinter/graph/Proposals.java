package dev.sinter.graph;

import static dev.sinter.graph.Ops.clipByValue;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/** Boxes that a net proposes as offsets of anchors, the best of them that do not overlap much. */
final class Proposals {
    /** A box is at most so many times as high or as wide as its anchor: the logarithm of that. */
    private static final double MOST_GROWTH = Math.log(1000.0 / 16);

    private Proposals() {}

    /** The boxes and their scores. */
    static List<Tensor> of(Composer c, double overlap, long before, double least, long after) {
        c.label("scores", "deltas", "image_info", "anchors");
        Node scores = c.in(0);
        Node deltas = c.in(1);
        Node anchors = c.in(3);
        c.sameDtype(c.ins());
        boolean fit = Composer.rank(scores) == 4 && Composer.rank(deltas) == 4 && Composer.rank(c.in(2)) == 2
                && Composer.rank(anchors) == 3 && Composer.dtype(scores).isFloat();
        if (!fit || before < 1 || after < 1 || !(least >= 0)) {
            throw new GraphException("float scores [batch, height, width, n], deltas [batch, height, width, 4 * n],"
                    + " image_info [batch, 5] and anchors [height, width, 4 * n], numbers of boxes from 1 on and a size"
                    + " from 0 on are needed: " + c.describe(scores) + ", " + c.describe(deltas) + ", "
                    + c.describe(c.in(2)) + ", " + c.describe(anchors) + ", " + before + ", " + after + ", " + least);
        }
        Dim batch = Composer.shape(scores).dim(0);
        Dim count = Composer.shape(scores).dims().subList(1, 4).stream().reduce(Dim.ONE, Dim::times);
        Tensor flat = reshape(scores.tensor(), Shape.of(batch, count));
        Tensor offsets = reshape(deltas.tensor(), Shape.of(batch, count, Dim.of(4)));
        Tensor grid = reshape(anchors.tensor(), Shape.of(count, Dim.of(4)));
        Tensor info = Composer.tensor("image_info", inner -> inner.resized(inner.same(
                "images and scores differ in number", inner.in(0), 0, inner.in(1), 0), 1, Dim.of(5)), scores.tensor(),
                c.in(2).tensor());
        Tensor anchor = Ops.broadcastTo(grid, offsets.shape());
        if (!count.isConstant() || count.constant() > before) {
            Tensor order = Composer.tensor("best", inner -> Rearranging.part(inner, inner.in(0), 1, Dim.ZERO,
                    count.min(Dim.of(before))), Ops.argsort(flat, -1, SortDirection.DESCENDING));
            flat = Clamped.gather(flat, order, 1, 1);
            offsets = Clamped.gather(offsets, order, 1, 1);
            anchor = Clamped.gather(grid, order, 0);
        }
        Tensor boxes = decoded(anchor, offsets, info);
        List<Tensor> sides = Ops.unstack(boxes, 2);
        Tensor shortest = minimum(sides.get(2).minus(sides.get(0)), sides.get(3).minus(sides.get(1)));
        Tensor scale = column(info, 2);
        Tensor open = where(Ops.greaterEqual(shortest, scale.times(least)), flat,
                Ops.fill(flat.dtype(), Shape.SCALAR, Double.NEGATIVE_INFINITY));
        Suppression.Limits limits = new Suppression.Limits(overlap, Double.NEGATIVE_INFINITY, 0);
        Suppression.Chosen chosen = Suppression.boxes(boxes, open, after, limits);
        Tensor found = Clamped.gather(boxes, chosen.indices(), 1, 1);
        return List.of(where(expandDims(chosen.valid(), 2), found, zerosLike(found)), chosen.padded(chosen.scores()));
    }

    /** A number of each image, as a column. */
    private static Tensor column(Tensor info, long number) {
        return Ops.slice(info, new long[] {0, number}, new long[] {-1, 1});
    }

    /** Boxes as they lie in their images. */
    private static Tensor decoded(Tensor anchors, Tensor deltas, Tensor info) {
        List<Tensor> anchor = Ops.unstack(anchors, 2);
        List<Tensor> delta = Ops.unstack(deltas, 2);
        Tensor[] sides = new Tensor[4];
        for (int axis = 0; axis < 2; axis++) {
            Tensor size = anchor.get(axis + 2).minus(anchor.get(axis));
            Tensor centre = anchor.get(axis).plus(size.times(0.5)).plus(size.times(delta.get(axis)));
            Tensor half = size.times(exp(minimum(delta.get(axis + 2), MOST_GROWTH))).times(0.5);
            Tensor edge = column(info, axis);
            sides[axis] = maximum(minimum(centre.minus(half), edge), 0);
            sides[axis + 2] = maximum(minimum(centre.plus(half), edge), 0);
        }
        return Ops.stack(2, sides);
    }
}
