package dev.sinter.formats.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.sinter.formats.FormatException;
import dev.sinter.formats.file.Quoted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

    /** The deepest nesting of what is skipped. */
    private static final int DEEPEST = 100;

    private final String source;
    private final byte[] bytes;

    /**
     * Of the bytes of a header.
     *
     * @param source what messages call the file
     */
    HeaderReader(String source, byte[] bytes) {
        this.source = source;
        this.bytes = bytes;
    }

    /**
     * What a header says.
     *
     * @param metadata what the file says about itself
     * @param tensors  the tensors by name, in the order of the header
     */
    record Header(Map<String, String> metadata, Map<String, TensorInfo> tensors) {}

    Header read() {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw new FormatException(source + ": is no safetensors file: its header does not begin with {");
        }
        InputStreamReader letters = new InputStreamReader(new ByteArrayInputStream(bytes),
                StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        try (JsonParser json = json().createParser(letters)) {
            json.nextToken();
            Header header = header(json);
            if (json.nextToken() != null) {
                throw failure(json, "the header goes on after its end");
            }
            return header;
        } catch (CharacterCodingException wrong) {
            throw new FormatException(source + ": the header is no UTF-8", wrong);
        } catch (JsonProcessingException wrong) {
            long place = wrong.getLocation() == null ? 0 : wrong.getLocation().getCharOffset();
            throw new FormatException(source + ": letter " + place + " of the header: "
                    + wrong.getOriginalMessage(), wrong);
        } catch (IOException wrong) {
            throw new FormatException(source + ": the header cannot be read: " + wrong, wrong);
        }
    }

    /** A parser of strict JSON that shares nothing with others, and whose bounds are those of the header. */
    private JsonFactory json() {
        return JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST).maxNameLength(bytes.length).maxStringLength(bytes.length).build())
                .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }

    private Header header(JsonParser json) throws IOException {
        Optional<Map<String, String>> metadata = Optional.empty();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = whole(json, json.currentName());
            boolean twice;
            if (name.equals(METADATA)) {
                twice = metadata.isPresent();
                metadata = Optional.of(metadata(json));
            } else {
                json.nextToken();
                twice = tensors.put(name, tensor(json, name)) != null;
            }
            if (twice) {
                throw failure(json, "the name " + Quoted.word(name) + " comes twice");
            }
        }
        return new Header(metadata.orElseGet(Map::of), tensors);
    }

    private Map<String, String> metadata(JsonParser json) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (json.nextToken() == JsonToken.VALUE_NULL) {
            return metadata;
        }
        expect(json, JsonToken.START_OBJECT, METADATA + " should be an object of strings");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = whole(json, json.currentName());
            json.nextToken();
            expect(json, JsonToken.VALUE_STRING, "the metadata " + Quoted.word(key) + " should be a string");
            if (metadata.put(key, whole(json, json.getText())) != null) {
                throw failure(json, "the metadata " + Quoted.word(key) + " comes twice");
            }
        }
        return metadata;
    }

    private TensorInfo tensor(JsonParser json, String name) throws IOException {
        String called = Quoted.word(name);
        expect(json, JsonToken.START_OBJECT, called + " should be an object of dtype, shape and data_offsets");
        Optional<String> type = Optional.empty();
        Optional<long[]> shape = Optional.empty();
        Optional<long[]> offsets = Optional.empty();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            boolean twice = false;
            switch (key) {
                case "dtype" -> {
                    twice = type.isPresent();
                    expect(json, JsonToken.VALUE_STRING, "the dtype of " + called + " should be a string");
                    type = Optional.of(word(whole(json, json.getText())));
                }
                case "shape" -> {
                    twice = shape.isPresent();
                    shape = Optional.of(numbers(json, "the shape of " + called, MOST_AXES));
                }
                case "data_offsets" -> {
                    twice = offsets.isPresent();
                    offsets = Optional.of(numbers(json, "the data_offsets of " + called, 2));
                }
                default -> json.skipChildren();
            }
            if (twice) {
                throw failure(json, "the " + key + " of " + called + " comes twice");
            }
        }
        String word = type.orElseThrow(() -> failure(json, called + " lacks its dtype"));
        long[] sizes = shape.orElseThrow(() -> failure(json, called + " lacks its shape"));
        long[] bounds = offsets.filter(pair -> pair.length == 2)
                .orElseThrow(() -> failure(json, called + " lacks its data_offsets, two numbers"));
        return new TensorInfo(word, sizes, bounds[0], bounds[1]);
    }

    /** The word itself where the format has it: one for all tensors. */
    private static String word(String type) {
        return StoredType.named(type).map(Enum::name).orElse(type);
    }

    private long[] numbers(JsonParser json, String what, int most) throws IOException {
        expect(json, JsonToken.START_ARRAY, what + " should be an array of numbers");
        long[] numbers = new long[4];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json, JsonToken.VALUE_NUMBER_INT, what + " should be whole numbers");
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw failure(json, what + " has a number of more than 63 bits");
            }
            if (json.getText().startsWith("-")) {
                throw failure(json, what + " has a negative number");
            }
            if (count == most) {
                throw failure(json, what + " has more than " + most + " numbers");
            }
            numbers = count == numbers.length ? Arrays.copyOf(numbers, 2 * count) : numbers;
            numbers[count++] = json.getLongValue();
        }
        return Arrays.copyOf(numbers, count);
    }

    /** A word that has no half of a pair of surrogates, which UTF-8 cannot write. */
    private String whole(JsonParser json, String word) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(word)) {
            throw failure(json, Quoted.word(word) + " has half a letter");
        }
        return word;
    }

    private void expect(JsonParser json, JsonToken wanted, String problem) {
        if (json.currentToken() != wanted) {
            throw failure(json, problem);
        }
    }

    private FormatException failure(JsonParser json, String what) {
        return new FormatException(source + ": letter " + json.currentTokenLocation().getCharOffset()
                + " of the header: " + what);
    }
}
