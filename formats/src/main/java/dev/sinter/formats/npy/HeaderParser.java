package dev.sinter.formats.npy;

import dev.sinter.formats.FormatException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads the text of a header: a Python dictionary of {@code 'descr'}, {@code 'fortran_order'} and {@code 'shape'}, in
 * any order and between white space. Nothing else that Python could mean is understood.
 */
final class HeaderParser {
    private static final String BLANKS = " \t\r\n\f";

    private final String name;
    private final long start;
    private final String text;
    private int at;

    /**
     * Of the text of a header.
     *
     * @param name  what messages call the file
     * @param start where in the file the text begins
     */
    HeaderParser(String name, long start, String text) {
        this.name = name;
        this.start = start;
        this.text = text;
    }

    NpyHeader parse() {
        Optional<NpyDTypes.Stored> descr = Optional.empty();
        Optional<Boolean> columnMajor = Optional.empty();
        Optional<long[]> shape = Optional.empty();
        expect('{');
        while (!accept('}')) {
            skip();
            int place = at;
            String key = string();
            expect(':');
            boolean twice;
            switch (key) {
                case "descr" -> {
                    twice = descr.isPresent();
                    descr = Optional.of(dtype());
                }
                case "fortran_order" -> {
                    twice = columnMajor.isPresent();
                    columnMajor = Optional.of(bool());
                }
                case "shape" -> {
                    twice = shape.isPresent();
                    shape = Optional.of(tuple());
                }
                default -> throw failure(place, "the key '" + key + "' is none of descr, fortran_order and shape");
            }
            if (twice) {
                throw failure(place, "the key '" + key + "' comes twice");
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skip();
        if (at < text.length()) {
            throw failure(at, "the header goes on after its dictionary");
        }
        return new NpyHeader(descr.orElseThrow(() -> missing("descr")), columnMajor.orElseThrow(
                () -> missing("fortran_order")), shape.orElseThrow(() -> missing("shape")));
    }

    private NpyDTypes.Stored dtype() {
        skip();
        int place = at;
        if (at < text.length() && (text.charAt(at) == '[' || text.charAt(at) == '(')) {
            throw failure(place, "the elements are records of several fields; save each field as an array of its own");
        }
        return NpyDTypes.parse(string(), why -> failure(place, why));
    }

    private String string() {
        skip();
        int place = at;
        if (at == text.length() || text.charAt(at) != '\'' && text.charAt(at) != '"') {
            throw failure(at, "a quoted word should stand here");
        }
        char quote = text.charAt(at);
        for (at++; at < text.length() && text.charAt(at) != quote; at++) {
            if (text.charAt(at) < ' ' || text.charAt(at) > '~' || text.charAt(at) == '\\') {
                throw failure(at, "a word of plain letters should stand here");
            }
        }
        if (at == text.length()) {
            throw failure(place, "the quoted word does not end");
        }
        return text.substring(place + 1, at++);
    }

    private boolean bool() {
        skip();
        for (boolean value : new boolean[] {true, false}) {
            String word = value ? "True" : "False";
            if (text.startsWith(word, at)) {
                at += word.length();
                return value;
            }
        }
        throw failure(at, "True or False should stand here");
    }

    private long[] tuple() {
        expect('(');
        long[] sizes = new long[4];
        int count = 0;
        boolean comma = false;
        while (!accept(')')) {
            if (count > 0 && !comma) {
                throw failure(at, "a comma or ')' should stand here");
            }
            sizes = count == sizes.length ? Arrays.copyOf(sizes, 2 * count) : sizes;
            sizes[count++] = size();
            comma = accept(',');
        }
        if (count == 1 && !comma) {
            throw failure(at - 1, "a tuple of one size needs a comma: (3,)");
        }
        return Arrays.copyOf(sizes, count);
    }

    /** A size, with the L that Python 2 wrote after it. */
    private long size() {
        skip();
        int place = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (place == at) {
            throw failure(at, at < text.length() && text.charAt(at) == '-' ? "a size cannot be negative"
                    : "a size should stand here");
        }
        if (text.charAt(place) == '0' && at > place + 1) {
            throw failure(place, "a size does not begin with 0");
        }
        try {
            long size = Long.parseLong(text, place, at, 10);
            at += at < text.length() && text.charAt(at) == 'L' ? 1 : 0;
            return size;
        } catch (NumberFormatException large) {
            throw failure(place, "a size of more than 63 bits");
        }
    }

    private void skip() {
        while (at < text.length() && BLANKS.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean accept(char wanted) {
        skip();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!accept(wanted)) {
            throw failure(at, "'" + wanted + "' should stand here");
        }
    }

    private FormatException missing(String key) {
        return failure(0, "the header lacks the key '" + key + "'");
    }

    private FormatException failure(int place, String what) {
        return new FormatException(name + ": byte " + (start + place) + ": " + what);
    }
}
