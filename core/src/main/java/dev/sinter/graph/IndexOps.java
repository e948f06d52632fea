package dev.sinter.graph;

import dev.sinter.op.Combination;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/** The common ops that choose elements, or write some; users find them in {@link Ops}. */
abstract sealed class IndexOps extends OrderOps permits ArrayOps {
    IndexOps() {}

    /** Where an index along a new last axis equals the element: {@code on}, elsewhere 0. */
    public static Tensor oneHot(Operand indices, long depth, DType dtype) {
        return Composer.tensor("one_hot", c -> Shaping.oneHot(c, c.in(0), Dim.of(depth), dtype), indices);
    }

    /**
     * {@code on} where an index along a new axis equals the position, elsewhere {@code off}. An index outside of
     * {@code 0..depth-1} has no position, so that all of its elements are {@code off}.
     *
     * @param depth the size of the new axis
     * @param axis  where the new axis stands; -1 is behind all others
     */
    public static Tensor oneHot(Operand indices, long depth, Operand on, Operand off, int axis) {
        return Composer.tensor("one_hot", c -> Rearranging.oneHot(c, c.in(0), depth, c.in(1), c.in(2), axis), indices,
                on, off);
    }

    /** Where a position along a new last axis is below a length: bools; lengths are integers. */
    public static Tensor sequenceMask(Operand lengths, Dim maxLength) {
        return Composer.tensor("sequence_mask", c -> Shaping.sequenceMask(c, c.in(0), maxLength), lengths);
    }

    /**
     * {@link #sequenceMask} of as many positions as the longest sequence of a run has, as {@code tf.sequence_mask}
     * without a length.
     *
     * @param atMost what no length exceeds, for which memory is planned; a run with a longer one fails. A number is at
     *               most 2^40
     */
    public static Tensor sequenceMaskOfLongest(Operand lengths, Dim atMost) {
        return Composer.tensor("sequence_mask", c -> Shaping.sequenceMaskOfLongest(c, c.in(0), atMost), lengths);
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
     * {@code [batch..., before..., k..., after...]}.
     *
     * @param axis      the axis that is indexed; negative from the end
     * @param batchDims how many of the first axes both share, as in {@code tf.gather}
     * @throws GraphException where the axes do not fit, at a run where an index lies outside
     */
    public static Tensor gather(Operand x, Operand indices, int axis, int batchDims) {
        return Composer.tensor("gather", c -> Indexed.gather(c, c.in(0), c.in(1), axis, batchDims, true), x, indices);
    }

    /** {@link #gatherNd(Operand, Operand, int)} without a batch. */
    public static Tensor gatherNd(Operand x, Operand indices) {
        return gatherNd(x, indices, 0);
    }

    /**
     * The elements at tuples of indices of the first axes behind the batch: {@code [batch..., n1, ..., nm, after...]}
     * and {@code [batch..., k..., m]} give {@code [batch..., k..., after...]}. A tuple of no index, where m is 0, takes
     * everything behind the batch.
     *
     * @param batchDims how many of the first axes both share, as in {@code tf.gather_nd}
     * @throws GraphException where the axes do not fit, at a run where an index lies outside
     */
    public static Tensor gatherNd(Operand x, Operand indices, int batchDims) {
        return Composer.tensor("gather_nd", c -> Indexed.gatherNd(c, c.in(0), c.in(1), batchDims, true), x, indices);
    }

    /**
     * The elements along an axis at indices that lie beside each other as the elements do, as NumPy's
     * {@code take_along_axis}: all other axes of x and of the indices are the same.
     *
     * @throws GraphException where the axes do not fit; at a run where an index lies outside
     */
    public static Tensor takeAlongAxis(Operand x, Operand indices, int axis) {
        return Composer.tensor("take_along_axis", c -> Indexed.takeAlong(c, c.in(0), c.in(1), axis, true), x, indices);
    }

    private static Tensor scatter(String op, Combination how, Operand x, Operand indices, Operand updates) {
        return Composer.tensor(op, c -> Indexed.scatter(c, how, c.in(0), c.in(1), c.in(2)), x, indices, updates);
    }

    /**
     * A tensor with updates added at tuples of indices of its first axes, one after the other: {@code [n1, ..., nm,
     * after...]}, {@code [k..., m]} and {@code [k..., after...]} with m at least 1, as
     * {@code tf.tensor_scatter_nd_add}.
     *
     * @throws GraphException where dtypes or axes do not fit; at a run where an index lies outside
     */
    public static Tensor tensorScatterNdAdd(Operand x, Operand indices, Operand updates) {
        return scatter("tensor_scatter_nd_add", Combination.ADD, x, indices, updates);
    }

    /** {@link #tensorScatterNdAdd} that subtracts the updates. */
    public static Tensor tensorScatterNdSub(Operand x, Operand indices, Operand updates) {
        return Composer.tensor("tensor_scatter_nd_sub", c -> Indexed.scatter(c, Combination.ADD, c.in(0), c.in(1),
                c.map(ScalarFn.NEG, c.in(2))), x, indices, updates);
    }

    /** {@link #tensorScatterNdAdd} that replaces the elements; of several updates of one element the last stays. */
    public static Tensor tensorScatterNdUpdate(Operand x, Operand indices, Operand updates) {
        return scatter("tensor_scatter_nd_update", Combination.SET, x, indices, updates);
    }

    /** {@link #tensorScatterNdAdd} that takes the minimum; equal minima share the gradient. */
    public static Tensor tensorScatterNdMin(Operand x, Operand indices, Operand updates) {
        return scatter("tensor_scatter_nd_min", Combination.MIN, x, indices, updates);
    }

    /** {@link #tensorScatterNdAdd} that takes the maximum; equal maxima share the gradient. */
    public static Tensor tensorScatterNdMax(Operand x, Operand indices, Operand updates) {
        return scatter("tensor_scatter_nd_max", Combination.MAX, x, indices, updates);
    }

    /** Zeros of a shape with updates added at tuples of indices, as {@link #tensorScatterNdAdd}. */
    public static Tensor scatterNd(Operand indices, Operand updates, Shape shape) {
        return Composer.tensor("scatter_nd", c -> Indexed.scatterInto(c, Combination.ADD, 0, shape, c.in(0), c.in(1)),
                indices, updates);
    }

    /**
     * Adds to rows of a variable: {@code [n, after...]} at {@code [k...]} by {@code [k..., after...]}, one after the
     * other.
     *
     * @return what the variable then holds
     * @throws GraphException where dtypes or axes do not fit; at a run where an index lies outside, which then changes
     *                        nothing
     */
    public static Tensor scatterAdd(Variable variable, Operand indices, Operand updates) {
        return scatterRows("scatter_add", Combination.ADD, variable, indices, updates);
    }

    /** {@link #scatterAdd} that subtracts. */
    public static Tensor scatterSub(Variable variable, Operand indices, Operand updates) {
        return Composite.of(variable.graph(), "scatter_sub", () -> scatterRows("scatter_sub", Combination.ADD, variable,
                indices, Ops.negative(variable.graph().tensor(updates))));
    }

    /** {@link #scatterAdd} that multiplies. */
    public static Tensor scatterMul(Variable variable, Operand indices, Operand updates) {
        return scatterRows("scatter_mul", Combination.MUL, variable, indices, updates);
    }

    /** {@link #scatterAdd} that divides floats: multiplies by {@code 1 / updates}. */
    public static Tensor scatterDiv(Variable variable, Operand indices, Operand updates) {
        return Composite.of(variable.graph(), "scatter_div", () -> scatterRows("scatter_div", Combination.MUL, variable,
                indices, Ops.reciprocal(variable.graph().tensor(updates))));
    }

    /** {@link #scatterAdd} that takes the minimum. */
    public static Tensor scatterMin(Variable variable, Operand indices, Operand updates) {
        return scatterRows("scatter_min", Combination.MIN, variable, indices, updates);
    }

    /** {@link #scatterAdd} that takes the maximum. */
    public static Tensor scatterMax(Variable variable, Operand indices, Operand updates) {
        return scatterRows("scatter_max", Combination.MAX, variable, indices, updates);
    }

    /** {@link #scatterAdd} that replaces rows; of several updates of one row the last stays. */
    public static Tensor scatterUpdate(Variable variable, Operand indices, Operand updates) {
        return scatterRows("scatter_update", Combination.SET, variable, indices, updates);
    }

    /**
     * Replaces elements of a variable along the last axis of the indices, whose other axes both share:
     * {@code [batch..., n, after...]} at {@code [batch..., k]} by {@code [batch..., k, after...]}.
     *
     * @return what the variable then holds
     */
    public static Tensor batchScatterUpdate(Variable variable, Operand indices, Operand updates) {
        return variable.assign(Composer.tensor("batch_scatter_update",
                c -> Indexed.scatterInBatch(c, c.in(0), c.in(1), c.in(2)), variable, indices, updates));
    }

    private static Tensor scatterRows(String op, Combination how, Variable variable, Operand indices,
            Operand updates) {
        return variable.assign(Composer.tensor(op, c -> Indexed.scatterRows(c, how, c.in(0), c.in(1), c.in(2)),
                variable, indices, updates));
    }

    /** {@link #tensorScatterNdAdd} to a variable, which then holds the result. */
    public static Tensor scatterNdAdd(Variable variable, Operand indices, Operand updates) {
        return Composite.of(variable.graph(), "scatter_nd_add",
                () -> variable.assign(tensorScatterNdAdd(variable, indices, updates)));
    }

    /** {@link #tensorScatterNdSub} from a variable, which then holds the result. */
    public static Tensor scatterNdSub(Variable variable, Operand indices, Operand updates) {
        return Composite.of(variable.graph(), "scatter_nd_sub",
                () -> variable.assign(tensorScatterNdSub(variable, indices, updates)));
    }

    /** {@link #tensorScatterNdUpdate} of a variable, which then holds the result. */
    public static Tensor scatterNdUpdate(Variable variable, Operand indices, Operand updates) {
        return Composite.of(variable.graph(), "scatter_nd_update",
                () -> variable.assign(tensorScatterNdUpdate(variable, indices, updates)));
    }

    /** The elements from {@code begin}, {@code size} of them along each axis; a size of -1 means all that follow. */
    public static Tensor slice(Operand x, long[] begin, long[] size) {
        return Composer.tensor("slice", c -> Shaping.slice(c, c.in(0), begin, size), x);
    }

    /**
     * What indices take of the axes, as NumPy's brackets: {@code x[0, 1:-1:2, ..., None]} is
     * {@code slice(x, at(0), from(1).to(-1).step(2), ELLIPSIS, NEW_AXIS)}. Axes that are not named stay whole. The ends
     * of ranges are moved inside.
     *
     * @throws GraphException where a single position lies outside, at a run where the size is unknown; where more axes
     *                        are indexed than there are, or the ellipsis stands twice
     */
    public static Tensor slice(Operand x, Index... indices) {
        return Composer.tensor("strided_slice", c -> Slicing.slice(c, c.in(0), List.of(indices)), x);
    }

    /** Every {@code strides}-th element from {@code begin} to below {@code end}; negative ones count from the end. */
    public static Tensor stridedSlice(Operand x, long[] begin, long[] end, long[] strides) {
        return stridedSlice(x, begin, end, strides, StridedSliceMasks.NONE);
    }

    /** {@link #slice(Operand, Index...)} as {@code tf.strided_slice} writes it. */
    public static Tensor stridedSlice(Operand x, long[] begin, long[] end, long[] strides, StridedSliceMasks masks) {
        List<Index> indices = Slicing.indices(begin, end, strides, masks);
        return Composer.tensor("strided_slice", c -> Slicing.slice(c, c.in(0), indices), x);
    }

    /** A box whose start is computed: one int64 scalar an axis. It is moved so that it lies inside. */
    public static Tensor dynamicSlice(Operand x, List<? extends Operand> starts, Shape box) {
        return Shaping.dynamicSlice(x, starts, box);
    }

    /** The operand with a box replaced whose start is computed: one int64 scalar an axis. */
    public static Tensor dynamicUpdateSlice(Operand x, Operand update, List<? extends Operand> starts) {
        return Shaping.dynamicUpdateSlice(x, update, starts);
    }
}
