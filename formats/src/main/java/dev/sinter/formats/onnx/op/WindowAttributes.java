package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowOptions;
import dev.sinter.graph.WindowOptions.Padding;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * How the windows of a node slide over the axes behind batch and channels: one entry an axis.
 *
 * @param before what is added before an axis where nothing is added automatically
 * @param after  what is added behind it
 * @param isCeil whether a last window that is not full counts
 */
record WindowAttributes(List<Long> sizes, List<Long> strides, List<Long> dilations, List<Long> before,
        List<Long> after, Auto auto, boolean isCeil) {
    /** What is added automatically. */
    enum Auto { NOTSET, VALID, SAME_UPPER, SAME_LOWER }

    /** The attributes of a pooling node of a tensor. */
    static WindowAttributes pooling(Call call, Tensor x) {
        return of(call, x, Arrays.stream(call.integersOf("kernel_shape")).boxed().toList());
    }

    /** The attributes of the convolution of a tensor with a filter {@code [out, in, size...]}. */
    static WindowAttributes convolution(Call call, Tensor x, Tensor filter) {
        if (filter.rank() != x.rank()) {
            throw call.wrong("the weights must have as many axes as the input, " + x.rank() + ", not "
                    + filter.rank());
        }
        List<Long> sizes = new ArrayList<>();
        for (int axis = 2; axis < filter.rank(); axis++) {
            if (!filter.dim(axis).isConstant()) {
                throw call.unsupported("the weights must have known sizes along spatial axes, not " + filter.shape());
            }
            sizes.add(filter.dim(axis).constant());
        }
        call.integers("kernel_shape").map(given -> Arrays.stream(given).boxed().toList())
                .filter(given -> !given.equals(sizes)).ifPresent(given -> {
                    throw call.wrong("kernel_shape is " + given + ", and the weights have " + sizes);
                });
        return of(call, x, sizes);
    }

    private static WindowAttributes of(Call call, Tensor x, List<Long> sizes) {
        int axes = x.rank() - 2;
        if (axes < 1) {
            throw call.wrong("the input needs batch, channels and spatial axes, not " + x.rank() + " axes");
        }
        String auto = call.text("auto_pad", "NOTSET");
        if (Arrays.stream(Auto.values()).map(Auto::name).noneMatch(auto::equals)) {
            throw call.wrong("auto_pad must be one of " + Arrays.toString(Auto.values()) + ", not '" + auto + "'");
        }
        checked(call, "kernel_shape", sizes, axes, 1);
        List<Long> pads = list(call, "pads", 2 * axes, 0);
        return new WindowAttributes(sizes, list(call, "strides", axes, 1), list(call, "dilations", axes, 1),
                pads.subList(0, axes), pads.subList(axes, 2 * axes), Auto.valueOf(auto),
                call.flag("ceil_mode", false));
    }

    private static List<Long> list(Call call, String name, int count, long least) {
        List<Long> entries = call.integers(name).map(given -> Arrays.stream(given).boxed().toList())
                .orElse(Collections.nCopies(count, least));
        checked(call, name, entries, count, least);
        return entries;
    }

    private static void checked(Call call, String name, List<Long> entries, int count, long least) {
        if (entries.size() != count || entries.stream().anyMatch(entry -> entry < least)) {
            throw call.wrong(name + " must be " + count + " numbers that are at least " + least + ", not " + entries);
        }
    }

    int axes() {
        return sizes.size();
    }

    /** From the first element of a window to its last one. */
    Dim reach(int axis) {
        return Dim.of(sizes.get(axis)).minus(1).times(dilations.get(axis)).plus(1);
    }

    /** How many elements a window has. */
    double elements() {
        return sizes.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
    }

    /** The options for an input, channels first. */
    WindowOptions options(Call call, Tensor x) {
        return new WindowOptions(padding(call, x), strides, dilations, 1, true);
    }

    private Padding padding(Call call, Tensor x) {
        return switch (auto) {
            case VALID -> isCeil ? ceil(call, x, zeros(), zeros()) : new Padding.Valid();
            case SAME_UPPER -> new Padding.Same();
            case SAME_LOWER -> lower(call, x);
            case NOTSET -> isCeil ? ceil(call, x, before, after) : explicit(before, after);
        };
    }

    private List<Long> zeros() {
        return Collections.nCopies(axes(), 0L);
    }

    private static Padding explicit(List<Long> before, List<Long> after) {
        boolean isNothing = before.stream().allMatch(amount -> amount == 0)
                && after.stream().allMatch(amount -> amount == 0);
        return isNothing ? new Padding.Valid() : new Padding.Explicit(before, after);
    }

    /** As much as makes as many windows as {@code SAME_UPPER}, an odd element before. */
    private Padding lower(Call call, Tensor x) {
        List<Long> low = new ArrayList<>();
        List<Long> high = new ArrayList<>();
        for (int axis = 0; axis < axes(); axis++) {
            Dim length = x.dim(axis + 2);
            long stride = strides.get(axis);
            Dim total = stride == 1 ? reach(axis).minus(1) : length.ceilDiv(stride).minus(1).times(stride)
                    .plus(reach(axis)).minus(length).max(Dim.ZERO);
            if (!total.isConstant()) {
                throw call.unsupported("auto_pad SAME_LOWER with strides needs known sizes, not " + x.shape());
            }
            low.add(total.constant() - total.constant() / 2);
            high.add(total.constant() / 2);
        }
        return explicit(low, high);
    }

    /** Padding that makes the last window of each axis full, unless it would begin behind the input. */
    private Padding ceil(Call call, Tensor x, List<Long> low, List<Long> high) {
        List<Long> enough = new ArrayList<>();
        for (int axis = 0; axis < axes(); axis++) {
            Dim length = x.dim(axis + 2).plus(low.get(axis));
            long stride = strides.get(axis);
            Dim reach = reach(axis);
            if (length.isConstant()) {
                Dim count = length.plus(high.get(axis)).minus(reach).ceilDiv(stride).plus(1);
                Dim last = count.minus(1).times(stride);
                if (last.constant() >= length.constant()) {
                    last = last.minus(stride);
                }
                enough.add(Math.max(0, last.plus(reach).minus(length).constant()));
            } else if (reach.minus(high.get(axis)).minus(stride - 1).constant() > 0) {
                enough.add(Math.addExact(high.get(axis), stride - 1));
            } else {
                throw call.unsupported("ceil_mode with strides and padding beyond the window needs known sizes, not "
                        + x.shape());
            }
        }
        return explicit(low, enough);
    }
}
