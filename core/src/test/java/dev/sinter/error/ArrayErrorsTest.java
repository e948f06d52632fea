package dev.sinter.error;

import static dev.sinter.graph.Index.ELLIPSIS;
import static dev.sinter.graph.Index.at;
import static dev.sinter.graph.Index.step;
import static dev.sinter.tensor.DType.BOOL;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.PadMode;
import dev.sinter.graph.Select;
import dev.sinter.graph.Sets;
import dev.sinter.graph.SortDirection;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Mistakes in ops that arrange, index, sort and fold, found while a graph is built: how their messages begin. */
class ArrayErrorsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(3, 5));
    private final Tensor n = graph.placeholder("n", FLOAT32, shape(UNKNOWN));
    private final Tensor i = graph.placeholder("i", INT32, shape(3));
    private final Tensor b = graph.placeholder("b", BOOL, shape(3));

    private static void fails(String first, ThrowingCallable code) {
        GraphException problem = catchThrowableOfType(GraphException.class, code);
        assertThat(problem).as(first).isNotNull();
        assertThat(problem.getMessage()).startsWith(first);
        assertThat(problem.getMessage()).contains("ArrayErrorsTest.java");
    }

    @Test
    void slices() {
        fails("strided_slice: position 5 lies outside of axis 1 of", () -> Ops.slice(x, at(0), at(5)));
        fails("strided_slice: position -4 lies outside of axis 0 of", () -> Ops.slice(x, at(-4)));
        fails("strided_slice: the step of axis 0 of", () -> Ops.slice(x, step(0)));
        fails("strided_slice: 3 axes are indexed of", () -> Ops.slice(x, at(0), at(0), at(0)));
        fails("strided_slice: there are 2 ellipses", () -> Ops.slice(x, ELLIPSIS, ELLIPSIS));
        fails("strided_slice: begin has 1 entries, end 2, strides 1",
                () -> Ops.stridedSlice(x, new long[1], new long[2], new long[1]));
        fails("split: parts of [2, 2] elements do not make up axis 0", () -> Ops.split(x, new long[] {2, 2}, 0));
        fails("split: the sizes of the parts are numbers from 0 on", () -> Ops.split(x, new long[] {-1, -1}, 0));
    }

    @Test
    void sets() {
        Tensor rows = graph.placeholder("rows", INT32, shape(2, 4));
        fails("sets: integers [..., n] are needed, not x float32[3,5]", () -> Sets.of(x));
        fails("sets: integers [..., n] are needed, not x int32[]",
                () -> Sets.of(graph.placeholder("scalar", INT32, shape())));
        fails("set_union: ", () -> Sets.of(rows).union(Sets.of(i)));
        fails("set_intersection: ",
                () -> Sets.of(rows).intersection(Sets.of(graph.placeholder("three", INT32, shape(3, 4)))));
        fails("set_difference: ",
                () -> Sets.of(rows).difference(Sets.of(graph.placeholder("long", INT64, shape(2, 4)))));
    }

    /** Sizes that fit, of arrays that do not: refused where the graph is made, not by a back end. */
    @Test
    void tooLarge() {
        Tensor one = graph.placeholder("one", FLOAT32, shape(1, 1));
        fails("broadcast_to: an array is too large: float32[1099511627776,1099511627776]",
                () -> Ops.broadcastTo(one, shape(1L << 40, 1L << 40)));
        fails("broadcast_to: an array is too large", () -> Ops.broadcastTo(one, shape(1L << 31, 1L << 30)));
        fails("broadcast_to: an array is too large",
                () -> Ops.broadcastTo(n, Shape.of(Dim.of(1L << 40), Dim.of(1L << 40), n.dim(0))));
        assertThat(Ops.broadcastTo(one, shape(1L << 30, 1L << 30)).rank()).isEqualTo(2);
    }

    @Test
    void arrangements() {
        fails("pad: axis 0 of", () -> Ops.pad(x, new long[][] {{3, 0}, {0, 0}}, PadMode.REFLECT));
        fails("pad: the padding of axis 1 must be two numbers", () -> Ops.pad(x, new long[][] {{0, 0}, {-1, 0}},
                PadMode.SYMMETRIC));
        fails("roll: there are 1 shifts for 2 axes", () -> Ops.roll(x, new long[1], new int[2]));
        fails("roll: axis 2 is outside of", () -> Ops.roll(x, 1, 2));
        fails("repeat: elements are repeated 0 times or more, not -1 times", () -> Ops.repeat(x, -1, 0));
        fails("meshgrid: vectors are needed", () -> Ops.meshgrid(x));
        fails("space_to_batch_nd: the padded axis 1 of", () -> Ops.spaceToBatchNd(x, new long[] {2}, new long[1][2]));
        fails("space_to_batch_nd: a block of [0]", () -> Ops.spaceToBatchNd(x, new long[1], new long[1][2]));
        fails("batch_to_space_nd: the batch 0 of", () -> Ops.batchToSpaceNd(x, new long[] {2}, new long[1][2]));
        fails("space_to_depth: a tensor [batch, rows, columns, channels]", () -> Ops.spaceToDepth(x, 2));
        fails("range: from 0.0 to 5.0 by 0.0 is no range", () -> Ops.range(FLOAT32, 0, 5, 0));
        fails("linspace: floats and a count of 1 or more", () -> Ops.linspace(i, i, 3));
        fails("one_hot: a depth of 0 or more", () -> Ops.oneHot(i, -1, Ops.constant(1f), Ops.constant(0f), -1));
        fails("broadcast_static_shape: shapes do not broadcast", () -> Ops.broadcastStaticShape(shape(2), shape(3)));
    }

    @Test
    void indices() {
        fails("gather: at [1]: index 9 of axis 0 of size 3 lies outside; an index is 0 to 2",
                () -> Ops.gather(x, Ops.constant(new int[] {0, 9})));
        fails("gather: index -1 of axis 1 of size 5", () -> Ops.gather(x, Ops.constant(-1L), 1));
        fails("take_along_axis: integer indices of as many axes", () -> Ops.takeAlongAxis(x, i, 0));
        fails("tensor_scatter_nd_max: dtypes differ: x", () -> Ops.tensorScatterNdMax(x, Ops.expandDims(i, 1), i));
        fails("scatter_nd: the shape (?,) has an unknown size", () -> Ops.scatterNd(Ops.expandDims(i, 1), i,
                shape(UNKNOWN)));
        fails("unravel_index: integers and the sizes", () -> Ops.unravelIndex(x, 3));
    }

    @Test
    void orders() {
        fails("sort: elements along an axis are needed", () -> Ops.sort(graph.constant(1f)));
        fails("sort: axis 2 is outside of", () -> Ops.sort(x, 2, SortDirection.ASCENDING));
        fails("searchsorted: ", () -> Ops.searchSorted(n, i, true));
        fails("searchsorted: sorted numbers along the last axis", () -> Ops.searchSorted(x, n, true));
        fails("bucketize: the boundaries [1.0, 0.0] do not grow", () -> Ops.bucketize(x, 1, 0));
        fails("invert_permutation: a vector of integers", () -> Ops.invertPermutation(x));
        fails("unique: a vector is needed", () -> Select.unique(x));
        fails("setdiff1d: ", () -> Select.setdiff1d(n, i));
    }

    @Test
    void folds() {
        fails("cumsum: numbers along an axis are needed", () -> Ops.cumsum(b, 0));
        fails("cumprod: axis -3 is outside of", () -> Ops.cumprod(x, -3));
        fails("cumulative_logsumexp: ", () -> Ops.cumulativeLogsumexp(i, 0, false, false));
        fails("unsorted_segment_sum: numbers and, for their first axes", () -> Ops.unsortedSegmentSum(x, x, Dim.of(2)));
        fails("unsorted_segment_mean: floats and", () -> Ops.unsortedSegmentMean(i, i, Dim.of(2)));
        fails("unsorted_segment_sum: the number of segments", () -> Ops.unsortedSegmentSum(x, i, Dim.of(-1)));
        fails("segment_sum: a number for each element along axis 0", () -> Select.segmentSum(x,
                Ops.zeros(INT32, shape(3, 5))));
        fails("bincount: integers, as many weights", () -> Ops.bincount(x, 3));
        fails("histogram_fixed_width: numbers, a range", () -> Ops.histogramFixedWidth(x, 1, 1, 3));
        fails("confusion_matrix: vectors of integer labels", () -> Ops.confusionMatrix(i, x, 3));
        fails("dynamic_stitch: as many indices as data", () -> Select.dynamicStitch(List.of(i), List.of()));
        fails("boolean_mask: the mask must be a bool tensor", () -> Select.booleanMask(x, i));
        fails("boolean_mask: the mask has other sizes than x", () -> Select.booleanMask(x, b, 1));
    }
}
