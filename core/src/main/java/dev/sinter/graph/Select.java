package dev.sinter.graph;

import dev.sinter.op.Gather;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Ops whose results have as many elements along axis 0 as the run finds. Their shapes show an unknown size there, as
 * those of placeholders do, but no feed gives it: the run computes it, and checks that it is at most a bound, for which
 * memory is planned; a number is at most 2^40 there. Such a size is equal to itself alone: it meets no other size in an
 * op, and no variable holds it.
 */
public final class Select {
    private Select() {}

    /**
     * The first elements along axis 0: {@code x[:count]}.
     *
     * @param count an integer scalar; a run in which it is negative or larger than axis 0 fails
     */
    public static Tensor prefix(Operand x, Operand count) {
        return Composer.tensor("prefix", c -> Found.prefix(c, c.in(0), c.in(1)), x, count);
    }

    /**
     * The elements along the first axes where a mask is true, in row-major order: {@code x[mask]}. The result has one
     * axis in place of those of the mask.
     *
     * @param mask a bool tensor of the sizes of x's first axes
     */
    public static Tensor booleanMask(Operand x, Operand mask) {
        return Composer.tensor("boolean_mask", c -> {
            Node rows = Found.rows(c, c.in(0), c.in(1));
            Node flags = c.reshape(c.in(1), Shape.of(Composer.shape(c.in(1)).elementCount()));
            return Indexed.read(c, rows, Found.compacted(c, flags), 0, 0);
        }, x, mask);
    }

    /** {@link #booleanMask(Operand, Operand)} whose mask begins at an axis of x. */
    public static Tensor booleanMask(Operand x, Operand mask, int axis) {
        Tensor whole = Composite.placed("boolean_mask", x);
        int first = Composer.compose(whole.graph(), "boolean_mask", c -> c.axis(axis, whole.rank(), c.in(0)),
                List.of(whole));
        if (first == 0) {
            return booleanMask(x, mask);
        }
        return Composer.tensor("boolean_mask", c -> {
            Node flags = c.in(1);
            Node joined = Found.joined(c, c.in(0), flags, first);
            Node indices = Found.compacted(c, c.reshape(flags, Shape.of(Composer.shape(flags).elementCount())));
            return Indexed.inPlace(c, c.add(new Gather(List.of(first), 0), joined, indices), 1, first, 0);
        }, whole, mask);
    }

    /**
     * The positions of the elements that are not 0, or true, in row-major order: an {@code int64} tensor with a row an
     * element and a column an axis.
     *
     * @param x a tensor with at least one axis
     */
    public static Tensor nonzero(Operand x) {
        return Composer.tensor("nonzero", c -> {
            Node positions = Found.positions(c, c.in(0));
            return Indexed.read(c, positions, Found.compacted(c, Found.flags(c, c.in(0))), 0, 0);
        }, x);
    }

    /**
     * The different elements of a vector, in the order in which they come first.
     *
     * @param values  the elements, as many as the run finds
     * @param indices for each element of the vector where it is among the values, int32
     * @param counts  how often each value occurs, int32
     */
    public record Unique(Tensor values, Tensor indices, Tensor counts) {}

    /** The different elements of a vector; NaN is different from all, NaN among them. */
    public static Unique unique(Operand x) {
        Tensor vector = Composite.placed("unique", x);
        List<Tensor> parts = Composer.nodes(vector.graph(), "unique", c -> Found.unique(c, c.in(0)), List.of(vector))
                .stream().map(Node::tensor).toList();
        return new Unique(parts.get(0), parts.get(1), parts.get(2));
    }

    /**
     * What is in one vector and not in another.
     *
     * @param values  the elements, in their order
     * @param indices where they are in the first vector, int32
     */
    public record Difference(Tensor values, Tensor indices) {}

    /** The elements of a vector that another one does not have. */
    public static Difference setdiff1d(Operand x, Operand y) {
        List<Operand> operands = List.of(x, y);
        List<Tensor> parts = Composer.nodes(Composer.graphOf("setdiff1d", operands), "setdiff1d",
                c -> Found.difference(c, c.in(0), c.in(1)), operands).stream().map(Node::tensor).toList();
        return new Difference(parts.get(0), parts.get(1));
    }

    /**
     * The elements along the first axes, by the number of their part: {@code [k..., after...]} and {@code [k...]}.
     *
     * @param count how many parts there are, from 0 to 65,536
     * @throws dev.sinter.tensor.GraphException at a run where a number is no part's
     */
    public static List<Tensor> dynamicPartition(Operand x, Operand partitions, int count) {
        String op = "dynamic_partition";
        return Composite.of(op, List.of(x, partitions), in -> {
            Tensor numbers = Composer.tensor(op, c -> Indexed.checked(c, Found.integers(c, c.in(0)), 0,
                    Dim.of(count)), in.getLast());
            return LongStream.range(0, Shaping.counted(count)).mapToObj(part -> booleanMask(in.getFirst(),
                    Composer.tensor(op, c -> c.map(ScalarFn.EQ, c.in(0), c.fullLike(c.in(0), part)), numbers)))
                    .toList();
        });
    }

    /**
     * Rows of several tensors, each at its index: {@code result[indices[i][j...]] = data[i][j...]}. Where an index
     * occurs several times the last row stays; where one is missing the row is 0. There are as many rows as the
     * greatest index says, at most as many as all indices together.
     *
     * @param indices integers, the first axes of the data
     */
    public static Tensor dynamicStitch(List<? extends Operand> indices, List<? extends Operand> data) {
        List<Operand> operands = new ArrayList<>(indices);
        operands.addAll(data);
        return Composer.tensor("dynamic_stitch", c -> Found.stitched(c, c.ins().subList(0, indices.size()),
                c.ins().subList(indices.size(), operands.size())), operands);
    }

    private static Tensor sparse(String op, Grouping.Fold fold, Operand data, Operand indices, Operand ids) {
        return Composite.tensor("sparse_segment_" + op, List.of(data, indices, ids),
                in -> segments(op, fold, Ops.gather(in.get(0), in.get(1)), in.get(2)));
    }

    private static Tensor segments(String op, Grouping.Fold fold, Operand data, Operand ids) {
        return Composer.tensor("segment_" + op, c -> Grouping.sorted(c, fold, c.in(0), c.in(1)), data, ids);
    }

    /**
     * The sums of elements of equal numbers: {@code [n, after...]} and {@code [n]}. There are as many segments as the
     * greatest number says, at most n, as memory for the result needs a bound; with more, or a known number of them,
     * see {@link Ops#unsortedSegmentSum}. A segment without elements is 0.
     *
     * @param segmentIds integers from 0 on, in TensorFlow in rising order and here in any
     * @throws dev.sinter.tensor.GraphException at a run where a number is negative, or n or more
     */
    public static Tensor segmentSum(Operand data, Operand segmentIds) {
        return segments("sum", Grouping.Fold.SUM, data, segmentIds);
    }

    /** The means of elements of equal numbers, as {@link #segmentSum}. */
    public static Tensor segmentMean(Operand data, Operand segmentIds) {
        return segments("mean", Grouping.Fold.MEAN, data, segmentIds);
    }

    /**
     * {@link #segmentSum} of chosen rows: {@code segmentSum(gather(data, indices), segmentIds)}. Of a known number of
     * segments: {@code unsortedSegmentSum(gather(data, indices), segmentIds, count)}.
     */
    public static Tensor sparseSegmentSum(Operand data, Operand indices, Operand segmentIds) {
        return sparse("sum", Grouping.Fold.SUM, data, indices, segmentIds);
    }

    /** {@link #segmentMean} of chosen rows. */
    public static Tensor sparseSegmentMean(Operand data, Operand indices, Operand segmentIds) {
        return sparse("mean", Grouping.Fold.MEAN, data, indices, segmentIds);
    }

    /** {@link #sparseSegmentSum} divided by the square root of how many rows are added. */
    public static Tensor sparseSegmentSqrtN(Operand data, Operand indices, Operand segmentIds) {
        return sparse("sqrt_n", Grouping.Fold.SQRT_N, data, indices, segmentIds);
    }

    /** The products of elements of equal numbers, as {@link #segmentSum}; of none 1. */
    public static Tensor segmentProd(Operand data, Operand segmentIds) {
        return segments("prod", Grouping.Fold.PROD, data, segmentIds);
    }

    /** The maxima of elements of equal numbers, as {@link #segmentSum}. */
    public static Tensor segmentMax(Operand data, Operand segmentIds) {
        return segments("max", Grouping.Fold.MAX, data, segmentIds);
    }

    /** The minima of elements of equal numbers, as {@link #segmentSum}. */
    public static Tensor segmentMin(Operand data, Operand segmentIds) {
        return segments("min", Grouping.Fold.MIN, data, segmentIds);
    }
}
