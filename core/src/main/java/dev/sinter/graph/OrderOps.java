package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The common ops that sort, search, fold along an axis and fold together; users find them in {@link Ops}. */
abstract sealed class OrderOps permits IndexOps {
    OrderOps() {}

    /** {@link #sort(Operand, int, SortDirection)} of the last axis, the smallest first. */
    public static Tensor sort(Operand x) {
        return sort(x, -1, SortDirection.ASCENDING);
    }

    /**
     * The elements along an axis in their order. NaN is greater than all others, equal elements keep their order; so do
     * their gradients.
     */
    public static Tensor sort(Operand x, int axis, SortDirection direction) {
        return Composer.tensor("sort", c -> Sorting.sort(c, c.in(0), axis, direction), x);
    }

    /** {@link #argsort(Operand, int, SortDirection)} of the last axis, the smallest first. */
    public static Tensor argsort(Operand x) {
        return argsort(x, -1, SortDirection.ASCENDING);
    }

    /** Where the elements of {@link #sort(Operand, int, SortDirection)} are, as int32; equal ones in their order. */
    public static Tensor argsort(Operand x, int axis, SortDirection direction) {
        return Composer.tensor("argsort",
                c -> c.convert(Sorting.argsort(c, c.in(0), axis, direction), DType.INT32), x);
    }

    /**
     * Where each number is in a permutation of {@code 0..n-1}. Where one occurs twice, its last place counts, and that
     * of a missing one is 0.
     *
     * @throws GraphException at a run where an element is not one of these numbers
     */
    public static Tensor invertPermutation(Operand permutation) {
        return Composer.tensor("invert_permutation", c -> Sorting.invert(c, c.in(0)), permutation);
    }

    /** How many of some sorted elements are less than each value: {@link #searchSorted} from the left. */
    public static Tensor lowerBound(Operand sorted, Operand values) {
        return search("lower_bound", sorted, values, false);
    }

    /** How many of some sorted elements are not greater than each value: {@link #searchSorted} from the right. */
    public static Tensor upperBound(Operand sorted, Operand values) {
        return search("upper_bound", sorted, values, true);
    }

    /**
     * Where values belong among sorted elements, as int32: {@code [batch..., n]} and {@code [batch..., m]} give
     * {@code [batch..., m]}.
     *
     * @param right whether a value belongs behind equal elements, else before them
     */
    public static Tensor searchSorted(Operand sorted, Operand values, boolean right) {
        return search("searchsorted", sorted, values, right);
    }

    private static Tensor search(String op, Operand sorted, Operand values, boolean upper) {
        Tensor elements = sorted instanceof Tensor tensor ? tensor
                : Composer.graphOf(op, List.of(sorted, values)).tensor(sorted);
        Tensor wanted = values instanceof Tensor tensor ? tensor : elements.graph().tensor(values);
        Composer.compose(elements.graph(), op, c -> {
            Sorting.checkSearch(c, c.in(0), c.in(1));
            return 0;
        }, List.of(elements, wanted));
        Tensor places = Sorting.search(elements, wanted, upper, op);
        return Composer.tensor(op, c -> c.convert(c.in(0), DType.INT32), places);
    }

    /** How many of some boundaries, which grow, are not greater than each number, as int32. */
    public static Tensor bucketize(Operand x, double... boundaries) {
        if (IntStream.range(1, boundaries.length).anyMatch(i -> !(boundaries[i - 1] <= boundaries[i]))) {
            throw new GraphException("bucketize: the boundaries " + Arrays.toString(boundaries)
                    + " do not grow\n  at " + Place.here());
        }
        Tensor flat = Composer.tensor("bucketize", c -> {
            Node value = c.in(0);
            boolean isFloat = Composer.dtype(value).isFloat();
            return c.reshape(isFloat ? value : c.convert(value, DType.FLOAT64),
                    Shape.of(Composer.shape(value).elementCount()));
        }, x);
        NDArray sorted = NDArray.of(boundaries).cast(flat.dtype());
        Tensor places = Sorting.search(flat.graph().constant(sorted), flat, true, "bucketize");
        return Composer.tensor("bucketize", c -> c.reshape(c.convert(c.in(0), DType.INT32), Composer.shape(c.in(1))),
                places, x);
    }

    /** {@link #cumsum(Operand, int, boolean, boolean)} of each element and those before it. */
    public static Tensor cumsum(Operand x, int axis) {
        return cumsum(x, axis, false, false);
    }

    /**
     * The sums of all elements up to each along an axis, added one after the other.
     *
     * @param exclusive whether an element itself is not added; the first sum is then 0
     * @param reverse   whether the elements behind are added, from the last on
     */
    public static Tensor cumsum(Operand x, int axis, boolean exclusive, boolean reverse) {
        return Composer.tensor("cumsum",
                c -> new Cumulative(c, c.in(0), axis, exclusive, reverse).sum(c.in(0)), x);
    }

    /** {@link #cumprod(Operand, int, boolean, boolean)} of each element and those before it. */
    public static Tensor cumprod(Operand x, int axis) {
        return cumprod(x, axis, false, false);
    }

    /** The products of all elements up to each, as {@link #cumsum}; all gradients are finite where a factor is 0. */
    public static Tensor cumprod(Operand x, int axis, boolean exclusive, boolean reverse) {
        return Composer.tensor("cumprod",
                c -> new Cumulative(c, c.in(0), axis, exclusive, reverse).product(c.in(0)), x);
    }

    /** {@code log(cumsum(exp(x)))} without overflow, as {@link #cumsum}; of nothing negative infinity. */
    public static Tensor cumulativeLogsumexp(Operand x, int axis, boolean exclusive, boolean reverse) {
        return Composer.tensor("cumulative_logsumexp",
                c -> new Cumulative(c, c.in(0), axis, exclusive, reverse).logSumExp(c.in(0)), x);
    }

    /** The greatest of all elements up to each along an axis; the gradient of equal ones goes to the last. */
    public static Tensor cummax(Operand x, int axis) {
        return Composer.tensor("cummax", c -> new Cumulative(c, c.in(0), axis, false, false).extremum(c.in(0), true),
                x);
    }

    /** The smallest of all elements up to each along an axis; the gradient of equal ones goes to the last. */
    public static Tensor cummin(Operand x, int axis) {
        return Composer.tensor("cummin", c -> new Cumulative(c, c.in(0), axis, false, false).extremum(c.in(0), false),
                x);
    }

    private static Tensor unsorted(String op, Grouping.Fold fold, Operand data, Operand ids, Dim count) {
        return Composer.tensor("unsorted_segment_" + op, c -> Grouping.unsorted(c, fold, c.in(0), c.in(1), count), data,
                ids);
    }

    /**
     * The sums of elements of equal numbers: {@code [k..., after...]} and {@code [k...]} give
     * {@code [count, after...]}. An element of a negative number is left out.
     *
     * @param count how many segments there are
     * @throws GraphException at a run where a number is not less than the count
     */
    public static Tensor unsortedSegmentSum(Operand data, Operand segmentIds, Dim count) {
        return unsorted("sum", Grouping.Fold.SUM, data, segmentIds, count);
    }

    /** The means of elements of equal numbers, as {@link #unsortedSegmentSum}; of none 0. */
    public static Tensor unsortedSegmentMean(Operand data, Operand segmentIds, Dim count) {
        return unsorted("mean", Grouping.Fold.MEAN, data, segmentIds, count);
    }

    /** The sums of {@link #unsortedSegmentSum} divided by the square root of how many elements they are of. */
    public static Tensor unsortedSegmentSqrtN(Operand data, Operand segmentIds, Dim count) {
        return unsorted("sqrt_n", Grouping.Fold.SQRT_N, data, segmentIds, count);
    }

    /** The products of elements of equal numbers, as {@link #unsortedSegmentSum}; of none 1. */
    public static Tensor unsortedSegmentProd(Operand data, Operand segmentIds, Dim count) {
        return unsorted("prod", Grouping.Fold.PROD, data, segmentIds, count);
    }

    /** The maxima of elements of equal numbers, as {@link #unsortedSegmentSum}; of none the least finite number. */
    public static Tensor unsortedSegmentMax(Operand data, Operand segmentIds, Dim count) {
        return unsorted("max", Grouping.Fold.MAX, data, segmentIds, count);
    }

    /** The minima of elements of equal numbers, as {@link #unsortedSegmentSum}; of none the greatest finite number. */
    public static Tensor unsortedSegmentMin(Operand data, Operand segmentIds, Dim count) {
        return unsorted("min", Grouping.Fold.MIN, data, segmentIds, count);
    }

    /** How often each of the numbers {@code 0..size-1} occurs, as int32; a negative one is an error of the run. */
    public static Tensor bincount(Operand values, long size) {
        return Composer.tensor("bincount", c -> Grouping.bincount(c, c.in(0),
                c.full(DType.INT32, Composer.shape(c.in(0)), 1), size), values);
    }

    /** The sums of the weights of each of the numbers {@code 0..size-1}. */
    public static Tensor bincount(Operand values, Operand weights, long size) {
        return Composer.tensor("bincount", c -> Grouping.bincount(c, c.in(0), c.in(1), size), values, weights);
    }

    /** How many numbers lie in each of some intervals of equal width; those outside count for the first or the last. */
    public static Tensor histogramFixedWidth(Operand values, double low, double high, long bins) {
        return Composer.tensor("histogram_fixed_width",
                c -> Grouping.histogram(c, c.in(0), low, high, bins, DType.INT32), values);
    }

    /** Which of some intervals of equal width each number lies in, as int32; outside of all the first or the last. */
    public static Tensor histogramFixedWidthBins(Operand values, double low, double high, long bins) {
        return Composer.tensor("histogram_fixed_width_bins",
                c -> c.convert(Grouping.bins(c, c.in(0), low, high, bins), DType.INT32), values);
    }

    /** How often each label got each prediction, as int32: a row a label, a column a prediction. */
    public static Tensor confusionMatrix(Operand labels, Operand predictions, long classes) {
        return Composer.tensor("confusion_matrix", c -> Grouping.confusion(c, c.in(0), c.in(1),
                c.full(DType.INT32, Composer.shape(c.in(0)), 1), classes), labels, predictions);
    }

    /** {@link #confusionMatrix(Operand, Operand, long)} that adds weights. */
    public static Tensor confusionMatrix(Operand labels, Operand predictions, Operand weights, long classes) {
        return Composer.tensor("confusion_matrix", c -> Grouping.confusion(c, c.in(0), c.in(1), c.in(2), classes),
                labels, predictions, weights);
    }

    /** The coordinates of row-major positions in a shape, along a new axis 0. */
    public static Tensor unravelIndex(Operand positions, long... sizes) {
        return Composer.tensor("unravel_index", c -> Grouping.unravel(c, c.in(0), sizes), positions);
    }
}
