package dev.sinter.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.npy.Npy;
import dev.sinter.tensor.NDArray;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no arrays, or arrays of what Sinter lacks: each message names the byte. */
class NpyErrorsTest {
    private static final Path ARRAYS = Path.of("src/test/resources/arrays");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "complex~ byte 20: the dtype '<c8' is complex: save a.real and a.imag as two arrays",
        "object~ byte 20: the dtype '|O' means Python objects, which are never unpickled; save numbers",
        "record~ byte 20: the elements are records of several fields; save each field as an array of its own",
        "text~ byte 20: the dtype '<U1' means strings, which Sinter lacks",
        "bytes~ byte 20: the dtype '|S1' means strings, which Sinter lacks",
        "raw2~ byte 20: the dtype '|V2' is raw bytes, as those of a bfloat16: save a.view(numpy.uint16), and read it "
                + "with view(BFLOAT16)",
        "time~ byte 20: the dtype '<M8[s]' means times: save a.astype(numpy.int64)",
        "extended~ byte 20: the dtype '<f16' is a float that Sinter lacks: save a.astype(numpy.float64)"})
    void dtypesThatSinterLacks(String name, String message) {
        Path file = ARRAYS.resolve("refused-" + name + ".npy");
        assertThatThrownBy(() -> Npy.read(file)).isInstanceOf(FormatException.class).hasMessage(file + ": " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', value = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x; 66: the header goes on after its dictionary",
        "{'descr': '<f4', 'fortran_order': False}; 10: the header lacks the key 'shape'",
        "{'descr': '<f4', 'descr': '<f4'}; 27: the key 'descr' comes twice",
        "{'dtype': '<f4'}; 11: the key 'dtype' is none of descr, fortran_order and shape",
        "{'descr': '<f4' 'shape': ()}; 26: '}' should stand here",
        "{'descr': '<f4, ; 20: the quoted word does not end",
        "{'descr': '\\x3cf4'}; 21: a word of plain letters should stand here",
        "{'descr': f4}; 20: a quoted word should stand here",
        "{'descr': ''}; 20: the dtype '' is none that NumPy writes, such as '<f4'",
        "{'descr': 'float32'}; 20: the dtype 'float32' is none that NumPy writes, such as '<f4'",
        "{'descr': '|f4'}; 20: the dtype '|f4' does not say in which order the bytes lie",
        "{'descr': '<f3'}; 20: the dtype '<f3' is a float that Sinter lacks: save a.astype(numpy.float64)",
        "{'fortran_order': 0}; 28: True or False should stand here",
        "{'shape': [2]}; 20: '(' should stand here",
        "{'shape': (2)}; 22: a tuple of one size needs a comma: (3,)",
        "{'shape': (,)}; 21: a size should stand here",
        "{'shape': (2 3)}; 23: a comma or ')' should stand here",
        "{'shape': (2, -3)}; 24: a size cannot be negative",
        "{'shape': (2, 03)}; 24: a size does not begin with 0",
        "{'shape': (2, 3.0)}; 25: a comma or ')' should stand here",
        "{'shape': (9223372036854775808,)}; 21: a size of more than 63 bits",
        "{'shape': (2,; 23: a size should stand here",
        "[1]; 10: '{' should stand here",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)}; 10: the sizes "
                + "[9223372036854775807] are more than memory can have",
        "{'descr': '<i1', 'fortran_order': False, 'shape': (4294967296, 4294967296)}; 10: the sizes [4294967296, "
                + "4294967296] are more than memory can have"})
    void headersThatAreWrong(String header, String message) {
        assertThatThrownBy(() -> read(file(1, header, 8))).isInstanceOf(FormatException.class)
                .hasMessage("the stream: byte " + message);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{ \"shape\" : ( 2 , ) ,\n\"fortran_order\":True,'descr':\"=f4\" }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }  \n"})
    void headersThatOthersWrite(String header) {
        assertThat(read(file(2, header, 8)).sizes()).containsExactly(2);
    }

    @Test
    void filesThatAreNone() throws IOException {
        assertThatThrownBy(() -> read(new byte[0]))
                .hasMessage("the stream: ends at byte 0 inside of the word that an npy file begins with, which should"
                        + " end at byte 6; it has been cut off");
        assertThatThrownBy(() -> read("PK\3\4 archive".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageEndingWith("it is a zip archive, which Npz reads");
        assertThatThrownBy(() -> read("some text".getBytes(StandardCharsets.US_ASCII)))
                .hasMessage("the stream: is no npy file: it does not begin with \\x93NUMPY");
        byte[] later = file(1, "", 0);
        later[6] = 4;
        assertThatThrownBy(() -> read(later))
                .hasMessage("the stream: byte 6: the version 4.0 is none of 1.0, 2.0 and 3.0");
        byte[] large = file(2, "", 0);
        large[11] = (byte) 0xff;
        assertThatThrownBy(() -> read(large)).hasMessageContaining("byte 8: a header of 4278190080 bytes");
        String axes = "1, ".repeat(65);
        assertThatThrownBy(() -> read(file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (" + axes + ")}", 4)))
                .hasMessageContaining("an array of 65 axes; NumPy's have at most 64");
        assertThatThrownBy(() -> Npy.write(folder.resolve("axes.npy"), NDArray.of(1f).reshape(ones(65))))
                .isInstanceOf(FormatException.class).hasMessageContaining("65 axes");
    }

    private static long[] ones(int count) {
        long[] sizes = new long[count];
        Arrays.fill(sizes, 1);
        return sizes;
    }

    @Test
    void announcementsThatNothingFollows() throws IOException {
        byte[] announced = file(1, "{'descr': '<f8', 'fortran_order': True, 'shape': (1000000000, 1000000), }", 100);
        assertThatThrownBy(() -> read(announced)).isInstanceOf(FormatException.class)
                .hasMessageContaining("inside of the elements").hasMessageContaining("it has been cut off");
        Path file = Files.write(folder.resolve("announced.npy"), announced);
        assertThatThrownBy(() -> Npy.read(file)).isInstanceOf(FormatException.class)
                .hasMessageContaining("announced.npy: has 100 bytes of elements from byte")
                .hasMessageContaining("but 8000000000000000 are announced");
        assertThatThrownBy(() -> Npy.map(file)).isInstanceOf(FormatException.class)
                .hasMessageContaining("it has been cut off");
    }

    private static NDArray read(byte[] bytes) {
        return Npy.read(new ByteArrayInputStream(bytes));
    }

    private static byte[] file(int version, String header, int elements) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer bytes = ByteBuffer.allocate(8 + (version == 1 ? 2 : 4) + text.length + elements)
                .order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) version).put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) text.length);
        } else {
            bytes.putInt(text.length);
        }
        return bytes.put(text).array();
    }
}
