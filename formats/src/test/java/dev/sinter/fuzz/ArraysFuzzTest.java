package dev.sinter.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.ArrayFile;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.npy.Npy;
import dev.sinter.formats.npy.Npz;
import dev.sinter.formats.safetensors.SafeTensors;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged files of arrays: each is read, or refused, and takes no memory for what is only announced. */
class ArraysFuzzTest {
    private static final List<String> NUMBERS = List.of("9223372036854775807", "9223372036854775808", "4294967296",
            "1099511627776", "18446744073709551615", "-1", "1e30", "0", "00", "\u0661");

    @TempDir
    private Path folder;

    /** The loaders, each with a file that is right. */
    enum Format {
        NPY {
            @Override
            byte[] sample(Path folder) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                Npy.write(bytes, NDArray.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3));
                return bytes.toByteArray();
            }

            @Override
            void read(byte[] bytes, Path file) {
                Npy.read(new ByteArrayInputStream(bytes));
            }
        },
        NPY_FILE {
            @Override
            byte[] sample(Path folder) throws IOException {
                return NPY.sample(folder);
            }

            @Override
            void read(byte[] bytes, Path file) throws IOException {
                Files.write(file, bytes);
                try {
                    Npy.map(file).read();
                } catch (FormatException reordered) {
                    assertThat(reordered.getMessage()).isNotBlank();
                }
                Npy.read(file);
            }
        },
        NPZ {
            @Override
            byte[] sample(Path folder) throws IOException {
                Path file = folder.resolve("sample.npz");
                Npz.write(file, arrays());
                return Files.readAllBytes(file);
            }

            @Override
            void read(byte[] bytes, Path file) throws IOException {
                readAll(Npz.open(Files.write(file, bytes)));
            }
        },
        DEFLATED {
            @Override
            byte[] sample(Path folder) throws IOException {
                Path file = folder.resolve("deflated.npz");
                Npz.writeCompressed(file, arrays());
                return Files.readAllBytes(file);
            }

            @Override
            void read(byte[] bytes, Path file) throws IOException {
                NPZ.read(bytes, file);
            }
        },
        SAFETENSORS {
            @Override
            byte[] sample(Path folder) throws IOException {
                Path file = folder.resolve("sample.safetensors");
                SafeTensors.write(file, arrays(), Map.of("format", "pt"));
                return Files.readAllBytes(file);
            }

            @Override
            void read(byte[] bytes, Path file) {
                readAll(SafeTensors.of(bytes));
            }
        },
        SAFETENSORS_FILE {
            @Override
            byte[] sample(Path folder) throws IOException {
                return SAFETENSORS.sample(folder);
            }

            @Override
            void read(byte[] bytes, Path file) throws IOException {
                readAll(SafeTensors.open(Files.write(file, bytes)));
            }
        },
        INDEX {
            @Override
            byte[] sample(Path folder) throws IOException {
                SafeTensors.write(folder.resolve("shard"), arrays());
                return "{\"weight_map\": {\"w\": \"shard\", \"none\": \"shard\"}, \"metadata\": [1.5, {}]}"
                        .getBytes(StandardCharsets.UTF_8);
            }

            @Override
            void read(byte[] bytes, Path file) throws IOException {
                readAll(SafeTensors.openShards(Files.write(file, bytes)));
            }
        };

        /** How many files are tried, of which those on a disk take longer. */
        int some(int count) {
            return this == NPY || this == SAFETENSORS ? count : count / 8;
        }

        abstract byte[] sample(Path folder) throws IOException;

        abstract void read(byte[] bytes, Path file) throws IOException;
    }

    private static Map<String, NDArray> arrays() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("w", NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
        arrays.put("größe/∑", NDArray.scalar(7L));
        arrays.put("none", NDArray.zeros(DType.BOOL, 3, 0));
        return arrays;
    }

    private static void readAll(ArrayFile opened) {
        try (ArrayFile file = opened) {
            for (String name : file.names()) {
                file.shape(name);
                file.dtype(name);
                file.read(name);
            }
        }
    }

    /** Whether a file is refused. */
    private boolean refuses(Format format, byte[] bytes) throws IOException {
        try {
            format.read(bytes, folder.resolve("tried"));
            return false;
        } catch (FormatException refused) {
            assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(2000);
            return true;
        }
    }

    @ParameterizedTest
    @EnumSource
    void filesThatAreCutOff(Format format) throws IOException {
        byte[] sample = format.sample(folder);
        assertThat(refuses(format, sample)).isFalse();
        for (int length = 0; length < sample.length; length++) {
            assertThat(refuses(format, Arrays.copyOf(sample, length))).as("of " + length + " bytes").isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void filesWithEachByteChanged(Format format) throws IOException {
        byte[] sample = format.sample(folder);
        for (int at = 0; at < sample.length; at++) {
            int[] values = {0, 0xff, sample[at] ^ 1, sample[at] ^ 0x80, sample[at] + 1, '9', '"', '{'};
            for (int i = 0; i < format.some(values.length); i++) {
                byte[] bytes = sample.clone();
                bytes[at] = (byte) values[(at + i) % values.length];
                refuses(format, bytes);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void filesWithSomeBytesChanged(Format format) throws IOException {
        byte[] sample = format.sample(folder);
        SplittableRandom random = new SplittableRandom(format.ordinal());
        for (int i = 0; i < format.some(4000); i++) {
            byte[] bytes = random.nextInt(10) == 0 ? Arrays.copyOf(sample, random.nextInt(2 * sample.length))
                    : sample.clone();
            for (int change = random.nextInt(1, 6); change > 0 && bytes.length > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            refuses(format, bytes);
        }
    }

    /** Every number that a header writes out, in place of it one that is too large or none. */
    @ParameterizedTest
    @EnumSource(names = {"NPY", "NPY_FILE", "SAFETENSORS", "SAFETENSORS_FILE"})
    void headersWithOtherNumbers(Format format) throws IOException {
        String sample = new String(format.sample(folder), StandardCharsets.ISO_8859_1);
        boolean json = format == Format.SAFETENSORS || format == Format.SAFETENSORS_FILE;
        int start = json ? 8 : 10;
        int end = sample.lastIndexOf('}') + 1;
        for (int at = start; at < end; at++) {
            if (!Character.isDigit(sample.charAt(at)) || Character.isDigit(sample.charAt(at - 1))) {
                continue;
            }
            int after = at;
            while (Character.isDigit(sample.charAt(after))) {
                after++;
            }
            for (String number : NUMBERS) {
                String text = sample.substring(start, at) + number + sample.substring(after, end);
                byte[] header = text.getBytes(StandardCharsets.ISO_8859_1);
                byte[] bytes = ByteBuffer.allocate(start + header.length + 24)
                        .order(ByteOrder.LITTLE_ENDIAN).put(sample.substring(0, start)
                        .getBytes(StandardCharsets.ISO_8859_1)).put(header).array();
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)
                        .putShort(json ? 0 : 8, (short) header.length);
                refuses(format, bytes);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesThatAreNoFiles(Format format) throws IOException {
        byte[] sample = format.sample(folder);
        SplittableRandom random = new SplittableRandom(format.ordinal());
        for (int i = 0; i < format.some(2000); i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            int kept = random.nextInt(Math.min(bytes.length, 60) + 1);
            System.arraycopy(sample, 0, bytes, 0, kept);
            refuses(format, bytes);
        }
    }

    /** An archive whose entry is announced, there and in its own header, with far more than it has. */
    @Test
    void entriesThatAreAnnouncedOnly() throws IOException {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        String header = "{'descr': '|i1', 'fortran_order': False, 'shape': (1099511627776,), }";
        entry.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0});
        entry.write(header.getBytes(StandardCharsets.US_ASCII));
        entry.write(new byte[1000]);
        Path file = folder.resolve("announced.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("x.npy"));
            zip.write(entry.toByteArray());
            zip.closeEntry();
        }
        assertThat(refuses(Format.NPZ, Files.readAllBytes(file))).isTrue();
    }
}
