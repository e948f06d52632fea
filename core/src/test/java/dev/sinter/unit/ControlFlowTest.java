package dev.sinter.unit;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.foldr;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Control.scan;
import static dev.sinter.graph.Control.switchCase;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WhileOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Loops and branches in graphs: how they are written, and what they compute. */
class ControlFlowTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN));

    private float[] floats(Tensor fetch, float... fed) {
        return Evaluation.of(fetch, Map.of(x, NDArray.of(fed))).toFloatArray();
    }

    @Test
    void aScanGivesAllItsCarries() {
        Tensor sums = scan(constant(0f), x, (sum, element) -> sum.plus(element));
        assertThat(sums.shape()).isEqualTo(x.shape());
        assertThat(floats(sums, 1, 2, 3)).containsExactly(1, 3, 6);
        assertThat(floats(sums)).isEmpty();
        assertThat(sums.name()).isEqualTo("scan");
    }

    @Test
    void aScanInReverse() {
        Tensor sums = scan(constant(0f), x, ScanOptions.DEFAULT.reversed(),
                (sum, element) -> sum.plus(element));
        assertThat(floats(sums, 1, 2, 3)).containsExactly(6, 5, 3);
    }

    @Test
    void foldsFromBothEnds() {
        assertThat(floats(foldl(constant(0f), x, (all, digit) -> all.times(10).plus(digit)), 1, 2, 3))
                .containsExactly(123);
        assertThat(floats(foldr(constant(0f), x, (all, digit) -> all.times(10).plus(digit)), 1, 2, 3))
                .containsExactly(321);
    }

    @Test
    void aScanOfSeveralSequencesCarriesAndOutputs() {
        Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN));
        ScanResult result = scan(List.of(constant(0f), constant(1f)), List.of(x, y), each -> {
            Tensor sum = each.carry(0).plus(each.element(0));
            Tensor product = each.carry(1).times(each.element(1));
            return Step.carry(sum, product).output(sum.plus(product)).last(each.element(0));
        });
        List<NDArray> values = Evaluation.of(List.of(result.carry(0), result.carry(1), result.output(0),
                result.last(0), result.count()), Map.of(x, NDArray.of(1f, 2f, 3f), y,
                NDArray.of(4f, 5f, 6f)));
        assertThat(values.get(0).item()).isEqualTo(6);
        assertThat(values.get(1).item()).isEqualTo(120);
        assertThat(values.get(2).toFloatArray()).containsExactly(5, 23, 126);
        assertThat(values.get(3).item()).isEqualTo(3);
        assertThat(values.get(4).getLong(0)).isEqualTo(3);
    }

    @Test
    void aScanEndsEarly() {
        ScanResult result = scan(List.of(constant(0f)), List.of(x), each -> {
            Tensor sum = each.carry(0).plus(each.element(0));
            return Step.carry(sum).output(sum).until(greater(sum, 3));
        });
        List<NDArray> values = Evaluation.of(List.of(result.carry(0), result.output(0), result.count()),
                Map.of(x, NDArray.of(1f, 3f, 5f, 7f)));
        assertThat(values.get(0).item()).isEqualTo(4);
        assertThat(values.get(1).toFloatArray()).containsExactly(1, 4, 0, 0);
        assertThat(values.get(2).getLong(0)).isEqualTo(2);
    }

    @Test
    void aScanOfAGivenLength() {
        Tensor one = graph.constant(1L);
        ScanResult powers = scan(List.of(one), List.of(), ScanOptions.DEFAULT.withLength(5),
                each -> Step.carry(each.carry(0).times(2)).output(each.carry(0), each.index()));
        assertThat(Evaluation.of(powers.output(0)).toLongArray()).containsExactly(1, 2, 4, 8, 16);
        assertThat(Evaluation.of(powers.output(1)).toLongArray()).containsExactly(0, 1, 2, 3, 4);
        ScanResult asLong = scan(List.of(one), List.of(), ScanOptions.DEFAULT.withLength(x.dim(0)),
                each -> Step.carry(each.carry(0).times(2)));
        assertThat(Evaluation.of(asLong.carry(0), Map.of(x, NDArray.of(1f, 1f, 1f))).getLong(0)).isEqualTo(8);
    }

    @Test
    void aLimitEndsAScan() {
        Tensor limit = graph.placeholder("limit", DType.INT32, shape());
        ScanResult sums = scan(List.of(constant(0f)), List.of(x), ScanOptions.DEFAULT.withLimit(limit),
                each -> {
            Tensor sum = each.carry(0).plus(each.element(0));
            return Step.carry(sum).output(sum);
        });
        for (int most : new int[] {-1, 2, 9}) {
            List<NDArray> values = Evaluation.of(List.of(sums.output(0), sums.count()),
                    Map.of(x, NDArray.of(1f, 2f, 3f), limit, NDArray.scalar(most)));
            float[] expected = most < 0 ? new float[] {0, 0, 0} : most == 2 ? new float[] {1, 3, 0}
                    : new float[] {1, 3, 6};
            assertThat(values.get(0).toFloatArray()).containsExactly(expected);
            assertThat(values.get(1).getLong(0)).isEqualTo(Math.clamp(most, 0, 3));
        }
    }

    @Test
    void bodiesUseWhatIsAroundThem() {
        Variable w = graph.variable("w", constant(new float[][] {{1, 2}, {3, 4}}));
        Tensor rows = graph.placeholder("rows", FLOAT32, shape(UNKNOWN, 1, 2));
        Tensor states = scan(zeros(FLOAT32, shape(1, 2)), rows, (h, row) -> tanh(matmul(h, w).plus(row)));
        assertThat(Evaluation.of(states, Map.of(rows, NDArray.from(new float[][][] {{{0, 0}}, {{1, 2}}})))
                .toFloatArray()).containsExactly(0, 0, (float) Math.tanh(1), (float) Math.tanh(2));
    }

    @Test
    void aMapOfElements() {
        assertThat(floats(mapFn(x, element -> element.times(element)), 1, 2, 3)).containsExactly(1, 4, 9);
        List<Tensor> two = mapFn(List.of(x, x.times(2)),
                elements -> List.of(elements.get(0).plus(elements.get(1)), elements.get(0)));
        assertThat(floats(two.get(0), 1, 2)).containsExactly(3, 6);
        assertThat(floats(two.get(1), 1, 2)).containsExactly(1, 2);
    }

    @Test
    void aWhileLoop() {
        Tensor start = graph.placeholder("start", FLOAT32, shape());
        Tensor doubled = whileLoop(start, value -> less(value, 100), value -> value.times(2));
        assertThat(Evaluation.of(doubled, Map.of(start, NDArray.scalar(3f))).item()).isEqualTo(192);
        assertThat(Evaluation.of(doubled, Map.of(start, NDArray.scalar(500f))).item()).isEqualTo(500);
        Tensor bounded = whileLoop(start, value -> less(value, 100), value -> value.times(2),
                WhileOptions.DEFAULT.withMaxIterations(2));
        assertThat(Evaluation.of(bounded, Map.of(start, NDArray.scalar(3f))).item()).isEqualTo(12);
        Tensor limited = whileLoop(start, value -> less(value, 100), value -> value.times(2),
                WhileOptions.DEFAULT.withLimit(constant(3)));
        assertThat(Evaluation.of(limited, Map.of(start, NDArray.scalar(3f))).item()).isEqualTo(24);
        assertThat(doubled.name()).isEqualTo("while");
    }

    @Test
    void aWhileLoopOfSeveralValues() {
        Tensor n = graph.placeholder("n", INT64, shape());
        List<Tensor> numbers = whileLoop(List.of(n, constant(0L), constant(1L)),
                values -> greater(values.get(0), 0),
                values -> List.of(values.get(0).minus(1), values.get(2), values.get(1).plus(values.get(2))));
        assertThat(Evaluation.of(numbers.get(1), Map.of(n, NDArray.scalar(10L))).getLong(0)).isEqualTo(55);
    }

    @Test
    void aCondition() {
        Tensor sum = reduceSum(x);
        Tensor chosen = cond(greater(sum, 0), () -> sum.times(2), () -> constant(-1f));
        assertThat(floats(chosen, 1, 2)).containsExactly(6);
        assertThat(floats(chosen, -1)).containsExactly(-1);
        List<Tensor> both = cond(greater(sum, 0), () -> List.of(sum, x), () -> List.of(sum.unaryMinus(),
                x.times(2)));
        assertThat(floats(both.get(0), -4)).containsExactly(4);
        assertThat(floats(both.get(1), -4)).containsExactly(-8);
    }

    @Test
    void oneOfSeveral() {
        Tensor index = graph.placeholder("index", DType.INT32, shape());
        Tensor chosen = switchCase(index, () -> x.plus(1), () -> x.times(2), () -> zeros(FLOAT32, x.shape()));
        float[][] expected = {{4}, {6}, {0}, {0}};
        for (int i = 0; i < 4; i++) {
            assertThat(Evaluation.of(chosen, Map.of(x, NDArray.of(3f), index, NDArray.scalar(i)))
                    .toFloatArray())
                    .containsExactly(expected[i]);
        }
    }
}
