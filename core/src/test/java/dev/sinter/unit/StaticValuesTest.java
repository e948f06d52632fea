package dev.sinter.unit;

import static dev.sinter.graph.Ops.add;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.equal;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.reduceProd;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.shapeOf;
import static dev.sinter.graph.Ops.size;
import static dev.sinter.graph.Ops.slice;
import static dev.sinter.graph.Ops.stack;
import static dev.sinter.graph.Ops.staticShape;
import static dev.sinter.graph.Ops.staticValue;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.tensor.DType.BOOL;
import static dev.sinter.tensor.DType.FLOAT16;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Index;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Select;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is known of values before a run. */
class StaticValuesTest {
    private static final long[][] SIZES = {{2, 5, 7}, {0, 1, 2}, {3, 4, 1}, {1, 0, 6}};

    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN, 3, UNKNOWN, UNKNOWN));
    private final Tensor sizes = shapeOf(x);
    private final Tensor n = gather(sizes, constant(0));
    private final Tensor h = gather(sizes, constant(2));
    private final Tensor w = gather(sizes, constant(3));
    private final Dim dimN = x.dim(0);
    private final Dim dimH = x.dim(2);
    private final Dim dimW = x.dim(3);

    /** Checks what is known of a tensor, and that runs agree. */
    private void known(Tensor tensor, Dim... dims) {
        assertThat(staticShape(tensor)).contains(Shape.of(dims));
        agrees(tensor);
    }

    private void agrees(Tensor tensor) {
        List<Dim> dims = staticShape(tensor).orElseThrow().dims();
        for (long[] fed : SIZES) {
            Map<Symbol, Long> values = Map.of(dimN.asSymbol().orElseThrow(), fed[0], dimH.asSymbol().orElseThrow(),
                    fed[1], dimW.asSymbol().orElseThrow(), fed[2]);
            NDArray run = Evaluation.of(tensor, Map.of(x, NDArray.zeros(FLOAT32, fed[0], 3, fed[1], fed[2])));
            for (int i = 0; i < dims.size(); i++) {
                assertThat(run.getLong(i)).as("%s where %s", dims.get(i), values)
                        .isEqualTo(dims.get(i).evaluate(values::get));
            }
        }
    }

    private void unknown(Tensor tensor) {
        assertThat(staticShape(tensor)).isEmpty();
        assertThat(staticValue(tensor)).isEmpty();
    }

    @Test
    void valuesOfConstants() {
        Tensor c = graph.constant(new float[][] {{1, 2}, {3, 4}});
        assertThat(staticValue(c).orElseThrow().toFloatArray()).containsExactly(1, 2, 3, 4);
        Tensor product = Ops.matmul(c, Ops.transpose(c)).plus(Ops.exp(graph.constant(0f)));
        assertThat(staticValue(product).orElseThrow().toFloatArray()).containsExactly(6, 12, 12, 26);
        assertThat(staticValue(constant(new long[] {4, -1})).orElseThrow().toLongArray()).containsExactly(4, -1);
        assertThat(staticShape(constant(new int[] {4, -1}))).contains(Shape.of(Dim.of(4), Dim.of(-1)));
        assertThat(staticShape(constant(7L))).contains(shape(7));
        assertThat(staticShape(constant(new long[0]))).contains(Shape.SCALAR);
        assertThat(staticValue(Ops.zeros(FLOAT32, shape(2, 2))).orElseThrow().toFloatArray()).hasSize(4);
        assertThat(staticValue(Ops.stopGradient(c).named("c")).orElseThrow().sizes()).containsExactly(2, 2);
        assertThat(staticValue(Ops.gatherNd(c, constant(new int[][] {{1, 0}}))).orElseThrow().toFloatArray())
                .containsExactly(3);
    }

    @Test
    void aValueIsACopy() {
        Tensor c = graph.constant(new float[] {1, 2});
        staticValue(c).orElseThrow().setDouble(0, 7);
        assertThat(staticValue(c).orElseThrow().toFloatArray()).containsExactly(1, 2);
        assertThat(Evaluation.of(c).toFloatArray()).containsExactly(1, 2);
    }

    @Test
    void whatARunDecidesIsNotKnown() {
        Tensor fed = graph.placeholder("fed", INT64, shape(2));
        unknown(fed);
        unknown(fed.plus(1));
        unknown(graph.placeholderWithDefault("default", constant(new long[] {1})));
        unknown(concat(0, fed, constant(new long[] {1})));
        assertThat(staticValue(Random.uniform(FLOAT32, shape(2), 0, 1))).isEmpty();
        assertThat(staticValue(graph.tensor(Random.uniform(FLOAT32, shape(2), 0, 1)))).isEmpty();
        assertThat(staticValue(graph.variable("v", constant(1f)))).isEmpty();
        assertThat(staticValue(graph.variable("u", constant(1f)).plus(1))).isEmpty();
        assertThat(staticValue(x)).isEmpty();
        assertThat(staticValue(Ops.zeros(FLOAT32, x.shape()))).isEmpty();
        assertThat(staticValue(n)).isEmpty();
        assertThat(staticValue(sizes)).isEmpty();
        unknown(graph.constant(new long[] {1}).div(constant(new long[] {0})));
        unknown(gather(graph.constant(new long[] {1, 2}), graph.constant(4).plus(1)));
    }

    @Test
    void sizesThatAreKnownAreValues() {
        assertThat(staticValue(gather(sizes, constant(1))).orElseThrow().longValue()).isEqualTo(3);
        Tensor scale = cast(gather(sizes, constant(1)), FLOAT32).times(0.5);
        assertThat(staticValue(scale).orElseThrow().floatValue()).isEqualTo(1.5f);
        assertThat(staticValue(shapeOf(graph.constant(new float[2][3]))).orElseThrow().toLongArray())
                .containsExactly(2, 3);
        assertThat(staticValue(n.times(0)).orElseThrow().longValue()).isZero();
        assertThat(staticValue(n.minus(n)).orElseThrow().longValue()).isZero();
    }

    @Test
    void sizesAreMoved() {
        known(sizes, dimN, Dim.of(3), dimH, dimW);
        known(n, dimN);
        known(concat(0, expandDims(n, 0), constant(new long[] {-1})), dimN, Dim.of(-1));
        known(slice(sizes, Index.from(2)), dimH, dimW);
        known(Ops.reverse(sizes), dimW, dimH, Dim.of(3), dimN);
        known(stack(0, n, h).times(2), dimN.times(2), dimH.times(2));
        known(Ops.squeeze(slice(sizes, new long[] {3}, new long[] {1})), dimW);
        known(Ops.reshape(Ops.transpose(Ops.reshape(sizes, shape(2, 2))), shape(4)), dimN, dimH, Dim.of(3), dimW);
        known(Ops.pad(n(1), new long[][] {{1, 1}}, 5), Dim.of(5), dimN, Dim.of(5));
        known(Ops.tile(n(1), 3), dimN, dimN, dimN);
        known(gather(sizes, constant(new int[] {2, 2})), dimH, dimH);
    }

    private Tensor n(long... shape) {
        return Ops.reshape(n, shape(shape));
    }

    @Test
    void sizesAreComputedWith() {
        known(n.plus(1).times(h).minus(w), dimN.plus(1).times(dimH).minus(dimW));
        known(h.div(2), dimH.floorDiv(2));
        known(h.rem(2), dimH.mod(Dim.of(2)));
        known(Ops.floordiv(h.plus(1), graph.constant(2L)), dimH.plus(1).floorDiv(2));
        known(Ops.floormod(h, graph.constant(4L)), dimH.mod(Dim.of(4)));
        known(h.times(6).div(3), dimH.times(2));
        agrees(h.minus(1).div(2));
        agrees(h.minus(3).rem(2));
        agrees(h.minus(3).div(-2));
        known(h.unaryMinus().div(2), dimH.floorDiv(2).times(-1));
        known(Ops.maximum(h, h.plus(1)), dimH.plus(1));
        known(Ops.minimum(h, w), dimH.min(dimW));
        known(Ops.maximum(h.unaryMinus(), w), dimW);
        known(Ops.abs(h.unaryMinus()), dimH);
        agrees(Ops.abs(h.minus(3)));
        known(Ops.square(h), dimH.times(dimH));
        known(cast(cast(cast(h, INT32).plus(1), INT64), INT32), dimH.plus(1));
        known(reduceProd(sizes), x.shape().elementCount());
        known(reduceSum(sizes), dimN.plus(dimH).plus(dimW).plus(3));
        known(Ops.reduceMax(stack(0, h, h.plus(2))), dimH.plus(2));
        known(size(x), x.shape().elementCount());
        known(reduceSum(Ops.reshape(sizes, shape(2, 2)), 0), dimN.plus(dimH), dimW.plus(3));
        known(reduceProd(slice(sizes, new long[] {0}, new long[] {0})), Dim.ONE);
        known(cast(graph.constant(1L << 32), INT32), Dim.ZERO);
    }

    @Test
    void comparisonsThatSizesDecide() {
        known(where(equal(n.times(3), graph.constant(-1L)), graph.constant(7L), n), dimN);
        known(where(Ops.greaterEqual(n, graph.constant(0L)), n, w), dimN);
        known(where(Ops.less(n, n.plus(1)), h, w), dimH);
        known(where(Ops.notEqual(n, n), h, w), dimW);
        known(where(Ops.less(n, h), w, w), dimW);
        Tensor target = graph.constant(new long[] {0, -1, 2});
        known(where(equal(target, graph.constant(0L)), stack(0, n, n, n), target), dimN, Dim.of(-1), Dim.of(2));
        Tensor isBatch = graph.constant(new boolean[] {true, false, false, false});
        known(where(isBatch, sizes, Ops.onesLike(sizes)), dimN, Dim.ONE, Dim.ONE, Dim.ONE);
        known(where(cast(n.plus(1), BOOL), h, w), dimH);
        known(where(Ops.logicalAnd(Ops.less(n, h), Ops.less(n, graph.constant(0L))), h, w), dimW);
        unknown(where(Ops.less(n, h), h, w));
        unknown(where(equal(n, graph.constant(1L)), h, w));
    }

    private static Tensor toLong(Tensor x) {
        return cast(x, INT64);
    }

    @Test
    void sizesAreScaledAsFloats() {
        Tensor real = cast(h, FLOAT32);
        known(toLong(real.times(2)), dimH.times(2));
        known(toLong(Ops.floor(real.times(0.5))), dimH.floorDiv(2));
        known(toLong(Ops.ceil(real.div(2))), dimH.ceilDiv(2));
        known(toLong(real.times(1.5).plus(0.5)), dimH.times(3).plus(1).floorDiv(2));
        known(toLong(Ops.floor(real.div(3))), dimH.floorDiv(3));
        known(toLong(real.div(3)), dimH.floorDiv(3));
        known(toLong(Ops.ceil(cast(h, FLOAT64).div(-3))), dimH.times(-1).ceilDiv(3));
        known(toLong(real.times(0.25).times(8)), dimH.times(2));
        known(toLong(Ops.floor(cast(sizes, FLOAT32).times(graph.constant(new float[] {1, 1, 2, 0.5f})))), dimN,
                Dim.of(3), dimH.times(2), dimW.floorDiv(2));
        known(toLong(Ops.maximum(real.minus(0.5), real.times(2))), dimH.times(2));
        known(where(Ops.less(real, real.plus(0.5)), n, w), dimN);
        known(toLong(cast(cast(h, FLOAT64), FLOAT32)), dimH);
        known(toLong(Ops.round(real.times(3))), dimH.times(3));
        known(toLong(reduceProd(cast(sizes, FLOAT32))), x.shape().elementCount());
        agrees(toLong(real.minus(1.5)));
        agrees(toLong(Ops.abs(real.minus(1.5))));
        unknown(toLong(real.div(49).times(49)));
        unknown(toLong(real.times(0.1)));
        unknown(toLong(Ops.round(real.times(0.5))));
        unknown(toLong(Ops.sqrt(real)));
        unknown(toLong(cast(h, FLOAT16)));
        unknown(toLong(real.div(cast(w, FLOAT32))));
        unknown(toLong(real.div(0)));
        assertThat(staticValue(gather(cast(sizes, FLOAT32).times(0.5), constant(1))).orElseThrow().floatValue())
                .isEqualTo(1.5f);
    }

    @Test
    void partsOfWhatIsNotKnown() {
        Tensor fed = graph.placeholder("fed", INT64, shape(2));
        Tensor all = concat(0, fed, expandDims(n, 0));
        unknown(all);
        assertThat(staticShape(gather(all, constant(2)))).contains(Shape.of(dimN));
        assertThat(staticShape(gather(all.times(constant(new long[] {0, 1, 2})), constant(new int[] {0, 2}))))
                .contains(Shape.of(Dim.ZERO, dimN.times(2)));
        unknown(gather(sizes, gather(fed, constant(0))));
    }

    @Test
    void sumsOfLargeConstantsBesideSizes() {
        Tensor sum = reduceSum(graph.constant(NDArray.full(INT64, 1, 5000)));
        known(n.plus(sum), dimN.plus(5000));
        known(stack(0, n, sum), dimN, Dim.of(5000));
        assertThat(staticValue(sum).orElseThrow().longValue()).isEqualTo(5000);
    }

    @Test
    void whatAFailedOpTaughtIsForgotten() {
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN, 3));
        Tensor size = gather(shapeOf(y), constant(0));
        AtomicReference<Optional<NDArray>> inside = new AtomicReference<>(Optional.empty());
        Tensor condition = graph.constant(true);
        assertThatThrownBy(() -> Control.cond(condition, () -> {
            Tensor sum = y.plus(graph.constant(new float[4][3]));
            inside.set(staticValue(size));
            return sum;
        }, () -> graph.constant(1))).isInstanceOf(GraphException.class);
        assertThat(inside.get().orElseThrow().longValue()).isEqualTo(4);
        assertThat(staticValue(size)).isEmpty();
        assertThat(staticShape(size)).contains(Shape.of(y.dim(0)));
    }

    @Test
    void equalSizesAreOne() {
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN));
        Tensor size = size(y);
        assertThat(staticShape(size)).contains(y.shape()).isNotEqualTo(staticShape(n));
        Tensor difference = where(equal(size, n), h, w);
        assertThat(staticShape(difference)).isEmpty();
        add(y, Ops.reshape(Ops.reduceMax(x, 1, 2, 3), shape(UNKNOWN)));
        assertThat(staticShape(size)).isEqualTo(staticShape(n));
        assertThat(staticShape(difference)).contains(Shape.of(dimH));
    }

    @Test
    void sizesThatTheRunFinds() {
        Tensor found = Select.nonzero(Ops.reshape(x, shape(UNKNOWN)));
        assertThat(staticShape(shapeOf(found))).contains(found.shape());
        assertThat(staticShape(gather(shapeOf(found), constant(0)).plus(1)))
                .contains(Shape.of(found.dim(0).plus(1)));
    }

    @Test
    void loopsAndBranchesOfConstants() {
        Tensor two = graph.constant(2L);
        Tensor power = Control.scan(constant(1L), graph.constant(new long[] {0, 1, 2}),
                (value, _) -> value.times(two));
        assertThat(staticValue(power).orElseThrow().toLongArray()).containsExactly(2, 4, 8);
        assertThat(staticShape(power)).contains(shape(2, 4, 8));
        Tensor most = Control.whileLoop(two, i -> Ops.less(i, 100), i -> i.times(2));
        assertThat(staticValue(most).orElseThrow().longValue()).isEqualTo(128);
        Tensor chosen = Control.cond(Ops.less(two, 3), () -> two.plus(1), () -> two);
        assertThat(staticValue(chosen).orElseThrow().longValue()).isEqualTo(3);
        assertThat(staticValue(Control.whileLoop(two, i -> Ops.greater(i, 0), i -> i.plus(0)))).isEmpty();
    }

    @Test
    void insideOfABody() {
        AtomicReference<List<Object>> inside = new AtomicReference<>(List.of());
        Tensor two = graph.constant(2L);
        Control.scan(graph.tensor(constant(0f)), x, (sum, element) -> {
            inside.set(List.of(staticShape(shapeOf(element)), staticValue(sum), staticShape(n.times(two)),
                    staticValue(two.plus(two)).orElseThrow().longValue()));
            return sum.plus(Ops.reduceSum(element));
        });
        assertThat(inside.get()).containsExactly(Optional.of(Shape.of(Dim.of(3), dimH, dimW)),
                Optional.empty(), Optional.of(Shape.of(dimN.times(2))), 4L);
    }

    @Test
    void deepAndSharedGraphs() {
        Tensor deep = n;
        Tensor constants = graph.constant(0L);
        for (int i = 0; i < 20_000; i++) {
            deep = deep.plus(1);
            constants = constants.plus(1);
        }
        assertThat(staticShape(deep)).contains(Shape.of(dimN.plus(20_000)));
        assertThat(staticValue(constants).orElseThrow().longValue()).isEqualTo(20_000);
        Tensor shared = n;
        for (int i = 0; i < 40; i++) {
            shared = shared.plus(shared);
        }
        assertThat(staticShape(shared)).contains(Shape.of(dimN.times(1L << 40)));
        for (int i = 0; i < 40; i++) {
            shared = shared.plus(shared);
        }
        assertThat(staticShape(shared)).isEmpty();
    }

    @Test
    void longExpressionsAreNotFollowed() {
        Tensor product = n;
        for (int i = 0; i < 30; i++) {
            product = product.times(gather(shapeOf(graph.placeholder("p", FLOAT32, shape(UNKNOWN))), constant(0))
                    .plus(1));
        }
        assertThat(staticShape(product)).isEmpty();
    }

    @Test
    void whatTakesLongIsLeftToTheRun() {
        Tensor most = graph.tensor(Ops.ones(FLOAT32, shape(1 << 20)));
        assertThat(staticValue(reduceSum(most)).orElseThrow().floatValue()).isEqualTo(1 << 20);
        assertThat(staticValue(Ops.ones(FLOAT32, shape((1 << 20) + 1)))).isEmpty();
        Tensor large = graph.constant(NDArray.zeros(FLOAT32, (1 << 20) + 1));
        assertThat(staticValue(large)).isPresent();
        assertThat(staticValue(reduceSum(large))).isEmpty();
        Tensor matrix = graph.constant(NDArray.zeros(FLOAT32, 1024, 1024));
        assertThat(staticValue(Ops.matmul(matrix, matrix))).isEmpty();
        List<Tensor> sums = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sums.add(reduceSum(most.plus(i)));
        }
        assertThat(staticValue(Ops.addN(sums))).isEmpty();
        assertThat(staticShape(n.plus(1))).contains(Shape.of(dimN.plus(1)));
    }

    @Test
    void onlyVectorsOfIntegersAreShapes() {
        assertThatThrownBy(() -> staticShape(x)).isInstanceOf(GraphException.class)
                .hasMessageContaining("static_shape: a scalar or vector of integers is needed, not Tensor(\"x:0\"");
        assertThatThrownBy(() -> staticShape(Ops.reshape(sizes, shape(2, 2)))).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> staticShape(constant(new boolean[] {true}))).isInstanceOf(GraphException.class);
    }
}
