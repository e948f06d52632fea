package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.bench.Bench;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BenchTest {
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
                "lstm-37x5x100", "gru-lengths", "scan-64-grad", "scan-grad", "while"))
                .allMatch(name -> Bench.knows(name, 1));
        assertThat(List.of("gemm-5", "gemm-512-t2", "mlp-t1", "lstm-t1", "", "g"))
                .noneMatch(name -> Bench.knows(name, 1));
        assertThat(List.of("gemm-512-t2", "mlp-t1", "lstm-t1", "scan-64-t1")).allMatch(name -> Bench.knows(name, 2));
    }
}
