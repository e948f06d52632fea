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

/**
 * The tokens of strict JSON in strict UTF-8, one after the other. Whatever is wrong is a {@link FormatException} that
 * names the letter. Nothing is shared with other readers, and no word is longer than the text.
 */
final class JsonTokens {
    /** The deepest nesting of what is skipped. */
    private static final int DEEPEST = 100;

    private final String source;
    private final String part;
    private final JsonParser parser;

    /**
     * Before the first token.
     *
     * @param source what messages call the file
     * @param part   what they call the text in it
     */
    JsonTokens(String source, String part, byte[] text) {
        this.source = source;
        this.part = part;
        InputStreamReader letters = new InputStreamReader(new ByteArrayInputStream(text),
                StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        JsonFactory json = JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST).maxNameLength(text.length).maxStringLength(text.length).build())
                .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
        try {
            this.parser = json.createParser(letters);
        } catch (IOException wrong) {
            throw failure(wrong);
        }
    }

    /** Goes to the next token and expects it. */
    void next(JsonToken wanted, String problem) {
        next();
        expect(wanted, problem);
    }

    /** Goes to the next token, and says whether it is a certain one. */
    boolean nextIs(JsonToken one) {
        return next() == one;
    }

    private JsonToken next() {
        try {
            return parser.nextToken();
        } catch (IOException wrong) {
            throw failure(wrong);
        }
    }

    /** Expects the current token to be a certain one. */
    void expect(JsonToken wanted, String problem) {
        if (parser.currentToken() != wanted) {
            throw failure(problem);
        }
    }

    /** Goes to the end of the next value. */
    void skipNext() {
        try {
            parser.nextToken();
            parser.skipChildren();
        } catch (IOException wrong) {
            throw failure(wrong);
        }
    }

    /** Goes to the end of the text. */
    void end() {
        if (next() != null) {
            throw failure(part + " goes on after its end");
        }
    }

    /** The current name or string, which has no half of a pair of surrogates: UTF-8 cannot write those. */
    String text() {
        String text = raw();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw failure(Quoted.word(text) + " has half a letter");
        }
        return text;
    }

    private String raw() {
        try {
            return parser.getText();
        } catch (IOException wrong) {
            throw failure(wrong);
        }
    }

    /** The string that the next token is. */
    String string(String what) {
        next(JsonToken.VALUE_STRING, what + " should be a string");
        return text();
    }

    /** The array of whole numbers of at most 63 bits that begins with the next token. */
    long[] numbers(String what, int most) {
        next(JsonToken.START_ARRAY, what + " should be an array of numbers");
        long[] numbers = new long[4];
        int count = 0;
        while (!nextIs(JsonToken.END_ARRAY)) {
            expect(JsonToken.VALUE_NUMBER_INT, what + " should be whole numbers");
            if (count == most) {
                throw failure(what + " has more than " + most + " numbers");
            }
            numbers = count == numbers.length ? Arrays.copyOf(numbers, 2 * count) : numbers;
            numbers[count++] = number(what);
        }
        return Arrays.copyOf(numbers, count);
    }

    private long number(String what) {
        try {
            if (parser.getText().startsWith("-")) {
                throw failure(what + " has a negative number");
            }
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw failure(what + " has a number of more than 63 bits");
            }
            return parser.getLongValue();
        } catch (IOException wrong) {
            throw failure(wrong);
        }
    }

    /** What is wrong at the current token. */
    FormatException failure(String what) {
        return new FormatException(place(parser.currentTokenLocation().getCharOffset()) + what);
    }

    private FormatException failure(IOException wrong) {
        return switch (wrong) {
            case CharacterCodingException letters ->
                    new FormatException(source + ": " + part + " is no UTF-8", letters);
            case JsonProcessingException json -> new FormatException(place(json.getLocation() == null ? 0
                    : json.getLocation().getCharOffset()) + json.getOriginalMessage(), json);
            case IOException other -> new FormatException(source + ": " + part + " cannot be read: " + other, other);
        };
    }

    private String place(long letter) {
        return source + ": letter " + letter + " of " + part + ": ";
    }
}
