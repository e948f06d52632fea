package dev.sinter.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.SortDirection;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TopK;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The ops that index, sort, search and fold. */
final class OrderFacadeTest extends FacadeTest {
    private static final Dim THREE = Dim.of(3);

    OrderFacadeTest() {
        super("order", Stream.of(indexing(), sorting(), folds(), segments()).flatMap(List::stream).toList());
    }

    private static List<Row> indexing() {
        return List.of(
                Row.of("gather", in -> Ops.gather(in.get(0), in.get(1), 1)),
                Row.of("gather_batch", in -> Ops.gather(in.get(0), in.get(1), 2, 1)),
                Row.of("gather_nd", in -> Ops.gatherNd(in.get(0), tuples(in.get(1), 1), 1)),
                Row.of("gather_nd_whole", in -> Ops.gatherNd(in.get(0), tuples(in.get(1), 0))),
                Row.of("gather_nd_rows", in -> Ops.gatherNd(in.get(0), tuples(in.get(1), 0), 1)),
                Row.of("take_along_axis", in -> Ops.takeAlongAxis(in.get(0), in.get(1), 1)),
                Row.of("tensor_scatter_add", in -> Ops.tensorScatterNdAdd(in.get(0), tuples(in.get(1), 1), in.get(2))),
                Row.of("tensor_scatter_sub", in -> Ops.tensorScatterNdSub(in.get(0), tuples(in.get(1), 1), in.get(2))),
                Row.of("tensor_scatter_update",
                        in -> Ops.tensorScatterNdUpdate(in.get(0), tuples(in.get(1), 2), in.get(2))),
                Row.of("tensor_scatter_min", in -> Ops.tensorScatterNdMin(in.get(0), tuples(in.get(1), 1), in.get(2))),
                Row.of("tensor_scatter_max", in -> Ops.tensorScatterNdMax(in.get(0), tuples(in.get(1), 1), in.get(2))),
                Row.of("scatter_nd", in -> Ops.scatterNd(tuples(in.get(0), 1), in.get(1), Shape.shape(4, 2))),
                Row.of("unravel_index", in -> Ops.unravelIndex(in.get(0), 3, 4, 2)));
    }

    /** Tuples whose length the graph knows. */
    private static Tensor tuples(Tensor indices, long length) {
        List<Dim> dims = new java.util.ArrayList<>(indices.shape().dims());
        dims.set(dims.size() - 1, Dim.of(length));
        return Ops.reshape(indices, new Shape(dims));
    }

    private static List<Row> sorting() {
        return List.of(
                Row.of("sort", in -> Ops.sort(in.get(0))),
                Row.of("sort_down", in -> Ops.sort(in.get(0), 0, SortDirection.DESCENDING)),
                Row.of("argsort", in -> Ops.argsort(in.get(0))),
                Row.of("argsort_down", in -> Ops.argsort(in.get(0), 0, SortDirection.DESCENDING)),
                new Row("top_k", in -> {
                    TopK top = Nn.topK(in.get(0), 3);
                    return List.of(top.values(), top.indices());
                }),
                Row.of("invert_permutation", in -> Ops.invertPermutation(in.get(0))),
                Row.of("searchsorted", in -> Ops.searchSorted(in.get(0), in.get(1), false)),
                Row.of("searchsorted_right", in -> Ops.searchSorted(in.get(0), in.get(1), true)),
                Row.of("bucketize", in -> Ops.bucketize(in.get(0), -1, 0, 2.5)));
    }

    private static List<Row> folds() {
        return List.of(
                Row.of("cumsum", in -> Ops.cumsum(in.get(0), 1)),
                Row.of("cumsum_exclusive_reverse", in -> Ops.cumsum(in.get(0), 1, true, true)),
                Row.of("cumprod", in -> Ops.cumprod(in.get(0), 1)),
                Row.of("cumprod_exclusive_reverse", in -> Ops.cumprod(in.get(0), 1, true, true)),
                Row.of("cumulative_logsumexp", in -> Ops.cumulativeLogsumexp(in.get(0), 1, false, false)),
                Row.of("cumulative_logsumexp_exclusive_reverse",
                        in -> Ops.cumulativeLogsumexp(in.get(0), 1, true, true)),
                Row.of("cummax", in -> Ops.cummax(in.get(0), 0)),
                Row.of("cummin", in -> Ops.cummin(in.get(0), 1)));
    }

    private static List<Row> segments() {
        return List.of(
                ends("sum", in -> Ops.unsortedSegmentSum(in.get(0), in.get(1), THREE)),
                ends("mean", in -> Ops.unsortedSegmentMean(in.get(0), in.get(1), THREE)),
                ends("sqrt_n", in -> Ops.unsortedSegmentSqrtN(in.get(0), in.get(1), THREE)),
                ends("prod", in -> Ops.unsortedSegmentProd(in.get(0), in.get(1), THREE)),
                ends("max", in -> Ops.unsortedSegmentMax(in.get(0), in.get(1), THREE)),
                ends("min", in -> Ops.unsortedSegmentMin(in.get(0), in.get(1), THREE)),
                new Row("unsorted_segment_empty", in -> List.of(
                        Ops.unsortedSegmentProd(in.get(0), in.get(1), Dim.of(2)),
                        Ops.unsortedSegmentMax(in.get(0), in.get(1), Dim.of(2)),
                        Ops.unsortedSegmentMin(in.get(0), in.get(1), Dim.of(2)))),
                Row.of("bincount", in -> Ops.bincount(in.get(0), 5)),
                Row.of("bincount_weights", in -> Ops.bincount(in.get(0), in.get(1), 5)),
                Row.of("histogram_fixed_width", in -> Ops.histogramFixedWidth(in.get(0), -1, 1, 4)),
                Row.of("histogram_fixed_width_bins", in -> Ops.histogramFixedWidthBins(in.get(0), -1, 1, 4)),
                Row.of("confusion_matrix", in -> Ops.confusionMatrix(in.get(0), in.get(1), 3)),
                Row.of("confusion_matrix_weights", in -> Ops.confusionMatrix(in.get(0), in.get(1), in.get(2), 3)));
    }

    /** The first and the last of three segments, of which the middle one is empty. */
    private static Row ends(String name, Function<List<Tensor>, Tensor> call) {
        return Row.of("unsorted_segment_" + name, in -> Ops.gather(call.apply(in), Ops.constant(new int[] {0, 2})));
    }
}
