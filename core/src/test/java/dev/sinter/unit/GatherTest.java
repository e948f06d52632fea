package dev.sinter.unit;

import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.gatherNd;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sequenceMask;
import static dev.sinter.graph.Ops.tensorScatterNdAdd;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Elements chosen by indices, and masks of lengths. */
class GatherTest {
    private final Graph graph = new Graph();
    private final Tensor table = graph.placeholder("table", FLOAT32, shape(UNKNOWN, 2));
    private final Tensor indices = graph.placeholder("indices", INT32, shape(UNKNOWN));
    private final Map<Tensor, NDArray> feeds = Map.of(table,
            NDArray.from(new float[][] {{1, 2}, {3, 4}, {5, 6}}),
            indices, NDArray.of(2, 0, 2, 0, 2));

    @Test
    void rowsOfATable() {
        Tensor rows = gather(table, indices);
        assertThat(rows.shape().dims()).containsExactly(indices.dim(0), Dim.of(2));
        assertThat(Evaluation.of(rows, feeds).toFloatArray()).containsExactly(5, 6, 1, 2, 5, 6, 1, 2, 5, 6);
        assertThat(gather(table, constant(new int[][] {{0, 1}, {1, 1}, {2, 0}})).shape())
                .isEqualTo(shape(3, 2, 2));
    }

    @Test
    void oneRow() {
        assertThat(Evaluation.of(gather(table, constant(1)), feeds).toFloatArray()).containsExactly(3, 4);
        assertThatThrownBy(() -> Evaluation.of(gather(table, constant(3L)), feeds)).isInstanceOf(GraphException.class)
                .hasMessageStartingWith("gather: index 3 of axis 0 of size 3 lies outside; an index is 0 to 2\n  at ");
        assertThatThrownBy(() -> gather(table, constant(new int[][] {{0}, {-1}}), 1)).isInstanceOf(GraphException.class)
                .hasMessageStartingWith("gather: at [1, 0]: index -1 of axis 1 of size 2 lies outside");
    }

    @Test
    void integersAndBools() {
        Tensor large = graph.constant(new long[] {1L << 60, -(1L << 61) + 1, 7});
        assertThat(Evaluation.of(gather(large, indices), feeds).toLongArray())
                .containsExactly(7, 1L << 60, 7, 1L << 60, 7);
        Tensor bools = gather(greater(table, 4), indices);
        assertThat(Evaluation.of(dev.sinter.graph.Ops.cast(bools, INT32), feeds).toIntArray())
                .containsExactly(1, 1, 0, 0, 1, 1, 0, 0, 1, 1);
    }

    @Test
    void alongAnAxisAndInABatch() {
        Tensor x = graph.constant(new float[][][] {{{1, 2, 3}, {4, 5, 6}}, {{7, 8, 9}, {10, 11, 12}}});
        assertThat(gather(x, constant(new int[][] {{0, 2}, {1, 1}, {2, 0}}), -1).shape()).isEqualTo(shape(2, 2, 3, 2));
        assertThat(floats(gather(x, constant(new int[] {2, 0}), 2)))
                .containsExactly(3, 1, 6, 4, 9, 7, 12, 10);
        assertThat(floats(gather(x, constant(new int[] {1}), 1))).containsExactly(4, 5, 6, 10, 11, 12);
        assertThat(floats(gather(x, constant(1), 1))).containsExactly(4, 5, 6, 10, 11, 12);
        Tensor batched = gather(x, constant(new int[][] {{2, 2}, {0, 1}}), 2, 1);
        assertThat(batched.shape()).isEqualTo(shape(2, 2, 2));
        assertThat(floats(batched)).containsExactly(3, 3, 6, 6, 7, 8, 10, 11);
        assertThat(floats(gather(x, constant(new int[][] {{1}, {0}}), 1, 1))).containsExactly(4, 5, 6, 7, 8, 9);
    }

    @Test
    void tuplesOfIndices() {
        Tensor x = graph.constant(new float[][][] {{{1, 2, 3}, {4, 5, 6}}, {{7, 8, 9}, {10, 11, 12}}});
        assertThat(floats(gatherNd(x, constant(new int[][] {{1, 0}, {0, 1}})))).containsExactly(7, 8, 9, 4, 5, 6);
        assertThat(floats(gatherNd(x, constant(new int[][] {{1, 0, 2}, {0, 1, 0}})))).containsExactly(9, 4);
        assertThat(floats(gatherNd(x, constant(new int[][] {{1, 2}, {0, 0}}), 1))).containsExactly(6, 7);
        Tensor sum = tensorScatterNdAdd(x, constant(new int[][] {{1, 0}, {0, 1}, {1, 0}}),
                constant(new float[][] {{1, 1, 1}, {2, 2, 2}, {10, 20, 30}}));
        assertThat(floats(sum)).containsExactly(1, 2, 3, 6, 7, 8, 18, 29, 40, 10, 11, 12);
    }

    @Test
    void tuplesWithoutIndicesTakeEverything() {
        Tensor x = graph.constant(new float[][] {{1, 2, 3}, {4, 5, 6}});
        Tensor twice = gatherNd(x, graph.tensor(zeros(INT32, shape(2, 0))));
        assertThat(twice.shape()).isEqualTo(shape(2, 2, 3));
        assertThat(floats(twice)).containsExactly(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6);
        assertThat(floats(gradients(reduceSum(twice), x).of(x))).containsExactly(2, 2, 2, 2, 2, 2);
        assertThat(floats(gatherNd(graph.constant(7f), graph.tensor(zeros(INT32, shape(3, 0))))))
                .containsExactly(7, 7, 7);
        Tensor tuples = graph.placeholder("tuples", INT32, shape(UNKNOWN, 4, 0));
        assertThat(gatherNd(table, tuples).shape().dims())
                .containsExactly(tuples.dim(0), Dim.of(4), table.dim(0), Dim.of(2));
        assertThatThrownBy(() -> tensorScatterNdAdd(x, graph.tensor(zeros(INT32, shape(1, 0))),
                constant(new float[1][2][3]))).isInstanceOf(GraphException.class)
                .hasMessageStartingWith("tensor_scatter_nd_add: tuples of 0 indices behind 0 axes of a batch do not"
                        + " index x float32[2,3]: the last axis of indices int32[1,0] must be 1 to the rank");
    }

    @Test
    void anEmptyTable() {
        Tensor rows = gather(table, indices);
        Map<Tensor, NDArray> nothing = Map.of(table, NDArray.zeros(FLOAT32, 0, 2), indices, NDArray.zeros(INT32, 0));
        assertThat(Evaluation.of(rows, nothing).elementCount()).isZero();
        assertThatThrownBy(() -> Evaluation.of(rows, Map.of(table, NDArray.zeros(FLOAT32, 0, 2), indices,
                NDArray.of(0)))).isInstanceOf(GraphException.class).hasMessageContaining("the axis is empty");
        assertThatThrownBy(() -> gather(zeros(FLOAT32, shape(0, 2)), indices)).isInstanceOf(GraphException.class)
                .hasMessageContaining("gather: there is no index along axis 0");
    }

    private float[] floats(Tensor tensor) {
        return Evaluation.of(tensor, Map.of()).toFloatArray();
    }

    @Test
    void inALoopByTheElement() {
        Tensor rows = mapFn(indices, index -> gather(table, index));
        assertThat(Evaluation.of(rows, feeds).sameBits(Evaluation.of(gather(table, indices), feeds)))
                .isTrue();
    }

    @Test
    void masksOfLengths() {
        Tensor mask = dev.sinter.graph.Ops.cast(sequenceMask(indices, table.dim(0)), INT32);
        NDArray lengths = NDArray.of(2, 0, 2, -1, 7);
        assertThat(Evaluation.of(mask, Map.of(table, feeds.get(table), indices, lengths)).toIntArray())
                .containsExactly(1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1);
        assertThat(sequenceMask(graph.constant(new long[][] {{1, 2}}), Dim.of(4)).shape())
                .isEqualTo(shape(1, 2, 4));
    }
}
