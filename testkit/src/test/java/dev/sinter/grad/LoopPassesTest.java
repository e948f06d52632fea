package dev.sinter.grad;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.op.Loop;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pass;
import dev.sinter.pass.Pipeline;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.CheckGrad;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Passes over loops and their gradients leave what is computed as it is. */
final class LoopPassesTest {
    private static final double NEAR = 1e-9;
    private static final OptimizationOptions OPTIONS = OptimizationOptions.defaults().withVerification();

    static Stream<LoopSamples.Sample> samples() {
        return LoopSamples.all().stream();
    }

    /** A function with its gradient, as a training step has them, of some order. */
    private static Function withGradients(LoopSamples.Sample sample, int order, List<NDArray> inputs) {
        Function function = sample.function();
        for (int i = 0; i < order; i++) {
            SplittableRandom random = new SplittableRandom(i);
            for (NDArray result : Interpreter.run(function, inputs)) {
                if (result.dtype().isFloat()) {
                    inputs.add(LoopSamples.random(random, result.sizes()));
                }
            }
            function = both(function, CheckGrad.gradient(function));
        }
        return function;
    }

    /** The results of both; the second has the parameters of the first and more. */
    private static Function both(Function function, Function gradient) {
        Builder b = new Builder();
        Map<Value, Value> copies = new HashMap<>();
        for (Value value : gradient.values()) {
            copies.put(value, b.add(value.op(), value.operands().stream().map(copies::get).toList()));
        }
        List<Value> parameters = gradient.parameters().stream().map(copies::get).toList();
        List<Value> results = new ArrayList<>(gradient.results().stream().map(copies::get).toList());
        Map<Value, Value> again = new HashMap<>();
        for (int i = 0; i < function.parameters().size(); i++) {
            again.put(function.parameters().get(i), parameters.get(i));
        }
        for (Value value : function.values()) {
            if (!again.containsKey(value)) {
                again.put(value, b.add(value.op(), value.operands().stream().map(again::get).toList()));
            }
        }
        function.results().forEach(result -> results.add(again.get(result)));
        return new Function(function.name(), parameters, results, b.locations());
    }

    @Test
    void resultsOfRandomLoopsStay() {
        for (long seed = 0; seed < 40; seed++) {
            resultsStay(RandomLoops.of(seed));
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void resultsStay(LoopSamples.Sample sample) {
        for (int order = 0; order <= 2; order++) {
            List<NDArray> inputs = new ArrayList<>(sample.inputs());
            Function function = withGradients(sample, order, inputs);
            List<NDArray> expected = Interpreter.run(function, inputs);
            List<List<Pass>> choices = new ArrayList<>(Pipeline.passes().stream().map(List::of).toList());
            choices.add(Pipeline.passes());
            for (List<Pass> passes : choices) {
                Function optimized = Pipeline.optimize(function, OPTIONS, passes).function();
                assertNear(Interpreter.run(optimized, inputs), expected, passes.getFirst().name() + " and "
                        + (passes.size() - 1) + " others on\n" + Printer.print(function) + "give\n"
                        + Printer.print(optimized));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aSecondRunChangesNothing(LoopSamples.Sample sample) {
        Function function = withGradients(sample, 1, new ArrayList<>(sample.inputs()));
        for (Pass pass : Pipeline.passes()) {
            Function once = Pipeline.optimize(function, OPTIONS, List.of(pass)).function();
            Function twice = Pipeline.optimize(once, OPTIONS, List.of(pass)).function();
            assertThat(Printer.print(twice)).as(pass.name()).isEqualTo(Printer.print(once));
        }
    }

    private static List<Loop> loops(Function function) {
        List<Loop> loops = new ArrayList<>();
        for (Value value : function.values()) {
            if (value.op() instanceof Loop loop) {
                loops.add(loop);
            }
            value.op().regions().stream().map(Region::function).forEach(body -> loops.addAll(loops(body)));
        }
        return loops;
    }

    private static Function step(String name) {
        LoopSamples.Sample sample = samples().filter(any -> any.name().equals(name)).findFirst()
                .orElseThrow();
        return Pipeline.optimize(withGradients(sample, 1, new ArrayList<>(sample.inputs())),
                OPTIONS).function();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theForwardLoopRunsOnce(LoopSamples.Sample sample) {
        Function forward = Pipeline.optimize(sample.function(), OPTIONS).function();
        assertThat(loops(step(sample.name())).size()).as(Printer.print(step(sample.name())))
                .isLessThanOrEqualTo(2 * loops(forward).size()
                        + (sample.name().matches("(while in|until, down|tapes).*") ? 1 : 0));
    }

    @Test
    void theLoopsOfACellHaveOneProductEach() {
        List<Loop> loops = loops(step("tanh cell 4"));
        assertThat(loops).hasSize(2);
        for (Loop loop : loops) {
            assertThat(loop.body().function().values().stream()
                    .filter(value -> value.op() instanceof Contract)).hasSize(1);
            assertThat(loop.carries()).isEqualTo(1);
        }
        assertThat(loops(step("gates")).getLast().carries()).isEqualTo(2);
    }

    private static void assertNear(List<NDArray> actual, List<NDArray> expected, String what) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).sizes()).isEqualTo(expected.get(i).sizes());
            for (long e = 0; e < expected.get(i).elementCount(); e++) {
                double wanted = expected.get(i).getDouble(e);
                double got = actual.get(i).getDouble(e);
                if (!(Math.abs(got - wanted) <= NEAR * Math.max(1, Math.abs(wanted)))) {
                    throw new AssertionError("result " + i + ", element " + e + " is " + got
                            + ", not " + wanted + ": " + what);
                }
            }
        }
    }
}
