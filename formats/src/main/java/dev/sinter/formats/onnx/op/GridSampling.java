package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tensors read at positions between their elements.
 *
 * @param isAligned whether the outermost elements' middles are the ends of an axis, else their outer edges are
 */
record GridSampling(Call call, Kernel kernel, Outside outside, boolean isAligned) {
    /** Positions further out than this are as far out as it. */
    private static final double FAR = 1 << 30;

    /** From which elements one between them follows: the nearest, the two beside it, the four around it. */
    enum Kernel { NEAREST, LINEAR, CUBIC }

    /** What lies outside: zeros, the elements at the border, the elements mirrored. */
    enum Outside { ZEROS, BORDER, REFLECTION }

    /** The elements around a position along an axis, on a last axis: where they are, and how much they count. */
    private record Taps(Tensor places, Tensor weights, Tensor isInside) {}

    /** The sampling that a node's attributes describe. */
    static GridSampling of(Call call) {
        Kernel kernel = switch (call.text("mode", "linear")) {
            case "nearest" -> Kernel.NEAREST;
            case "linear", "bilinear" -> Kernel.LINEAR;
            case "cubic", "bicubic" -> Kernel.CUBIC;
            case String other -> throw call.wrong("mode must be nearest, linear or cubic, not '" + other + "'");
        };
        String padding = call.text("padding_mode", "zeros");
        for (Outside outside : Outside.values()) {
            if (outside.name().toLowerCase(Locale.ROOT).equals(padding)) {
                return new GridSampling(call, kernel, outside, call.flag("align_corners", false));
            }
        }
        throw call.wrong("padding_mode must be zeros, border or reflection, not '" + padding + "'");
    }

    /** What {@code [n, c, size...]} is at a grid {@code [n, out..., axes]} from -1 to 1, the last axis first. */
    Tensor grid(Tensor x, Tensor given) {
        int axes = x.rank() - 2;
        Tensor grid = Axes.ensured(given, given.rank() - 1, Dim.of(Math.max(1, axes)));
        if (axes < 1 || grid.rank() != x.rank() || !grid.dim(grid.rank() - 1).isConstant(axes)) {
            throw call.wrong("an input [n, c, size...] and a grid [n, out..., axes] are needed, not " + x.shape()
                    + " and " + grid.shape());
        }
        List<Tensor> each = Ops.unstack(Axes.cast(grid, Axes.computed(grid.dtype())), grid.rank() - 1).reversed();
        List<Tensor> positions = new ArrayList<>();
        for (int i = 0; i < axes; i++) {
            Tensor place = each.get(i);
            Tensor size = size(x, i + 2, place.dtype());
            positions.add(isAligned ? place.plus(1).times(0.5).times(size.minus(1))
                    : place.plus(1).times(size).minus(1).times(0.5));
        }
        return at(x, positions);
    }

    private Tensor size(Tensor x, int axis, DType dtype) {
        return Ops.cast(Axes.size(call, x.dim(axis)), dtype);
    }

    /** What {@code [n, c, size...]} is at positions {@code [n, out...]} along each axis: {@code [n, c, out...]}. */
    Tensor at(Tensor x, List<Tensor> positions) {
        int axes = positions.size();
        int outs = positions.getFirst().rank();
        Tensor places = null;
        Tensor weights = null;
        Tensor isInside = null;
        for (int i = 0; i < axes; i++) {
            Tensor size = size(x, i + 2, positions.get(i).dtype());
            Taps taps = taps(positions.get(i), size);
            Tensor place = laid(taps.places(), outs, i, axes);
            places = places == null ? place : places.times(Axes.size(call, x.dim(i + 2))).plus(place);
            if (kernel != Kernel.NEAREST) {
                Tensor weight = laid(taps.weights(), outs, i, axes);
                weights = weights == null ? weight : weights.times(weight);
            }
            if (outside == Outside.ZEROS) {
                Tensor inside = laid(taps.isInside(), outs, i, axes);
                isInside = isInside == null ? inside : Ops.logicalAnd(isInside, inside);
            }
        }
        Shape flat = Shape.of(x.dim(0), x.dim(1), Axes.product(x, 2, x.rank()));
        Tensor found = Ops.gather(Ops.reshape(x, flat), places, 2, 1);
        if (isInside != null) {
            found = Ops.where(Ops.expandDims(isInside, 1), found, Ops.zerosLike(found));
        }
        int[] last = Axes.range(outs + 1, outs + 1 + axes);
        if (kernel == Kernel.NEAREST) {
            return Ops.squeeze(found, last);
        }
        Tensor wide = Axes.cast(found, weights.dtype());
        return Axes.cast(Ops.reduceSum(wide.times(Ops.expandDims(weights, 1)), last), x.dtype());
    }

    /** Taps on a last axis laid along one of several axes behind those of the result. */
    private static Tensor laid(Tensor taps, int outs, int axis, int axes) {
        List<Dim> dims = new ArrayList<>(taps.shape().dims().subList(0, outs));
        for (int i = 0; i < axes; i++) {
            dims.add(i == axis ? taps.dim(outs) : Dim.ONE);
        }
        return Ops.reshape(taps, new Shape(dims));
    }

    private Taps taps(Tensor given, Tensor size) {
        Tensor far = Ops.where(Ops.isNan(given), Ops.zerosLike(given).minus(FAR), given);
        Tensor finite = Ops.clipByValue(far, -FAR, FAR);
        Tensor near = inReach(kernel == Kernel.NEAREST ? Ops.rint(finite) : finite, size);
        Tensor begin = Ops.floor(near);
        List<Tensor> places = new ArrayList<>();
        List<Tensor> weights = new ArrayList<>();
        int first = kernel == Kernel.CUBIC ? -1 : 0;
        int last = switch (kernel) {
            case NEAREST -> 0;
            case LINEAR -> 1;
            case CUBIC -> 2;
        };
        Tensor ratio = near.minus(begin);
        for (int i = first; i <= last; i++) {
            places.add(begin.plus(i));
            weights.add(weight(Ops.abs(ratio.minus(i))));
        }
        Tensor all = Ops.stack(given.rank(), places.toArray(Tensor[]::new));
        Tensor end = size.minus(1);
        Tensor isInside = Ops.logicalAnd(Ops.greaterEqual(all, Ops.zerosLike(all)), Ops.lessEqual(all, end));
        Tensor mirrored = outside == Outside.REFLECTION ? mirrored(all, size) : all;
        Tensor held = Ops.maximum(Ops.minimum(mirrored, end), 0);
        return new Taps(Ops.cast(held, DType.INT64), Ops.stack(given.rank(), weights.toArray(Tensor[]::new)), isInside);
    }

    /** A position so near to the tensor that its neighbours have exact numbers. */
    private Tensor inReach(Tensor position, Tensor size) {
        return switch (outside) {
            case ZEROS -> Ops.maximum(Ops.minimum(position, size.plus(1)), -2);
            case BORDER -> {
                Tensor held = Ops.maximum(Ops.minimum(position, size.minus(1)), 0);
                yield Ops.where(isWithin(position, size), position, held);
            }
            case REFLECTION -> mirrored(position, size);
        };
    }

    private double edge() {
        return isAligned ? 0 : -0.5;
    }

    private Tensor isWithin(Tensor position, Tensor size) {
        Tensor low = Ops.zerosLike(size).plus(edge());
        return Ops.logicalAnd(Ops.greaterEqual(position, low), Ops.lessEqual(position, size.minus(1).minus(low)));
    }

    /** A position outside mirrored at the ends until it lies inside. */
    private Tensor mirrored(Tensor position, Tensor size) {
        Tensor low = Ops.zerosLike(size).plus(edge());
        Tensor length = size.minus(1).minus(low.times(2));
        Tensor safe = Ops.maximum(length, 0.5);
        Tensor distance = Ops.abs(position.minus(low));
        Tensor rounds = Ops.floor(distance.div(safe));
        Tensor rest = distance.minus(rounds.times(safe));
        Tensor isOdd = Ops.notEqual(rounds.minus(Ops.floor(rounds.times(0.5)).times(2)), Ops.zerosLike(rounds));
        Tensor inside = Ops.where(isOdd, safe.minus(rest), rest).plus(low);
        return Ops.where(isWithin(position, size), position, inside);
    }

    private Tensor weight(Tensor distance) {
        double a = -0.75;
        return switch (kernel) {
            case NEAREST -> Ops.onesLike(distance);
            case LINEAR -> Ops.maximum(distance.unaryMinus().plus(1), 0);
            case CUBIC -> {
                Tensor near = distance.times(a + 2).minus(a + 3).times(distance).times(distance).plus(1);
                Tensor away = distance.times(a).minus(5 * a).times(distance).plus(8 * a).times(distance)
                        .minus(4 * a);
                yield Ops.where(Ops.lessEqual(distance, Ops.onesLike(distance)), near, away);
            }
        };
    }
}
