package dev.sinter.unit;

import static dev.sinter.graph.Control.cond;
import static dev.sinter.graph.Control.customGradient;
import static dev.sinter.graph.Control.foldl;
import static dev.sinter.graph.Control.function;
import static dev.sinter.graph.Control.whileLoop;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphFunction;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TensorSpec;
import dev.sinter.graph.WhileOptions;
import dev.sinter.ir.Function;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pipeline;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Sizes that bodies leave open: what a run checks of them, and what a call makes of them. */
class SizesInBodiesTest {
    private final Graph graph = new Graph();

    private final Tensor x = graph.placeholder("x", FLOAT32, shape(UNKNOWN));
    private final Tensor y = graph.placeholder("y", FLOAT32, shape(UNKNOWN));

    /** The sum of some parts of a vector, of a size that a quotient gives. */
    private static Tensor folded(Tensor vector, long parts) {
        return reduceSum(reshape(vector, shape(parts, UNKNOWN)), 0);
    }

    /** Runs as it is written and optimised. */
    private List<NDArray> run(Tensor fetch, Map<Tensor, NDArray> feeds) {
        LoweredGraph lowered = Lowering.lower(graph, List.of(fetch), List.copyOf(feeds.keySet()), List.of());
        List<NDArray> inputs = lowered.feeds().stream().map(feeds::get).toList();
        Function optimized = Pipeline.optimize(lowered.function(),
                OptimizationOptions.defaults().withVerification()).function();
        return List.of(Interpreter.run(lowered.function(), inputs).getFirst(),
                Interpreter.run(optimized, inputs).getFirst());
    }

    private static NDArray ones(int size) {
        float[] values = new float[size];
        Arrays.fill(values, 1);
        return NDArray.from(values);
    }

    @Test
    void everyAxisOfACarryIsChecked() {
        Tensor outer = expandDims(folded(x, 2), 1).times(expandDims(folded(y, 3), 0));
        Tensor turned = foldl(outer, graph.constant(new float[] {1}), (carry, element) -> transpose(carry));
        assertThat(run(turned, Map.of(x, ones(4), y, ones(6)))).allSatisfy(result ->
                assertThat(result.sizes()).containsExactly(2, 2));
        LoweredGraph lowered = Lowering.lower(graph, List.of(turned), List.of(x, y), List.of());
        for (Function function : List.of(lowered.function(), Pipeline.optimize(lowered.function(),
                OptimizationOptions.defaults()).function())) {
            assertThatThrownBy(() -> Interpreter.run(function, List.of(ones(4), ones(9))))
                    .isInstanceOf(GraphException.class).hasMessageContaining("reshape");
        }
    }

    @Test
    void aCarryMayHaveTwiceTheHalf() {
        Tensor doubled = foldl(x, graph.constant(new float[] {1}), (carry, element) -> {
            Tensor half = folded(carry, 2);
            return concat(0, half, half);
        });
        assertThat(run(doubled, Map.of(x, ones(4)))).allSatisfy(result ->
                assertThat(result.toFloatArray()).containsExactly(2, 2, 2, 2));
    }

    @Test
    void aCustomGradientInAFunctionHasTheSizesOfTheCall() {
        GraphFunction f = function(graph, "f", List.of(TensorSpec.of(FLOAT32, shape(UNKNOWN))), arguments ->
                List.of(customGradient(arguments.getFirst(), arguments, (operands, value, gradient) ->
                        List.of(Optional.of(gradient.times(2))))));
        Tensor three = graph.placeholder("three", FLOAT32, shape(3));
        Tensor gradient = gradients(reduceSum(f.call(three).getFirst()), three).of(three);
        assertThat(run(gradient, Map.of(three, ones(3)))).allSatisfy(result ->
                assertThat(result.toFloatArray()).containsExactly(2, 2, 2));
        Tensor inLoop = foldl(x, y, (carry, element) -> f.call(carry.times(element)).getFirst());
        Tensor ofCarry = gradients(reduceSum(inLoop), x).of(x);
        assertThat(run(ofCarry, Map.of(x, ones(2), y, ones(3)))).allSatisfy(result ->
                assertThat(result.toFloatArray()).containsExactly(8, 8));
    }

    @Test
    void theUntakenSideOfAChoiceIsNoNaNInACall() {
        GraphFunction inner = function(graph, "inner", List.of(TensorSpec.of(FLOAT32, shape(UNKNOWN))),
                arguments -> List.of(exp(square(arguments.getFirst())), arguments.getFirst().times(3)));
        GraphFunction outer = function(graph, "outer", List.of(TensorSpec.of(FLOAT32, shape(UNKNOWN))),
                arguments -> inner.call(arguments.getFirst()));
        List<Tensor> results = outer.call(x);
        Tensor safe = where(less(x, 10), results.getFirst(), zerosLike(x)).plus(results.getLast());
        Tensor gradient = gradients(reduceSum(safe), x).of(x);
        assertThat(run(gradient, Map.of(x, NDArray.from(new float[] {0, 1000})))).allSatisfy(result ->
                assertThat(result.toFloatArray()).containsExactly(3, 3));
    }

    @Test
    void aSecondGradientInABodyOfALoopOfUnknownLength() {
        Tensor start = graph.placeholder("start", FLOAT32, shape());
        Tensor end = whileLoop(start, value -> less(value, 100), value -> square(value));
        Tensor gradient = gradients(end, start).of(start);
        assertThatThrownBy(() -> cond(greater(start, 0), () -> gradients(gradient, start).of(start),
                () -> start)).isInstanceOf(GraphException.class)
                .hasMessageContaining("give the loop WhileOptions.DEFAULT.withMaxIterations(...)");
        Tensor bounded = whileLoop(start, value -> less(value, 100), value -> square(value),
                WhileOptions.DEFAULT.withMaxIterations(5));
        Tensor slope = gradients(bounded, start).of(start);
        Tensor second = cond(greater(start, 0), () -> gradients(slope, start).of(start), () -> start);
        assertThat(run(second, Map.of(start, NDArray.scalar(2f)))).allSatisfy(result ->
                assertThat(result.item()).isEqualTo(8 * 7 * 64.0));
    }
}
