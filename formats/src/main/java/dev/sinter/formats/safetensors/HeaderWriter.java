package dev.sinter.formats.safetensors;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.file.Quoted;
import dev.sinter.tensor.NDArray;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What comes before the elements of a file, byte by byte as the format's own library writes it. */
final class HeaderWriter {
    /** The elements begin at a multiple of this. */
    private static final int ALIGNMENT = 8;

    /** The order of names: that of their UTF-8 bytes. */
    private static final Comparator<String> BY_BYTES = (one, other) -> Arrays.compareUnsigned(
            one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));

    private HeaderWriter() {}

    /** Arrays in the order of a file: those of the largest elements first, then by name. */
    static List<Map.Entry<String, NDArray>> ordered(Map<String, NDArray> arrays) {
        return arrays.entrySet().stream().sorted(Comparator.<Map.Entry<String, NDArray>, StoredType>comparing(
                array -> StoredType.of(array.getValue().dtype())).reversed()
                .thenComparing(Map.Entry::getKey, BY_BYTES)).toList();
    }

    /**
     * The length of a header and the header.
     *
     * @throws FormatException for a name or an array that no file can hold
     */
    static byte[] bytes(Path file, List<Map.Entry<String, NDArray>> arrays, Map<String, String> metadata) {
        arrays.forEach(array -> check(file, array.getKey(), array.getValue()));
        if (metadata.size() > HeaderReader.MOST_METADATA) {
            throw new FormatException(file + ": " + metadata.size() + " strings of metadata are too many; at most "
                    + HeaderReader.MOST_METADATA + " may be");
        }
        metadata.forEach((key, value) -> {
            checkWhole(file, key);
            checkWhole(file, value);
        });
        byte[] json = json(arrays, metadata);
        int length = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
        if (length > SafeTensors.LONGEST_HEADER) {
            throw new FormatException(file + ": the header of " + arrays.size() + " arrays would have " + length
                    + " bytes, but at most " + SafeTensors.LONGEST_HEADER + " may be");
        }
        byte[] header = new byte[Long.BYTES + length];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(json);
        return header;
    }

    private static byte[] json(List<Map.Entry<String, NDArray>> arrays, Map<String, String> metadata) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        JsonFactory factory = JsonFactory.builder().recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
                .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();
        try (JsonGenerator json = factory.createGenerator(bytes, JsonEncoding.UTF8)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(HeaderReader.METADATA);
                for (String key : metadata.keySet().stream().sorted(BY_BYTES).toList()) {
                    json.writeStringField(key, metadata.get(key));
                }
                json.writeEndObject();
            }
            long at = 0;
            for (Map.Entry<String, NDArray> array : arrays) {
                long end = at + array.getValue().segment().byteSize();
                json.writeObjectFieldStart(array.getKey());
                json.writeStringField("dtype", StoredType.of(array.getValue().dtype()).name());
                json.writeFieldName("shape");
                json.writeArray(array.getValue().sizes(), 0, array.getValue().rank());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {at, end}, 0, 2);
                json.writeEndObject();
                at = end;
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void check(Path file, String name, NDArray array) {
        checkWhole(file, name);
        if (name.equals(HeaderReader.METADATA)) {
            throw new FormatException(file + ": no array can be called " + name + ", where the file keeps what it says"
                    + " about itself; pass a map of strings for that");
        }
        if (array.rank() > HeaderReader.MOST_AXES) {
            throw new FormatException(file + ": the array " + Quoted.word(name) + " has " + array.rank()
                    + " axes; at most " + HeaderReader.MOST_AXES + " may be: reshape it");
        }
    }

    private static void checkWhole(Path file, String word) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(word)) {
            throw new FormatException(file + ": " + Quoted.word(word) + " has half a letter, which no file can keep");
        }
    }
}
