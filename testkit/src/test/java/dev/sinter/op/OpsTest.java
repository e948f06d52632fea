package dev.sinter.op;

import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import dev.sinter.testkit.ProgramCheck;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every sample of every op, compiled: its program run in Java, as for machines with vectors of several widths,
 * and native code give what the interpreter of functions gives.
 */
final class OpsTest {
    private static final SideBySide CHECKS = new SideBySide();

    @AfterAll
    static void stop() {
        CHECKS.close();
    }

    private static Stream<DynamicTest> all(ProgramCheck check, List<OpSample> samples) {
        return CHECKS.tests(samples, OpSample::name, sample -> check.mismatch(sample.function(), sample.runs(),
                OpTolerance::mismatch).stream().toList()).onClose(check::close);
    }

    @TestFactory
    Stream<DynamicTest> programsForVectorsOf16Bytes() {
        return all(ProgramCheck.interpreted(new Target("128", 16, 32, 32 << 10, 512 << 10, 1)), OpSamples.all());
    }

    @TestFactory
    Stream<DynamicTest> programsForVectorsOf32Bytes() {
        return all(ProgramCheck.interpreted(new Target("256", 32, 16, 32 << 10, 1 << 20, 2)), OpSamples.all());
    }

    @TestFactory
    Stream<DynamicTest> programsForVectorsOf64Bytes() {
        return all(ProgramCheck.interpreted(new Target("512", 64, 32, 48 << 10, 1 << 20, 3)), OpSamples.all());
    }

    @TestFactory
    Stream<DynamicTest> nativeCode() {
        return all(ProgramCheck.compiled(2), OpSamples.all());
    }

    /** The code of lesser machines of the same kind; none where the machine has the narrowest vectors. */
    @TestFactory
    Stream<DynamicTest> nativeCodeOfNarrowerVectors() {
        dev.sinter.llvm.Target host = ProgramCheck.llvm().host();
        List<OpSample> samples = OpSamples.all().stream().filter(sample -> sample.name().endsWith("symbolic")
                && sample.function().results().getFirst().dtype() != DType.FLOAT64).toList();
        return Stream.of(dev.sinter.llvm.Target.X86_AVX2)
                .filter(machine -> machine.processor() == host.processor() && machine.vectorBits() < host.vectorBits())
                .findFirst().map(machine -> all(ProgramCheck.compiled(machine, 1), samples)).orElse(Stream.empty());
    }
}
