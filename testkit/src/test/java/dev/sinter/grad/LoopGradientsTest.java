package dev.sinter.grad;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Verifier;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.CheckGrad;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of loops, branches and calls: those of the unrolled function, and those that differences
 * measure.
 */
final class LoopGradientsTest {
    private static final List<String> OF_THIRD_ORDER =
            List.of("tanh cell 4", "while loop 3", "nested loops", "branch in loop", "limited, down 3");

    static Stream<LoopSamples.Sample> samples() {
        return LoopSamples.all().stream();
    }

    static Stream<LoopSamples.Sample> ofThirdOrder() {
        List<LoopSamples.Sample> found = samples().filter(sample -> OF_THIRD_ORDER.contains(sample.name())).toList();
        assertThat(found).hasSameSizeAs(OF_THIRD_ORDER);
        return found.stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void firstOrderIsThatOfTheUnrolledFunction(LoopSamples.Sample sample) {
        compare(sample, 1);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void secondOrderIsThatOfTheUnrolledFunction(LoopSamples.Sample sample) {
        compare(sample, 2);
    }

    @ParameterizedTest
    @MethodSource("ofThirdOrder")
    void thirdOrderIsThatOfTheUnrolledFunction(LoopSamples.Sample sample) {
        compare(sample, 3);
    }

    @Test
    void gradientsOfRandomLoopsAreThoseOfUnrolledOnes() {
        for (long seed = 0; seed < 150; seed++) {
            compare(RandomLoops.of(seed), 1);
            compare(RandomLoops.of(seed), 2);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void firstOrderIsThatOfDifferences(LoopSamples.Sample sample) {
        assertThat(CheckGrad.firstOrder(sample.function(), sample.inputs())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void secondOrderIsThatOfDifferences(LoopSamples.Sample sample) {
        assertThat(CheckGrad.secondOrder(sample.function(), sample.inputs())).isEmpty();
    }

    /** The gradients of some order of a function and of the same without loops. */
    private static void compare(LoopSamples.Sample sample, int order) {
        Function looped = sample.function();
        Function flat = Unrolling.unrolled(looped, sample.trips());
        List<NDArray> inputs = new ArrayList<>(sample.inputs());
        for (int i = 1; i <= order; i++) {
            SplittableRandom random = new SplittableRandom(i);
            for (NDArray result : Interpreter.run(flat, inputs)) {
                if (result.dtype().isFloat()) {
                    inputs.add(LoopSamples.random(random, result.sizes()));
                }
            }
            looped = CheckGrad.gradient(looped);
            flat = CheckGrad.gradient(flat);
        }
        assertThat(Unrolling.hasLoop(flat)).as(sample.name() + ": a loop is compared with itself").isFalse();
        Verifier.verify(looped);
        Verifier.verifyText(looped);
        Function gradient = looped;
        Near.assertNear(Interpreter.run(gradient, inputs), Interpreter.run(flat, inputs),
                () -> sample.name() + "\n" + Printer.print(gradient));
    }
}
