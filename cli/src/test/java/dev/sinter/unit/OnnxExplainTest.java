package dev.sinter.unit;

import static dev.sinter.unit.OnnxFiles.FLOAT;
import static dev.sinter.unit.OnnxFiles.floats;
import static dev.sinter.unit.OnnxFiles.input;
import static dev.sinter.unit.OnnxFiles.model;
import static dev.sinter.unit.OnnxFiles.node;
import static dev.sinter.unit.OnnxFiles.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code onnx explain} prints of models of many nodes. */
class OnnxExplainTest {
    private static final int LAYERS = 40;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(new ByteArrayOutputStream());

    @TempDir
    private Path folder;

    private List<String> explain(String... more) {
        float[] weights = new float[256 * 256];
        weights[0] = 1;
        List<byte[]> fields = new ArrayList<>(List.of(input("x0", FLOAT, 256, 256),
                output("x" + LAYERS, FLOAT, 256, 256), floats("w", new long[] {256, 256}, weights)));
        for (int i = 0; i < LAYERS; i++) {
            fields.add(node("MatMul", List.of("x" + i, "w"), List.of("x" + (i + 1))));
        }
        Path file = model(folder.resolve("a.onnx"), fields.toArray(byte[][]::new));
        List<String> words = new ArrayList<>(List.of("onnx", "explain", file.toString()));
        words.addAll(List.of(more));
        assertThat(new Main(new PrintStream(out, true), err, false).execute(words.toArray(String[]::new))).isZero();
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void aSummaryComesFirstAndNodesAreNamed() {
        List<String> lines = explain();
        assertThat(lines.getFirst()).startsWith("run @run: ");
        assertThat(lines.get(2)).isEqualTo("in all");
        assertThat(lines.get(3)).matches(" +40 contract +[0-9.]+ Gflop, .*");
        assertThat(lines).anyMatch(line -> line.matches("    nodes     .*MatMul.*"));
    }

    @Test
    void timesAreSummedToo() {
        assertThat(explain("--analyze").get(3)).matches(" +40 contract +[0-9.]+ us, +[0-9.]+ %, .*");
    }
}
