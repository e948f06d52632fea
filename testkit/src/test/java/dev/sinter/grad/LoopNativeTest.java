package dev.sinter.grad;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pipeline;
import dev.sinter.testkit.GraphFuzzer.Case;
import dev.sinter.testkit.ProgramCheck;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Loops, branches and calls with their gradients, in native code on one and two threads. */
final class LoopNativeTest {
    private static final ProgramCheck NATIVE = ProgramCheck.compiled(2);

    @AfterAll
    static void stop() {
        NATIVE.close();
    }

    static Stream<LoopSamples.Sample> samples() {
        return LoopSamples.all().stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void firstOrder(LoopSamples.Sample sample) {
        check(sample, 1);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void secondOrder(LoopSamples.Sample sample) {
        check(sample, 2);
    }

    @Test
    void sumsOfAHistory() {
        LoopSamples.Sample sample = LoopSamples.sumsOfHistory();
        assertThat(Pipeline.optimize(sample.function(), OptimizationOptions.defaults()).report().toString())
                .contains("a long history is summed up while its loop stacks it");
        check(sample, 0);
        check(sample, 1);
    }

    @Test
    void randomLoops() {
        LongStream.range(0, 40).parallel().forEach(seed -> check(RandomLoops.of(seed), 1));
    }

    @Test
    void randomLoopsOfSecondOrder() {
        LongStream.range(100, 110).parallel().forEach(seed -> check(RandomLoops.of(seed), 2));
    }

    private static void check(LoopSamples.Sample sample, int order) {
        Case step = sample.withGradients(order);
        ProgramCheck.Comparison near = (_, _, expected, actual) -> Near.mismatch(expected, actual);
        assertThat(NATIVE.mismatch(step.function(), List.of(step.inputs()), near, near)).as(sample.name()).isEmpty();
    }
}
