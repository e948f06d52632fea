package dev.sinter.plan;

import dev.sinter.ir.Parser;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.Layout;
import dev.sinter.op.Constant;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of a text, read one after the other; empty lines are left out. What plans and programs share is
 * read here: buffers, types, layouts, lists of buffers. A line that does not fit is a {@link GraphException}.
 */
public final class Lines {
    private static final Pattern BUFFER = Pattern.compile("#(\\d+) (\\S+): (\\S+) (\\S+) (.*)");
    private static final Pattern TYPE = Pattern.compile("(\\w+)\\[(.*)]");
    private static final Pattern PANELS = Pattern.compile("panels<(\\d+)>");
    private static final Pattern ROLE = Pattern.compile(
            "(input|output) (\\d+)|state \"(.*)\"|next \"(.*)\" (inplace|shadow)|(?:view|row) #(\\d+)");

    private final String[] lines;
    private int next;

    public Lines(String text) {
        this.lines = text.split("\n");
    }

    /** The next line without the spaces around it; it stays the next one. */
    public String peek() {
        while (next < lines.length && lines[next].isBlank()) {
            next++;
        }
        if (next == lines.length) {
            throw new GraphException("the text ends too early");
        }
        return lines[next].strip();
    }

    /** The next line. */
    public String take() {
        String line = peek();
        next++;
        return line;
    }

    /** The next line, which must be this one. */
    public void expect(String line) {
        String found = take();
        if (!found.equals(line)) {
            throw wrong("\"" + line + "\" is expected, not \"" + found + "\"");
        }
    }

    /** Whether the next line starts so. */
    public boolean startsWith(String prefix) {
        return peek().startsWith(prefix);
    }

    /** The next line's match of a pattern. */
    public Matcher match(Pattern pattern, String what) {
        String line = take();
        Matcher matcher = pattern.matcher(line);
        if (!matcher.matches()) {
            throw wrong(what + " is expected, not \"" + line + "\"");
        }
        return matcher;
    }

    /** What is wrong with the line that was taken last. */
    public GraphException wrong(String why) {
        return new GraphException("line " + next + ": " + why);
    }

    /** The result of reading a part of the line that was taken last. */
    <T> T read(String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException | IndexOutOfBoundsException | GraphException failed) {
            throw wrong("\"" + text + "\" cannot be read: " + failed.getMessage());
        }
    }

    /** The next lines that are buffers. */
    public List<Buffer> buffers() {
        List<Buffer> buffers = new ArrayList<>();
        while (startsWith("#")) {
            Matcher line = match(BUFFER, "a buffer");
            TensorType type = type(line.group(3));
            buffers.add(new Buffer(Integer.parseInt(line.group(1)), line.group(2), type, layout(line.group(4)),
                    role(line.group(5), type)));
        }
        return buffers;
    }

    private Buffer.Role role(String text, TensorType type) {
        Matcher role = ROLE.matcher(text);
        if (text.equals("temporary")) {
            return new Buffer.Role.Temporary();
        } else if (text.equals("runnumber")) {
            return new Buffer.Role.RunNumber();
        } else if (text.equals("tape")) {
            return new Buffer.Role.Tape();
        } else if (text.equals("carried")) {
            return new Buffer.Role.Carried();
        } else if (text.equals("counter")) {
            return new Buffer.Role.Counter();
        } else if (text.startsWith("constant")) {
            return new Buffer.Role.Constant(constant(text, type));
        } else if (!role.matches()) {
            throw wrong("\"" + text + "\" is no role of a buffer");
        } else if (text.startsWith("input")) {
            return new Buffer.Role.Input(Integer.parseInt(role.group(2)));
        } else if (text.startsWith("output")) {
            return new Buffer.Role.Output(Integer.parseInt(role.group(2)));
        } else if (text.startsWith("state")) {
            return new Buffer.Role.State(role.group(3));
        } else if (text.startsWith("next")) {
            return new Buffer.Role.NextState(role.group(4), role.group(5).equals("inplace"));
        }
        int of = Integer.parseInt(role.group(6));
        return text.startsWith("row") ? new Buffer.Role.Row(of) : new Buffer.Role.View(of);
    }

    private NDArray constant(String text, TensorType type) {
        return read("sinter-tensor 1\nfunc @c() {\n  %0 = " + text + "() : " + type + "\n  return %0\n}\n",
                function -> ((Constant) Parser.parse(function).results().getFirst().op()).array());
    }

    /** A type such as {@code f32[n,100]}. */
    TensorType type(String text) {
        Matcher type = TYPE.matcher(text);
        if (!type.matches()) {
            throw wrong("\"" + text + "\" is no type");
        }
        return new TensorType(read(type.group(1), DType::ofMnemonic), new Shape(dims(type.group(2))));
    }

    /** Sizes between commas. */
    public List<Dim> dims(String text) {
        return split(text).stream().map(dim -> read(dim, Dim::parse)).toList();
    }

    /** The parts between commas that stand outside of brackets. */
    static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char at = text.charAt(i);
            depth += at == '(' || at == '[' || at == '{' ? 1 : at == ')' || at == ']' || at == '}' ? -1 : 0;
            if (at == ',' && depth == 0) {
                parts.add(text.substring(start, i).strip());
                start = i + 1;
            }
        }
        if (!text.isBlank()) {
            parts.add(text.substring(start).strip());
        }
        return parts;
    }

    /** A layout such as {@code panels<32>}. */
    public Layout layout(String text) {
        Matcher panels = PANELS.matcher(text);
        if (panels.matches()) {
            return new Layout.Panels(Integer.parseInt(panels.group(1)));
        } else if (text.equals(Layout.ROW_MAJOR.toString())) {
            return Layout.ROW_MAJOR;
        }
        throw wrong("\"" + text + "\" is no layout");
    }

    /** Buffers between commas: {@code #1, #2}. */
    public List<Integer> numbers(String text) {
        return split(text).stream().map(part -> part.equals("-") ? Integer.valueOf(Plan.NOTHING)
                : read(part, number -> Integer.valueOf(number.substring(1)))).toList();
    }
}
