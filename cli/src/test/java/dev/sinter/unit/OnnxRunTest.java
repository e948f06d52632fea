package dev.sinter.unit;

import static dev.sinter.unit.OnnxFiles.FLOAT;
import static dev.sinter.unit.OnnxFiles.input;
import static dev.sinter.unit.OnnxFiles.model;
import static dev.sinter.unit.OnnxFiles.node;
import static dev.sinter.unit.OnnxFiles.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cli.Main;
import dev.sinter.formats.npy.Npy;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code onnx run} writes, and how it fails. */
class OnnxRunTest {
    private static final int BFLOAT16 = 16;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @BeforeEach
    void writeArrays() {
        array("x", NDArray.of(new float[] {1, 1, 2, 0, -1, 0}, 3, 2));
        array("doubles", NDArray.of(new double[] {1, 1}, 1, 2));
        array("wide", NDArray.of(new float[] {1, 1, 1}, 1, 3));
        array("flat", NDArray.of(1f, 2f, 3f, 4f, 5f, 6f));
        array("shape", NDArray.of(3L, 2L));
        array("bits", NDArray.of(new float[] {1.5f, -2}).cast(DType.BFLOAT16).view(DType.UINT16));
    }

    private void array(String name, NDArray value) {
        Npy.write(folder.resolve(name + ".npy"), value);
    }

    /** Runs a model; an input is given as {@code x=NAME} of a file in the folder. */
    private int run(Path model, String backend, String... inputs) {
        return run(model, backend, List.of(), inputs);
    }

    private int run(Path model, String backend, List<String> more, String... inputs) {
        List<String> words = new ArrayList<>(List.of("onnx", "run", model.toString(), "--backend", backend));
        Stream.of(inputs).forEach(input -> words.addAll(List.of("--input",
                input.replace("=", "=" + folder + "/") + ".npy")));
        words.addAll(more);
        words.addAll(List.of("--threads", "1", "--out", folder.resolve("out").toString()));
        return new Main(new PrintStream(out, true), new PrintStream(err, true), false)
                .execute(words.toArray(String[]::new));
    }

    private NDArray written(String name) {
        return Npy.read(folder.resolve("out").resolve(name));
    }

    private String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8).replace(folder.toString(), "DIR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval", "llvm"})
    void outputsAreWritten(String backend) {
        assertThat(run(OnnxFiles.linear(folder.resolve("a.onnx")), backend, "x=x")).isZero();
        assertThat(text(out)).isEqualTo("y  float32[3, 2]  DIR/out/y.npy\n");
        assertThat(text(err)).isEmpty();
        assertThat(written("y.npy").toFloatArray()).containsExactly(4, 0, 2, 4, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval", "llvm"})
    void theRoundingOfTheReferenceIsAnOption(String backend) {
        float[] numbers = new float[20];
        IntStream.range(0, 10).forEach(i -> numbers[2 * i] = 10 * i);
        array("numbers", NDArray.of(numbers, 1, 10, 2));
        Path model = OnnxFiles.inverseTransform(folder.resolve("model.onnx"));
        assertThat(run(model, backend, "x=numbers")).isZero();
        assertThat(Math.abs(written("y.npy").getDouble(11))).isLessThan(1e-14);
        assertThat(run(model, backend, List.of("--reference-rounding"), "x=numbers")).isZero();
        assertThat(written("y.npy").getDouble(11)).isEqualTo((double) 1.9073486e-7f);
    }

    @Test
    void inputsThatSizesFollowFromAreBound() {
        assertThat(run(OnnxFiles.reshape(folder.resolve("a.onnx")), "eval", "x=flat", "shape=shape")).isZero();
        assertThat(written("y.npy").sizes()).containsExactly(3, 2);
        assertThat(written("y.npy").toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval", "llvm"})
    void sizesThatOnlyARunFindsAreBounded(String backend) {
        Path file = OnnxFiles.range(folder.resolve("a.onnx"));
        array("x", NDArray.of(0f, 2f, 3f, 4f, 5f, 6f));
        assertThat(run(file, backend, "x=x")).isEqualTo(1);
        assertThat(text(err)).contains("a bound with withMostFound (--most-found N of sinter onnx)");
        assertThat(run(file, backend, List.of("--most-found", "3"), "x=x")).isZero();
        assertThat(written("y.npy").toLongArray()).containsExactly(0, 2, 4);
        assertThat(run(file, backend, List.of("--most-found=2"), "x=x")).isEqualTo(1);
    }

    @Test
    void aNameMayHaveAnEqualsSign() {
        Path file = model(folder.resolve("a.onnx"), node("Relu", List.of("x=1"), List.of("y")),
                input("x=1", FLOAT, "n", 2), output("y", FLOAT, "n", 2));
        new Main(new PrintStream(out, true), new PrintStream(err, true), false).execute("onnx", "run", file.toString(),
                "--backend=eval", "--input=x=1=" + folder.resolve("x.npy"), "--out=" + folder.resolve("out"));
        assertThat(written("y.npy").toFloatArray()).containsExactly(1, 1, 2, 0, 0, 0);
    }

    @Test
    void bfloat16IsReadAndWrittenAsBits() {
        Path file = model(folder.resolve("a.onnx"), node("Neg", List.of("x"), List.of("y")), input("x", BFLOAT16, 2),
                output("y", BFLOAT16, 2));
        assertThat(run(file, "eval", "x=bits")).isZero();
        assertThat(text(out)).isEqualTo("y  bfloat16[2]  DIR/out/y.npy  as bits in uint16\n");
        assertThat(written("y.npy").view(DType.BFLOAT16).cast(DType.FLOAT32).toFloatArray()).containsExactly(-1.5f, 2);
    }

    @Test
    void filesStayInTheFolderAndApart() throws IOException {
        List<String> names = List.of("../up", "/etc/passwd", "a/b", "a_b", "A_B", "..", ".hidden", "-rf", "a\u0007b",
                "w".repeat(300));
        List<byte[]> fields = new ArrayList<>(List.of(input("x", FLOAT, "n", 2)));
        for (String name : names) {
            fields.add(node("Neg", List.of("x"), List.of(name)));
            fields.add(output(name, FLOAT, "n", 2));
        }
        assertThat(run(model(folder.resolve("a.onnx"), fields.toArray(byte[][]::new)), "eval", "x=x")).isZero();
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("__up.npy",
                    "_etc_passwd.npy", "a_b.npy", "a_b_2.npy", "A_B_3.npy", "_.npy", "_hidden.npy", "_rf.npy",
                    "a_b_4.npy", "w".repeat(100) + ".npy");
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(8);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "x=doubles @ the input 'x' is float32[batch, 2], and DIR/doubles.npy holds float64[1, 2]; "
                + "save it as float32: numpy.save(file, array.astype(numpy.float32))",
        "x=wide    @ the input 'x' is float32[batch, 2], and DIR/wide.npy holds float32[1, 3]: "
                + "axis 1 must be 2, not 3",
        "x=flat    @ the input 'x' is float32[batch, 2], and DIR/flat.npy holds float32[6]: "
                + "it must have 2 axes, not 1",
        "z=x       @ DIR/a.onnx has no input 'z'; it has x",
        "x=none    @ there is no file DIR/none.npy for the input 'x'",
    })
    void anInputThatDoesNotFitSaysWhatToChange(String input, String message) {
        assertThat(run(OnnxFiles.linear(folder.resolve("a.onnx")), "eval", input)).isEqualTo(1);
        assertThat(text(err)).isEqualTo("sinter: " + message + "\n");
        assertThat(text(out)).isEmpty();
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void allInputsAreNeededOnce() {
        Path file = OnnxFiles.reshape(folder.resolve("a.onnx"));
        assertThat(run(file, "eval")).isEqualTo(1);
        assertThat(text(err)).isEqualTo("""
                sinter: each input needs a value, and these have none:
                  --input x=FILE.npy  of float32[6]
                  --input shape=FILE.npy  of int64[2]
                """);
        err.reset();
        assertThat(run(file, "eval", "x=flat", "x=flat")).isEqualTo(1);
        assertThat(text(err)).isEqualTo("sinter: the input 'x' is given twice\n");
    }

    @Test
    void sizesOfOneNameAreEqual() {
        Path file = model(folder.resolve("a.onnx"), node("MatMul", List.of("x", "z"), List.of("y")),
                input("x", FLOAT, "n", 2), input("z", FLOAT, 2, "n"), output("y", FLOAT, "n", "n"));
        array("z", NDArray.of(new float[] {1, 1, 2, 0}, 2, 2));
        assertThat(run(file, "eval", "x=x", "z=z")).isEqualTo(1);
        assertThat(text(err)).isEqualTo("sinter: the input 'z' is float32[2, n], and DIR/z.npy holds float32[2, 2]: "
                + "the size 'n' is 3 at axis 0 of 'x' and 2 at axis 1 of 'z'\n");
    }

    @Test
    void whatIsNoFolderOrArrayIsRefused() throws IOException {
        Path file = OnnxFiles.linear(folder.resolve("a.onnx"));
        OnnxFiles.write(folder.resolve("text.npy"), "text".getBytes(StandardCharsets.UTF_8));
        assertThat(run(file, "eval", "x=text")).isEqualTo(1);
        assertThat(text(err)).startsWith("sinter: DIR/text.npy: ").hasLineCount(1);
        err.reset();
        Files.createFile(folder.resolve("out"));
        assertThat(run(file, "eval", "x=x")).isEqualTo(1);
        assertThat(text(err)).isEqualTo("sinter: --out must be a folder, and DIR/out is a file\n");
    }
}
