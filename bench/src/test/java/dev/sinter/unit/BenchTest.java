package dev.sinter.unit;

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
                new Bench.Options(List.of("mlp", "nlp"), 1, false, Optional.empty()), nowhere, nowhere))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'nlp'")
                .hasMessageContaining("mlp, gemm, call");
    }
}
