package dev.sinter.formats.onnx.op;

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
