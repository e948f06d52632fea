package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.program.Target;
import dev.sinter.tensor.DType;
import dev.sinter.testkit.OpSample;
import dev.sinter.testkit.OpSamples;
import dev.sinter.testkit.ProgramCheck;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every sample of every op, compiled: its program run in Java, as for machines with vectors of several widths,
 * and native code give what the interpreter of functions gives. Samples are checked side by side; each test
 * waits for its own.
 */
final class OpsTest {
    private static final ExecutorService WORKERS =
            Executors.newFixedThreadPool(2 * Runtime.getRuntime().availableProcessors());

    @AfterAll
    static void stop() {
        WORKERS.shutdownNow();
    }

    private static Stream<DynamicTest> all(ProgramCheck check, List<OpSample> samples) {
        List<CompletableFuture<Optional<String>>> started = samples.stream()
                .map(sample -> CompletableFuture.supplyAsync(
                        () -> check.mismatch(sample.function(), sample.runs(), OpTolerance::mismatch), WORKERS))
                .toList();
        return java.util.stream.IntStream.range(0, samples.size()).mapToObj(i -> DynamicTest.dynamicTest(
                samples.get(i).name(), () -> assertThat(started.get(i).join()).isEmpty())).onClose(check::close);
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
                .flatMap(machine -> all(ProgramCheck.compiled(machine, 1), samples));
    }
}
