package dev.sinter.fuzz;

import dev.sinter.diff.NotDifferentiableException;
import dev.sinter.ir.Function;
import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.CheckGrad;
import dev.sinter.testkit.GraphFuzzer;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Random functions: the interpreter, the passes, the program run in Java and native code on one to three
 * threads agree. {@code -Dsinter.fuzz.seed=N} chooses the first case, {@code -Dsinter.fuzz.count=N} how many.
 */
final class ProgramFuzzTest {
    private static final GraphFuzzer.Options PLAIN_FLOATS = GraphFuzzer.Options.all().withDepth(4).withPlainValues()
            .withLargeSizes().withDtypes(DType.FLOAT32, DType.FLOAT64);
    private static final long SEED = Long.getLong("sinter.fuzz.seed", 1);
    private static final ProgramCheck NATIVE = ProgramCheck.compiled(3);
    private static final ProgramCheck NARROW =
            ProgramCheck.interpreted(new Target("fuzz", 16, 16, 32 << 10, 256 << 10, 2));

    @AfterAll
    static void stop() {
        NATIVE.close();
    }

    @Test
    void functionsOfAnyValues() {
        fuzz("functionsOfAnyValues", 200, GraphFuzzer.Options.all().withDepth(5), NATIVE);
    }

    @Test
    void functionsOfLargerArrays() {
        fuzz("functionsOfLargerArrays", 60, GraphFuzzer.Options.all().withDepth(4).withLargeSizes(), NATIVE);
    }

    @Test
    void functionsOfPlainFloats() {
        fuzz("functionsOfPlainFloats", 60, PLAIN_FLOATS, NATIVE);
    }

    @Test
    void functionsForNarrowVectors() {
        fuzz("functionsForNarrowVectors", 600, GraphFuzzer.Options.all().withDepth(5).withLargeSizes(), NARROW);
    }

    @Test
    void gradients() {
        GraphFuzzer.Options options = GraphFuzzer.Options.all().withDepth(3).withPlainValues().withoutEffects()
                .withDtypes(DType.FLOAT32, DType.FLOAT64);
        each("gradients", 120, options, sample -> {
            Function gradient;
            try {
                gradient = CheckGrad.gradient(sample.function());
            } catch (NotDifferentiableException none) {
                return;
            }
            List<NDArray> inputs = new ArrayList<>(sample.inputs());
            for (NDArray result : GraphFuzzer.interpreted(sample)) {
                if (result.dtype().isFloat()) {
                    inputs.add(NDArray.full(result.dtype(), 1, result.sizes()));
                }
            }
            check(NATIVE, gradient, inputs);
        });
    }

    private static void fuzz(String test, int count, GraphFuzzer.Options options, ProgramCheck programs) {
        each(test, count, options, sample -> check(programs, sample.function(), sample.inputs()));
    }

    private static void check(ProgramCheck programs, Function function, List<NDArray> inputs) {
        programs.mismatch(function, List.of(inputs), Sensitivity.MEASURED).ifPresent(why -> {
            throw new AssertionError(why);
        });
    }

    /** Cases side by side; a failure says how to have it alone. */
    private static void each(String test, int usual, GraphFuzzer.Options options, GraphFuzzer.Check check) {
        int count = Integer.getInteger("sinter.fuzz.count", usual);
        LongStream.range(SEED, SEED + count).parallel().forEach(seed -> {
            try {
                GraphFuzzer.check(test, seed, 1, options, check);
            } catch (AssertionError failure) {
                throw new AssertionError(failure.getMessage() + "reproduce: ./mvnw -pl testkit -am test"
                        + " -Dtest=ProgramFuzzTest#" + test + " -Dsinter.fuzz.seed=" + seed
                        + " -Dsinter.fuzz.count=1 -Dsurefire.failIfNoSpecifiedTests=false", failure);
            }
        });
    }
}
