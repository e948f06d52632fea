package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.bench.Bench;
import dev.sinter.bench.PeerScript;
import dev.sinter.bench.Remark;
import dev.sinter.bench.ResidentMemory;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BenchTest {
    private static final long SOME_BYTES = 100_000_000;

    @Test
    void anUnknownWorkloadIsNamedWithThoseThatThereAre() {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream());
        assertThatThrownBy(() -> Bench.run(
                new Bench.Options(List.of("mlp", "nlp"), 1, false, Optional.empty(), Optional.empty()),
                nowhere, nowhere))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'nlp'")
                .hasMessageContaining("mlp, gemm, call");
    }

    @Test
    void aPartOfAWorkloadIsKnownByTheNameOfItsRow() {
        assertThat(Bench.names()).allMatch(name -> Bench.knows(name, 1));
        assertThat(List.of("gemm-512", "gemm-512-t1", "gemm-1000x64x100", "mlp-fetch", "batch-sizes-changing",
                "lstm-37x5x100", "gru-lengths", "scan-64-grad", "scan-grad", "while", "softmax",
                "compile-gpt", "compile-10000", "fused", "adam", "fft-997", "gpt", "gpt2-b1", "bert-b8",
                "onnx-densenet121", "start-onnx-resnet50", "start-two-layer-net", "memory-gpt", "softmax-37x1001",
                "fused-f64", "adam-1000003", "gemm-257x333x129-t1", "cnn-b13", "gpt-3x77x200", "gpt-f64",
                "conv-3x3-s2-grad"))
                .allMatch(name -> Bench.knows(name, 1));
        assertThat(List.of("gemm-5", "gemm-512-t2", "mlp-t1", "lstm-t1", "", "g"))
                .noneMatch(name -> Bench.knows(name, 1));
        assertThat(List.of("gemm-512-t2", "mlp-t1", "lstm-t1", "scan-64-t1")).allMatch(name -> Bench.knows(name, 2));
    }

    @Test
    void aTimeIsAFractionOfEachOtherAndOfTheFastest() {
        assertThat(Remark.ratios(3, new TreeMap<>(Map.of("jax", 6.0, "tensorflow", 4.0)))).containsExactly(
                new Remark("of_jax", 0.5), new Remark("of_tensorflow", 0.75), new Remark("of_fastest", 0.75));
        assertThat(Remark.ratios(3, Map.of())).isEmpty();
    }

    @Test
    void aNumberIsAFractionOfTheLeastThatOthersSay() {
        Remark own = new Remark("peak_mb", 60);
        assertThat(own.ofLeast(List.of(
                new Remark("peak_mb", 240), new Remark("peak_mb", 120), new Remark("growth_mb", 1))))
                .containsExactly(new Remark("peak_mb_of_least", 0.5));
        assertThat(own.ofLeast(List.of(new Remark("peak_mb", -1)))).isEmpty();
        assertThat(own.ofLeast(List.of())).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theMemoryOfAProcessIsWhatItHoldsAndTheMostThatItHasHeld() {
        long process = ProcessHandle.current().pid();
        try (Arena arena = Arena.ofConfined()) {
            arena.allocate(SOME_BYTES).fill((byte) 1);
            ResidentMemory held = ResidentMemory.of(process);
            assertThat(held.now()).isGreaterThan(SOME_BYTES);
            assertThat(held.most()).isGreaterThanOrEqualTo(held.now());
        }
        long most = ResidentMemory.of(process).most();
        ResidentMemory.forgetMost(process);
        assertThat(ResidentMemory.of(process).most()).isLessThan(most - SOME_BYTES / 2);
    }

    private static PeerScript script(String commands) {
        return new PeerScript(List.of("/bin/sh", "-c", commands), Map.of("OMP_NUM_THREADS", "3"));
    }

    @Test
    void aScriptOfAPeerPrintsItsTimes() {
        PeerScript script = script("echo 'noise' >&2; echo 'other: min 1.0 us  med 2.0 us';"
                + " echo \"jax lstm T$OMP_NUM_THREADS: min 31.5 us  med 42.0 us\"");
        assertThat(script.run("jax lstm T3")).isEqualTo(new PeerScript.Times(42, 31.5));
    }

    @Test
    void aScriptThatFailsIsOneLineWithTheEndOfItsStandardError() {
        PeerScript script = script("echo 'jax lstm'; echo 'Traceback:' >&2; echo ' line 1' >&2; echo >&2;"
                + " echo 'import jax' >&2; echo \"ModuleNotFoundError: No module named 'jax'\" >&2; exit 1");
        assertThatThrownBy(() -> script.run("jax lstm")).hasMessageEndingWith(
                "ends with the status 1 and prints no time of 'jax lstm'; its standard error ends in: line 1; "
                        + "import jax; ModuleNotFoundError: No module named 'jax'");
        assertThatThrownBy(() -> script("echo 'torch-eager gru'").run("torch-eager ")).hasMessage(
                "'/bin/sh -c echo 'torch-eager gru'' ends with the status 0 and prints no time of 'torch-eager'; "
                        + "it prints: torch-eager gru");
        assertThatThrownBy(() -> script("").run("jax"))
                .hasMessageEndingWith("prints no time of 'jax'; it prints nothing");
        assertThatThrownBy(() -> new PeerScript(List.of("no-such-python", "a.py"), Map.of()).run("jax"))
                .hasMessageContaining("no-such-python").hasMessageNotContaining("\n");
    }
}
