package dev.sinter.unit;

import static dev.sinter.unit.OnnxFiles.FLOAT;
import static dev.sinter.unit.OnnxFiles.input;
import static dev.sinter.unit.OnnxFiles.model;
import static dev.sinter.unit.OnnxFiles.node;
import static dev.sinter.unit.OnnxFiles.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cli.Main;
import dev.sinter.formats.npy.Npy;
import dev.sinter.tensor.NDArray;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code onnx inspect} prints, and how it fails. */
class OnnxInspectTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private int inspect(Path model, String... more) {
        List<String> words = new ArrayList<>(List.of("onnx", "inspect", model.toString()));
        words.addAll(List.of(more));
        return new Main(new PrintStream(out, true), new PrintStream(err, true), false)
                .execute(words.toArray(String[]::new));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aModelIsShownWithItsMemoryAsAFormula() {
        Path file = OnnxFiles.linear(folder.resolve("linear.onnx"));
        assertThat(inspect(file)).isZero();
        assertThat(out()).isEqualTo("""
                FILE: ONNX of IR version 9, written by hand
                operators of version 17

                inputs
                  x  float32[batch, 2]
                outputs
                  y  float32[batch, 2]

                parameters  4 in 1 tensor, 16 bytes
                constants   none

                2 nodes of 2 operators
                  MatMul       1
                  Relu         1

                memory of a run, in bytes
                  inputs         8*batch
                  outputs        8*batch
                  variables      16 bytes
                  intermediates  0 bytes at most
                """.replace("FILE", file.toString()));
        assertThat(err()).isEmpty();
    }

    @Test
    void sizesWithoutNamesAreExplained() {
        Path file = model(folder.resolve("a.onnx"), node("Relu", List.of("x"), List.of("y")),
                input("x", FLOAT, "", 2), output("y", FLOAT, "", 2));
        assertThat(inspect(file)).isZero();
        assertThat(out()).contains("  x  float32[?, 2]\n", "  inputs         8*x.0\n",
                "  where x.0 is the size of axis 0 of x\n");
    }

    @Test
    void theInterpreterPlansNoMemory() {
        assertThat(inspect(OnnxFiles.linear(folder.resolve("a.onnx")), "--backend", "eval")).isZero();
        assertThat(out()).contains("  intermediates  unknown: the interpreter plans nothing\n");
    }

    @Test
    void allOperatorsThatAreNotSupportedAreMarked() {
        Path file = model(folder.resolve("a.onnx"), node("Nothing", List.of("x"), List.of("a")),
                node("Nothing", List.of("a"), List.of("b")), node("Relu", List.of("b"), List.of("c")),
                node("Never", List.of("c"), List.of("y")), input("x", FLOAT, 2), output("y", FLOAT, 2));
        assertThat(inspect(file)).isZero();
        assertThat(out()).contains("""
                4 nodes of 3 operators
                  Nothing       2  not supported: -> a, -> b
                  Never         1  not supported: -> y
                  Relu          1
                not supported: 2 operators, 3 nodes

                memory of a run: not planned, operators are not supported
                """);
    }

    @Test
    void inputsThatSizesFollowFromAreMarked() {
        assertThat(inspect(OnnxFiles.reshape(folder.resolve("a.onnx")))).isZero();
        assertThat(out()).contains("  shape  int64[2]  sizes or axes follow from its value: give it with --input\n",
                "memory of a run: not planned\n");
        out.reset();
        Path shape = folder.resolve("shape.npy");
        Npy.write(shape, NDArray.of(3L, 2L));
        assertThat(inspect(folder.resolve("a.onnx"), "--input", "shape=" + shape)).isZero();
        assertThat(out()).contains("  inputs         24 bytes\n");
    }

    @Test
    void aModelOfManyNodesIsShort() {
        List<byte[]> fields = new ArrayList<>(List.of(input("x0", FLOAT, 2), output("x5000", FLOAT, 2)));
        for (int i = 0; i < 5000; i++) {
            fields.add(node(i % 2 == 0 ? "Neg" : "Abs", List.of("x" + i), List.of("x" + (i + 1))));
        }
        assertThat(inspect(model(folder.resolve("a.onnx"), fields.toArray(byte[][]::new)))).isZero();
        assertThat(out().lines()).hasSizeLessThan(25).allMatch(line -> line.length() <= 200);
        assertThat(out()).contains("5,000 nodes of 2 operators");
    }

    @Test
    void namesDoNotMoveTheCursor() {
        Path file = model(folder.resolve("a.onnx"), node("Relu", List.of("x\u001b[2J"), List.of("y")),
                input("x\u001b[2J", FLOAT, 2), output("y", FLOAT, 2));
        assertThat(inspect(file)).isZero();
        assertThat(out()).doesNotContain("\u001b").contains("x?[2J");
    }

    @Test
    void whatIsNoModelIsOneMessage() {
        Path none = folder.resolve("none.onnx");
        assertThat(inspect(none)).isEqualTo(1);
        assertThat(err()).isEqualTo("sinter: there is no file " + none + "\n");
        err.reset();
        Path text = OnnxFiles.write(folder.resolve("a.txt"), "no model at all".getBytes(StandardCharsets.UTF_8));
        assertThat(inspect(text)).isEqualTo(1);
        assertThat(err()).startsWith("sinter: " + text + " is no ONNX file, is cut off or damaged: ").hasLineCount(1);
        assertThat(out()).isEmpty();
    }
}
