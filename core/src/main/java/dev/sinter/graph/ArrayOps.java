package dev.sinter.graph;

import dev.sinter.op.Reverse;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/** The common ops that choose, join and arrange elements; users find them in {@link Ops}. */
abstract sealed class ArrayOps permits Ops {
    ArrayOps() {}

    /** Where an index along a new last axis equals the element: {@code on}, elsewhere 0. */
    public static Tensor oneHot(Operand indices, long depth, DType dtype) {
        return Composer.tensor("one_hot", c -> Shaping.oneHot(c, c.in(0), depth, dtype), indices);
    }

    /** Where a position along a new last axis is below a length: bools; lengths are integers. */
    public static Tensor sequenceMask(Operand lengths, Dim maxLength) {
        return Composer.tensor("sequence_mask", c -> Shaping.sequenceMask(c, c.in(0), maxLength), lengths);
    }

    /** {@link #gather(Operand, Operand, int, int)} along axis 0. */
    public static Tensor gather(Operand x, Operand indices) {
        return gather(x, indices, 0, 0);
    }

    /** {@link #gather(Operand, Operand, int, int)} without a batch. */
    public static Tensor gather(Operand x, Operand indices, int axis) {
        return gather(x, indices, axis, 0);
    }

    /**
     * The elements of an axis at some indices, in whose place the axes of the indices come but for those of the batch:
     * {@code [batch..., before..., n, after...]} and {@code [batch..., k...]} give
     * {@code [batch..., before..., k..., after...]}. An index outside is the nearest inside; along an empty axis whose
     * size the run finds, 0 is read.
     *
     * @param axis      the axis that is indexed; negative from the end
     * @param batchDims how many of the first axes both share, as in {@code tf.gather}
     * @throws GraphException where the axes do not fit; at a run where the axis is empty and there are indices
     */
    public static Tensor gather(Operand x, Operand indices, int axis, int batchDims) {
        return Composer.tensor("gather", c -> Indexed.gather(c, c.in(0), c.in(1), axis, batchDims), x, indices);
    }

    /** {@link #gatherNd(Operand, Operand, int)} without a batch. */
    public static Tensor gatherNd(Operand x, Operand indices) {
        return gatherNd(x, indices, 0);
    }

    /**
     * The elements at tuples of indices of the first axes behind the batch: {@code [batch..., n1, ..., nm, after...]}
     * and {@code [batch..., k..., m]} give {@code [batch..., k..., after...]}. An index outside is the nearest inside;
     * along an empty axis whose size the run finds, 0 is read.
     *
     * @param batchDims how many of the first axes both share, as in {@code tf.gather_nd}
     * @throws GraphException where the axes do not fit; at a run where an axis is empty and there are indices
     */
    public static Tensor gatherNd(Operand x, Operand indices, int batchDims) {
        return Composer.tensor("gather_nd", c -> Indexed.gatherNd(c, c.in(0), c.in(1), batchDims), x, indices);
    }

    /**
     * A tensor with updates added at tuples of indices of its first axes, one after the other: {@code [n1, ..., nm,
     * after...]}, {@code [k..., m]} and {@code [k..., after...]}, as {@code tf.tensor_scatter_nd_add}. An index outside
     * is the nearest inside; along an empty axis whose size the run finds, nothing is added.
     *
     * @throws GraphException where dtypes or axes do not fit; at a run where an axis is empty and there are updates
     */
    public static Tensor tensorScatterNdAdd(Operand x, Operand indices, Operand updates) {
        return Composer.tensor("tensor_scatter_nd_add", c -> Indexed.scatterAdd(c, c.in(0), c.in(1), c.in(2)), x,
                indices, updates);
    }

    /** The operands one after the other along an axis. */
    public static Tensor concat(int axis, Operand... operands) {
        return concat(axis, List.of(operands));
    }

    /** The operands one after the other along an axis. */
    public static Tensor concat(int axis, List<? extends Operand> operands) {
        return Composer.tensor("concat", c -> Shaping.concat(c, c.ins(), axis), operands);
    }

    /** The operands, all of one shape, one after the other along a new axis. */
    public static Tensor stack(int axis, Operand... operands) {
        return Composer.tensor("stack", c -> Shaping.stack(c, c.ins(), axis), operands);
    }

    /** The elements at each index of an axis, without the axis; its size must be known. */
    public static List<Tensor> unstack(Operand x, int axis) {
        return Shaping.unstack(x, axis);
    }

    /** Parts of equal size along an axis. */
    public static List<Tensor> split(Operand x, int parts, int axis) {
        return Shaping.split(x, parts, axis);
    }

    /** The axes in another order: axis {@code i} of the result is axis {@code permutation[i]}. */
    public static Tensor transpose(Operand x, int... permutation) {
        return Composer.tensor("transpose", c -> Shaping.transpose(c, c.in(0), permutation), x);
    }

    /** The same elements in row-major order under another shape; one size may be unknown. */
    public static Tensor reshape(Operand x, Shape shape) {
        return Composer.tensor("reshape", c -> Shaping.reshape(c, c.in(0), shape), x);
    }

    /** A new axis of size 1 before an axis. */
    public static Tensor expandDims(Operand x, int axis) {
        return Composer.tensor("expand_dims", c -> Shaping.expand(c, c.in(0), axis), x);
    }

    /** Without the given axes of size 1, or without all of them where none is given. */
    public static Tensor squeeze(Operand x, int... axes) {
        return Composer.tensor("squeeze", c -> Shaping.squeeze(c, c.in(0), axes), x);
    }

    /** The operand stretched to a shape that it broadcasts to. */
    public static Tensor broadcastTo(Operand x, Shape shape) {
        return Composer.tensor("broadcast_to", c -> Shaping.broadcastTo(c, c.in(0), shape), x);
    }

    /** The operand repeated along each axis. */
    public static Tensor tile(Operand x, long... repeats) {
        return Composer.tensor("tile", c -> Shaping.tile(c, c.in(0), repeats), x);
    }

    /** The elements from {@code begin}, {@code size} of them along each axis; a size of -1 means all that follow. */
    public static Tensor slice(Operand x, long[] begin, long[] size) {
        return Composer.tensor("slice", c -> Shaping.slice(c, c.in(0), begin, size), x);
    }

    /** Every {@code strides}-th element from {@code begin} to below {@code end}; negative ones count from the end. */
    public static Tensor stridedSlice(Operand x, long[] begin, long[] end, long[] strides) {
        return Composer.tensor("strided_slice", c -> Shaping.stridedSlice(c, c.in(0), begin, end, strides), x);
    }

    /** A box whose start is computed: one int64 scalar an axis. It is moved so that it lies inside. */
    public static Tensor dynamicSlice(Operand x, List<? extends Operand> starts, Shape box) {
        return Shaping.dynamicSlice(x, starts, box);
    }

    /** The operand with a box replaced whose start is computed: one int64 scalar an axis. */
    public static Tensor dynamicUpdateSlice(Operand x, Operand update, List<? extends Operand> starts) {
        return Shaping.dynamicUpdateSlice(x, update, starts);
    }

    /** The operand with zeros before and after it along each axis: {@code {{1, 1}, {2, 2}}}. */
    public static Tensor pad(Operand x, long[][] paddings) {
        return pad(x, paddings, 0);
    }

    /** The operand with a value before and after it along each axis. */
    public static Tensor pad(Operand x, long[][] paddings, double value) {
        return Composer.tensor("pad", c -> Shaping.pad(c, c.in(0), paddings, value), x);
    }

    /** The elements in the opposite order along axes. */
    public static Tensor reverse(Operand x, int... axes) {
        return Composer.tensor("reverse", c -> c.add(new Reverse(c.axes(c.in(0), axes)), c.in(0)), x);
    }

    /** The sizes as int64. */
    public static Tensor shapeOf(Operand x) {
        return Composer.tensor("shape", c -> Shaping.sizes(c, c.in(0)), x);
    }

    /** The number of elements as int64. */
    public static Tensor size(Operand x) {
        return Composer.tensor("size", c -> c.size(Composer.shape(c.in(0)).elementCount(), DType.INT64), x);
    }
}
