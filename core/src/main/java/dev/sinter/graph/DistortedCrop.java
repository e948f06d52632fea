package dev.sinter.graph;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.floor;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.greaterEqual;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.lessEqual;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.logicalNot;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.reduceAny;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.round;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.where;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** A random crop of an image that covers enough of one of some boxes: attempts until one does, else the whole image. */
final class DistortedCrop {
    private DistortedCrop() {}

    /** All of a crop, in pixels of float64. */
    private record Crop(Tensor top, Tensor left, Tensor height, Tensor width) {
        static Crop of(List<Tensor> values) {
            return new Crop(values.get(0), values.get(1), values.get(2), values.get(3));
        }
    }

    /**
     * Where a crop begins, its size, and its box.
     *
     * @param size  of the image: height, width, channels, as float64
     * @param boxes float64 {@code [n, 4]}, of an image of size 1
     */
    static List<Tensor> of(Words words, Tensor size, Tensor boxes, DistortedBoxOptions options) {
        Graph graph = size.graph();
        List<Tensor> sizes = Ops.unstack(size, 0);
        Tensor height = sizes.get(0);
        Tensor width = sizes.get(1);
        Tensor none = graph.constant(0.0);
        List<Tensor> found = Control.whileLoop(List.of(none, none, height, width, graph.constant(false),
                graph.constant(0L)), values -> logicalNot(values.get(4)), values -> {
                    Words turn = words.turn(values.get(5));
                    Tensor ratio = turn.unit(DType.FLOAT64, Shape.SCALAR, 0)
                            .times(options.maxAspectRatio() - options.minAspectRatio()).plus(options.minAspectRatio());
                    Crop crop = crop(turn, height, width, ratio, options);
                    Tensor fits = logicalAnd(fits(crop, height, width, options),
                            covers(crop, boxes, height, width, options.minObjectCovered()));
                    return List.of(where(fits, crop.top(), none), where(fits, crop.left(), none),
                            where(fits, crop.height(), height), where(fits, crop.width(), width), fits,
                            values.get(5).plus(1));
                }, WhileOptions.DEFAULT.withMaxIterations(options.maxAttempts()));
        Crop crop = Crop.of(found);
        Tensor zero = graph.constant(new long[] {0});
        Tensor begin = concat(0, cast(Ops.stack(0, crop.top(), crop.left()), DType.INT64), zero);
        Tensor extent = concat(0, cast(Ops.stack(0, crop.height(), crop.width()), DType.INT64),
                graph.constant(new long[] {-1}));
        Tensor box = Ops.stack(0, crop.top().div(height), crop.left().div(width),
                crop.top().plus(crop.height()).div(height), crop.left().plus(crop.width()).div(width));
        return List.of(begin, extent, reshape(cast(box, DType.FLOAT32), Shape.shape(1, 1, 4)));
    }

    /** The sizes of an image, once each has been found to be at least 1. */
    static Node checked(Composer c, Node sizes) {
        Node holds = c.map(ScalarFn.GT, sizes, c.fullLike(sizes, 0));
        Node token = Check.of(c, "image_size > 0", holds, List.of(sizes), List.of("image_size"), "");
        return c.controlled(c.make(new NodeKind.Identity(), List.of(sizes), sizes.type()), List.of(token));
    }

    private static Crop crop(Words turn, Tensor height, Tensor width, Tensor ratio, DistortedBoxOptions options) {
        Tensor area = height.times(width);
        Tensor most = round(sqrt(area.times(options.maxArea()).div(ratio)));
        Tensor wide = floor(width.plus(0.5 - 1e-7).div(ratio));
        Tensor narrow = where(greater(round(wide.times(ratio)), width), wide.minus(1), wide);
        Tensor fitting = minimum(where(greater(round(most.times(ratio)), width), narrow, most), height);
        Tensor least = minimum(round(sqrt(area.times(options.minArea()).div(ratio))), fitting);
        Tensor rows = least.plus(below(turn, 2, fitting.minus(least).plus(1)));
        Tensor columns = round(rows.times(ratio));
        Tensor more = where(less(rows.times(columns), area.times(options.minArea())), rows.plus(1), rows);
        Tensor covered = more.times(round(more.times(ratio)));
        Tensor fewer = where(greater(covered, area.times(options.maxArea())), more.minus(1), more);
        Tensor across = round(fewer.times(ratio));
        return new Crop(below(turn.turn(0), 0, height.minus(fewer)), below(turn.turn(0), 2, width.minus(across)), fewer,
                across);
    }

    /** A whole number from 0 to below a limit; 0 where that is not positive. */
    private static Tensor below(Words words, int word, Tensor limit) {
        Tensor unit = words.unit(DType.FLOAT64, Shape.SCALAR, word);
        return maximum(minimum(floor(unit.times(limit)), limit.minus(1)), 0);
    }

    private static Tensor fits(Crop crop, Tensor height, Tensor width, DistortedBoxOptions options) {
        Tensor area = crop.height().times(crop.width());
        Tensor whole = height.times(width);
        Tensor inArea = logicalAnd(lessEqual(whole.times(options.minArea()), area),
                lessEqual(area, whole.times(options.maxArea())));
        Tensor inImage = logicalAnd(lessEqual(crop.height(), height), lessEqual(crop.width(), width));
        return logicalAnd(logicalAnd(inArea, inImage), logicalAnd(greater(crop.height(), 0), greater(crop.width(), 0)));
    }

    /** Whether a crop covers enough of a box that has at least one pixel. */
    private static Tensor covers(Crop crop, Tensor boxes, Tensor height, Tensor width, double least) {
        List<Tensor> sides = Ops.unstack(boxes, 1);
        Tensor top = floor(sides.get(0).times(height));
        Tensor left = floor(sides.get(1).times(width));
        Tensor bottom = floor(sides.get(2).times(height));
        Tensor right = floor(sides.get(3).times(width));
        Tensor area = bottom.minus(top).times(right.minus(left));
        Tensor rows = maximum(minimum(bottom, crop.top().plus(crop.height())).minus(maximum(top, crop.top())), 0);
        Tensor columns = maximum(minimum(right, crop.left().plus(crop.width())).minus(maximum(left, crop.left())), 0);
        Tensor share = rows.times(columns).div(maximum(area, 1));
        Tensor enough = greaterEqual(share, Ops.onesLike(share).times(least));
        return reduceAny(logicalAnd(enough, greaterEqual(area, Ops.onesLike(area))));
    }

    /** A box of a size at a place that is drawn; sizes of -1 are whole. */
    static Tensor crop(Words words, Tensor x, List<Dim> sizes) {
        List<Operand> starts = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            Dim room = x.dim(axis).minus(sizes.get(axis)).plus(1);
            Tensor count = Composer.node(x.graph(), "size", "size", c -> c.size(c.graph().sizes().canonical(room),
                    DType.INT64), List.of()).tensor();
            starts.add(words.turn(axis).below(Shape.SCALAR, count));
        }
        return Ops.dynamicSlice(x, starts, new Shape(sizes));
    }
}
