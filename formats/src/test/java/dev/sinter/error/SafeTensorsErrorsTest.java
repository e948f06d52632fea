package dev.sinter.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.safetensors.SafeTensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are no safetensors: each message says where and why. */
class SafeTensorsErrorsTest {
    private static byte[] file(String header, int elements) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + elements).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length)
                .put(text).array();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '|', value = {
        "[]~ is no safetensors file: its header does not begin with {",
        "{'a'~ letter 4 of the header: Unexpected end-of-input",
        "{} {}~ letter 3 of the header: the header goes on after its end",
        "{'a':1}~ letter 5 of the header: 'a' should be an object of dtype, shape and data_offsets",
        "{'a':{}}~ letter 6 of the header: 'a' lacks its dtype",
        "{'a':{'dtype':'F32'}}~ letter 19 of the header: 'a' lacks its shape",
        "{'a':{'dtype':'F32','shape':[]}}~ letter 30 of the header: 'a' lacks its data_offsets, two numbers",
        "{'a':{'dtype':'F32','shape':[],'data_offsets':[0]}}~ letter 49 of the header: 'a' lacks its data_offsets,",
        "{'a':{'dtype':'F32','shape':[],'data_offsets':[0,4,4]}}~ letter 51 of the header: the data_offsets of 'a' has"
                + " more than 2 numbers",
        "{'a':{'dtype':'F32','dtype':'F32'}}~ letter 28 of the header: the dtype of 'a' comes twice",
        "{'a':{'dtype':2}}~ letter 14 of the header: the dtype of 'a' should be a string",
        "{'a':{'shape':2}}~ letter 14 of the header: the shape of 'a' should be an array of numbers",
        "{'a':{'shape':[2.0]}}~ letter 15 of the header: the shape of 'a' should be whole numbers",
        "{'a':{'shape':['2']}}~ letter 15 of the header: the shape of 'a' should be whole numbers",
        "{'a':{'shape':[-1]}}~ letter 15 of the header: the shape of 'a' has a negative number",
        "{'a':{'shape':[-0]}}~ letter 15 of the header: the shape of 'a' has a negative number",
        "{'a':{'shape':[01]}}~ letter 16 of the header: Invalid numeric value: Leading zeroes not allowed",
        "{'a':{'shape':[9223372036854775808]}}~ letter 15 of the header: the shape of 'a' has a number of more than 63"
                + " bits",
        "{'__metadata__':[]}~ letter 16 of the header: __metadata__ should be an object of strings",
        "{'__metadata__':{'k':1}}~ letter 21 of the header: the metadata 'k' should be a string",
        "{'__metadata__':{'k':'','k':''}}~ letter 28 of the header: the metadata 'k' comes twice",
        "{'__metadata__':{},'__metadata__':{}}~ letter 35 of the header: the name '__metadata__' comes twice",
        "{'\\ud800':{}}~ letter 1 of the header: '\\ud800' has half a letter"})
    void headersThatAreWrong(String header, String message) {
        assertThatThrownBy(() -> SafeTensors.of(file(header.replace('\'', '"'), 0))).isInstanceOf(FormatException.class)
                .hasMessageStartingWith("the tensors: " + message.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "F32~ 2~ 0~ 4~ 4~ the sizes [2] of F32 are 8 bytes, but its offsets leave room for 4",
        "F32~ ''~ 0~ 0~ 0~ the sizes [] of F32 are 4 bytes, but its offsets leave room for 0",
        "F32~ 1~ 4~ 8~ 8~ begins at byte 4, but the tensor before it ends at 0",
        "F32~ 1~ 8~ 4~ 8~ ends at byte 4 before it begins, at 8",
        "F4~ 3~ 0~ 1~ 1~ the sizes [3] of F4 are 12 bits, which are no whole bytes",
        "F6_E2M3~ 4~ 0~ 4~ 4~ the sizes [4] of F6_E2M3 are 3 bytes, but its offsets leave room for 4",
        "I8~ 4294967296,4294967296~ 0~ 0~ 0~ the sizes [4294967296, 4294967296] are more than a file can have",
        "I64~ 1152921504606846976~ 0~ 8~ 8~ the sizes [1152921504606846976] are more than a file can have",
        "F32~ 2~ 0~ 8~ 7~ has 7 bytes of elements, but 8 are announced; it has been cut off",
        "F32~ 2~ 0~ 8~ 9~ has 1 bytes after its last tensor, from byte 8 of the elements on"})
    void placesThatAreWrong(String type, String sizes, long begin, long end, int elements, String message) {
        String header = "{\"a\":{\"dtype\":\"" + type + "\",\"shape\":[" + sizes + "],\"data_offsets\":[" + begin + ","
                + end + "]}}";
        assertThatThrownBy(() -> SafeTensors.of(file(header, elements))).isInstanceOf(FormatException.class)
                .hasMessageStartingWith("the tensors: ").hasMessageEndingWith(message);
    }

    @Test
    void tensorsThatOverlap() {
        String tensor = "{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":";
        assertThatThrownBy(() -> SafeTensors.of(file("{\"a\":" + tensor + "[0,4]},\"b\":" + tensor + "[2,6]}}", 6)))
                .isInstanceOf(FormatException.class).hasMessage("the tensors: \"b\": begins at byte 2, inside of the"
                        + " tensor before it, which ends at 4");
        assertThatThrownBy(() -> SafeTensors.of(file("{\"a\":" + tensor + "[0,4]},\"a\":" + tensor + "[4,8]}}", 8)))
                .isInstanceOf(FormatException.class).hasMessageEndingWith("the name \"a\" comes twice");
    }

    @Test
    void filesThatAreNone() {
        assertThatThrownBy(() -> SafeTensors.of(new byte[7])).isInstanceOf(FormatException.class)
                .hasMessage("the tensors: is no safetensors file: it has 7 bytes");
        assertThatThrownBy(() -> SafeTensors.of(new byte[8])).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("its header does not begin with {");
        assertThatThrownBy(() -> SafeTensors.of(file(" {}", 0))).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("its header does not begin with {");
        assertThatThrownBy(() -> SafeTensors.of(length(100_000_001))).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("its header has 100000001 bytes, but at most 100000000 may be");
        assertThatThrownBy(() -> SafeTensors.of(length(-1))).isInstanceOf(FormatException.class)
                .hasMessageContaining("its header has 18446744073709551615 bytes");
        assertThatThrownBy(() -> SafeTensors.of(length(93))).isInstanceOf(FormatException.class)
                .hasMessageEndingWith("has 100 bytes, but its header has 93 after the first 8; it has been cut off");
    }

    private static byte[] length(long length) {
        return ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
    }

    /** Bytes that decoders other than Java's take for letters. */
    @Test
    void strictLetters() {
        byte[][] wrong = {{(byte) 0xc0, (byte) 0xa2}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, {(byte) 0xff},
            {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, {(byte) 0xe2, (byte) 0x88}};
        for (byte[] letters : wrong) {
            byte[] bytes = file("{\"" + "?".repeat(letters.length) + "\":{}}", 0);
            System.arraycopy(letters, 0, bytes, 10, letters.length);
            assertThatThrownBy(() -> SafeTensors.of(bytes)).isInstanceOf(FormatException.class)
                    .hasMessage("the tensors: the header is no UTF-8");
        }
    }

    @Test
    void boundsOfTheHeader() {
        String nested = "[".repeat(200) + "]".repeat(200);
        assertThatThrownBy(() -> SafeTensors.of(file("{\"a\":{\"x\":" + nested + "}}", 0)))
                .isInstanceOf(FormatException.class).hasMessageContaining("nesting depth");
        String axes = String.join(",", Collections.nCopies(65, "1"));
        assertThatThrownBy(() -> SafeTensors.of(file("{\"a\":{\"dtype\":\"I8\",\"shape\":[" + axes + "]}}", 1)))
                .isInstanceOf(FormatException.class)
                .hasMessageEndingWith("the shape of \"a\" has more than 64 numbers");
        String digits = "1".repeat(100_000);
        assertThatThrownBy(() -> SafeTensors.of(file("{\"a\":{\"shape\":[" + digits + "]}}", 0)))
                .isInstanceOf(FormatException.class);
        StringBuilder metadata = new StringBuilder();
        for (int i = 0; i <= 100_000; i++) {
            metadata.append(i == 0 ? "" : ",").append('"').append(i).append("\":\"\"");
        }
        assertThatThrownBy(() -> SafeTensors.of(file("{\"__metadata__\":{" + metadata + "}}", 0)))
                .isInstanceOf(FormatException.class).hasMessageEndingWith("has more than 100000 strings");
        String name = "n".repeat(1_000_000);
        assertThatThrownBy(() -> SafeTensors.of(file("{\"" + name + "\":{}}", 0))).isInstanceOf(FormatException.class)
                .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(300)
                        .contains("nnn...\" lacks its dtype"));
    }
}
