package dev.sinter.grad;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.function;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Control.scan;
import static dev.sinter.graph.Control.switchCase;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sin;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.stopGradient;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.unstack;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphFunction;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TensorSpec;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WhileOptions;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Evaluation;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/** Gradients through loops, branches and functions of graphs: as those of the graph that is written out. */
class ControlFlowGradientsTest {
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT64, shape(4, 1, 3));
    private final Tensor w = graph.placeholder("w", FLOAT64, shape(3, 3));
    private final Tensor h = graph.placeholder("h", FLOAT64, shape(1, 3));
    private final Map<Tensor, NDArray> feeds = Map.of(x, numbers(1, 4, 1, 3), w, numbers(2, 3, 3), h,
            numbers(3, 1, 3));

    private static NDArray numbers(int seed, long... sizes) {
        NDArray array = NDArray.zeros(FLOAT64, sizes);
        for (int i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, Math.sin(seed * 10 + i));
        }
        return array;
    }

    private void same(Tensor one, Tensor other) {
        NDArray left = Evaluation.of(one, feeds);
        NDArray right = Evaluation.of(other, feeds);
        assertThat(left.sizes()).containsExactly(right.sizes());
        for (int i = 0; i < left.elementCount(); i++) {
            assertThat(left.getDouble(i)).isCloseTo(right.getDouble(i), within(1e-12));
        }
    }

    /** Compares the gradients of two results, and the gradients of a function of those. */
    private void sameGradients(Tensor one, Tensor other) {
        same(one, other);
        List<Tensor> xs = List.of(x, w, h);
        List<Tensor> first = gradients(List.of(one), xs).asList();
        List<Tensor> expected = gradients(List.of(other), xs).asList();
        for (int i = 0; i < 3; i++) {
            same(first.get(i), expected.get(i));
        }
        List<Tensor> second = gradients(first.stream().map(Ops::square).toList(), xs).asList();
        List<Tensor> expectedSecond = gradients(expected.stream().map(Ops::square).toList(), xs).asList();
        for (int i = 0; i < 3; i++) {
            same(second.get(i), expectedSecond.get(i));
        }
    }

    private Tensor cell(Tensor state, Tensor input) {
        return tanh(matmul(state, w).plus(input));
    }

    private Tensor unrolled(BinaryOperator<Tensor> step, boolean reverse) {
        List<Tensor> inputs = unstack(x, 0);
        Tensor state = h;
        Tensor sum = reduceSum(h.times(0));
        for (Tensor input : reverse ? inputs.reversed() : inputs) {
            state = step.apply(state, input);
            sum = sum.plus(reduceSum(square(state)));
        }
        return sum;
    }

    @Test
    void ofAScan() {
        sameGradients(reduceSum(square(scan(h, x, this::cell))), unrolled(this::cell, false));
    }

    @Test
    void ofAScanInReverse() {
        sameGradients(reduceSum(square(scan(h, x, ScanOptions.DEFAULT.reversed(), this::cell))),
                unrolled(this::cell, true));
    }

    @Test
    void ofLastValuesAndOutputs() {
        ScanResult result = scan(List.of(h), List.of(x), each -> {
            Tensor next = cell(each.carry(0), each.element(0));
            return Step.carry(next).output(sin(next)).last(square(each.element(0)));
        });
        Tensor loss = reduceSum(result.carry(0)).plus(reduceSum(result.output(0)))
                .plus(reduceSum(result.last(0)));
        List<Tensor> inputs = unstack(x, 0);
        Tensor state = h;
        Tensor sum = reduceSum(square(inputs.getLast()));
        for (Tensor input : inputs) {
            state = cell(state, input);
            sum = sum.plus(reduceSum(sin(state)));
        }
        sameGradients(loss, sum.plus(reduceSum(state)));
    }

    @Test
    void ofAScanThatEndsEarly() {
        ScanResult result = scan(List.of(h), List.of(x), each -> {
            Tensor next = cell(each.carry(0), each.element(0));
            return Step.carry(next).output(next).until(Ops.greaterEqual(each.index(), graph.constant(2L)));
        });
        Tensor state = h;
        Tensor sum = reduceSum(x).times(0);
        for (Tensor input : unstack(x, 0).subList(0, 3)) {
            state = cell(state, input);
            sum = sum.plus(reduceSum(square(state)));
        }
        sameGradients(reduceSum(square(result.output(0))), sum);
    }

    @Test
    void ofAWhileLoop() {
        for (WhileOptions options : List.of(WhileOptions.DEFAULT,
                WhileOptions.DEFAULT.withMaxIterations(10))) {
            List<Tensor> values = whileLoop(List.of(graph.constant(0L), h), each -> less(each.get(0), 3),
                    each -> List.of(each.get(0).plus(1), tanh(matmul(each.get(1), w).plus(reduceSum(x)))),
                    options);
            Tensor state = h;
            for (int i = 0; i < 3; i++) {
                state = tanh(matmul(state, w).plus(reduceSum(x)));
            }
            sameGradients(reduceSum(square(values.get(1))), reduceSum(square(state)));
        }
    }

    @Test
    void ofLoopsAndBranchesInEachOther() {
        BinaryOperator<Tensor> step = (state, input) -> cond(greater(reduceSum(input), 0),
                () -> foldl(state, w, (inner, row) -> sin(inner.plus(row)).times(input)),
                () -> cell(state, input));
        Tensor nested = reduceSum(square(scan(h, x, step)));
        List<Tensor> inputs = unstack(x, 0);
        Tensor state = h;
        Tensor sum = reduceSum(h).times(0);
        for (int i = 0; i < 4; i++) {
            double total = 0;
            for (int k = 0; k < 3; k++) {
                total += feeds.get(x).getDouble(3 * i + k);
            }
            if (total > 0) {
                for (Tensor row : unstack(w, 0)) {
                    state = sin(state.plus(row)).times(inputs.get(i));
                }
            } else {
                state = cell(state, inputs.get(i));
            }
            sum = sum.plus(reduceSum(square(state)));
        }
        sameGradients(nested, sum);
    }

    @Test
    void ofBranchesAndFunctions() {
        GraphFunction layer = function(graph, "layer", List.of(TensorSpec.of(FLOAT64, shape(1, 3)),
                TensorSpec.of(FLOAT64, shape(1, 3))), given -> List.of(cell(given.get(0), given.get(1))));
        Tensor chosen = switchCase(graph.constant(1), () -> h, () -> layer.call(h, unstack(x, 0).get(0))
                .getFirst());
        Tensor twice = layer.call(chosen, h).getFirst();
        sameGradients(reduceSum(square(twice)), reduceSum(square(cell(cell(h, unstack(x, 0).get(0)), h))));
    }

    @Test
    void stopInABody() {
        Tensor stopped = reduceSum(square(scan(h, x, (state, input) ->
                tanh(matmul(stopGradient(state), w).plus(input).plus(state)))));
        sameGradients(stopped, unrolled((state, input) ->
                tanh(matmul(stopGradient(state), w).plus(input).plus(state)), false));
    }

    @Test
    void insideABody() {
        Tensor t = graph.placeholder("t", FLOAT64, shape(UNKNOWN));
        Tensor slopes = mapFn(t, each -> {
            Tensor power = foldl(each.times(0).plus(1), graph.tensor(Ops.range(INT64, 3)),
                    (all, _) -> all.times(each));
            return gradients(power, each).get(0);
        });
        assertThat(Evaluation.of(slopes, Map.of(t, NDArray.of(1.0, 2.0, 3.0))).toDoubleArray())
                .containsExactly(3, 12, 27);
        Tensor curvature = gradients(reduceSum(slopes), t).get(0);
        assertThat(Evaluation.of(curvature, Map.of(t, NDArray.of(1.0, 2.0, 3.0))).toDoubleArray())
                .containsExactly(6, 12, 18);
    }

    @Test
    void insideABodyThroughALoopAroundIt() {
        Tensor s = graph.placeholder("s", FLOAT64, shape());
        Tensor power = foldl(s.times(0).plus(1), graph.tensor(Ops.range(INT64, 3)), (all, _) -> all.times(s));
        Tensor t = graph.placeholder("t", FLOAT64, shape(UNKNOWN));
        Tensor slopes = mapFn(t, each -> gradients(power.times(each), s).get(0));
        assertThat(Evaluation.of(slopes, Map.of(t, NDArray.of(1.0, 2.0), s, NDArray.scalar(2.0)))
                .toDoubleArray())
                .containsExactly(12, 24);
    }

    @Test
    void ofVariablesThatBodiesReadAndWrite() {
        Variable v = graph.variable("v", Ops.constant(2.0));
        Tensor t = graph.placeholder("t", FLOAT64, shape(UNKNOWN));
        Tensor read = reduceSum(mapFn(t, each -> each.times(v).times(v)));
        Map<Tensor, NDArray> fed = Map.of(t, NDArray.of(1.0, 3.0));
        assertThat(Evaluation.of(gradients(read, v).of(v), fed).item()).isEqualTo(16);
        Tensor written = reduceSum(mapFn(t, each -> v.assign(v.times(each))));
        Gradients ofWritten = gradients(List.of(written), List.of(v, t));
        assertThat(Evaluation.of(ofWritten.of(v), fed).item()).isEqualTo(4);
        assertThat(Evaluation.of(ofWritten.of(t), fed).toDoubleArray()).containsExactly(8, 2);
    }

    @Test
    void ofAnOdeStepperAgainstTheClosedForm() {
        Tensor rate = graph.placeholder("rate", FLOAT64, shape());
        Tensor end = graph.placeholder("end", FLOAT64, shape());
        double step = 1e-3;
        List<Tensor> result = whileLoop(List.of(rate.times(0), rate.times(0).plus(1)),
                each -> less(each.get(0), end),
                each -> {
                    Tensor y = each.get(1);
                    Tensor k1 = y.times(rate);
                    Tensor k2 = y.plus(k1.times(step / 2)).times(rate);
                    return List.of(each.get(0).plus(step), y.plus(k2.times(step)));
                });
        Tensor first = gradients(result.get(1), rate).get(0);
        Tensor second = gradients(first, rate).get(0);
        Map<Tensor, NDArray> fed = Map.of(rate, NDArray.scalar(-1.5), end, NDArray.scalar(0.9995));
        double exact = Math.exp(-1.5);
        assertThat(Evaluation.of(result.get(1), fed).item()).isCloseTo(exact, within(1e-6));
        assertThat(Evaluation.of(first, fed).item()).isCloseTo(exact, within(1e-5));
        assertThat(Evaluation.of(second, fed).item()).isCloseTo(exact, within(1e-5));
    }
}
