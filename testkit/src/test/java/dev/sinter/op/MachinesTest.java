package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.llvm.LlvmBackend;
import dev.sinter.llvm.LlvmCompiler;
import dev.sinter.llvm.Target;
import dev.sinter.program.Compilation;
import dev.sinter.program.Program;
import dev.sinter.tensor.DType;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import dev.sinter.testkit.ProgramCheck;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every op compiles for machines other than this one: objects without a symbol from outside. */
final class MachinesTest {
    @TestFactory
    Stream<DynamicTest> everyOpCompiles() {
        List<OpSample> samples = OpSamples.all().stream().filter(sample -> sample.name().endsWith("symbolic"))
                .filter(sample -> sample.function().results().getFirst().dtype() == DType.FLOAT32
                        || sample.name().contains("i64"))
                .toList();
        return Stream.of(Target.ARM_NEON, Target.X86_AVX2, Target.X86_AVX512).flatMap(machine -> samples.stream()
                .filter(sample -> machine == Target.ARM_NEON || sample.name().hashCode() % 7 == 0)
                .map(sample -> DynamicTest.dynamicTest(sample.name() + " on " + machine,
                        () -> compile(sample, machine))));
    }

    private static void compile(OpSample sample, Target machine) {
        LlvmCompiler compiler = ProgramCheck.llvm().compiler();
        dev.sinter.program.Target target = new dev.sinter.program.Target(machine.cpu(), machine.vectorBits() / 8,
                machine.vectorRegisters(), 32 << 10, 1 << 20, 2);
        Program program = Compilation.compile(sample.function(), Map.of(), target, Compilation.Options.defaults())
                .program();
        List<String> modules = LlvmBackend.modules(program, machine);
        assertThat(compiler.compileAll(modules, machine)).hasSameSizeAs(modules);
    }
}
