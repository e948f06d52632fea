package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.plan.Plan;
import dev.sinter.plan.PlanInterpreter;
import dev.sinter.plan.PlanParser;
import dev.sinter.plan.PlanPrinter;
import dev.sinter.plan.PlanVerifier;
import dev.sinter.program.Compilation;
import dev.sinter.program.Explanation;
import dev.sinter.program.ProgramParser;
import dev.sinter.program.ProgramPrinter;
import dev.sinter.program.Target;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.NegatingFunction;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Plans and programs with loops and branches: they mean what the function means, and their texts read back. */
final class RegionStagesTest {
    private static final Target TARGET = new Target("512", 64, 32, 48 << 10, 1 << 20, 2);

    private static Stream<OpSample> samples() {
        return OpSamples.all().stream().filter(sample -> sample.function().values().stream()
                .anyMatch(value -> !value.op().regions().isEmpty()));
    }

    private static Compilation compiled(OpSample sample) {
        return Compilation.compile(sample.function(), Map.of(), TARGET, Compilation.Options.defaults());
    }

    @TestFactory
    Stream<DynamicTest> plansMeanWhatFunctionsMean() {
        return samples().map(sample -> DynamicTest.dynamicTest(sample.name(), () -> {
            Compilation compilation = compiled(sample);
            PlanVerifier.verify(compilation.plan());
            for (List<NDArray> run : sample.runs()) {
                assertThat(OpTolerance.mismatch(sample.function(), run, Interpreter.run(sample.function(), run),
                        PlanInterpreter.run(compilation.plan(), compilation.function(), run))).isEmpty();
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> textsReadBack() {
        return samples().map(sample -> DynamicTest.dynamicTest(sample.name(), () -> {
            Compilation compilation = compiled(sample);
            String plan = PlanPrinter.print(compilation.plan());
            Plan parsed = PlanParser.parse(plan, name -> NegatingFunction.INSTANCE);
            assertThat(PlanPrinter.print(parsed)).isEqualTo(plan);
            String program = ProgramPrinter.print(compilation.program());
            assertThat(ProgramPrinter.print(ProgramParser.parse(program, name -> NegatingFunction.INSTANCE)))
                    .isEqualTo(program);
            assertThat(Explanation.of(compilation)).isNotEmpty();
        }));
    }
}
