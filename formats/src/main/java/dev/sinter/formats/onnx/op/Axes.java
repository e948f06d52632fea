package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Debugging;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Lists of axes, and tensors laid along them. */
final class Axes {
    private Axes() {}

    /** The axes from one to before another. */
    static int[] range(int from, int to) {
        return IntStream.range(from, to).toArray();
    }

    /** A tensor with axes of size 1 added at the end, as many as an axis has behind it. */
    static Tensor laidFrom(Tensor x, int axis, int rank) {
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.addAll(Collections.nCopies(Math.max(0, rank - axis - x.rank()), Dim.ONE));
        return dims.size() == x.rank() ? x : Ops.reshape(x, new Shape(dims));
    }

    /** What a reduction over some axes gives, with these axes of size 1. */
    static Tensor kept(Tensor reduced, Tensor whole, int... axes) {
        List<Dim> dims = new ArrayList<>(whole.shape().dims());
        Arrays.stream(axes).forEach(axis -> dims.set(axis, Dim.ONE));
        return Ops.reshape(reduced, new Shape(dims));
    }

    /** The product of the sizes of the axes from one to before another. */
    static Dim product(Tensor x, int from, int to) {
        return x.shape().dims().subList(from, to).stream().reduce(Dim.ONE, Dim::times);
    }

    /**
     * Lets sizes that meet in a broadcast be 1 in a run and stretch, where all that meet are unknown on their own: what
     * follows from other sizes, and a size that meets a number, are taken to be equal.
     *
     * @param last how many last axes do not broadcast
     */
    static void letStretch(int last, Tensor... operands) {
        int rank = Arrays.stream(operands).mapToInt(Tensor::rank).max().orElse(0);
        for (int fromEnd = last + 1; fromEnd <= rank; fromEnd++) {
            int end = fromEnd;
            List<Tensor> reaching = Arrays.stream(operands).filter(operand -> operand.rank() >= end
                    && !operand.dim(operand.rank() - end).isConstant(1)).toList();
            List<Dim> sizes = reaching.stream().map(operand -> operand.dim(operand.rank() - end)).distinct().toList();
            if (sizes.size() > 1 && sizes.stream().allMatch(Axes::isOwn)) {
                reaching.stream().filter(operand -> operand.dim(operand.rank() - end).asSymbol().isPresent())
                        .forEach(operand -> operand.mayBroadcast(-end));
            }
        }
    }

    /** Whether a size is unknown on its own, or the broadcast of such sizes. */
    private static boolean isOwn(Dim size) {
        return size.broadcastParts().stream().allMatch(part -> part.asSymbol().isPresent());
    }

    /**
     * A tensor whose size along an axis is as given: where that is unknown, each run checks it. One that lacks the axis
     * or has another known size is as it was.
     */
    static Tensor ensured(Tensor x, int axis, Dim size) {
        if (axis < 0 || axis >= x.rank() || x.dim(axis).equals(size) || x.dim(axis).isConstant() && size.isConstant()) {
            return x;
        }
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.set(axis, size);
        return Debugging.ensureShape(x, new Shape(dims));
    }

    /** A tensor of one element as a scalar, any other as it is. */
    static Tensor scalar(Tensor x) {
        return x.rank() == 1 && x.dim(0).isConstant(1) ? Ops.reshape(x, Shape.SCALAR) : x;
    }

    /** A tensor in a dtype, as it is where it has that. */
    static Tensor cast(Tensor x, DType dtype) {
        return x.dtype() == dtype ? x : Ops.cast(x, dtype);
    }

    /** The dtype in which numbers of some dtype are computed: float32 for half floats. */
    static DType computed(DType dtype) {
        return dtype == DType.FLOAT16 || dtype == DType.BFLOAT16 ? DType.FLOAT32 : dtype;
    }

    /** A size as an int64 scalar. */
    static Tensor size(Call call, Dim size) {
        return size(call, size, DType.INT64);
    }

    /** A size as a scalar. */
    static Tensor size(Call call, Dim size, DType dtype) {
        return size.isConstant() ? call.graph().constant(NDArray.scalar(dtype, size.constant()))
                : cast(Ops.size(call.graph().tensor(Ops.zeros(DType.BOOL, Shape.of(size)))), dtype);
    }
}
