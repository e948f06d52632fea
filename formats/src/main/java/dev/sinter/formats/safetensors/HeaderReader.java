package dev.sinter.formats.safetensors;

import com.fasterxml.jackson.core.JsonToken;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.file.Quoted;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the JSON of a header, one token after the other: what is no part of the format is refused where it stands, and
 * nothing is kept but what the header means. Keys of a tensor that the format does not have are skipped.
 */
final class HeaderReader {
    static final String METADATA = "__metadata__";

    /** The most axes of a tensor: those of NumPy's arrays and PyTorch's tensors. */
    static final int MOST_AXES = 64;

    /** The most strings of metadata, which would else take ten times the memory of the file. */
    static final int MOST_METADATA = 100_000;

    private final JsonTokens json;

    private HeaderReader(JsonTokens json) {
        this.json = json;
    }

    /**
     * What a header says.
     *
     * @param metadata what the file says about itself
     * @param tensors  the tensors by name, in the order of the header
     */
    record Header(Map<String, String> metadata, Map<String, TensorInfo> tensors) {}

    /**
     * Reads a header.
     *
     * @param source what messages call the file
     */
    static Header read(String source, byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw new FormatException(source + ": is no safetensors file: its header does not begin with {");
        }
        JsonTokens json = new JsonTokens(source, "the header", bytes);
        Header header = new HeaderReader(json).header();
        json.end();
        return header;
    }

    private Header header() {
        Optional<Map<String, String>> metadata = Optional.empty();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        json.next(JsonToken.START_OBJECT, "an object should stand here");
        while (!json.nextIs(JsonToken.END_OBJECT)) {
            String name = json.text();
            boolean twice;
            if (name.equals(METADATA)) {
                twice = metadata.isPresent();
                metadata = Optional.of(metadata());
            } else {
                twice = tensors.put(name, tensor(Quoted.word(name))) != null;
            }
            if (twice) {
                throw json.failure("the name " + Quoted.word(name) + " comes twice");
            }
        }
        return new Header(metadata.orElseGet(Map::of), tensors);
    }

    private Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (json.nextIs(JsonToken.VALUE_NULL)) {
            return metadata;
        }
        json.expect(JsonToken.START_OBJECT, METADATA + " should be an object of strings");
        while (!json.nextIs(JsonToken.END_OBJECT)) {
            String key = json.text();
            String called = "the metadata " + Quoted.word(key);
            if (metadata.put(key, json.string(called)) != null) {
                throw json.failure(called + " comes twice");
            }
            if (metadata.size() > MOST_METADATA) {
                throw json.failure(METADATA + " has more than " + MOST_METADATA + " strings");
            }
        }
        return metadata;
    }

    private TensorInfo tensor(String called) {
        Optional<String> type = Optional.empty();
        Optional<long[]> shape = Optional.empty();
        Optional<long[]> offsets = Optional.empty();
        json.next(JsonToken.START_OBJECT, called + " should be an object of dtype, shape and data_offsets");
        while (!json.nextIs(JsonToken.END_OBJECT)) {
            String key = json.text();
            boolean twice = false;
            switch (key) {
                case "dtype" -> {
                    twice = type.isPresent();
                    type = Optional.of(word(json.string("the dtype of " + called)));
                }
                case "shape" -> {
                    twice = shape.isPresent();
                    shape = Optional.of(json.numbers("the shape of " + called, MOST_AXES));
                }
                case "data_offsets" -> {
                    twice = offsets.isPresent();
                    offsets = Optional.of(json.numbers("the data_offsets of " + called, 2));
                }
                default -> json.skipNext();
            }
            if (twice) {
                throw json.failure("the " + key + " of " + called + " comes twice");
            }
        }
        String word = type.orElseThrow(() -> json.failure(called + " lacks its dtype"));
        long[] sizes = shape.orElseThrow(() -> json.failure(called + " lacks its shape"));
        long[] bounds = offsets.filter(pair -> pair.length == 2)
                .orElseThrow(() -> json.failure(called + " lacks its data_offsets, two numbers"));
        return new TensorInfo(word, sizes, bounds[0], bounds[1]);
    }

    /** The word itself where the format has it: one for all tensors. */
    private static String word(String type) {
        return StoredType.named(type).map(Enum::name).orElse(type);
    }
}
