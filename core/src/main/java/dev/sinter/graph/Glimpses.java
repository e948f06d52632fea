package dev.sinter.graph;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.greaterEqual;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.where;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/** Windows of images at places that are computed. */
final class Glimpses {
    private Glimpses() {}

    static Tensor of(Composer c, long height, long width, boolean centered, boolean normalized) {
        Node images = c.in(0);
        if (Composer.rank(images) != 4 || Composer.rank(c.in(1)) != 2 || !Composer.dtype(c.in(1)).isFloat()) {
            throw new GraphException("images [batch, height, width, channels] and float offsets [batch, 2] are needed: "
                    + c.describe(images) + ", " + c.describe(c.in(1)));
        }
        if (height < 1 || width < 1) {
            throw new GraphException("a window has at least one pixel, not " + height + " x " + width);
        }
        Tensor x = images.tensor();
        Tensor offsets = Composer.tensor("offsets", inner -> {
            inner.label("images", "offsets");
            return inner.same("images and offsets differ in number", inner.in(0), 0,
                    Framing.last(inner, inner.in(1), 2, "offsets [batch, 2] are"), 0);
        }, x, c.in(1).tensor());
        List<Tensor> each = Ops.unstack(offsets, 1);
        Tensor rows = places(each.get(0), x.dim(1), height, centered, normalized);
        Tensor columns = places(each.get(1), x.dim(2), width, centered, normalized);
        Tensor inside = logicalAnd(expandDims(isInside(rows, x.dim(1)), 2), expandDims(isInside(columns, x.dim(2)), 1));
        Tensor down = Clamped.gather(x, rows, 1, 1);
        Tensor found = Clamped.gather(Ops.transpose(down, 0, 2, 1, 3), columns, 1, 1);
        return where(expandDims(inside, 3), Ops.transpose(found, 0, 2, 1, 3), Ops.fill(x.dtype(), Shape.SCALAR, 0));
    }

    /** The numbers of the rows or columns of each window. */
    private static Tensor places(Tensor offset, Dim size, long count, boolean centered, boolean normalized) {
        Tensor whole = Composer.node(offset.graph(), "size", "size", c -> c.size(size, offset.dtype()), List.of())
                .tensor();
        Tensor pixels = normalized ? offset.times(whole) : offset;
        if (centered) {
            pixels = normalized ? pixels.times(0.5).plus(whole.times(0.5)).minus(count / 2.0)
                    : pixels.plus(whole.times(0.5));
        }
        return expandDims(cast(pixels, DType.INT64), 1).plus(Ops.range(DType.INT64, count));
    }

    private static Tensor isInside(Tensor places, Dim size) {
        Tensor end = Composer.node(places.graph(), "size", "size", c -> c.size(size, DType.INT64), List.of()).tensor();
        return logicalAnd(greaterEqual(places, Ops.zerosLike(places)), less(places, end));
    }
}
