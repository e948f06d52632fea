package dev.sinter.unit;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.tensor.DType.BOOL;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TopK;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The greatest elements along an axis. */
class TopKTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, UNKNOWN));
    private final float none = Float.NEGATIVE_INFINITY;
    private final Map<Tensor, NDArray> feeds = Map.of(x, NDArray.from(new float[][] {
        {3, 7, -1, 7, 5}, {none, none, 2, none, Float.NaN}}));

    @Test
    void valuesAndIndices() {
        TopK top = Nn.topK(x, 4);
        assertThat(top.values().shape().dims()).isEqualTo(shape(UNKNOWN, 4).dims().stream().map(dim ->
                dim.isConstant() ? dim : x.dim(0)).toList());
        assertThat(top.indices().dtype()).isEqualTo(INT32);
        assertThat(Evaluation.of(top.values(), feeds).toFloatArray())
                .containsExactly(7, 7, 5, 3, Float.NaN, 2, none, none);
        assertThat(Evaluation.of(top.indices(), feeds).toIntArray()).containsExactly(1, 3, 4, 0, 4, 2, 0, 1);
    }

    @Test
    void integersOneAxisAndNothing() {
        TopK top = Nn.topK(graph.constant(new int[] {Integer.MIN_VALUE, 4, Integer.MIN_VALUE}), 3);
        assertThat(Evaluation.of(top.values(), feeds).toIntArray())
                .containsExactly(4, Integer.MIN_VALUE, Integer.MIN_VALUE);
        assertThat(Evaluation.of(top.indices(), feeds).toIntArray()).containsExactly(1, 0, 2);
        assertThat(Evaluation.of(Nn.topK(x, 0).values(), feeds).sizes()).containsExactly(2, 0);
    }

    @Test
    void gradientsFlowThroughValues() {
        Tensor loss = dev.sinter.graph.Ops.reduceSum(square(Nn.topK(x, 2).values()));
        assertThat(Evaluation.of(gradients(loss, x).of(x), Map.of(x, NDArray.from(new float[][] {{3, 7, -1, 7, 5}})))
                .toFloatArray()).containsExactly(0, 14, 0, 14, 0);
    }

    @Test
    void tooMany() {
        assertThatThrownBy(() -> Nn.topK(graph.constant(new int[] {1, 2}), 3)).isInstanceOf(GraphException.class)
                .hasMessageContaining("top_k: there are no 3 greatest elements along the last axis");
        assertThatThrownBy(() -> Nn.topK(graph.placeholder("b", BOOL, shape(2)), 1)).isInstanceOf(GraphException.class)
                .hasMessageContaining("top_k: numbers along an axis are needed, not Tensor(\"b:0\"");
        assertThatThrownBy(() -> Evaluation.of(Nn.topK(x, 6).values(), feeds)).isInstanceOf(GraphException.class)
                .hasMessageContaining("top_k: there are no 6 greatest elements along the last axis, which has 5");
    }
}
