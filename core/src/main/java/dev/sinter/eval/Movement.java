package dev.sinter.eval;

import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Pad;
import dev.sinter.op.Reverse;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.SymbolBindings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/** The ops that only move elements: each gathers from, or scatters to, places on a strided grid. */
final class Movement {
    private Movement() {}

    static NDArray broadcast(Broadcast op, NDArray operand, long[] sizes) {
        long[] strides = new long[sizes.length];
        long[] from = Walk.strides(operand.sizes());
        for (int axis = 0; axis < operand.rank(); axis++) {
            int to = op.axes().get(axis);
            if (operand.size(axis) == sizes[to]) {
                strides[to] = from[axis];
            } else if (operand.size(axis) != 1) {
                throw new GraphException("broadcast: axis " + axis + " of size " + operand.size(axis)
                        + " cannot stretch to " + sizes[to]);
            }
        }
        return gather(operand, sizes, 0, strides);
    }

    static NDArray transpose(Transpose op, NDArray operand, long[] sizes) {
        long[] from = Walk.strides(operand.sizes());
        long[] strides = op.permutation().stream().mapToLong(axis -> from[axis]).toArray();
        return gather(operand, sizes, 0, strides);
    }

    static NDArray reverse(Reverse op, NDArray operand) {
        long[] strides = Walk.strides(operand.sizes());
        long offset = 0;
        for (int axis : op.axes()) {
            offset += strides[axis] * (operand.size(axis) - 1);
            strides[axis] = -strides[axis];
        }
        return gather(operand, operand.sizes(), offset, strides);
    }

    static NDArray slice(Slice op, NDArray operand, long[] sizes, SymbolBindings symbols) {
        long[] strides = Walk.strides(operand.sizes());
        long offset = 0;
        for (int axis = 0; axis < operand.rank(); axis++) {
            long start = symbols.evaluate(op.starts().get(axis));
            long stride = op.strides().get(axis);
            long last = start + (sizes[axis] - 1) * stride;
            if (sizes[axis] < 0 || sizes[axis] > 0 && (start < 0 || last >= operand.size(axis))) {
                throw new GraphException("slice: " + op.starts().get(axis) + ":" + op.limits().get(axis) + ":"
                        + stride + " does not lie in axis " + axis + " of size " + operand.size(axis));
            }
            offset += start * strides[axis];
            strides[axis] *= stride;
        }
        return gather(operand, sizes, offset, strides);
    }

    static NDArray windows(Windows op, NDArray operand, long[] sizes) {
        long[] strides = Arrays.copyOf(Walk.strides(operand.sizes()), sizes.length);
        for (int i = 0; i < op.windows().size(); i++) {
            Windows.Window window = op.windows().get(i);
            strides[operand.rank() + i] = strides[window.axis()] * window.dilation();
            strides[window.axis()] *= window.stride();
        }
        return gather(operand, sizes, 0, strides);
    }

    static NDArray dynamicSlice(NDArray operand, List<NDArray> starts, long[] sizes) {
        return gather(operand, sizes, start(operand, starts, sizes), Walk.strides(operand.sizes()));
    }

    static NDArray dynamicUpdateSlice(NDArray operand, NDArray update, List<NDArray> starts) {
        NDArray result = copy(operand);
        long offset = start(operand, starts, update.sizes());
        scatter(update, result, offset, Walk.strides(operand.sizes()));
        return result;
    }

    /** The place of a box whose starts are clamped so that it lies inside. */
    private static long start(NDArray operand, List<NDArray> starts, long[] box) {
        long[] strides = Walk.strides(operand.sizes());
        long offset = 0;
        for (int axis = 0; axis < operand.rank(); axis++) {
            long room = operand.size(axis) - box[axis];
            if (room < 0) {
                throw new GraphException("a box of size " + box[axis] + " is larger than axis " + axis + " of size "
                        + operand.size(axis));
            }
            offset += strides[axis] * Math.clamp(starts.get(axis).getLong(0), 0L, room);
        }
        return offset;
    }

    static NDArray pad(Pad op, NDArray operand, NDArray value, long[] sizes, SymbolBindings symbols) {
        NDArray result = NDArray.zeros(operand.dtype(), sizes);
        for (long i = 0; i < result.elementCount(); i++) {
            copyElement(value, 0, result, i);
        }
        long[] strides = Walk.strides(sizes);
        long offset = 0;
        for (int axis = 0; axis < operand.rank(); axis++) {
            long low = symbols.evaluate(op.low().get(axis));
            long high = symbols.evaluate(op.high().get(axis));
            if (low < 0 || high < 0) {
                throw new GraphException("pad: negative padding " + low + ", " + high + " along axis " + axis);
            }
            offset += low * strides[axis];
            strides[axis] *= op.interior().get(axis) + 1;
        }
        scatter(operand, result, offset, strides);
        return result;
    }

    static NDArray concat(Concat op, List<NDArray> operands, long[] sizes) {
        NDArray result = NDArray.zeros(operands.getFirst().dtype(), sizes);
        long[] strides = Walk.strides(sizes);
        long at = 0;
        for (NDArray operand : operands) {
            scatter(operand, result, at * strides[op.axis()], strides);
            at += operand.size(op.axis());
        }
        return result;
    }

    /** The same elements under other sizes. */
    static NDArray reshape(NDArray operand, long[] sizes) {
        long count = 1;
        for (long size : sizes) {
            count = Math.multiplyExact(count, size);
        }
        if (count != operand.elementCount()) {
            throw new GraphException("reshape: " + Arrays.toString(operand.sizes()) + " has "
                    + operand.elementCount() + " elements, " + Arrays.toString(sizes) + " has " + count);
        }
        return gather(operand, sizes, 0, Walk.strides(sizes));
    }

    /** The same bits as elements of another dtype, which is as wide. */
    static NDArray bits(NDArray operand, DType dtype) {
        NDArray result = NDArray.zeros(dtype, operand.sizes());
        MemorySegment.copy(operand.segment(), 0, result.segment(), 0, operand.elementCount() * dtype.bytes());
        return result;
    }

    static NDArray copy(NDArray operand) {
        return reshape(operand, operand.sizes());
    }

    private static NDArray gather(NDArray from, long[] sizes, long offset, long[] strides) {
        NDArray result = NDArray.zeros(from.dtype(), sizes);
        if (sizes.length == 0) {
            copyElement(from, offset, result, 0);
            return result;
        }
        if (result.elementCount() == 0) {
            return result;
        }
        int inner = sizes.length - 1;
        Walk.over(Arrays.copyOf(sizes, inner), offset, Arrays.copyOf(strides, inner), (row, place) ->
                gatherRow(from.segment(), place, strides[inner], result.segment(), row * sizes[inner], sizes[inner],
                        from.dtype().bytes()));
        return result;
    }

    /** Elements at equal distances, side by side. */
    private static void gatherRow(MemorySegment from, long place, long stride, MemorySegment to, long first, long count,
            int bytes) {
        switch (bytes) {
            case Integer.BYTES -> {
                for (long i = 0; i < count; i++) {
                    to.setAtIndex(ValueLayout.JAVA_INT, first + i, from.getAtIndex(ValueLayout.JAVA_INT,
                            place + i * stride));
                }
            }
            default -> {
                for (long i = 0; i < count; i++) {
                    MemorySegment.copy(from, (place + i * stride) * bytes, to, (first + i) * bytes, bytes);
                }
            }
        }
    }

    private static void scatter(NDArray from, NDArray to, long offset, long[] strides) {
        Walk.over(from.sizes(), offset, strides, (element, place) -> copyElement(from, element, to, place));
    }

    private static void copyElement(NDArray from, long i, NDArray to, long j) {
        int bytes = from.dtype().bytes();
        MemorySegment.copy(from.segment(), i * bytes, to.segment(), j * bytes, bytes);
    }
}
