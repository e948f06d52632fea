package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.examples.TwoLayerNet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code explain} says of the two-layer net's step. */
final class ExplanationTest {
    @Test
    void everyKernelHasItsOpsLinesAndWork() {
        List<String> lines = TwoLayerNet.explain("plan", false).lines().toList();
        assertThat(lines.getFirst()).isEqualTo("run @run: 6 fused kernels and host calls");
        for (String detail : List.of("ops", "lines", "domain", "reads", "writes", "work", "launches")) {
            assertThat(lines.stream().filter(line -> line.strip().startsWith(detail + " "))).hasSize(6);
        }
        assertThat(lines).anyMatch(line -> line.contains("w1_next") && line.contains("variable in place"));
        assertThat(lines).anyMatch(line -> line.startsWith("  yes: fuse") && line.contains("because"));
        assertThat(lines).noneMatch(line -> line.contains("of the roofline"));
    }

    @Test
    void analysisAddsTimesAndTheFractionOfTheRoofline() {
        List<String> lines = TwoLayerNet.explain("plan", true).lines().toList();
        assertThat(lines.stream().filter(line -> line.matches(".*time .* us, .* GFLOP/s, .* of the roofline")))
                .hasSize(6);
        assertThat(lines.getLast()).contains("limits of the machine");
    }

    @ParameterizedTest
    @CsvSource({"tensor,contract", "kernel,fma", "program,launch", "llvm,llvm.fma", "asm,vfmadd"})
    void everyStageHasAText(String stage, String word) {
        assertThat(TwoLayerNet.explain(stage, false)).contains(stage.equals("asm") && !isX86() ? "fmla" : word);
    }

    private static boolean isX86() {
        return System.getProperty("os.arch").equals("amd64");
    }
}
