package dev.sinter.unit;

import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.sequenceMask;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
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
            indices, NDArray.of(2, 0, 2, -1, 7));

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
        assertThat(Evaluation.of(gather(table, constant(9L)), feeds).toFloatArray()).containsExactly(5, 6);
        assertThat(Evaluation.of(gather(table, constant(-9L)), feeds).toFloatArray()).containsExactly(1, 2);
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
    void inALoopByTheElement() {
        Tensor rows = mapFn(indices, index -> gather(table, index));
        assertThat(Evaluation.of(rows, feeds).sameBits(Evaluation.of(gather(table, indices), feeds)))
                .isTrue();
    }

    @Test
    void masksOfLengths() {
        Tensor mask = dev.sinter.graph.Ops.cast(sequenceMask(indices, table.dim(0)), INT32);
        assertThat(Evaluation.of(mask, feeds).toIntArray())
                .containsExactly(1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1);
        assertThat(sequenceMask(graph.constant(new long[][] {{1, 2}}), Dim.of(4)).shape())
                .isEqualTo(shape(1, 2, 4));
    }
}
