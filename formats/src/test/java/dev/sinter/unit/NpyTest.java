package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.MappedArray;
import dev.sinter.formats.npy.Npy;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that NumPy wrote are read, and written with the same bytes: make_npy.py says what they hold. */
class NpyTest {
    private static final Path ARRAYS = Path.of("src/test/resources/arrays");

    @TempDir
    private Path folder;

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(ARRAYS)) {
            return files.filter(file -> file.toString().matches(".*[a-z0-9]+-(scalar|[0-9x]+)[^/\\\\]*[.]npy")
                    && !file.getFileName().toString().startsWith("refused")).sorted().toList();
        }
    }

    /** What make_npy.py puts into an array. */
    private static NDArray expected(Path file) {
        String[] words = file.getFileName().toString().replace(".npy", "").split("-");
        long[] sizes = words[1].equals("scalar") ? new long[0]
                : Stream.of(words[1].split("x")).mapToLong(Long::parseLong).toArray();
        NDArray array = NDArray.zeros(DType.valueOf(words[0].toUpperCase(Locale.ROOT)), sizes);
        long count = array.elementCount();
        for (long i = 0; i < count; i++) {
            long value = i * 3 - count / 2;
            array.setLong(i, array.dtype() == DType.BOOL ? value & 1 : value);
        }
        return array;
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsWhatNumPyWrote(Path file) throws IOException {
        NDArray array = Npy.read(file);
        assertThat(array.sameBits(expected(file))).as(array.toString()).isTrue();
        assertThat(array.isBorrowed()).isFalse();
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(Npy.read(in).sameBits(array)).isTrue();
            assertThat(in.read()).isEqualTo(-1);
        }
        try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(file))) {
            assertThat(Npy.read(in).sameBits(array)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void writesWhatNumPyWrites(Path file) throws IOException {
        if (file.toString().matches(".*-(big|fortran|v\\d)[.]npy")) {
            return;
        }
        byte[] bytes = Files.readAllBytes(file);
        Path written = folder.resolve("array.npy");
        Npy.write(written, expected(file));
        assertThat(Files.readAllBytes(written)).isEqualTo(bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Npy.write(out, expected(file));
        assertThat(out.toByteArray()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("files")
    void mapsWhatLiesAsInMemory(Path file) {
        if (file.toString().matches(".*-(big|fortran)[.]npy")) {
            assertThatThrownBy(() -> Npy.map(file)).isInstanceOf(FormatException.class)
                    .hasMessageContaining("order").hasMessageEndingWith("; read(...) reorders them");
            return;
        }
        MappedArray mapped = Npy.map(file);
        NDArray expected = expected(file);
        assertThat(mapped.dtype()).isEqualTo(expected.dtype());
        assertThat(mapped.shape()).isEqualTo(expected.shape());
        assertThat(mapped.elementCount()).isEqualTo(expected.elementCount());
        assertThat(mapped.read().sameBits(expected)).isTrue();
    }

    @Test
    void rowsOfAMappedArray() throws IOException {
        Path file = folder.resolve("table.npy");
        Npy.write(file, NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
        try (Arena arena = Arena.ofConfined()) {
            MappedArray mapped = Npy.map(file, arena);
            assertThat(mapped.rows(1, 3).sameBits(NDArray.of(new float[] {3, 4, 5, 6}, 2, 2))).isTrue();
            assertThat(mapped.rows(3, 3).sizes()).containsExactly(0, 2);
            assertThat(mapped.segment().isReadOnly()).isTrue();
            assertThatThrownBy(() -> mapped.rows(2, 4)).isInstanceOf(GraphException.class)
                    .hasMessageEndingWith("there are no rows 2 to 4 along axis 0 of the array [3, 2]");
        }
        Npy.write(file, NDArray.scalar(1f));
        assertThatThrownBy(() -> Npy.map(file).rows(0, 1)).isInstanceOf(GraphException.class)
                .hasMessageContaining("has no rows");
    }

    /** What is no longer there is a failure of the read, not of the process. */
    @Test
    void mappedFilesMayBeCutOff() throws IOException {
        Path file = folder.resolve("long.npy");
        Npy.write(file, NDArray.zeros(DType.FLOAT64, 1 << 16));
        MappedArray mapped = Npy.map(file);
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(100);
        } catch (IOException refusedBySystem) {
            assertThat(mapped.read().elementCount()).isEqualTo(1 << 16);
            return;
        }
        assertThatThrownBy(mapped::read).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("the file was cut off while it was read");
    }

    @Test
    void arraysFollowEachOtherInAStream() throws IOException {
        Path two = ARRAYS.resolve("two.npy");
        try (InputStream in = Files.newInputStream(two)) {
            assertThat(Npy.read(in).sizes()).containsExactly(5);
            assertThat(Npy.read(in).dtype()).isEqualTo(DType.INT32);
            assertThatThrownBy(() -> Npy.read(in)).isInstanceOf(FormatException.class)
                    .hasMessageStartingWith("the stream: ends at byte 0 inside of the word");
        }
        assertThatThrownBy(() -> Npy.read(two)).hasMessageContaining("bytes after its array, from byte 148 on");
    }

    /** More than a stream gets memory for before the elements come. */
    @Test
    void longStreams() throws IOException {
        NDArray array = NDArray.zeros(DType.INT32, 11_000_001);
        for (long i = 0; i < array.elementCount(); i += 1000) {
            array.setLong(i, i);
        }
        Path file = folder.resolve("large.npy");
        Npy.write(file, array);
        try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(file))) {
            assertThat(Npy.read(in).sameBits(array)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, mode = EnumSource.Mode.EXCLUDE, names = "BFLOAT16")
    void allDTypesComeBack(DType dtype) {
        NDArray array = NDArray.full(dtype, 1, 3, 1, 5);
        array.setBits(4, dtype == DType.BOOL ? 1 : 0x8123456789abcdefL);
        Path file = folder.resolve("array.npy");
        Npy.write(file, array);
        assertThat(Npy.read(file).sameBits(array)).isTrue();
    }

    @Test
    void aBfloat16IsWrittenAsBits() {
        NDArray array = NDArray.full(DType.BFLOAT16, 1.5, 3);
        Path file = folder.resolve("array.npy");
        assertThatThrownBy(() -> Npy.write(file, array)).isInstanceOf(FormatException.class)
                .hasMessageContaining("array.view(UINT16)");
        assertThat(Files.exists(file)).isFalse();
        Npy.write(file, array.view(DType.UINT16));
        assertThat(Npy.read(file).view(DType.BFLOAT16).sameBits(array)).isTrue();
    }

    /** Any byte but 0 is true, as NumPy says. */
    @Test
    void boolsAreBytes() throws IOException {
        Path file = folder.resolve("bools.npy");
        byte[] bytes = new byte[256 * 7 + 5];
        boolean[] expected = new boolean[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i % 7 < 3 ? 0 : i / 7);
            expected[i] = bytes[i] != 0;
        }
        Npy.write(file, NDArray.of(bytes));
        Files.write(file, new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .replace("|i1", "|b1").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Npy.read(file).sameBits(NDArray.of(expected))).isTrue();
        assertThat(Npy.map(file).read().sameBits(NDArray.of(expected))).isTrue();
    }

    /** A file is replaced whole; what others have mapped stays theirs, and nothing is left beside it. */
    @Test
    void writingReplaces() throws IOException {
        Path file = folder.resolve("array.npy");
        Npy.write(file, NDArray.of(1f, 2f));
        MappedArray before = Npy.map(file);
        Npy.write(file, NDArray.of(3f));
        assertThat(Npy.read(file).floatValue()).isEqualTo(3);
        assertThat(before.read().toFloatArray()).containsExactly(1, 2);
        Path link = folder.resolve("link.npy");
        try {
            Files.createSymbolicLink(link, file.getFileName());
        } catch (UnsupportedOperationException | IOException withoutLinks) {
            Files.copy(file, link);
        }
        boolean linked = Files.isSymbolicLink(link);
        Npy.write(link, NDArray.of(4f));
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(Npy.read(linked ? file : link).floatValue()).isEqualTo(4);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void filesThatCannotBe() {
        assertThatThrownBy(() -> Npy.read(folder.resolve("none.npy"))).isInstanceOf(FormatException.class)
                .hasMessageContaining("cannot be read").hasMessageContaining("NoSuchFile");
        assertThatThrownBy(() -> Npy.map(folder)).isInstanceOf(FormatException.class);
        assertThatThrownBy(() -> Npy.write(folder, NDArray.of(1f))).isInstanceOf(FormatException.class)
                .hasMessageContaining("it is a folder");
        assertThatThrownBy(() -> Npy.write(folder.resolve("no/such.npy"), NDArray.of(1f)))
                .isInstanceOf(FormatException.class).hasMessageContaining("cannot be written");
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("unplugged");
            }
        };
        assertThatThrownBy(() -> Npy.read(broken)).isInstanceOf(FormatException.class)
                .hasMessageContaining("unplugged");
    }
}
