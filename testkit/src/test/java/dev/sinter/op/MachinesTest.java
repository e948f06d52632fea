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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Code for machines other than this one: every op compiles, to objects of that machine without a symbol from outside;
 * programs that between them use most of code generation do so whole, and run where this machine runs such code.
 */
final class MachinesTest {
    private static final List<Target> MACHINES = List.of(Target.ARM_NEON, Target.X86_AVX2, Target.X86_AVX512);

    private static final SideBySide CHECKS = new SideBySide();

    /** A program for a machine. */
    private record Case(OpSample program, Target machine) {
        String name() {
            return program.name() + " on " + machine;
        }
    }

    @AfterAll
    static void stop() {
        CHECKS.close();
    }

    @TestFactory
    Stream<DynamicTest> programsCompile() {
        List<OpSample> programs = MachinePrograms.all();
        return compile(MACHINES.stream().flatMap(machine -> programs.stream().map(each -> new Case(each, machine))));
    }

    /** On the instructions and vectors of lesser machines of the same kind; none where there is none. */
    @TestFactory
    Stream<DynamicTest> programsRun() {
        Target host = ProgramCheck.llvm().host();
        Map<Target, ProgramCheck> checks = new LinkedHashMap<>();
        MACHINES.stream()
                .filter(machine -> machine.processor() == host.processor() && machine.vectorBits() <= host.vectorBits())
                .forEach(machine -> checks.put(machine, ProgramCheck.compiled(machine, 2)));
        List<OpSample> programs = MachinePrograms.all();
        List<Case> cases = checks.keySet().stream()
                .flatMap(machine -> programs.stream().map(each -> new Case(each, machine))).toList();
        return CHECKS.tests(cases, Case::name, each -> checks.get(each.machine).mismatch(each.program.function(),
                each.program.runs(), MachinePrograms.tolerance(each.program)).stream().toList())
                .onClose(() -> checks.values().forEach(ProgramCheck::close));
    }

    @TestFactory
    Stream<DynamicTest> everyOpCompiles() {
        List<OpSample> samples = OpSamples.all().stream().filter(sample -> sample.name().endsWith("symbolic"))
                .filter(sample -> sample.function().results().getFirst().dtype() == DType.FLOAT32
                        || sample.name().contains("i64"))
                .toList();
        return compile(MACHINES.stream().flatMap(machine -> samples.stream()
                .filter(sample -> machine == Target.ARM_NEON || sample.name().hashCode() % 7 == 0)
                .map(sample -> new Case(sample, machine))));
    }

    private static Stream<DynamicTest> compile(Stream<Case> cases) {
        return CHECKS.tests(cases.toList(), Case::name, each -> problems(each.program, each.machine));
    }

    private static List<String> problems(OpSample sample, Target machine) {
        LlvmCompiler compiler = ProgramCheck.llvm().compiler();
        dev.sinter.program.Target target = new dev.sinter.program.Target(machine.cpu(), machine.vectorBits() / 8,
                machine.vectorRegisters(), 32 << 10, 1 << 20, 2);
        Program program = Compilation.compile(sample.function(), Map.of(), target, Compilation.Options.defaults())
                .program();
        List<String> modules = LlvmBackend.modules(program, machine);
        List<Integer> machines = compiler.compileAll(modules, machine).stream().map(MachinesTest::machineOf).toList();
        List<Integer> wanted = Collections.nCopies(modules.size(), elfMachine(machine));
        return machines.equals(wanted) ? List.of() : List.of("objects for " + machines + ", not " + wanted);
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
