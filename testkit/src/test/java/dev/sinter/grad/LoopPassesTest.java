package dev.sinter.grad;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
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
import dev.sinter.testkit.GraphFuzzer.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Passes over loops and their gradients leave what is computed as it is. */
final class LoopPassesTest {
    private static final OptimizationOptions OPTIONS = OptimizationOptions.defaults().withVerification();

    static Stream<LoopSamples.Sample> samples() {
        return LoopSamples.all().stream();
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
            Case step = sample.withGradients(order);
            Function function = step.function();
            List<NDArray> expected = Interpreter.run(function, step.inputs());
            List<List<Pass>> choices = new ArrayList<>(Pipeline.passes().stream().map(List::of).toList());
            choices.add(Pipeline.passes());
            for (List<Pass> passes : choices) {
                Function optimized = Pipeline.optimize(function, OPTIONS, passes).function();
                Near.assertNear(Interpreter.run(optimized, step.inputs()), expected, () -> passes.getFirst().name()
                        + " and " + (passes.size() - 1) + " others on\n" + Printer.print(function) + "give\n"
                        + Printer.print(optimized));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aSecondRunChangesNothing(LoopSamples.Sample sample) {
        Function function = sample.withGradients(1).function();
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

    private static Function step(LoopSamples.Sample sample) {
        return Pipeline.optimize(sample.withGradients(1).function(), OPTIONS).function();
    }

    private static Function step(String name) {
        return step(samples().filter(any -> any.name().equals(name)).findFirst().orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theForwardLoopRunsOnce(LoopSamples.Sample sample) {
        Function forward = Pipeline.optimize(sample.function(), OPTIONS).function();
        Function step = step(sample);
        assertThat(loops(step).size()).as(Printer.print(step))
                .isLessThanOrEqualTo(2 * loops(forward).size() + sample.spare());
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
}
