package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Function;
import dev.sinter.ir.Printer;
import dev.sinter.ir.Verifier;
import dev.sinter.op.Reduce;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Pipeline;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.GraphFuzzer;
import dev.sinter.testkit.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random functions: sound, the same after their text, the same results after the passes. The properties
 * {@code sinter.fuzz.cases} and {@code sinter.fuzz.seed} ask for more and for others.
 */
final class PassFuzzTest {
    private static final int CASES = Integer.getInteger("sinter.fuzz.cases", 500);
    private static final long SEED = Long.getLong("sinter.fuzz.seed", 1);

    @Test
    void everyFunctionIsSoundAndSurvivesItsText() {
        GraphFuzzer.check("text", SEED, CASES, GraphFuzzer.Options.all(), sample -> {
            Verifier.verify(sample.function());
            Verifier.verifyText(sample.function());
        });
    }

    @Test
    void exactPassesKeepEveryBit() {
        OptimizationOptions options = OptimizationOptions.defaults().withVerification();
        GraphFuzzer.check("optimised", SEED, CASES, GraphFuzzer.Options.all(),
                sample -> compare(sample, options, Tolerance.EXACT));
    }

    @Test
    void exactPassesKeepEveryBitOfGradients() {
        OptimizationOptions options = OptimizationOptions.defaults().withVerification();
        GraphFuzzer.Options floats = GraphFuzzer.Options.all().withoutEffects().withDepth(4)
                .withDtypes(DType.FLOAT32, DType.FLOAT64);
        GraphFuzzer.check("gradients optimised", SEED, CASES, floats,
                sample -> compare(GraphFuzzer.differentiated(sample), options, Tolerance.EXACT));
    }

    @Test
    void aSecondRunFindsNothing() {
        OptimizationOptions options = OptimizationOptions.defaults();
        GraphFuzzer.check("optimised twice", SEED, CASES, GraphFuzzer.Options.all(), sample -> {
            Function once = Pipeline.optimize(sample.function(), options).function();
            Function twice = Pipeline.optimize(once, options).function();
            if (!twice.sameGraph(once)) {
                throw new AssertionError("a second run changes\n" + Printer.print(once) + "to\n"
                        + Printer.print(twice));
            }
        });
    }

    @Test
    void reassociationStaysNear() {
        OptimizationOptions options = OptimizationOptions.defaults().withReassociation().withVerification();
        GraphFuzzer.Options plain = GraphFuzzer.Options.all().withPlainValues().withDepth(3)
                .withDtypes(DType.FLOAT64, DType.BOOL);
        Tolerance near = Tolerance.ulpsOfLargest(1 << 20).withAbsolute(1e-9);
        GraphFuzzer.check("reassociated", SEED, CASES, plain, sample -> compare(sample, options, near));
    }

    private static void compare(GraphFuzzer.Case sample, OptimizationOptions options, Tolerance tolerance) {
        Function optimized = Pipeline.optimize(sample.function(), options).function();
        List<NDArray> expected = GraphFuzzer.interpreted(sample);
        List<NDArray> actual = Interpreter.run(optimized, sample.inputs());
        for (int i = 0; i < expected.size(); i++) {
            tolerance.mismatch(expected.get(i), actual.get(i)).ifPresent(why -> {
                throw new AssertionError(why + "; optimised to\n" + Printer.print(optimized));
            });
        }
    }

    @Test
    void aFailureIsShrunk() {
        GraphFuzzer.Check noReduction = sample -> {
            if (sample.function().values().stream().anyMatch(value -> value.op() instanceof Reduce)) {
                throw new AssertionError("a reduction");
            }
        };
        assertThatThrownBy(() -> GraphFuzzer.check("small", 1, 100, GraphFuzzer.Options.all(), noReduction))
                .isInstanceOf(AssertionError.class).hasMessageContaining("small, seed ")
                .satisfies(failure -> assertThat(failure.getMessage().lines()
                        .filter(line -> line.startsWith("  %") && line.contains("(%"))).hasSize(1)
                        .allMatch(line -> line.contains("reduce{")));
    }
}
