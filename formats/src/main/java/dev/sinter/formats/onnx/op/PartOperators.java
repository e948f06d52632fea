package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.PadMode;
import dev.sinter.graph.StridedSliceMasks;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Slices and padding. */
final class PartOperators {
    /** How many elements an axis that is padded with its own has, and gets on one side, at most. */
    private static final long MOST_PLACES = 1 << 24;

    private PartOperators() {}

    static void addTo(Operators table) {
        table.one("Slice", 1, PartOperators::sliceOfAttributes);
        table.one("Slice", 10, PartOperators::slice, 1, 2, 3, 4);
        table.one("Pad", 1, call -> pad(call, call.integersOf("pads"), all(call)));
        table.one("Pad", 11, call -> pad(call, call.integers(1), call.has(3)
                ? call.axes(call.integers(3), call.input(0).rank()) : all(call)), 1, 3);
    }

    private static int[] all(Call call) {
        return IntStream.range(0, call.input(0).rank()).toArray();
    }

    private static Tensor sliceOfAttributes(Call call) {
        Tensor x = call.input(0);
        long[] starts = call.integersOf("starts");
        long[] ends = call.integersOf("ends");
        int[] axes = call.integers("axes").map(some -> call.axes(some, x.rank()))
                .orElseGet(() -> IntStream.range(0, starts.length).toArray());
        long[] steps = LongStream.generate(() -> 1).limit(starts.length).toArray();
        return sliced(call, x, starts, ends, axes, steps);
    }

    private static Tensor slice(Call call) {
        Tensor x = call.input(0);
        Optional<NDArray> starts = call.maybeValue(1);
        Optional<NDArray> ends = call.maybeValue(2);
        if (call.input(1).rank() != 1 || !call.input(1).dim(0).isConstant()) {
            throw call.wrong("starts must be a vector of a known size, not " + call.input(1).dtype()
                    + call.input(1).shape());
        }
        int count = (int) call.input(1).dim(0).constant();
        int[] axes = call.has(3) ? call.axes(call.integers(3), x.rank()) : IntStream.range(0, count).toArray();
        long[] steps = call.has(4) ? call.integers(4) : LongStream.generate(() -> 1).limit(count).toArray();
        if (starts.isPresent() && ends.isPresent()) {
            return sliced(call, x, call.integers(1), call.integers(2), axes, steps);
        }
        return slicedBySizes(call, x, call.sizes(1).dims(), call.sizes(2).dims(), axes, steps);
    }

    private static Tensor sliced(Call call, Tensor x, long[] starts, long[] ends, int[] axes, long[] steps) {
        if (ends.length != starts.length || axes.length != starts.length || steps.length != starts.length) {
            throw call.wrong("starts, ends, axes and steps differ in length: " + starts.length + ", " + ends.length
                    + ", " + axes.length + ", " + steps.length);
        }
        long[] begin = new long[x.rank()];
        long[] end = new long[x.rank()];
        long[] step = new long[x.rank()];
        int beginMask = 0;
        int endMask = 0;
        for (int axis = 0; axis < x.rank(); axis++) {
            step[axis] = 1;
            beginMask |= 1 << axis;
            endMask |= 1 << axis;
        }
        for (int i = 0; i < axes.length; i++) {
            int axis = axes[i];
            if (steps[i] == 0) {
                throw call.wrong("the step of axis " + axis + " is 0");
            }
            begin[axis] = starts[i];
            end[axis] = ends[i];
            step[axis] = steps[i];
            beginMask &= ~(1 << axis);
            endMask &= ~(1 << axis);
            boolean whole = steps[i] > 0 ? ends[i] >= Integer.MAX_VALUE : ends[i] <= Integer.MIN_VALUE + 1L;
            if (whole) {
                endMask |= 1 << axis;
            }
            if (steps[i] < 0 && starts[i] >= Integer.MAX_VALUE || steps[i] > 0 && starts[i] <= Integer.MIN_VALUE + 1L) {
                beginMask |= 1 << axis;
            }
        }
        return Ops.stridedSlice(x, begin, end, step,
                new StridedSliceMasks(beginMask, endMask, 0, 0, 0));
    }

    /** Slices in steps of 1 whose ends are computed of sizes. */
    private static Tensor slicedBySizes(Call call, Tensor x, List<Dim> starts, List<Dim> ends, int[] axes,
            long[] steps) {
        if (Arrays.stream(steps).anyMatch(step -> step != 1)) {
            throw call.unsupported("a slice between sizes of tensors must have steps of 1");
        }
        if (starts.size() != axes.length || ends.size() != axes.length || steps.length != axes.length) {
            throw call.wrong("starts, ends, axes and steps differ in length: " + starts.size() + ", " + ends.size()
                    + ", " + axes.length + ", " + steps.length);
        }
        List<Dim> first = new ArrayList<>();
        List<Dim> lengths = new ArrayList<>();
        for (int i = 0; i < axes.length; i++) {
            Dim size = x.dim(axes[i]);
            Dim start = moved(starts.get(i), size);
            Dim length = moved(ends.get(i), size).minus(start);
            first.add(start);
            lengths.add(length.isNeverNegative() ? length : length.max(Dim.ZERO));
        }
        return box(call, x, first, lengths, axes);
    }

    /** The elements between places along some axes, which lie inside. */
    static Tensor inside(Call call) {
        Tensor x = call.input(0);
        int[] axes = call.axes(call.integers(3), x.rank());
        List<Dim> starts = call.sizes(1).dims();
        List<Dim> ends = call.sizes(2).dims();
        if (starts.size() != axes.length || ends.size() != axes.length) {
            throw call.wrong("starts, ends and axes differ in length: " + starts.size() + ", " + ends.size() + ", "
                    + axes.length);
        }
        List<Dim> lengths = IntStream.range(0, axes.length).mapToObj(i -> ends.get(i).minus(starts.get(i))).toList();
        return box(call, x, starts, SourceOperators.checked(call, new Shape(lengths)).dims(), axes);
    }

    /** The elements from places on, as many as lengths say, along some axes; more than there are fail the run. */
    static Tensor box(Call call, Tensor x, List<Dim> starts, List<Dim> lengths, int[] axes) {
        List<Dim> first = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
        List<Dim> box = new ArrayList<>(x.shape().dims());
        for (int i = 0; i < axes.length; i++) {
            first.set(axes[i], starts.get(i));
            box.set(axes[i], lengths.get(i));
        }
        return Ops.dynamicSlice(x, first.stream().map(dim -> Axes.size(call, dim)).toList(), new Shape(box));
    }

    /** A position that counts from the end where it is negative, moved inside. */
    private static Dim moved(Dim position, Dim size) {
        if (position.isConstant()) {
            return position.constant() < 0 ? size.plus(position.constant()).max(Dim.ZERO)
                    : position.constant() >= Integer.MAX_VALUE ? size : position.min(size);
        }
        if (!position.isNeverNegative()) {
            Dim isNegative = Dim.ZERO.minus(position).max(Dim.ZERO).min(Dim.ONE);
            return position.plus(size.times(isNegative)).max(Dim.ZERO).min(size);
        }
        return position.equals(size) ? size : position.min(size);
    }

    private static Tensor pad(Call call, long[] pads, int[] axes) {
        Tensor x = call.input(0);
        if (pads.length != 2 * axes.length) {
            throw call.wrong(pads.length + " pads are given for " + axes.length + " axes");
        }
        long[][] paddings = new long[x.rank()][2];
        long[] begin = new long[x.rank()];
        long[] end = new long[x.rank()];
        Arrays.fill(end, Long.MAX_VALUE);
        boolean cut = false;
        for (int i = 0; i < axes.length; i++) {
            long low = pads[i];
            long high = pads[i + axes.length];
            paddings[axes[i]] = new long[] {Math.max(0, low), Math.max(0, high)};
            begin[axes[i]] = Math.max(0, -low);
            if (high < 0) {
                end[axes[i]] = high;
            }
            cut |= low < 0 || high < 0;
        }
        Tensor rest = cut ? sliced(call, x, begin, end, IntStream.range(0, x.rank()).toArray(),
                LongStream.generate(() -> 1).limit(x.rank()).toArray()) : x;
        return switch (call.text("mode", "constant")) {
            case "constant" -> constantPad(call, rest, paddings);
            case "reflect" -> gathered(call, rest, paddings, PadMode.REFLECT);
            case "edge" -> gathered(call, rest, paddings, PadMode.SYMMETRIC);
            case "wrap" -> gathered(call, rest, paddings, PadMode.CONSTANT);
            case String other -> throw call.wrong("mode must be constant, reflect, edge or wrap, not " + other);
        };
    }

    private static Tensor constantPad(Call call, Tensor x, long[][] paddings) {
        if (!call.has(2) || call.version() < 11) {
            return padded(x, paddings, call.version() < 11 ? call.number("value", 0) : 0);
        }
        Optional<NDArray> value = call.maybeValue(2);
        if (value.isPresent() && (x.dtype().isFloat() || Math.abs(value.get().getDouble(0)) < 1L << 52)) {
            return padded(x, paddings, value.get().getDouble(0));
        }
        Tensor inside = Ops.pad(Ops.cast(Ops.onesLike(x), DType.BOOL), paddings);
        return Ops.where(inside, Ops.pad(x, paddings), ControlOperators.single(call.input(2)));
    }

    private static Tensor padded(Tensor x, long[][] paddings, double value) {
        return x.dtype() == DType.BOOL ? Ops.cast(Ops.pad(Ops.cast(x, DType.UINT8), paddings, value), DType.BOOL)
                : Ops.pad(x, paddings, value);
    }

    /** Padding with elements of the tensor: mirrored, the outermost (SYMMETRIC), or around again (CONSTANT). */
    private static Tensor gathered(Call call, Tensor x, long[][] paddings, PadMode mode) {
        Tensor result = x;
        for (int axis = 0; axis < x.rank(); axis++) {
            long low = paddings[axis][0];
            long high = paddings[axis][1];
            if (low == 0 && high == 0) {
                continue;
            }
            if (!x.dim(axis).isConstant() && mode == PadMode.REFLECT) {
                long[][] one = new long[x.rank()][2];
                one[axis] = paddings[axis];
                result = Ops.pad(result, one, PadMode.REFLECT);
                continue;
            }
            if (!x.dim(axis).isConstant() || x.dim(axis).constant() == 0) {
                throw call.unsupported("axis " + axis + " must have a known size other than 0 to be padded with its"
                        + " elements");
            }
            long size = x.dim(axis).constant();
            if (low > MOST_PLACES || high > MOST_PLACES || size > MOST_PLACES) {
                throw call.unsupported("axis " + axis + " of " + size + " elements cannot be padded with " + low
                        + " and " + high + " of them; each of these may be " + MOST_PLACES);
            }
            long[] places = LongStream.range(-low, size + high).map(place -> switch (mode) {
                case REFLECT -> size == 1 ? 0 : mirrored(Math.floorMod(place, 2 * (size - 1)), size);
                case SYMMETRIC -> Math.clamp(place, 0, size - 1);
                case CONSTANT -> Math.floorMod(place, size);
            }).toArray();
            result = Ops.gather(result, LayoutOperators.vector(call, places), axis);
        }
        return result;
    }

    private static long mirrored(long place, long size) {
        return place < size ? place : 2 * (size - 1) - place;
    }
}
