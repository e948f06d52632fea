package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.eval.Interpreter;
import dev.sinter.ir.Verifier;
import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import dev.sinter.testkit.ProgramCheck;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
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

    /** A size that is too large or negative fails the run, whoever carries it out. */
    @Test
    void aSizeOutOfRangeFailsTheRun() {
        OpSample prefix = samples().getFirst();
        List<NDArray> tooMany = List.of(NDArray.zeros(DType.FLOAT64, 3, 2), NDArray.scalar(4L));
        List<NDArray> negative = List.of(NDArray.zeros(DType.FLOAT64, 3, 2), NDArray.scalar(-1L));
        assertThatThrownBy(() -> Interpreter.run(prefix.function(), tooMany)).isInstanceOf(GraphException.class)
                .hasMessageContaining("the size s that the run finds is 4,")
                .hasMessageContaining("which is more than the 3 that it is at most");
        assertThatThrownBy(() -> Interpreter.run(prefix.function(), negative)).isInstanceOf(GraphException.class)
                .hasMessageContaining("is -1, which is negative");
        try (ProgramCheck check = ProgramCheck.compiled(2)) {
            assertThat(check.mismatch(prefix.function(), List.of(tooMany, negative), OpTolerance::mismatch)).isEmpty();
        }
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
