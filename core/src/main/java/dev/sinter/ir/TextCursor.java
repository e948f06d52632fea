package dev.sinter.ir;

import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A position in a text of the tensor IR, with the readers of its small parts. Errors give line and column.
 */
final class TextCursor {
    private final String text;
    private int at;

    TextCursor(String text) {
        this.text = text;
    }

    /** Another cursor on the same text. */
    TextCursor copyAt(int position) {
        TextCursor copy = new TextCursor(text);
        copy.at = position;
        return copy;
    }

    /** The present position, for {@link #error(int, String)}. */
    int position() {
        return at;
    }

    GraphException error(String message) {
        return error(at, message);
    }

    GraphException error(int position, String message) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < position; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new GraphException("line " + line + ", column " + (position - lineStart + 1) + ": " + message);
    }

    boolean atEnd() {
        return at == text.length();
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    /** Skips blanks and ends of lines. */
    void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /** Skips blanks, ends of lines and comments. */
    void skipComments() {
        skipBlanks();
        while (text.startsWith("//", at)) {
            skipLine();
            skipBlanks();
        }
    }

    void skipLine() {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
    }

    /** Takes a token, after any blanks, where it stands here. */
    boolean accept(String token) {
        int before = at;
        skipBlanks();
        if (text.startsWith(token, at)) {
            at += token.length();
            return true;
        }
        at = before;
        return false;
    }

    void expect(String token) {
        if (!accept(token)) {
            skipBlanks();
            throw error("\"" + token + "\" is expected, not " + found());
        }
    }

    /** What stands here, for messages. */
    String found() {
        if (atEnd()) {
            return "the end";
        }
        int end = at;
        while (end < text.length() && end - at < 20 && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return "\"" + text.substring(at, Math.max(end, at + 1)) + "\"";
    }

    /** Letters, digits and underscores. */
    String word() {
        skipBlanks();
        int start = at;
        while (Character.isLetterOrDigit(peek()) || peek() == '_') {
            at++;
        }
        if (start == at) {
            throw error("a word is expected, not " + found());
        }
        return text.substring(start, at);
    }

    /** A name, plain or in quotation marks. */
    String name() {
        skipBlanks();
        if (peek() == '"') {
            return quoted();
        }
        int start = at;
        while (Names.isPlain(peek())) {
            at++;
        }
        if (start == at) {
            throw error("a name is expected, not " + found());
        }
        return text.substring(start, at);
    }

    /** Whether a digit stands here. */
    boolean atDigit() {
        return Character.isDigit(peek());
    }

    boolean atQuote() {
        return peek() == '"';
    }

    private String quoted() {
        int start = at++;
        StringBuilder out = new StringBuilder();
        while (peek() != '"') {
            if (atEnd() || peek() == '\n') {
                throw error(start, "the quotation mark is not closed");
            }
            char c = text.charAt(at++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escaped = peek();
            at++;
            switch (escaped) {
                case '"', '\\' -> out.append(escaped);
                case 'u' -> {
                    if (at + 4 > text.length()) {
                        throw error("four hexadecimal digits are expected");
                    }
                    try {
                        out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    } catch (NumberFormatException wrong) {
                        throw error("four hexadecimal digits are expected, not " + found());
                    }
                    at += 4;
                }
                default -> throw error(at - 1, "\\" + escaped
                        + " is not an escape; use \\\", \\\\ or \\uXXXX");
            }
        }
        at++;
        return out.toString();
    }

    long integer() {
        skipBlanks();
        int start = at;
        if (peek() == '-') {
            at++;
        }
        while (Character.isDigit(peek())) {
            at++;
        }
        try {
            return Long.parseLong(text.substring(start, at));
        } catch (NumberFormatException wrong) {
            at = start;
            throw error("an integer of 64 bits is expected, not " + found());
        }
    }

    int smallInteger() {
        skipBlanks();
        int start = at;
        long value = integer();
        if (value != (int) value) {
            throw error(start, "an integer of 32 bits is expected, not " + value);
        }
        return (int) value;
    }

    /** Everything up to one of some characters, without blanks around it. */
    String until(String ends) {
        skipBlanks();
        int start = at;
        while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at).strip();
    }

    /** {@code key=[1,2]}. */
    List<Integer> integers(String key) {
        List<Integer> result = new ArrayList<>();
        for (long value : longs(key)) {
            if (value != (int) value) {
                throw error(value + " does not fit into 32 bits");
            }
            result.add((int) value);
        }
        return result;
    }

    List<Long> longs(String key) {
        key(key);
        expect("[");
        List<Long> result = new ArrayList<>();
        if (!accept("]")) {
            do {
                result.add(integer());
            } while (accept(","));
            expect("]");
        }
        return result;
    }

    /** {@code key=}. */
    void key(String key) {
        expect(key);
        expect("=");
    }

    /** {@code [n,2*m+1]}. */
    List<Dim> dims() {
        expect("[");
        List<Dim> dims = new ArrayList<>();
        if (accept("]")) {
            return dims;
        }
        do {
            dims.add(dim());
        } while (accept(","));
        expect("]");
        return dims;
    }

    /** A size, which ends at a comma outside of parentheses or at a closing bracket. */
    Dim dim() {
        skipBlanks();
        int start = at;
        int depth = 0;
        while (!atEnd() && "]}>\n".indexOf(peek()) < 0 && (depth > 0 || peek() != ',' && peek() != ')')) {
            depth += peek() == '(' ? 1 : peek() == ')' ? -1 : 0;
            at++;
        }
        String size = text.substring(start, at).strip();
        try {
            return Dim.parse(size);
        } catch (GraphException wrong) {
            throw error(start, wrong.getMessage());
        }
    }

    DType dtype() {
        skipBlanks();
        int start = at;
        String word = word();
        try {
            return DType.ofMnemonic(word);
        } catch (GraphException wrong) {
            throw error(start, wrong.getMessage());
        }
    }

    TensorType tensorType() {
        DType dtype = dtype();
        return new TensorType(dtype, new Shape(dims()));
    }

    Type type() {
        if (accept("(")) {
            List<Type> elements = new ArrayList<>();
            if (!accept(")")) {
                do {
                    elements.add(type());
                } while (accept(","));
                expect(")");
            }
            return new TupleType(elements);
        }
        if (accept("token")) {
            return new TokenType();
        }
        if (accept("tape<")) {
            TensorType element = tensorType();
            expect(">");
            return new TapeType(element);
        }
        if (accept("state<")) {
            String variable = name();
            expect(":");
            TensorType content = tensorType();
            expect(">");
            return new StateType(variable, content);
        }
        return tensorType();
    }

    /** The places in a comment at the end of this line; none where there is no such comment. */
    List<Location> places() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
        if (!text.startsWith("//", at)) {
            return List.of();
        }
        int end = text.indexOf('\n', at);
        end = end < 0 ? text.length() : end;
        TextCursor comment = new TextCursor(text.substring(at + 2, end));
        at = end;
        try {
            List<Location> places = new ArrayList<>();
            do {
                places.add(comment.place());
            } while (comment.accept(";"));
            comment.skipBlanks();
            return comment.atEnd() ? places : List.of();
        } catch (GraphException notPlaces) {
            return List.of();
        }
    }

    private Location place() {
        String file = "";
        int line = 0;
        if (!accept("(")) {
            file = name();
            expect(":");
            line = smallInteger();
            if (!accept("(")) {
                return new Location(file, line, "");
            }
        }
        String node = name();
        expect(")");
        return new Location(file, line, node);
    }
}
