package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Index;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.PooledMax;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowOptions;
import dev.sinter.graph.WindowOptions.Padding;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;

/** Pooling. */
final class PoolOperators {
    private PoolOperators() {}

    static void addTo(Operators table) {
        table.several("MaxPool", PoolOperators::greatest);
        table.one("AveragePool", PoolOperators::mean);
        table.one("LpPool", PoolOperators::norm);
        global(table, "GlobalAveragePool", (call, x) -> Ops.reduceMean(x, spatial(x)));
        global(table, "GlobalMaxPool", (call, x) -> Ops.reduceMax(x, spatial(x)));
        global(table, "GlobalLpPool", (call, x) -> {
            double power = power(call);
            return root(Ops.reduceSum(raised(x, power), spatial(x)), power);
        });
        table.one("MaxUnpool", PoolOperators::unpooled, 2);
        table.one("MaxRoiPool", PoolOperators::regions);
    }

    private static void global(Operators table, String name, BiFunction<Call, Tensor, Tensor> reduction) {
        table.one(name, call -> {
            Tensor x = call.input(0);
            if (x.rank() < 2) {
                throw call.wrong("the input needs batch, channels and spatial axes, not " + x.rank() + " axes");
            }
            return x.rank() == 2 ? x : Axes.kept(reduction.apply(call, x), x, spatial(x));
        });
    }

    private static int[] spatial(Tensor x) {
        return Axes.range(2, x.rank());
    }

    private static List<Tensor> greatest(Call call) {
        Tensor x = call.input(0);
        WindowAttributes windows = WindowAttributes.pooling(call, x);
        WindowOptions options = windows.options(call, x);
        if (!call.wants(1)) {
            return List.of(Nn.maxPool(x, windows.sizes(), options));
        }
        List<Dim> apart = new ArrayList<>(x.shape().dims());
        apart.set(0, x.dim(0).times(x.dim(1)));
        apart.remove(1);
        apart.add(Dim.ONE);
        PooledMax both = Nn.maxPoolWithArgmax(Ops.reshape(x, new Shape(apart)), windows.sizes(),
                new WindowOptions(options.padding(), options.strides(), options.dilations(), 1, false), true);
        List<Dim> dims = new ArrayList<>(both.output().shape().dims());
        dims.removeLast();
        dims.removeFirst();
        dims.addAll(0, x.shape().dims().subList(0, 2));
        Tensor places = Ops.reshape(both.argmax(), new Shape(dims));
        return List.of(Ops.reshape(both.output(), new Shape(dims)),
                call.flag("storage_order", false) ? columnMajor(places, x) : places);
    }

    /** Places that count the last spatial axis fastest, counted so that the first one is. */
    private static Tensor columnMajor(Tensor places, Tensor x) {
        Tensor sizes = Ops.shapeOf(x);
        Tensor rest = places;
        List<Tensor> positions = new ArrayList<>();
        for (int axis = x.rank() - 1; axis >= 2; axis--) {
            Tensor size = Ops.slice(sizes, Index.at(axis));
            positions.addFirst(rest.rem(size));
            rest = rest.div(size);
        }
        for (int axis = x.rank() - 1; axis >= 2; axis--) {
            rest = rest.times(Ops.slice(sizes, Index.at(axis))).plus(positions.get(axis - 2));
        }
        return rest;
    }

    private static Tensor mean(Call call) {
        Tensor x = call.input(0);
        WindowAttributes windows = WindowAttributes.pooling(call, x);
        WindowOptions options = windows.options(call, x);
        if (!call.flag("count_include_pad", false)) {
            return Nn.avgPool(x, windows.sizes(), options);
        }
        return switch (options.padding()) {
            case Padding.Valid _ -> Nn.avgPool(x, windows.sizes(), options);
            case Padding.Same _ -> sums(x, windows, options).times(1 / windows.elements());
            case Padding.Explicit(List<Long> before, List<Long> after) -> {
                // What ceil_mode adds does not count.
                long[][] inside = new long[x.rank()][2];
                List<Long> more = new ArrayList<>();
                for (int axis = 0; axis < windows.axes(); axis++) {
                    long counted = windows.auto() == WindowAttributes.Auto.NOTSET
                            ? Math.min(after.get(axis), windows.after().get(axis)) : after.get(axis);
                    inside[axis + 2] = new long[] {before.get(axis), counted};
                    more.add(after.get(axis) - counted);
                }
                yield Nn.avgPool(Ops.pad(x, inside), windows.sizes(), options.withPadding(
                        new Padding.Explicit(Collections.nCopies(windows.axes(), 0L), more)));
            }
        };
    }

    /** The sums of windows, what is added around the input being 0. */
    private static Tensor sums(Tensor x, WindowAttributes windows, WindowOptions options) {
        List<Dim> filter = new ArrayList<>(windows.sizes().stream().map(Dim::of).toList());
        filter.add(x.dim(1));
        filter.add(Dim.ONE);
        Tensor ones = x.graph().tensor(Ops.ones(x.dtype(), new Shape(filter)));
        return Nn.depthwiseConv2d(x, ones, options);
    }

    private static Tensor norm(Call call) {
        Tensor x = call.input(0);
        WindowAttributes windows = WindowAttributes.pooling(call, x);
        double power = power(call);
        return root(sums(raised(x, power), windows, windows.options(call, x)), power);
    }

    private static double power(Call call) {
        return call.version() < 2 ? call.number("p", 2) : call.integer("p", 2);
    }

    private static Tensor raised(Tensor x, double power) {
        return power == 1 ? Ops.abs(x) : power == 2 ? Ops.square(x) : Ops.pow(Ops.abs(x), power);
    }

    private static Tensor root(Tensor x, double power) {
        return power == 1 ? x : power == 2 ? Ops.sqrt(x) : Ops.pow(x, 1 / power);
    }

    private static Tensor unpooled(Call call) {
        Tensor x = call.input(0);
        Tensor places = call.input(1);
        WindowAttributes windows = WindowAttributes.pooling(call, x);
        List<Dim> dims = new ArrayList<>(x.shape().dims().subList(0, 2));
        for (int axis = 0; axis < windows.axes(); axis++) {
            dims.add(x.dim(axis + 2).minus(1).times(windows.strides().get(axis)).plus(windows.sizes().get(axis))
                    .minus(windows.before().get(axis)).minus(windows.after().get(axis)));
        }
        Shape inferred = new Shape(dims);
        Shape shape = call.has(2) ? call.sizes(2) : inferred;
        if (shape.rank() != x.rank()) {
            throw call.wrong("output_shape must have " + x.rank() + " sizes, not " + shape.rank());
        }
        Tensor nothing = x.graph().tensor(Ops.zeros(x.dtype(), Shape.of(inferred.elementCount())));
        Dim count = x.shape().elementCount();
        Tensor filled = Ops.reshape(Ops.tensorScatterNdUpdate(nothing, Ops.reshape(places, Shape.of(count, Dim.ONE)),
                Ops.reshape(x, Shape.of(count))), inferred);
        return shape.equals(inferred) ? filled : enlarged(call, filled, shape);
    }

    private static Tensor enlarged(Call call, Tensor x, Shape shape) {
        long[][] after = new long[x.rank()][2];
        for (int axis = 0; axis < x.rank(); axis++) {
            Dim more = shape.dim(axis).minus(x.dim(axis));
            if (!more.isConstant() || more.constant() < 0) {
                throw call.wrong("output_shape " + shape + " must be at least " + x.shape() + " along each axis");
            }
            after[axis][1] = more.constant();
        }
        return Ops.pad(x, after);
    }

    /** The greatest elements of the parts of regions, each part of which ends where the next begins. */
    private static Tensor regions(Call call) {
        Tensor x = call.input(0);
        Tensor rois = call.input(1);
        long[] pooled = call.integersOf("pooled_shape");
        if (x.rank() != 4 || rois.rank() != 2 || pooled.length != 2) {
            throw call.wrong("an input of 4 axes, regions of 2 and a pooled_shape of 2 sizes are needed, not "
                    + x.rank() + ", " + rois.rank() + " and " + pooled.length);
        }
        double scale = call.number("spatial_scale", 1);
        Tensor batch = Ops.cast(Ops.slice(rois, Index.ALL, Index.at(0)), DType.INT64);
        Tensor images = Ops.gather(x, batch);
        Tensor rows = inside(rois, 2, pooled[0], x.dim(2), scale);
        Tensor columns = inside(rois, 1, pooled[1], x.dim(3), scale);
        double least = x.dtype().lowest();
        // [r, c, h, 1, w] and [r, 1, 1, pw, w], then [r, c, 1, h, pw] and [r, 1, ph, h, 1].
        Tensor wide = Ops.expandDims(images, 3);
        Tensor least5 = Ops.zerosLike(wide).plus(least);
        Tensor across = Ops.reduceMax(Ops.where(Ops.expandDims(Ops.expandDims(columns, 1), 1), wide, least5), 4);
        Tensor high = Ops.expandDims(across, 2);
        Tensor best = Ops.reduceMax(Ops.where(Ops.expandDims(Ops.expandDims(rows, 1), 4), high,
                Ops.zerosLike(high).plus(least)), 3);
        Tensor hasAny = Ops.logicalAnd(Ops.expandDims(Ops.reduceAny(rows, 2), 2),
                Ops.expandDims(Ops.reduceAny(columns, 2), 1));
        return Ops.where(Ops.expandDims(hasAny, 1), best, Ops.zerosLike(best));
    }

    /** Which positions along an axis lie in which part of a region: bools {@code [regions, parts, size]}. */
    private static Tensor inside(Tensor rois, int column, long parts, Dim size, double scale) {
        if (parts < 1) {
            throw new GraphException("pooled_shape must be at least 1, not " + parts);
        }
        Tensor first = half(Ops.slice(rois, Index.ALL, Index.at(column)).times(scale));
        Tensor last = half(Ops.slice(rois, Index.ALL, Index.at(column + 2)).times(scale));
        Tensor length = Ops.maximum(last.minus(first).plus(1), 1).div(parts);
        Tensor part = rois.graph().tensor(Ops.range(rois.dtype(), parts));
        Tensor begin = Ops.floor(Ops.expandDims(length, 1).times(part)).plus(Ops.expandDims(first, 1));
        Tensor end = Ops.ceil(Ops.expandDims(length, 1).times(part.plus(1))).plus(Ops.expandDims(first, 1));
        Tensor position = rois.graph().tensor(Ops.range(rois.dtype(), size));
        return Ops.logicalAnd(Ops.lessEqual(Ops.expandDims(begin, 2), position),
                Ops.greater(Ops.expandDims(end, 2), position));
    }

    /** Rounded, halves away from 0. */
    private static Tensor half(Tensor x) {
        return Ops.sign(x).times(Ops.floor(Ops.abs(x).plus(0.5)));
    }
}
