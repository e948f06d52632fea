package dev.sinter.unit;

import static dev.sinter.unit.OnnxFiles.BOOL;
import static dev.sinter.unit.OnnxFiles.FLOAT;
import static dev.sinter.unit.OnnxFiles.bools;
import static dev.sinter.unit.OnnxFiles.input;
import static dev.sinter.unit.OnnxFiles.model;
import static dev.sinter.unit.OnnxFiles.node;
import static dev.sinter.unit.OnnxFiles.output;
import static dev.sinter.unit.OnnxFiles.tensor;
import static dev.sinter.unit.OnnxFiles.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code onnx test} says of cases, written and imported again or not. */
class OnnxTestTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    /** The folder of a case, with the data beside which its model is to lie. */
    private Path at(String name, byte[] input, byte[] expected) throws IOException {
        Path data = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
        write(data.resolve("input_0.pb"), input);
        write(data.resolve("output_0.pb"), expected);
        return folder.resolve(name).resolve("model.onnx");
    }

    private void linear(String name, float expected) throws IOException {
        OnnxFiles.linear(at(name, tensor("x", new long[] {1, 2}, 2, 3), tensor("y", new long[] {1, 2}, expected, 0)));
    }

    /** The determinant, which Java code computes. */
    private void determinant() throws IOException {
        model(at("test_det", tensor("x", new long[] {2, 2}, 1, 2, 3, 4), tensor("y", new long[0], -2)),
                node("Det", List.of("x"), List.of("y")), input("x", FLOAT, 2, 2), output("y", FLOAT));
    }

    private int test(String... options) {
        List<String> words = new ArrayList<>(List.of("onnx", "test", folder.toString(), "--backend", "eval"));
        words.addAll(List.of(options));
        out.reset();
        err.reset();
        return new Main(new PrintStream(out, true), new PrintStream(err, true), false)
                .execute(words.toArray(String[]::new));
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void casesThatPassAreCounted() throws IOException {
        linear("test_a", 11);
        linear("test_b", 11);
        assertThat(test()).isZero();
        assertThat(printed()).isEqualTo("2 passed, 0 failed, 0 unsupported\n");
        assertThat(test("--round-trip")).isZero();
        assertThat(printed()).isEqualTo("2 passed, 0 failed, 0 unsupported\n");
    }

    @Test
    void aWrongOutputIsNamed() throws IOException {
        linear("test_a", 11);
        linear("test_b", 12);
        assertThat(test("--round-trip")).isEqualTo(1);
        assertThat(printed()).startsWith("FAILED test_b: output 'y': 1 of 2 elements").contains("at [0, 0], is 11.0,"
                + " not 12.0").endsWith("\n1 passed, 1 failed, 0 unsupported\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("1 case did not pass");
        assertThat(test("--rtol", "0.1")).isZero();
    }

    @Test
    void boolsThatDifferAreNamed() throws IOException {
        model(at("test_a", tensor("x", new long[] {2}, 0, Float.NaN), bools("y", true, true)),
                node("IsNaN", List.of("x"), List.of("y")), input("x", FLOAT, 2), output("y", BOOL));
        assertThat(test()).isEqualTo(1);
        assertThat(printed()).startsWith("FAILED test_a: output 'y': 1 of 2 elements are wrong; the worst, at [0], is"
                + " false, not true\n");
    }

    @Test
    void whatPassesWithTheRoundingOfTheReferenceIsNamed() throws IOException {
        float[] numbers = new float[20];
        IntStream.range(0, 10).forEach(i -> numbers[2 * i] = 10 * i);
        OnnxFiles.inverseTransform(at("test_a", tensor("x", new long[] {1, 10, 2}, numbers), tensor("y",
                new long[] {1, 10, 2}, 45, 0, -5, -15.388419f, -5, -6.88191f, -5, -3.6327133f, -5, -1.6245981f,
                -5, 1.9073487e-7f, -5, 1.6245981f, -5, 3.6327126f, -5, 6.88191f, -5, 15.388419f)));
        assertThat(test()).isZero();
        assertThat(printed()).startsWith("ROUNDED test_a: passes with the rounding of the standard's reference;"
                + " without, output 'y': 1 of 20 elements").endsWith("\n1 passed, 0 failed, 0 unsupported\n");
    }

    @Test
    void whatCannotBeWrittenIsNotSupportedInARoundTripAlone() throws IOException {
        determinant();
        linear("test_a", 11);
        assertThat(test()).isZero();
        assertThat(test("--round-trip")).isEqualTo(1);
        assertThat(printed()).startsWith("UNSUPPORTED test_det: the graph cannot be written as an ONNX model:")
                .contains("Java code, det, cannot be expressed").endsWith("1 passed, 0 failed, 1 unsupported\n");
        Path list = Files.writeString(folder.resolve("list"), "test_a\ntest_c\n");
        assertThat(test("--round-trip", "--list", list.toString())).isEqualTo(1);
        assertThat(printed()).isEqualTo("FAILED test_c: no such case below the folders\n"
                + "1 passed, 1 failed, 0 unsupported\n");
    }
}
