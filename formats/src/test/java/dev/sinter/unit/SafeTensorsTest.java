package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.ArrayFile;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.MappedArray;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.safetensors.SafeTensors;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that the format's own library wrote are read, and written with the same bytes: make_safetensors.py. */
class SafeTensorsTest {
    private static final Path TENSORS = Path.of("src/test/resources/tensors");

    @TempDir
    private Path folder;

    /** What make_safetensors.py puts into a tensor. */
    private static NDArray expected(DType dtype, long... sizes) {
        NDArray array = NDArray.zeros(dtype, sizes);
        long count = array.elementCount();
        for (long i = 0; i < count; i++) {
            long value = i * 3 - count / 2;
            array.setLong(i, dtype == DType.BOOL ? value & 1 : value);
        }
        return array;
    }

    @Test
    void readsAllDTypes() {
        Path file = TENSORS.resolve("everything.safetensors");
        Map<String, NDArray> arrays = SafeTensors.read(file);
        assertThat(arrays).hasSize(DType.values().length + 7);
        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(tensors.metadata()).isEmpty();
            assertThat(tensors.names()).startsWith("uint64", "int64", "int64.empty", "float64", "float32")
                    .containsExactlyElementsOf(arrays.keySet());
            arrays.forEach((name, array) -> {
                String[] words = name.split("\\.");
                DType dtype = DType.valueOf(words[0].toUpperCase(Locale.ROOT));
                NDArray expected = words.length == 1 ? expected(dtype, 2, 3) : switch (words[1]) {
                    case "scalar" -> expected(dtype);
                    case "empty" -> expected(dtype, 3, 0, 2);
                    default -> expected(dtype, 7, 1, 5, 3);
                };
                assertThat(array.sameBits(expected)).as(name).isTrue();
                assertThat(tensors.dtype(name)).isEqualTo(dtype);
                assertThat(tensors.shape(name)).isEqualTo(expected.shape());
                assertThat(tensors.map(name).read().sameBits(expected)).isTrue();
            });
        }
    }

    /** Whatever the order in which they are given. */
    @ParameterizedTest
    @ValueSource(strings = {"everything", "names", "none"})
    void writesWhatTheLibraryWrites(String name) throws IOException {
        Path file = TENSORS.resolve(name + ".safetensors");
        Map<String, NDArray> arrays = SafeTensors.read(file);
        Map<String, String> metadata;
        try (SafeTensors tensors = SafeTensors.open(file)) {
            metadata = tensors.metadata();
        }
        List<String> names = new ArrayList<>(arrays.keySet());
        for (int order = 0; order < 3; order++) {
            Map<String, NDArray> shuffled = new LinkedHashMap<>();
            names.forEach(each -> shuffled.put(each, arrays.get(each)));
            Path written = folder.resolve("written.safetensors");
            SafeTensors.write(written, shuffled, metadata);
            assertThat(Files.readAllBytes(written)).isEqualTo(Files.readAllBytes(file));
            Collections.shuffle(names, new Random(order));
        }
    }

    @Test
    void namesOfAnyLetters() {
        try (SafeTensors tensors = SafeTensors.open(TENSORS.resolve("names.safetensors"))) {
            assertThat(tensors.metadata()).containsExactly(Map.entry("format", "pt \"\u2028é\u001b"));
            assertThat(tensors.names()).containsExactly("", "\b\f\n\r\t\0\u001f\u007f", "A", "a", "a.b/c", "größe ∑",
                    "quote \" back \\ slash /", "zz".repeat(70), "\uffee", Character.toString(0x1f600));
            assertThat(tensors.read("größe ∑").toFloatArray()).containsExactly(-1, 2);
            assertThatThrownBy(() -> tensors.read("b")).isInstanceOf(FormatException.class)
                    .hasMessageContaining("names.safetensors: holds no tensor \"b\", only \"\", \"\\u0008\\u000c");
        }
    }

    /** What Sinter lacks is refused when it is asked for. */
    @Test
    void dtypesThatSinterLacks() {
        try (SafeTensors tensors = SafeTensors.open(TENSORS.resolve("lacking.safetensors"))) {
            assertThat(tensors.read("f").toFloatArray()).containsExactly(-1, 2, 5);
            assertThat(tensors.type("e4m3")).isEqualTo("F8_E4M3");
            assertThat(tensors.shape("e4m3")).isEqualTo(Shape.shape(2, 3));
            assertThatThrownBy(() -> tensors.read("e4m3")).isInstanceOf(UnsupportedException.class)
                    .hasMessageEndingWith("lacking.safetensors: \"e4m3\": the dtype \"F8_E4M3\", a float of 8 bits, is"
                            + " none that Sinter has: save it as F16, BF16 or F32");
            assertThatThrownBy(() -> tensors.dtype("e5m2")).isInstanceOf(UnsupportedException.class);
            assertThatThrownBy(() -> tensors.map("complex")).isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("the real and the imaginary parts");
        }
        SafeTensors unknown = SafeTensors.of(file("""
                {"q":{"dtype":"Q3_K","shape":[999],"data_offsets":[0,3]},"b":{"dtype":"I8","shape":[1],"x":[{"y":1}],\
                "data_offsets":[3,4]}}""", 4));
        assertThat(unknown.read("b").toByteArray()).containsExactly(0);
        assertThatThrownBy(() -> unknown.read("q")).isInstanceOf(UnsupportedException.class)
                .hasMessage("the tensors: \"q\": the dtype \"Q3_K\" is none that Sinter knows");
    }

    /** Files of older writers: in any order, with elements at any address, padded or not. */
    @Test
    void filesOfOtherWriters() {
        SafeTensors tensors = SafeTensors.of(file("""
                {"b":{"data_offsets":[1,9],"shape":[2],"dtype":"F32"}, "__metadata__": null,
                "a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}  \t\n""", 1, 0, 0, -128, 63, 0, 0, 0, 64));
        assertThat(tensors.names()).containsExactly("a", "b");
        assertThat(tensors.read("b").toFloatArray()).containsExactly(1, 2);
        assertThat(tensors.read("a").booleanValue()).isTrue();
        assertThat(tensors.metadata()).isEmpty();
        tensors.close();
    }

    private static byte[] file(String header, int... elements) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[8 + text.length + (elements.length == 1 ? elements[0] : elements.length)];
        for (int i = 0; i < 4; i++) {
            bytes[i] = (byte) (text.length >> 8 * i);
        }
        System.arraycopy(text, 0, bytes, 8, text.length);
        for (int i = 0; elements.length > 1 && i < elements.length; i++) {
            bytes[8 + text.length + i] = (byte) elements[i];
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void allDTypesComeBack(DType dtype) {
        NDArray array = NDArray.full(dtype, 1, 3, 1, 5);
        array.setBits(4, dtype == DType.BOOL ? 1 : 0x8123456789abcdefL);
        Path file = folder.resolve("array.safetensors");
        SafeTensors.write(file, Map.of("x", array), Map.of("b", "2", "a", ""));
        assertThat(SafeTensors.read(file).get("x").sameBits(array)).isTrue();
        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(tensors.metadata().toString()).isEqualTo("{a=, b=2}");
        }
    }

    @Test
    void rowsOfAMappedTensor() {
        Path file = folder.resolve("table.safetensors");
        SafeTensors.write(file, Map.of("t", NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2)));
        SafeTensors tensors = SafeTensors.open(file);
        MappedArray mapped = tensors.map("t");
        NDArray rows = mapped.rows(1, 3);
        assertThat(rows.sameBits(NDArray.of(new float[] {3, 4, 5, 6}, 2, 2))).isTrue();
        tensors.close();
        tensors.close();
        assertThat(rows.toFloatArray()).containsExactly(3, 4, 5, 6);
        assertThatThrownBy(mapped::read).isInstanceOf(GraphException.class).hasMessageEndingWith(
                "table.safetensors: \"t\": the file is closed; read before that, or open it again");
        assertThatThrownBy(() -> tensors.read("t")).isInstanceOf(GraphException.class);
    }

    /** A model in several files; each tensor is read from the one that the index names. */
    @Test
    void severalFilesByAnIndex() throws IOException {
        SafeTensors.write(folder.resolve("a-1.safetensors"), Map.of("x", NDArray.of(1f), "z", NDArray.of(9f)));
        SafeTensors.write(folder.resolve("a-2.safetensors"), Map.of("y", NDArray.of(2f, 3f)));
        Path index = folder.resolve("a.safetensors.index.json");
        Files.writeString(index, """
                {"metadata": {"total_size": 16.0, "more": [{}]},
                 "weight_map": {"y": "a-2.safetensors", "x": "a-1.safetensors"}}""");
        ArrayFile tensors = SafeTensors.openShards(index);
        assertThat(tensors.names()).containsExactly("y", "x");
        assertThat(tensors.dtype("y")).isEqualTo(DType.FLOAT32);
        assertThat(tensors.shape("y")).isEqualTo(Shape.shape(2));
        assertThat(tensors.read("y").toFloatArray()).containsExactly(2, 3);
        assertThatThrownBy(() -> tensors.read("z")).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("index.json: holds no tensor \"z\", only \"y\", \"x\"");
        tensors.close();
        assertThatThrownBy(() -> tensors.read("x")).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> SafeTensors.open(index)).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("; an index is opened by openShards");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '|', value = {
        "{}~ is no index: it lacks weight_map",
        "[]~ letter 0 of the index: an object should stand here",
        "{'weight_map': {'x': 1}}~ letter 21 of the index: the file of 'x' should be a string",
        "{'weight_map': {'x': 'a', 'x': 'a'}}~ letter 31 of the index: the name 'x' comes twice",
        "{'weight_map': {}, 'weight_map': {}}~ letter 19 of the index: weight_map comes twice",
        "{'weight_map': {'x': 'a/b'}}~ the file 'a/b' does not lie beside the index",
        "{'weight_map': {'x': '..'}}~ the file '..' does not lie beside the index",
        "{'weight_map': {'x': ''}}~ the file '' does not lie beside the index",
        "{'weight_map': {'x': '/a'}}~ the file '/a' does not lie beside the index",
        "{'weight_map': {'x': '\\u0000'}}~ '\\u0000' is no name of a file",
        "{'weight_map': {'y': 'a.safetensors'}}~ the tensor 'y' is not in FOLDER/a.safetensors",
        "{'weight_map': {'x': 'a.safetensors'}} 1~ letter 39 of the index: the index goes on after its end"})
    void indicesThatAreWrong(String text, String message) throws IOException {
        SafeTensors.write(folder.resolve("a.safetensors"), Map.of("x", NDArray.of(1f)));
        Path index = Files.writeString(folder.resolve("index.json"), text.replace('\'', '"'));
        assertThatThrownBy(() -> SafeTensors.openShards(index)).isInstanceOf(FormatException.class)
                .hasMessage(index + ": " + message.replace('\'', '"').replace("FOLDER", folder.toString()));
    }

    /** What is no longer there is a failure of the read, not of the process. */
    @Test
    void mappedFilesMayBeCutOff() throws IOException {
        Path file = folder.resolve("long.safetensors");
        SafeTensors.write(file, Map.of("x", NDArray.zeros(DType.FLOAT64, 1 << 16)));
        try (SafeTensors tensors = SafeTensors.open(file)) {
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(100);
            } catch (IOException refusedBySystem) {
                assertThat(tensors.read("x").elementCount()).isEqualTo(1 << 16);
                return;
            }
            assertThatThrownBy(() -> tensors.read("x")).isInstanceOf(FormatException.class)
                    .hasMessageEndingWith("long.safetensors: \"x\": the file was cut off while it was read");
        }
    }

    /** A file that is mapped is replaced, not changed. */
    @Test
    void writingReplaces() {
        Path file = folder.resolve("weights.safetensors");
        SafeTensors.write(file, Map.of("x", NDArray.of(1f, 2f)));
        try (SafeTensors before = SafeTensors.open(file)) {
            SafeTensors.write(file, Map.of("x", before.read("x"), "y", NDArray.of(3f)));
            assertThat(before.read("x").toFloatArray()).containsExactly(1, 2);
        }
        assertThat(SafeTensors.read(file).get("y").floatValue()).isEqualTo(3);
    }

    @Test
    void filesThatCannotBe() throws IOException {
        assertThatThrownBy(() -> SafeTensors.open(folder.resolve("none"))).isInstanceOf(FormatException.class)
                .hasMessageContaining("NoSuchFile");
        assertThatThrownBy(() -> SafeTensors.open(folder)).isInstanceOf(FormatException.class);
        Path file = Files.writeString(folder.resolve("kept"), "kept");
        NDArray one = NDArray.of(1f);
        long[] axes = new long[65];
        Arrays.fill(axes, 1);
        assertThatThrownBy(() -> SafeTensors.write(file, Map.of("__metadata__", one)))
                .isInstanceOf(FormatException.class).hasMessageContaining("no array can be called __metadata__");
        assertThatThrownBy(() -> SafeTensors.write(file, Map.of("x\udc00", one))).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("kept: \"x\\udc00\" has half a letter, which no file can keep");
        assertThatThrownBy(() -> SafeTensors.write(file, Map.of("x", one), Map.of("k", "\ud83d")))
                .isInstanceOf(FormatException.class).hasMessageContaining("half a letter");
        assertThatThrownBy(() -> SafeTensors.write(file, Map.of("x", one.reshape(axes))))
                .isInstanceOf(FormatException.class).hasMessageContaining("\"x\" has 65 axes; at most 64");
        assertThat(Files.readString(file)).isEqualTo("kept");
    }
}
