package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowOptions;
import dev.sinter.graph.WindowOptions.Padding;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Convolutions. */
final class ConvOperators {
    private ConvOperators() {}

    static void addTo(Operators table) {
        table.one("Conv", ConvOperators::convolution);
        table.one("ConvInteger", call -> convolved(call,
                QuantizedOperators.offset(call, call.input(0), call.maybe(2), 0),
                QuantizedOperators.offset(call, call.input(1), call.maybe(3), 0)));
        table.one("ConvTranspose", ConvOperators::transposed);
    }

    private static Tensor convolution(Call call) {
        Tensor result = convolved(call, call.input(0), call.input(1));
        return call.maybe(2).map(bias -> Nn.biasAdd(result, bias, true)).orElse(result);
    }

    /** The convolution of a tensor and a filter, without the bias. */
    static Tensor convolved(Call call, Tensor given, Tensor filter) {
        WindowAttributes windows = WindowAttributes.convolution(call, given, filter);
        WindowOptions options = windows.options(call, given);
        long groups = groups(call);
        Tensor x = Axes.ensured(given, 1, filter.dim(1).times(groups));
        Dim out = filter.dim(0);
        boolean isDepthwise = groups > 1 && filter.dim(1).isConstant(1) && x.dim(1).isConstant(groups)
                && out.mod(Dim.of(groups)).isConstant(0);
        if (isDepthwise) {
            List<Dim> dims = new ArrayList<>(filter.shape().dims());
            dims.set(0, Dim.of(groups));
            dims.set(1, out.floorDiv(groups));
            int[] order = IntStream.concat(IntStream.range(2, filter.rank()), IntStream.of(0, 1)).toArray();
            return Nn.depthwiseConv2d(x, Ops.transpose(Ops.reshape(filter, new Shape(dims)), order), options);
        }
        return Nn.convolution(x, spatialFirst(filter), options.withGroups(groups));
    }

    static long groups(Call call) {
        long groups = call.integer("group", 1);
        if (groups < 1) {
            throw call.wrong("group must be at least 1, not " + groups);
        }
        return groups;
    }

    /** Weights {@code [a, b, size...]} as {@code [size..., b, a]}. */
    static Tensor spatialFirst(Tensor filter) {
        return Ops.transpose(filter, IntStream.concat(IntStream.range(2, filter.rank()), IntStream.of(1, 0))
                .toArray());
    }

    private static Tensor transposed(Call call) {
        Tensor filter = call.input(1);
        WindowAttributes windows = WindowAttributes.convolution(call, call.input(0), filter);
        Tensor x = Axes.ensured(call.input(0), 1, filter.dim(0));
        int axes = windows.axes();
        List<Long> more = perAxis(call, "output_padding", axes);
        List<Long> low = new ArrayList<>();
        List<Long> high = new ArrayList<>();
        List<Dim> dims = new ArrayList<>(List.of(Dim.UNKNOWN, Dim.UNKNOWN));
        List<Dim> lengths = lengths(call, x, windows, more);
        for (int axis = 0; axis < axes; axis++) {
            Dim whole = x.dim(axis + 2).minus(1).times(windows.strides().get(axis)).plus(windows.reach(axis))
                    .plus(more.get(axis));
            Dim total = whole.minus(lengths.get(axis));
            if (windows.auto() == WindowAttributes.Auto.NOTSET && !call.hasAttribute("output_shape")) {
                low.add(windows.before().get(axis));
                high.add(windows.after().get(axis));
            } else if (total.isConstant()) {
                long amount = Math.max(0, total.constant());
                boolean isUpper = windows.auto() == WindowAttributes.Auto.SAME_UPPER;
                low.add(isUpper ? amount / 2 : amount - amount / 2);
                high.add(amount - low.getLast());
            } else {
                throw call.unsupported("output_shape needs an input of known sizes, not " + x.shape());
            }
            dims.add(lengths.get(axis));
        }
        WindowOptions options = new WindowOptions(new Padding.Explicit(low, high), windows.strides(),
                windows.dilations(), groups(call), true);
        Tensor result = Nn.convolutionTranspose(x, spatialFirst(filter), new Shape(dims), options);
        return call.maybe(2).map(bias -> Nn.biasAdd(result, bias, true)).orElse(result);
    }

    private static List<Long> perAxis(Call call, String name, int axes) {
        List<Long> entries = call.integers(name).map(given -> Arrays.stream(given).boxed().toList())
                .orElse(Collections.nCopies(axes, 0L));
        if (entries.size() != axes || entries.stream().anyMatch(entry -> entry < 0)) {
            throw call.wrong(name + " must be " + axes + " numbers that are at least 0, not " + entries);
        }
        return entries;
    }

    /** The sizes of the result of a transposed convolution along spatial axes. */
    private static List<Dim> lengths(Call call, Tensor x, WindowAttributes windows, List<Long> more) {
        int axes = windows.axes();
        if (call.hasAttribute("output_shape")) {
            List<Long> given = Arrays.stream(call.integersOf("output_shape")).boxed().toList();
            if (given.size() == axes + 2) {
                given = given.subList(2, axes + 2);
            }
            if (given.size() != axes || given.stream().anyMatch(size -> size < 1)) {
                throw call.wrong("output_shape must be " + axes + " sizes that are at least 1, not " + given);
            }
            return given.stream().map(Dim::of).toList();
        }
        List<Dim> lengths = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            long stride = windows.strides().get(axis);
            Dim count = x.dim(axis + 2);
            Dim whole = count.minus(1).times(stride).plus(windows.reach(axis)).plus(more.get(axis));
            lengths.add(switch (windows.auto()) {
                case NOTSET -> whole.minus(windows.before().get(axis)).minus(windows.after().get(axis));
                case VALID -> whole;
                case SAME_UPPER, SAME_LOWER -> count.times(stride);
            });
        }
        return lengths;
    }
}
