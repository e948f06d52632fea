package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Index;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Regions of images as a grid of parts, each of which is read at some positions between the image's elements: He,
 * Gkioxari, Dollar, Girshick, Mask R-CNN, 2017.
 */
final class RegionAlignment {
    private final Call call;
    private final Tensor x;
    private final Tensor rois;
    private final DType dtype;
    private final boolean isGreatest;

    /**
     * An axis of the parts.
     *
     * @param begin  of the regions {@code [regions]}
     * @param part   the length of a part {@code [regions]}
     * @param parts  how many there are
     * @param counts at how many positions a part is read {@code [regions]}, as floats
     * @param size   of the image along the axis, a float scalar
     */
    private record Side(Tensor begin, Tensor part, long parts, Tensor counts, Tensor size) {}

    /** The elements on both sides of positions {@code [regions, parts]}, as float indices, and whether these count. */
    private record Beside(Tensor low, Tensor high, Tensor ratio, Tensor isInside) {}

    private RegionAlignment(Call call) {
        this.call = call;
        this.x = call.input(0);
        this.rois = Axes.ensured(call.input(1), 1, Dim.of(4));
        this.dtype = Axes.computed(x.dtype());
        this.isGreatest = switch (call.text("mode", "avg")) {
            case "avg" -> false;
            case "max" -> true;
            case String other -> throw call.wrong("mode must be avg or max, not '" + other + "'");
        };
    }

    /** The parts {@code [regions, c, height, width]} of regions of images {@code [n, c, h, w]}. */
    static Tensor of(Call call) {
        return new RegionAlignment(call).aligned();
    }

    private Tensor aligned() {
        Tensor batch = call.input(2);
        if (x.rank() != 4 || rois.rank() != 2 || !rois.dim(1).isConstant(4) || batch.rank() != 1) {
            throw call.wrong("an input [n, c, h, w], regions [count, 4] and numbers of images [count] are needed, not "
                    + x.shape() + ", " + rois.shape() + " and " + batch.shape());
        }
        String coordinates = call.text("coordinate_transformation_mode",
                call.version() < 16 ? "output_half_pixel" : "half_pixel");
        if (!coordinates.equals("half_pixel") && !coordinates.equals("output_half_pixel")) {
            throw call.wrong("coordinate_transformation_mode must be half_pixel or output_half_pixel, not '"
                    + coordinates + "'");
        }
        boolean isHalf = coordinates.equals("half_pixel");
        Side rows = side(1, 2, "output_height", isHalf);
        Side columns = side(0, 3, "output_width", isHalf);
        Tensor flat = Ops.reshape(Ops.transpose(Axes.cast(x, dtype), 0, 2, 3, 1),
                Shape.of(x.dim(0).times(x.dim(2)).times(x.dim(3)), x.dim(1)));
        Tensor image = Ops.cast(batch, DType.INT64).times(Axes.size(call, x.dim(2)))
                .times(Axes.size(call, x.dim(3)));
        Tensor first = Ops.reshape(image, Shape.of(rois.dim(0), Dim.ONE, Dim.ONE));
        Shape result = Shape.of(rois.dim(0), Dim.of(rows.parts()), Dim.of(columns.parts()), x.dim(1));
        Tensor nothing = call.graph().tensor(Ops.fill(dtype, result,
                isGreatest ? Double.NEGATIVE_INFINITY : 0));
        Tensor across = Ops.maximum(most(columns), 1);
        Tensor samples = most(rows).times(most(columns));
        List<Tensor> last = Control.whileLoop(List.of(call.graph().constant(0L), nothing),
                carries -> Ops.less(carries.get(0), samples), carries -> {
                    Tensor number = carries.get(0);
                    Tensor row = Ops.cast(number.div(across), dtype);
                    Tensor column = Ops.cast(number.rem(across), dtype);
                    Tensor isRead = Ops.logicalAnd(Ops.less(row, rows.counts()), Ops.less(column, columns.counts()));
                    Tensor read = read(flat, first, beside(rows, row), beside(columns, column));
                    Tensor all = isGreatest ? Ops.maximum(carries.get(1), read) : carries.get(1).plus(read);
                    return List.of(number.plus(1), Ops.where(fourAxes(isRead), all, carries.get(1)));
                });
        Tensor count = rows.counts().times(columns.counts());
        Tensor parts = isGreatest
                ? Ops.where(fourAxes(Ops.greater(count, 0)), last.get(1), Ops.zerosLike(last.get(1)))
                : last.get(1).div(fourAxes(Ops.maximum(count, 1)));
        return Axes.cast(Ops.transpose(parts, 0, 3, 1, 2), x.dtype());
    }

    private Tensor fourAxes(Tensor ofRegions) {
        return Ops.reshape(ofRegions, Shape.of(rois.dim(0), Dim.ONE, Dim.ONE, Dim.ONE));
    }

    /** The greatest number of positions of a part. */
    private Tensor most(Side side) {
        Tensor counts = Ops.cast(side.counts(), DType.INT64);
        return Ops.maximum(Ops.reduceMax(counts), 0);
    }

    private Side side(int column, int axis, String name, boolean isHalf) {
        long parts = call.integer(name, 1);
        long ratio = call.integer("sampling_ratio", 0);
        if (parts < 1 || ratio < 0) {
            throw call.wrong(name + " must be at least 1 and sampling_ratio at least 0, not " + parts + " and "
                    + ratio);
        }
        double scale = call.number("spatial_scale", 1);
        Tensor sides = Axes.cast(rois, dtype).times(scale);
        Tensor begin = Ops.slice(sides, Index.ALL, Index.at(column)).minus(isHalf ? 0.5 : 0);
        Tensor end = Ops.slice(sides, Index.ALL, Index.at(column + 2)).minus(isHalf ? 0.5 : 0);
        Tensor length = isHalf ? end.minus(begin) : Ops.maximum(end.minus(begin), 1);
        Tensor part = length.div(parts);
        Tensor counts = ratio > 0 ? Ops.onesLike(part).times(ratio) : Ops.maximum(Ops.ceil(part), 0);
        return new Side(begin, part, parts, counts, Ops.cast(Axes.size(call, x.dim(axis)), dtype));
    }

    private Beside beside(Side side, Tensor sample) {
        Tensor number = call.graph().tensor(Ops.range(dtype, side.parts()));
        Tensor part = Ops.expandDims(side.part(), 1);
        Tensor step = Ops.expandDims(sample.plus(0.5).times(side.part()).div(Ops.maximum(side.counts(), 1)), 1);
        Tensor given = Ops.expandDims(side.begin(), 1).plus(part.times(number)).plus(step);
        Tensor isInside = Ops.logicalAnd(Ops.greaterEqual(given, call.graph().constant(
                NDArray.scalar(DType.FLOAT64, -1).cast(dtype))), Ops.lessEqual(given, side.size()));
        Tensor position = Ops.where(isInside, Ops.maximum(given, 0), Ops.zerosLike(given));
        Tensor end = side.size().minus(1);
        Tensor held = Ops.minimum(position, end);
        Tensor low = Ops.floor(held);
        return new Beside(low, Ops.minimum(low.plus(1), end), held.minus(low), isInside);
    }

    /** What is read at one position of each part: {@code [regions, height, width, c]}. */
    private Tensor read(Tensor flat, Tensor first, Beside rows, Beside columns) {
        Tensor nearRow = Ops.expandDims(rows.ratio(), 2);
        Tensor nearColumn = Ops.expandDims(columns.ratio(), 1);
        Tensor topLeft = corner(flat, first, rows.low(), columns.low(), rest(nearRow).times(rest(nearColumn)));
        Tensor topRight = corner(flat, first, rows.low(), columns.high(), rest(nearRow).times(nearColumn));
        Tensor bottomLeft = corner(flat, first, rows.high(), columns.low(), nearRow.times(rest(nearColumn)));
        Tensor bottomRight = corner(flat, first, rows.high(), columns.high(), nearRow.times(nearColumn));
        Tensor all = isGreatest
                ? Ops.maximum(Ops.maximum(topLeft, topRight), Ops.maximum(bottomLeft, bottomRight))
                : topLeft.plus(topRight).plus(bottomLeft).plus(bottomRight);
        Tensor isInside = Ops.logicalAnd(Ops.expandDims(rows.isInside(), 2), Ops.expandDims(columns.isInside(), 1));
        return Ops.where(Ops.expandDims(isInside, 3), all, Ops.zerosLike(all));
    }

    private static Tensor rest(Tensor ratio) {
        return ratio.unaryMinus().plus(1);
    }

    private Tensor corner(Tensor flat, Tensor first, Tensor row, Tensor column, Tensor weight) {
        Tensor place = Ops.expandDims(Ops.cast(row, DType.INT64), 2).times(Axes.size(call, x.dim(3)))
                .plus(Ops.expandDims(Ops.cast(column, DType.INT64), 1)).plus(first);
        return Ops.gather(flat, place).times(Ops.expandDims(weight, 3));
    }
}
