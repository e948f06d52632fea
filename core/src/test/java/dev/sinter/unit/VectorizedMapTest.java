package dev.sinter.unit;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Control.vectorizedMap;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.dynamicSlice;
import static dev.sinter.graph.Ops.einsum;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.pad;
import static dev.sinter.graph.Ops.randomUniform;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.reverse;
import static dev.sinter.graph.Ops.slice;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.op.Loop;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Maps of all elements at once: as maps of one after the other. */
class VectorizedMapTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 3, 2));
    private final Tensor w = graph.placeholder("w", FLOAT64, shape(2, UNKNOWN));
    private final Tensor index = graph.placeholder("index", INT64, shape());
    private final Map<Tensor, NDArray> feeds = Map.of(x, numbers(5, 3, 2), w, numbers(2, 4), index,
            NDArray.scalar(1L));

    private static NDArray numbers(long... sizes) {
        NDArray array = NDArray.zeros(FLOAT64, sizes);
        for (int i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, Math.sin(i + 1));
        }
        return array;
    }

    private boolean loops(Tensor tensor) {
        return Lowering.lower(graph, List.of(tensor), List.of(x, w, index), List.of()).function().values()
                .stream()
                .anyMatch(value -> value.op() instanceof Loop);
    }

    private void same(boolean batched, Function<Tensor, Operand> body) {
        Tensor all = vectorizedMap(x, body);
        Tensor each = mapFn(x, body);
        assertThat(all.shape()).isEqualTo(each.shape());
        assertThat(loops(all)).isEqualTo(!batched);
        assertThat(loops(each)).isTrue();
        assertThat(Evaluation.of(all, feeds).sameBits(Evaluation.of(each, feeds))).isTrue();
    }

    @Test
    void elementwiseOpsAndReductions() {
        same(true, each -> tanh(each).times(2).plus(each));
        same(true, each -> each.times(reduceSum(w)).plus(constant(new double[] {1, 2})));
        same(true, each -> reduceMax(each, 0));
        same(true, each -> reduceSum(square(each)));
        same(true, each -> Nn.softmax(each));
        same(true, each -> cast(cast(each.times(10), INT64), FLOAT64));
    }

    @Test
    void opsThatMoveElements() {
        same(true, each -> transpose(each));
        same(true, each -> reshape(each, shape(2, 3)));
        same(true, each -> reverse(each, 1));
        same(true, each -> slice(each, new long[] {1, 0}, new long[] {2, 1}));
        same(true, each -> pad(each, new long[][] {{1, 0}, {0, 2}}, 7));
        same(true, each -> concat(0, each, zeros(FLOAT64, shape(1, 2)), each));
        same(true, each -> expandDims(each, 0));
    }

    @Test
    void products() {
        same(true, each -> matmul(each, w));
        same(true, each -> matmul(each, transpose(each)));
        same(true, each -> einsum("ij,jk->k", each, w));
        same(true, each -> einsum("ab,ba->", each, transpose(each)));
    }

    @Test
    void whatDependsOnNoElement() {
        same(true, each -> w);
        same(true, each -> dynamicSlice(w, List.of(constant(0L), index), shape(2, 1)).times(reduceSum(each)));
        List<Tensor> both = vectorizedMap(List.of(x, x.times(2)),
                each -> List.of(each.get(0).plus(each.get(1)), w));
        assertThat(both.get(1).shape().dims()).startsWith(x.dim(0));
    }

    @Test
    void othersAreLoops() {
        same(false, each -> cond(greater(reduceSum(each), 0), () -> each, () -> each.times(2)));
        same(false, each -> mapFn(each, row -> row.times(2)));
        same(false, each -> dynamicSlice(each, List.of(cast(reduceSum(each), INT64), index), shape(1, 1)));
        Tensor noise = vectorizedMap(x, each -> each.times(0).plus(randomUniform(FLOAT64, shape())));
        assertThat(loops(noise)).isTrue();
        assertThat(DoubleStream.of(Evaluation.of(noise, feeds).toDoubleArray()).distinct()).hasSize(5);
    }

    /** The same as one by one, without a loop over the elements around the loop or branch of the body. */
    private void inside(Function<Tensor, Operand> body) {
        Tensor all = vectorizedMap(x, body);
        assertThat(Lowering.lower(graph, List.of(all), List.of(x, w, index), List.of()).function().values())
                .noneMatch(value -> value.op().regions().stream().anyMatch(region -> region.function().values()
                        .stream().anyMatch(inner -> !inner.op().regions().isEmpty())));
        Tensor each = mapFn(x, body);
        assertThat(all.shape()).isEqualTo(each.shape());
        assertThat(Evaluation.of(all, feeds).sameBits(Evaluation.of(each, feeds))).isTrue();
    }

    @Test
    void loopsAndBranchesInsideGetTheAxis() {
        inside(each -> mapFn(each, row -> row.times(2)));
        inside(each -> Control.scan(zeros(FLOAT64, shape(2)), each, (sum, row) -> sum.times(0.5).plus(row)));
        inside(each -> Control.foldl(reduceSum(each), w, (sum, row) -> sum.times(0.5).plus(reduceMax(row))));
        inside(each -> cond(greater(reduceSum(w), 0), () -> each, () -> each.times(2)));
        inside(each -> cond(greater(reduceSum(w), 0), () -> zeros(FLOAT64, shape(2)), () -> reduceSum(each, 0)));
        inside(each -> Control.whileLoop(List.of(index.times(0), reduceSum(each)),
                all -> Ops.less(all.get(0), 3), all -> List.of(all.get(0).plus(1), all.get(1).times(0.5))).get(1));
        same(true, each -> dynamicSlice(each, List.of(constant(0L), index), shape(2, 1)));
        same(true, each -> Ops.dynamicUpdateSlice(each, zeros(FLOAT64, shape(1, 1)), List.of(index, constant(0L))));
    }

    @Test
    void gradientsFlow() {
        Tensor all = gradients(reduceSum(square(vectorizedMap(x, each -> tanh(matmul(each, w))))), w).get(0);
        Tensor each = gradients(reduceSum(square(mapFn(x, one -> tanh(matmul(one, w))))), w).get(0);
        NDArray left = Evaluation.of(all, feeds);
        NDArray right = Evaluation.of(each, feeds);
        for (int i = 0; i < left.elementCount(); i++) {
            assertThat(left.getDouble(i)).isCloseTo(right.getDouble(i),
                    org.assertj.core.api.Assertions.within(1e-12));
        }
    }
}
