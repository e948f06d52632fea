package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.llvm.LlvmBackend;
import dev.sinter.llvm.LlvmCompiler;
import dev.sinter.llvm.ObjectCode;
import dev.sinter.llvm.Target;
import dev.sinter.program.Compilation;
import dev.sinter.program.Program;
import dev.sinter.tensor.DType;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import dev.sinter.testkit.ProgramCheck;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Code for machines other than this one: every op compiles, to objects of that machine without a symbol from outside;
 * programs that between them use most of code generation do so whole, and run where this machine runs such code.
 */
final class MachinesTest {
    private static final List<Target> MACHINES = List.of(Target.ARM_NEON, Target.X86_AVX2, Target.X86_AVX512);

    @TestFactory
    Stream<DynamicTest> programsCompile() {
        List<OpSample> programs = MachinePrograms.all();
        return MACHINES.stream().flatMap(machine -> programs.stream().map(program -> DynamicTest.dynamicTest(
                program.name() + " on " + machine, () -> compile(program, machine))));
    }

    /** On the instructions and vectors of lesser machines of the same kind; none where there is none. */
    @TestFactory
    Stream<DynamicTest> programsRun() {
        Target host = ProgramCheck.llvm().host();
        List<OpSample> programs = MachinePrograms.all();
        Map<Target, ProgramCheck> checks = new LinkedHashMap<>();
        MACHINES.stream()
                .filter(machine -> machine.processor() == host.processor() && machine.vectorBits() <= host.vectorBits())
                .forEach(machine -> checks.put(machine, ProgramCheck.compiled(machine, 2)));
        return checks.entrySet().stream().flatMap(each -> programs.stream().map(program -> DynamicTest.dynamicTest(
                        program.name() + " on " + each.getKey(), () -> run(program, each.getValue()))))
                .onClose(() -> checks.values().forEach(ProgramCheck::close));
    }

    private static void run(OpSample program, ProgramCheck check) {
        assertThat(check.mismatch(program.function(), program.runs(), MachinePrograms.tolerance(program))).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyOpCompiles() {
        List<OpSample> samples = OpSamples.all().stream().filter(sample -> sample.name().endsWith("symbolic"))
                .filter(sample -> sample.function().results().getFirst().dtype() == DType.FLOAT32
                        || sample.name().contains("i64"))
                .toList();
        return MACHINES.stream().flatMap(machine -> samples.stream()
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
        assertThat(compiler.compileAll(modules, machine)).hasSameSizeAs(modules)
                .allSatisfy(object -> assertThat(machineOf(object)).isEqualTo(elfMachine(machine)));
    }

    /** The processor that an ELF object is for, by the number that the format has for it. */
    private static int machineOf(ObjectCode object) {
        ByteBuffer header = ByteBuffer.wrap(object.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(header.getInt(0)).isEqualTo(0x464c457f);
        return header.getShort(18);
    }

    private static int elfMachine(Target machine) {
        return switch (machine.processor()) {
            case X86_64 -> 62;
            case AARCH64 -> 183;
        };
    }
}
