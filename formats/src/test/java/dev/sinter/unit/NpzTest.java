package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.npy.Npz;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of arrays, those that make_npy.py wrote among them. */
class NpzTest {
    private static final Path ARRAYS = Path.of("src/test/resources/arrays");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"stored.npz", "deflated.npz"})
    void readsWhatNumPyWrote(String name) {
        try (Npz archive = Npz.open(ARRAYS.resolve(name))) {
            assertThat(archive.names()).startsWith("w", "layer/b", "größe ∑", "../up");
            assertThat(archive.read("w").toNestedArray()).isEqualTo(new float[][] {{-3, 0, 3}, {6, 9, 12}});
            assertThat(archive.read("layer/b").toLongArray()).containsExactly(-2, 1, 4, 7, 10);
            assertThat(archive.read("größe ∑").booleanValue()).isFalse();
            assertThat(archive.read("../up").sizes()).containsExactly(0);
            assertThat(archive.names().contains("zeros")).isEqualTo(name.equals("deflated.npz"));
            assertThatThrownBy(() -> archive.read("b")).isInstanceOf(FormatException.class)
                    .hasMessageContaining("holds no array \"b\", only \"w\", \"layer/b\", \"größe ∑\", \"../up\"");
        }
    }

    @Test
    void whatIsWrittenComesBack() throws IOException {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("z", NDArray.of(1f, 2f));
        arrays.put("", NDArray.scalar(3L));
        arrays.put("a/ü", NDArray.zeros(DType.FLOAT64, 3000));
        Path stored = folder.resolve("stored.npz");
        Path deflated = folder.resolve("deflated.npz");
        Npz.write(stored, arrays);
        Npz.writeCompressed(deflated, arrays);
        assertThat(Files.size(stored)).isGreaterThan(24_000);
        assertThat(Files.size(deflated)).isLessThan(1500);
        for (Path file : new Path[] {stored, deflated}) {
            Map<String, NDArray> read = Npz.read(file);
            assertThat(read.keySet()).containsExactlyElementsOf(arrays.keySet());
            arrays.forEach((name, array) -> assertThat(read.get(name).sameBits(array)).isTrue());
        }
        byte[] bytes = Files.readAllBytes(stored);
        Npz.write(stored, arrays);
        assertThat(Files.readAllBytes(stored)).isEqualTo(bytes);
    }

    @Test
    void anEmptyArchive() {
        Path file = folder.resolve("empty.npz");
        Npz.write(file, Map.of());
        assertThat(Npz.read(file)).isEmpty();
    }

    @Test
    void damagedEntries() throws IOException {
        Path file = folder.resolve("damaged.npz");
        Npz.write(file, Map.of("w", NDArray.of(1f, 2f)));
        byte[] bytes = Files.readAllBytes(file);
        int element = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(" \n") + 4;
        bytes[element] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("damaged.npz: \"w.npy\": is damaged: its checksum is wrong");
    }

    @Test
    void entriesThatAreNoArrays() throws IOException {
        Path file = folder.resolve("other.npz");
        zip(file, "folder/", "notes.txt");
        assertThatThrownBy(() -> Npz.open(file)).isInstanceOf(FormatException.class)
                .hasMessageContaining("the entry \"notes.txt\" is no array");
        zip(file, "w.npy");
        assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(FormatException.class)
                .hasMessageContaining("other.npz: \"w.npy\": is no npy file");
    }

    @Test
    void twoEntriesOfOneName() throws IOException {
        Path file = folder.resolve("twice.npz");
        zip(file, "a.npy", "b.npy");
        Files.write(file, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).replace("b.npy", "a.npy")
                .getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Npz.open(file)).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("two entries are called \"a.npy\"");
    }

    @Test
    void entriesThatLieInTheSameBytes() throws IOException {
        Path file = folder.resolve("bomb.npz");
        Npz.writeCompressed(file, Map.of("a", NDArray.zeros(DType.UINT8, 1_000_000)));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, listed(bytes, 1, 1_000_128));
        assertThat(Npz.read(file).get("a").sizes()).containsExactly(1_000_000);
        Files.write(file, listed(bytes, 20, 1_000_128));
        assertThatThrownBy(() -> Npz.open(file)).isInstanceOf(FormatException.class).hasMessage(file
                + ": the entries have more bytes than the archive, so that some lie in the same ones");
        Files.write(file, listed(bytes, 1, 100_000_000));
        assertThatThrownBy(() -> Npz.open(file)).isInstanceOf(FormatException.class)
                .hasMessageMatching(".*bomb.npz: \"a.npy\": says that it has 100000000 bytes, which [0-9]+ bytes of"
                        + " the archive cannot hold");
    }

    /** An archive of one entry, called a.npy, whose list has it several times, as a.npy, b.npy and so on. */
    private static byte[] listed(byte[] archive, int count, int size) {
        ByteBuffer from = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        int end = archive.length - 22;
        int list = from.getInt(end + 16);
        ByteBuffer to = ByteBuffer.allocate(archive.length + (count - 1) * (end - list)).order(ByteOrder.LITTLE_ENDIAN)
                .put(archive, 0, list);
        for (int i = 0; i < count; i++) {
            int row = to.position();
            to.put(archive, list, end - list).putInt(row + 24, size).put(row + 46, (byte) ('a' + i));
        }
        int tail = to.position();
        return to.put(archive, end, 22).putShort(tail + 8, (short) count).putShort(tail + 10, (short) count)
                .putInt(tail + 12, count * (end - list)).array();
    }

    @Test
    void filesThatAreNoArchives() throws IOException {
        Path file = Files.writeString(folder.resolve("text.npz"), "text");
        assertThatThrownBy(() -> Npz.open(file)).isInstanceOf(FormatException.class)
                .hasMessageContaining("cannot be read as a zip archive");
        assertThatThrownBy(() -> Npz.open(folder.resolve("none.npz"))).isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> Npz.write(file, Map.of("w".repeat(70_000), NDArray.of(1f))))
                .isInstanceOf(FormatException.class).hasMessageContaining("too long");
        assertThatThrownBy(() -> Npz.write(file, Map.of("w\ud800", NDArray.of(1f))))
                .isInstanceOf(FormatException.class).hasMessageContaining("half a letter");
        assertThatThrownBy(() -> Npz.write(file, Map.of("w", NDArray.zeros(DType.BFLOAT16, 1))))
                .isInstanceOf(FormatException.class).hasMessageContaining("bfloat16");
        assertThat(Files.readString(file)).isEqualTo("text");
    }

    private static void zip(Path file, String... names) throws IOException {
        try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write("some text that is not an array".getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
    }
}
