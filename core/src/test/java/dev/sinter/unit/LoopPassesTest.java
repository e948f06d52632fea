package dev.sinter.unit;

import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.mapFn;
import static dev.sinter.graph.Control.scan;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sigmoid;
import static dev.sinter.graph.Ops.split;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Graph;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Nn;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.ir.Function;
import dev.sinter.op.Contract;
import dev.sinter.op.Loop;
import dev.sinter.pass.Bisection;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Optimized;
import dev.sinter.pass.Pass;
import dev.sinter.pass.PassReport;
import dev.sinter.pass.Pipeline;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the passes over loops take out of them, and what they leave. */
class LoopPassesTest {
    private static final OptimizationOptions EXACT = OptimizationOptions.defaults().withVerification();

    private final Graph graph = new Graph();

    private LoweredGraph lowered(List<Tensor> fetches, Tensor... feeds) {
        return Lowering.lower(graph, fetches, List.of(feeds), List.of());
    }

    private static List<Loop> loops(Function function) {
        return function.values().stream().filter(value -> value.op() instanceof Loop)
                .map(value -> (Loop) value.op()).toList();
    }

    private static long products(Loop loop) {
        return loop.body().function().values().stream().filter(value -> value.op() instanceof Contract).count();
    }

    @Test
    void aSumOfProductsByASmallFactorStaysFinite() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(10, 1, 1));
        Tensor w = graph.placeholder("w", FLOAT32, shape(1, 1));
        Tensor sum = foldl(constant(new float[][] {{0}}), x, (all, element) -> all.plus(matmul(element, w)));
        LoweredGraph lowered = lowered(List.of(sum), x, w);
        NDArray large = NDArray.zeros(FLOAT32, 10, 1, 1);
        for (int i = 0; i < 10; i++) {
            large.setDouble(i, 1e38);
        }
        NDArray small = NDArray.from(new float[][] {{1e-10f}});
        NDArray expected = Interpreter.run(lowered.function(), List.of(large, small)).getFirst();
        assertThat(expected.item()).isBetween(9.9e28, 1.1e29);
        Function exact = Pipeline.optimize(lowered.function(), EXACT).function();
        assertThat(Interpreter.run(exact, List.of(large, small)).getFirst().item()).isBetween(9.9e28, 1.1e29);
        assertThat(loops(Pipeline.optimize(lowered.function(), EXACT.withReassociation()).function())).isEmpty();
    }

    @Test
    void aSumThatManyWaysLeadToIsMadeOnce() {
        Tensor x = graph.placeholder("x", FLOAT64, shape(3));
        Tensor sum = foldl(constant(1.0), x, (all, element) -> {
            Tensor doubled = element;
            for (int i = 0; i < 40; i++) {
                doubled = doubled.plus(doubled);
            }
            return all.plus(doubled);
        });
        Function optimized = Pipeline.optimize(lowered(List.of(sum), x).function(), EXACT).function();
        assertThat(Interpreter.run(optimized, List.of(NDArray.from(new double[] {1, 2, 3}))).getFirst().item())
                .isEqualTo(6.0 * (1L << 40) + 1);
    }

    @Test
    void aLoopWithoutHistoryGetsNone() {
        Tensor h = graph.placeholder("h", FLOAT32, shape(4, 1));
        Tensor none = graph.placeholder("none", FLOAT32, shape(4, 4));
        ScanResult result = scan(List.of(h, none), List.of(), ScanOptions.DEFAULT.withLength(Dim.of(10_000_000)),
                each -> {
                    Tensor next = tanh(each.carry(0));
                    return Step.carry(next, each.carry(1).plus(matmul(next, transpose(next))));
                });
        Function optimized = Pipeline.optimize(lowered(result.carries(), h, none).function(), EXACT).function();
        assertThat(loops(optimized)).singleElement().satisfies(loop -> {
            assertThat(loop.stacked()).isZero();
            assertThat(loop.carries()).isEqualTo(2);
        });
    }

    @Test
    void weightGradientsOfCellsAreProductsAfterTheLoop() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(20, 5, 24));
        Tensor h = graph.placeholder("h", FLOAT32, shape(5, 32));
        Tensor u = graph.placeholder("u", FLOAT32, shape(24, 128));
        Tensor w = graph.placeholder("w", FLOAT32, shape(32, 128));
        Tensor v = graph.placeholder("v", FLOAT32, shape(32, 32));
        ScanResult lstm = scan(List.of(h, h), List.of(x), each -> {
            List<Tensor> gates = split(matmul(each.element(0), u).plus(matmul(each.carry(0), w)), 4, 1);
            Tensor c = sigmoid(gates.get(0)).times(each.carry(1))
                    .plus(sigmoid(gates.get(1)).times(tanh(gates.get(2))));
            Tensor next = sigmoid(gates.get(3)).times(tanh(c));
            return Step.carry(next, c).output(next);
        });
        ScanResult gru = scan(List.of(h), List.of(x), each -> {
            List<Tensor> gates = split(matmul(each.element(0), u).plus(matmul(each.carry(0), w)), 4, 1);
            Tensor update = sigmoid(gates.get(0));
            Tensor candidate = tanh(gates.get(2).plus(matmul(sigmoid(gates.get(1)).times(each.carry(0)), v)));
            Tensor next = update.times(each.carry(0)).plus(candidate.minus(update.times(candidate)));
            return Step.carry(next).output(next);
        });
        for (ScanResult cell : List.of(lstm, gru)) {
            Tensor loss = reduceSum(cell.output(0).times(cell.output(0)));
            List<Tensor> weights = cell == lstm ? List.of(u, w) : List.of(u, w, v);
            Function step = Pipeline.optimize(lowered(gradients(List.of(loss), weights).asList(), x, h, u, w, v)
                    .function(), EXACT).function();
            assertThat(loops(step)).hasSize(2);
            Loop backward = loops(step).getLast();
            assertThat(backward.body().tensorResults().subList(0, backward.carries()))
                    .allSatisfy(type -> assertThat(type.shape()).isEqualTo(Shape.shape(5, 32)));
            assertThat(products(loops(step).getFirst())).isEqualTo(cell == lstm ? 1 : 2);
        }
    }

    @Test
    void productsBeforeALoopAreNotLargerByFar() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(10_000, 1000, 64));
        Tensor w = graph.placeholder("w", FLOAT32, shape(64, 64));
        Tensor scores = mapFn(x, element -> reduceMax(Nn.relu(matmul(element, transpose(element)))));
        Tensor products = mapFn(x, element -> reduceMax(Nn.relu(matmul(element, w))));
        assertThat(loops(Pipeline.optimize(lowered(List.of(scores), x).function(), EXACT).function()))
                .singleElement().satisfies(loop -> assertThat(products(loop)).isEqualTo(1));
        assertThat(loops(Pipeline.optimize(lowered(List.of(products), x, w).function(), EXACT).function()))
                .allSatisfy(loop -> assertThat(products(loop)).isZero());
        Tensor few = graph.placeholder("few", FLOAT32, shape(8, 16, 1));
        Tensor small = mapFn(few, element -> reduceMax(Nn.relu(matmul(element, transpose(element)))));
        assertThat(loops(Pipeline.optimize(lowered(List.of(small), few).function(), EXACT).function()))
                .allSatisfy(loop -> assertThat(products(loop)).isZero());
    }

    @Test
    void decisionsAreApplicationsAndHaveReasons() {
        Tensor x = graph.placeholder("x", FLOAT64, shape(10, 3));
        Tensor sum = foldl(graph.constant(new double[3]), x, (all, element) -> all.plus(element));
        Tensor kept = foldl(graph.constant(new double[3]), x, (all, element) -> all.plus(tanh(element)));
        Function function = lowered(List.of(sum, kept), x).function();
        Optimized optimized = Pipeline.optimize(function, EXACT);
        assertThat(loops(optimized.function())).hasSize(1);
        PassReport.Entry entry = optimized.report().entries().stream()
                .filter(pass -> pass.pass().equals("sum-after-loop")).findFirst().orElseThrow();
        assertThat(entry.hits()).containsExactly(
                new PassReport.RuleHits("a sum over iterations is computed after the loop", 1));
        assertThat(entry.refusals()).containsExactly(new PassReport.RuleHits(
                "a sum stays in its loop: its terms are not made of what is stacked by sums and products, or the"
                        + " loop would have to stack more than it reads and stacks", 1));
        assertThat(optimized.report().toString()).contains("no: a sum stays in its loop");
        Optimized none = Pipeline.optimize(function, EXACT.withRuleLimit(0));
        assertThat(loops(none.function())).hasSize(2);
        assertThat(none.report().applications()).isZero();
        List<Pass> passes = Pipeline.passes().stream()
                .filter(pass -> pass.name().equals("sum-after-loop")).toList();
        Bisection found = Bisection.find(function, EXACT, passes, any -> loops(any).size() == 2).orElseThrow();
        assertThat(found.application()).isEqualTo(1);
        assertThat(found.rule().name()).isEqualTo("a sum over iterations is computed after the loop");
    }
}
