package dev.sinter.fuzz;

import dev.sinter.testkit.GraphFuzzer;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.RegionFuzzer;
import dev.sinter.testkit.Tolerance;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Random loops, branches and tapes: the interpreter, the passes, the program run in Java and native code on one to
 * three threads give the same bits. {@code -Dsinter.fuzz.seed=N} chooses the first case,
 * {@code -Dsinter.fuzz.count=N} how many.
 */
final class RegionFuzzTest {
    private static final ProgramCheck NATIVE = ProgramCheck.compiled(3);

    @AfterAll
    static void stop() {
        NATIVE.close();
    }

    @Test
    void loopsAndBranches() {
        long first = Long.getLong("sinter.fuzz.seed", 1);
        LongStream.range(first, first + Integer.getInteger("sinter.fuzz.count", 120)).parallel().forEach(seed -> {
            GraphFuzzer.Case sample = RegionFuzzer.generate(seed);
            Optional<String> wrong;
            try {
                wrong = NATIVE.mismatch(sample.function(), java.util.List.of(sample.inputs()),
                        (_, _, expected, actual) -> Tolerance.EXACT.mismatch(expected, actual));
            } catch (RuntimeException failed) {
                throw new AssertionError("seed " + seed + ": " + failed + "\n" + GraphFuzzer.describe(sample), failed);
            }
            wrong.ifPresent(why -> {
                throw new AssertionError("seed " + seed + ": " + why + "\n" + GraphFuzzer.describe(sample));
            });
        });
    }
}
