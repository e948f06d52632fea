package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Tensors of other sizes, interpolated along one axis after another. */
final class ResizeOperators {
    private ResizeOperators() {}

    static void addTo(Operators table) {
        table.one("Upsample", 1, call -> scaled(call, new double[] {1, 1, factor(call, "height_scale"),
                factor(call, "width_scale")}));
        table.one("Upsample", 7, call -> scaled(call, call.numbers("scales")
                .orElseThrow(() -> call.wrong("attribute 'scales' is missing"))));
        table.one("Upsample", 9, call -> scaled(call, numbers(call, 1)), 1);
        table.one("Resize", 10, call -> scaled(call, numbers(call, 1)), 1);
        table.one("Resize", 11, ResizeOperators::resized, 1, 2, 3);
    }

    private static double factor(Call call, String name) {
        if (!call.hasAttribute(name)) {
            throw call.wrong("attribute '" + name + "' is missing");
        }
        return call.number(name, 1);
    }

    private static double[] numbers(Call call, int position) {
        return call.value(position).cast(DType.FLOAT64).toDoubleArray();
    }

    /** The numbers of an input that may be left out, which an empty tensor stands for too. */
    private static Optional<double[]> maybeNumbers(Call call, int position) {
        return isEmpty(call, position) ? Optional.empty() : Optional.of(numbers(call, position));
    }

    private static boolean isEmpty(Call call, int position) {
        return call.maybe(position).map(x -> x.shape().elementCount().isConstant(0)).orElse(true);
    }

    /** A tensor whose every axis has a factor; positions are counted from the beginning of an axis. */
    private static Tensor scaled(Call call, double[] scales) {
        ResizeAxis.Way way = switch (call.text("mode", "nearest")) {
            case "nearest" -> new ResizeAxis.Nearest(ResizeAxis.Rounding.FLOOR);
            case "linear", "bilinear" -> new ResizeAxis.Linear(false);
            case String other -> throw call.wrong("mode must be nearest or linear, not '" + other + "'");
        };
        ResizeAxis plain = new ResizeAxis(call, way, ResizeAxis.Coordinates.ASYMMETRIC, false, 0);
        return along(call, plain, every(call), scales, Optional.empty(), Optional.empty());
    }

    private static int[] every(Call call) {
        return Axes.range(0, call.input(0).rank());
    }

    private static Tensor resized(Call call) {
        Tensor x = call.input(0);
        int[] axes = call.integers("axes").map(given -> call.axes(given, x.rank())).orElse(every(call));
        if (Arrays.stream(axes).distinct().count() != axes.length) {
            throw call.wrong("axes must differ, not " + Arrays.toString(axes));
        }
        boolean antialias = call.flag("antialias", false);
        ResizeAxis.Way way = switch (call.text("mode", "nearest")) {
            case "nearest" -> new ResizeAxis.Nearest(ResizeAxis.Rounding.of(call,
                    call.text("nearest_mode", "round_prefer_floor")));
            case "linear" -> new ResizeAxis.Linear(antialias);
            case "cubic" -> new ResizeAxis.Cubic(antialias, call.number("cubic_coeff_a", -0.75));
            case String other -> throw call.wrong("mode must be nearest, linear or cubic, not '" + other + "'");
        };
        if (antialias && way instanceof ResizeAxis.Nearest) {
            throw call.wrong("antialias needs the mode linear or cubic");
        }
        ResizeAxis.Coordinates coordinates = ResizeAxis.Coordinates.of(call,
                call.text("coordinate_transformation_mode", "half_pixel"));
        ResizeAxis rule = new ResizeAxis(call, way, coordinates, call.flag("exclude_outside", false),
                call.number("extrapolation_value", 0));
        Optional<double[]> roi = coordinates == ResizeAxis.Coordinates.TF_CROP_AND_RESIZE
                ? Optional.of(maybeNumbers(call, 1).orElseThrow(() -> call.wrong(
                        "coordinate_transformation_mode tf_crop_and_resize needs input 1, the region")))
                : Optional.empty();
        roi.filter(given -> given.length != 2 * axes.length).ifPresent(given -> {
            throw call.wrong("the region must have 2 numbers for each of " + axes.length + " axes, not "
                    + given.length);
        });
        Optional<double[]> scales = maybeNumbers(call, 2);
        if (scales.isPresent() == !isEmpty(call, 3)) {
            throw call.wrong("either scales or sizes must be given, the other one left out or empty");
        }
        return scales.isPresent() ? along(call, rule, axes, scales.get(), Optional.empty(), roi)
                : toSizes(call, rule, axes, roi);
    }

    private static Tensor toSizes(Call call, ResizeAxis rule, int[] axes, Optional<double[]> roi) {
        Tensor x = call.input(0);
        List<Dim> sizes = call.sizes(3).dims();
        if (sizes.size() != axes.length) {
            throw call.wrong("sizes must be " + axes.length + " sizes, one for each axis, not " + sizes.size());
        }
        String policy = call.text("keep_aspect_ratio_policy", "stretch");
        if (!List.of("stretch", "not_larger", "not_smaller").contains(policy)) {
            throw call.wrong("keep_aspect_ratio_policy must be stretch, not_larger or not_smaller, not '" + policy
                    + "'");
        }
        double[] scales = new double[axes.length];
        for (int i = 0; i < axes.length; i++) {
            Dim from = x.dim(axes[i]);
            Dim to = sizes.get(i);
            boolean isKnown = from.isConstant() && to.isConstant();
            if (!isKnown && !from.equals(to)) {
                throw call.unsupported("sizes need an input of known sizes along axis " + axes[i] + ", not "
                        + x.shape());
            }
            scales[i] = from.equals(to) ? 1 : (double) to.constant() / from.constant();
        }
        if (policy.equals("stretch")) {
            return along(call, rule, axes, scales, Optional.of(sizes), roi);
        }
        double scale = policy.equals("not_larger") ? Arrays.stream(scales).min().orElse(1)
                : Arrays.stream(scales).max().orElse(1);
        List<Dim> rounded = new ArrayList<>();
        for (int axis : axes) {
            Dim from = x.dim(axis);
            if (!from.isConstant() && scale != 1) {
                throw call.unsupported("keep_aspect_ratio_policy needs an input of known sizes, not " + x.shape());
            }
            rounded.add(scale == 1 ? from : Dim.of((long) (scale * from.constant() + 0.5)));
        }
        Arrays.fill(scales, scale);
        return along(call, rule, axes, scales, Optional.of(rounded), roi);
    }

    /**
     * The input resized along axes.
     *
     * @param sizes those of the result, where they do not follow from the factors
     * @param roi   the begins of the region along the axes, then its ends
     */
    private static Tensor along(Call call, ResizeAxis rule, int[] axes, double[] scales, Optional<List<Dim>> sizes,
            Optional<double[]> roi) {
        Tensor x = call.input(0);
        if (scales.length != axes.length) {
            throw call.wrong("scales must be " + axes.length + " factors, one for each axis of "
                    + x.shape() + ", not " + scales.length);
        }
        boolean isComputed = !rule.isNearest()
                && (roi.isPresent() || Arrays.stream(scales).anyMatch(scale -> scale != 1));
        DType dtype = x.dtype();
        DType wide = dtype.isFloat() ? Axes.computed(dtype) : DType.FLOAT64;
        Tensor result = isComputed ? Axes.cast(x, wide) : x;
        for (int i = 0; i < axes.length; i++) {
            double begin = roi.isPresent() ? roi.get()[i] : 0;
            double end = roi.isPresent() ? roi.get()[axes.length + i] : 1;
            if (!(scales[i] > 0) || Double.isInfinite(scales[i])) {
                if (sizes.isPresent() && x.dim(axes[i]).isConstant() && sizes.get().get(i).isConstant(0)) {
                    result = nothing(result, axes[i]);
                    continue;
                }
                throw call.wrong("axis " + axes[i] + " of " + x.shape() + " cannot be resized by " + scales[i]);
            }
            Optional<Dim> size = sizes.isPresent() ? Optional.of(sizes.get().get(i)) : Optional.empty();
            result = rule.resized(result, axes[i], scales[i], size, begin, end);
        }
        return isComputed ? narrowed(result, dtype) : result;
    }

    private static Tensor nothing(Tensor x, int axis) {
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.set(axis, Dim.ZERO);
        return x.graph().tensor(Ops.zeros(x.dtype(), new Shape(dims)));
    }

    /** Computed numbers in the dtype of the input: integers are rounded and held in range. */
    private static Tensor narrowed(Tensor x, DType dtype) {
        if (dtype.isFloat()) {
            return Axes.cast(x, dtype);
        }
        if (dtype == DType.BOOL) {
            return Ops.notEqual(x, Ops.zerosLike(x));
        }
        Tensor rounded = Ops.round(x);
        return Ops.cast(Ops.clipByValue(rounded, dtype.lowest(), dtype.largest()), dtype);
    }

    /** Indices as a constant. */
    static Tensor constant(Call call, long[] values, long... sizes) {
        return call.graph().constant(NDArray.of(values, sizes));
    }
}
