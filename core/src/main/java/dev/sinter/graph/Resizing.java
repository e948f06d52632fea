package dev.sinter.graph;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.ceil;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.floor;
import static dev.sinter.graph.Ops.greaterEqual;
import static dev.sinter.graph.Ops.lessEqual;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.where;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/** Images of other sizes, whole ones and boxes of them. */
final class Resizing {
    private Resizing() {}

    /** Images of a height and a width: that axis first which leaves less to do for the other. */
    static Tensor resize(Composer c, Node image, Dim givenHeight, Dim givenWidth, ResizeOptions options) {
        int axis = Framing.height(c, image);
        requireNumbers(c, image);
        Tensor x = image.tensor();
        Dim height = size(c, givenHeight);
        Dim width = size(c, givenWidth);
        if (options.preserveAspectRatio()) {
            float ownHeight = Framing.known(c, image, axis);
            float ownWidth = Framing.known(c, image, axis + 1);
            float scale = Math.min(known(height) / ownHeight, known(width) / ownWidth);
            long fittingHeight = (long) Math.rint(scale * ownHeight);
            long fittingWidth = (long) Math.rint(scale * ownWidth);
            requirePixels(c, image, fittingHeight, fittingWidth);
            height = Dim.of(fittingHeight);
            width = Dim.of(fittingWidth);
        }
        boolean widthFirst = isMoreThan(x.dim(axis), height, x.dim(axis + 1), width);
        Tensor once = widthFirst ? Resampling.along(x, axis + 1, width, options)
                : Resampling.along(x, axis, height, options);
        return widthFirst ? Resampling.along(once, axis, height, options)
                : Resampling.along(once, axis + 1, width, options);
    }

    /** Refuses sizes of the same aspect ratio that have no pixel. */
    private static void requirePixels(Composer c, Node image, long height, long width) {
        if (height < 1 || width < 1) {
            throw new GraphException(c.describe(image) + " of the same aspect ratio would have " + height + " x "
                    + width + " pixels");
        }
    }

    /** Whether the height grows by more than the width does, as far as known. */
    private static boolean isMoreThan(Dim fromHeight, Dim toHeight, Dim fromWidth, Dim toWidth) {
        Dim difference = toHeight.times(fromWidth).minus(toWidth.times(fromHeight));
        return difference.isConstant() && difference.constant() > 0;
    }

    static void requireNumbers(Composer c, Node x) {
        if (Composer.dtype(x) == DType.BOOL) {
            throw new GraphException(c.describe(x) + " holds no numbers; cast(...) it");
        }
    }

    static Dim size(Composer c, Dim given) {
        if (given.equals(Dim.UNKNOWN) || given.isConstant() && given.constant() < 1) {
            throw new GraphException("a size of the result must be at least 1, or the size of a tensor, not "
                    + (given.isConstant() ? given.toString() : "unknown"));
        }
        return c.graph().sizes().canonical(given);
    }

    private static long known(Dim size) {
        if (!size.isConstant()) {
            throw new GraphException("the sizes that a result of the same aspect ratio must not exceed must be known");
        }
        return size.constant();
    }

    /** The image as large as it fits, in the middle of zeros. */
    static Tensor withPad(Composer c, Node image, long height, long width, ResizeOptions options) {
        int axis = Framing.height(c, image);
        float ownHeight = Framing.known(c, image, axis);
        float ownWidth = Framing.known(c, image, axis + 1);
        float ratio = Math.max(ownWidth / width, ownHeight / height);
        float fittingHeight = ownHeight / ratio;
        float fittingWidth = ownWidth / ratio;
        requirePixels(c, image, (long) fittingHeight, (long) fittingWidth);
        Tensor resized = resize(c, image, Dim.of((long) fittingHeight), Dim.of((long) fittingWidth), options);
        Dim top = Dim.of(Math.max(0, (long) Math.floor((height - fittingHeight) / 2)));
        Dim left = Dim.of(Math.max(0, (long) Math.floor((width - fittingWidth) / 2)));
        return Composer.tensor("pad", inner -> Framing.pad(inner, inner.in(0), top, left, Dim.of(height),
                Dim.of(width)), resized);
    }

    /** Boxes of images, all of one size. */
    static Tensor cropAndResize(Composer c, long height, long width, ResizeMethod method, double outside) {
        Node image = c.in(0);
        Node boxes = c.in(1);
        Node number = c.in(2);
        requireNumbers(c, image);
        if (Composer.rank(image) != 4 || Composer.rank(boxes) != 2 || !Composer.dtype(boxes).isFloat()
                || Composer.rank(number) != 1 || !Composer.dtype(number).isInteger()) {
            throw new GraphException("images [batch, height, width, channels], float boxes [n, 4] and integers [n] are"
                    + " needed: " + c.describe(image) + ", " + c.describe(boxes) + ", " + c.describe(number));
        }
        if (height < 1 || width < 1) {
            throw new GraphException("crops have at least one pixel, not " + height + " x " + width);
        }
        if (method != ResizeMethod.BILINEAR && method != ResizeMethod.NEAREST_NEIGHBOR) {
            throw new GraphException("crops are resized bilinearly or to the nearest neighbor, not by " + method);
        }
        Tensor x = cast(image.tensor(), Resampling.dtype(Composer.dtype(image), ResizeMethod.BILINEAR));
        Tensor fitting = Composer.tensor("boxes", inner -> {
            inner.label("boxes", "box_indices");
            return inner.same("boxes and their images differ in number", inner.in(1), 0,
                    Framing.last(inner, inner.in(0), 4, "boxes [n, 4] are"), 0);
        }, cast(boxes.tensor(), x.dtype()), number.tensor());
        List<Tensor> corners = Ops.unstack(fitting, 1);
        Tensor y = places(corners.get(0), corners.get(2), x.dim(1), height, x.dtype());
        Tensor z = places(corners.get(1), corners.get(3), x.dim(2), width, x.dtype());
        Tensor isInside = logicalAnd(expandDims(isInside(y, x.dim(1)), 2), expandDims(isInside(z, x.dim(2)), 1));
        Tensor images = Composer.tensor(c.op(), inner -> Indexed.checked(inner, Indexed.integers(inner, inner.in(0)), 0,
                x.dim(0)), number.tensor());
        Tensor which = reshape(images, Shape.of(fitting.dim(0), Dim.ONE, Dim.ONE));
        Tensor drawn;
        if (method == ResizeMethod.NEAREST_NEIGHBOR) {
            drawn = pixels(x, which, away(y), away(z));
        } else {
            Tensor top = floor(y);
            Tensor left = floor(z);
            Tensor right = reshape(z.minus(left), Shape.of(z.dim(0), Dim.ONE, z.dim(1), Dim.ONE));
            Tensor down = reshape(y.minus(top), Shape.of(y.dim(0), y.dim(1), Dim.ONE, Dim.ONE));
            Tensor above = between(pixels(x, which, top, left), pixels(x, which, top, ceil(z)), right);
            Tensor below = between(pixels(x, which, ceil(y), left), pixels(x, which, ceil(y), ceil(z)), right);
            drawn = between(above, below, down);
        }
        return where(expandDims(isInside, 3), drawn, Ops.fill(x.dtype(), Shape.SCALAR, outside));
    }

    private static Tensor between(Tensor from, Tensor to, Tensor share) {
        return from.plus(to.minus(from).times(share));
    }

    /** Rounded, halves away from 0. */
    private static Tensor away(Tensor x) {
        return floor(abs(x).plus(0.5)).times(Ops.sign(x));
    }

    /** Where the rows or columns of boxes lie in their images. */
    private static Tensor places(Tensor low, Tensor high, Dim size, long count, DType dtype) {
        Tensor last = Composer.node(low.graph(), "size", "size", c -> c.size(size.minus(1), dtype), List.of()).tensor();
        if (count == 1) {
            return expandDims(low.plus(high).times(0.5).times(last), 1);
        }
        Tensor step = high.minus(low).times(last).div((double) (count - 1));
        return expandDims(low.times(last), 1).plus(expandDims(step, 1).times(Ops.range(dtype, count)));
    }

    private static Tensor isInside(Tensor place, Dim size) {
        Tensor last = Composer.node(place.graph(), "size", "size", c -> c.size(size.minus(1), place.dtype()), List.of())
                .tensor();
        return logicalAnd(greaterEqual(place, Ops.zerosLike(place)), lessEqual(place, last));
    }

    /** The pixels at some rows and columns of some images. */
    private static Tensor pixels(Tensor x, Tensor which, Tensor rows, Tensor columns) {
        Shape shape = Shape.of(rows.dim(0), rows.dim(1), columns.dim(1));
        return Clamped.gatherNd(x, Ops.stack(3, Ops.broadcastTo(which, shape),
                Ops.broadcastTo(expandDims(cast(rows, DType.INT64), 2), shape),
                Ops.broadcastTo(expandDims(cast(columns, DType.INT64), 1), shape)));
    }
}
