package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.ir.Verifier;
import dev.sinter.program.Target;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import dev.sinter.testkit.ProgramCheck;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Sizes that the run finds, on all back ends and several threads. */
final class SizesFoundTest {
    private static List<OpSample> samples() {
        return OpSamples.all().stream().filter(sample -> sample.name().startsWith("define_size")).toList();
    }

    private static Stream<DynamicTest> all(ProgramCheck check) {
        return samples().stream().map(sample -> DynamicTest.dynamicTest(sample.name(), () -> {
            Verifier.verify(sample.function());
            Verifier.verifyText(sample.function());
            assertThat(check.mismatch(sample.function(), sample.runs(), OpTolerance::mismatch)).isEmpty();
        })).onClose(check::close);
    }

    @TestFactory
    Stream<DynamicTest> programs() {
        return all(ProgramCheck.interpreted(new Target("256", 32, 16, 32 << 10, 1 << 20, 2)));
    }

    @TestFactory
    Stream<DynamicTest> nativeCode() {
        return all(ProgramCheck.compiled(4));
    }
}
