package dev.sinter.kernel;

import dev.sinter.kernel.Kernel.Access;
import dev.sinter.kernel.Kernel.Argument;
import dev.sinter.kernel.RegType.Kind;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the text that {@link Printer} writes. What is wrong is a {@link GraphException} naming the line. */
public final class Parser {
    private final String[] lines;
    private int next;
    private List<String> tokens = List.of();
    private int at;
    private final Map<Integer, Reg> registers = new HashMap<>();

    private Parser(String text) {
        this.lines = text.split("\n");
    }

    public static Kernel parse(String text) {
        Parser parser = new Parser(text);
        try {
            return parser.kernel();
        } catch (IllegalArgumentException wrong) {
            throw parser.wrong(String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private GraphException wrong(String why, Throwable cause) {
        return new GraphException("kernel text, line " + next + ": " + why, cause);
    }

    private static IllegalArgumentException unexpected(String what, String found) {
        return new IllegalArgumentException("expected " + what + ", found \"" + found + "\"");
    }

    /** Moves to the next line that is not empty. */
    private void advance() {
        while (next < lines.length) {
            tokens = split(lines[next++]);
            at = 0;
            if (!tokens.isEmpty()) {
                return;
            }
        }
        throw new IllegalArgumentException("the text ends too early");
    }

    private static List<String> split(String line) {
        List<String> tokens = new ArrayList<>();
        int i = 0;
        while (i < line.length()) {
            char c = line.charAt(i);
            if (c == '#') {
                break;
            } else if (c == ' ' || c == '\r') {
                i++;
            } else if (c == '"') {
                StringBuilder name = new StringBuilder("\"");
                for (i++; i < line.length() && line.charAt(i) != '"'; i++) {
                    i += line.charAt(i) == '\\' ? 1 : 0;
                    name.append(line.charAt(i));
                }
                i++;
                tokens.add(name.toString());
            } else {
                int start = i;
                while (i < line.length() && line.charAt(i) != ' ' && line.charAt(i) != '#') {
                    i++;
                }
                tokens.add(line.substring(start, i));
            }
        }
        return tokens;
    }

    private String token() {
        if (at == tokens.size()) {
            throw new IllegalArgumentException("the line ends too early");
        }
        return tokens.get(at++);
    }

    private boolean has(String token) {
        if (at < tokens.size() && tokens.get(at).equals(token)) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(String token) {
        String found = token();
        if (!found.equals(token)) {
            throw unexpected("\"" + token + "\"", found);
        }
    }

    private String name() {
        String found = token();
        if (!found.startsWith("\"")) {
            throw unexpected("a quoted name", found);
        }
        return found.substring(1);
    }

    private <E extends Enum<E>> E constant(Class<E> type) {
        return Enum.valueOf(type, token().toUpperCase(Locale.ROOT));
    }

    private Kernel kernel() {
        if (lines.length == 0 || !lines[next++].strip().equals(Printer.HEADER)) {
            throw unexpected("the header \"" + Printer.HEADER + "\"", lines.length == 0 ? "" : lines[0]);
        }
        advance();
        expect("kernel");
        String name = name();
        expect("tile");
        Reg tile = define(token(), RegType.INDEX);
        expect("of");
        Dim tiles = Dim.parse(token());
        expect("flops");
        Dim flops = Dim.parse(token());
        expect("bytes");
        Dim bytes = Dim.parse(token());
        expect("{");
        List<Argument> buffers = new ArrayList<>();
        advance();
        while (has("buffer")) {
            int number = buffer();
            if (number != buffers.size()) {
                throw unexpected("b" + buffers.size(), "b" + number);
            }
            buffers.add(new Argument(name(), DType.ofMnemonic(token()), constant(Access.class),
                    Dim.parse(token())));
            advance();
        }
        List<Instr> instrs = new ArrayList<>();
        while (!tokens.getFirst().equals("}")) {
            instrs.add(instr());
            advance();
        }
        return new Kernel(name, buffers, tile, tiles, new Instr.Body(instrs, List.of()),
                new Kernel.Work(flops, bytes));
    }

    private Reg define(String token, RegType type) {
        int id = id(token);
        Reg reg = new Reg(id, type);
        if (registers.put(id, reg) != null) {
            throw new IllegalArgumentException("%" + id + " is defined twice");
        }
        return reg;
    }

    private static int id(String token) {
        if (!token.startsWith("%")) {
            throw unexpected("a register", token);
        }
        return Integer.parseInt(token.substring(1));
    }

    private static RegType type(String text) {
        int x = text.indexOf('x');
        Kind kind = Kind.valueOf((x < 0 ? text : text.substring(0, x)).toUpperCase(Locale.ROOT));
        return new RegType(kind, x < 0 ? 1 : Integer.parseInt(text.substring(x + 1)));
    }

    /** {@code %1:f32x16}, a comma after it allowed. */
    private Reg typed() {
        String token = token();
        String text = token.endsWith(",") ? token.substring(0, token.length() - 1) : token;
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw unexpected("a register and its type", token);
        }
        return define(text.substring(0, colon), type(text.substring(colon + 1)));
    }

    private Reg use() {
        String token = token();
        int id = id(token.endsWith(",") ? token.substring(0, token.length() - 1) : token);
        Reg reg = registers.get(id);
        if (reg == null) {
            throw new IllegalArgumentException("%" + id + " is not defined before");
        }
        return reg;
    }

    private List<Reg> uses() {
        List<Reg> regs = new ArrayList<>();
        while (at < tokens.size() && tokens.get(at).startsWith("%")) {
            regs.add(use());
        }
        return regs;
    }

    private int buffer() {
        String token = token();
        if (!token.startsWith("b")) {
            throw unexpected("a buffer", token);
        }
        return Integer.parseInt(token.substring(1));
    }

    private Optional<Instr.Detail> detail() {
        if (!has("site")) {
            return Optional.empty();
        }
        int site = Integer.parseInt(token());
        Reg index = use();
        expect(",");
        return Optional.of(new Instr.Detail(site, index, use()));
    }

    private Optional<Reg> mask() {
        return has("mask") ? Optional.of(use()) : Optional.empty();
    }

    private List<Reg> results() {
        List<Reg> regs = new ArrayList<>();
        if (has("->")) {
            while (at < tokens.size() && tokens.get(at).startsWith("%")) {
                regs.add(typed());
            }
        }
        return regs;
    }

    /** The lines up to the one that yields, and the closing line's first token. */
    private Instr.Body body() {
        List<Instr> instrs = new ArrayList<>();
        advance();
        while (!tokens.getFirst().equals("yield")) {
            instrs.add(instr());
            advance();
        }
        expect("yield");
        Instr.Body body = new Instr.Body(instrs, uses());
        advance();
        expect("}");
        return body;
    }

    private Instr instr() {
        return switch (tokens.getFirst()) {
            case "store", "stream" -> {
                boolean streaming = token().equals("stream");
                yield new Instr.Store(buffer(), use(), use(), mask(), streaming);
            }
            case "scatter" -> {
                at++;
                yield new Instr.Scatter(buffer(), use(), use(), mask());
            }
            case "prefetch" -> {
                at++;
                yield new Instr.Prefetch(buffer(), use());
            }
            case "fail" -> {
                at++;
                yield new Instr.Fail(use(), constant(Failure.class), detail());
            }
            case "loop" -> loop();
            case "if" -> {
                at++;
                Reg condition = use();
                List<Reg> results = results();
                expect("{");
                Instr.Body then = body();
                expect("else");
                expect("{");
                yield new Instr.If(condition, then, body(), results);
            }
            default -> definition();
        };
    }

    private Instr loop() {
        at++;
        Reg index = define(token(), RegType.INDEX);
        expect("from");
        Reg lower = use();
        expect("to");
        Reg upper = use();
        expect("step");
        long step = Long.parseLong(token());
        List<Reg> carried = new ArrayList<>();
        List<Reg> initial = new ArrayList<>();
        if (has("carry")) {
            while (tokens.get(at).startsWith("%")) {
                carried.add(typed());
                expect("=");
                initial.add(use());
            }
        }
        List<Reg> results = results();
        expect("{");
        return new Instr.Loop(index, lower, upper, step, carried, initial, body(), results);
    }

    private Instr definition() {
        Reg out = typed();
        expect("=");
        String what = token();
        return switch (what) {
            case "const" -> {
                String bits = token();
                yield new Instr.Const(out,
                        bits.startsWith("0x") ? Long.parseUnsignedLong(bits.substring(2), 16)
                        : Long.parseLong(bits));
            }
            case "size" -> new Instr.Size(out, Dim.parse(token()));
            case "splat" -> new Instr.Splat(out, use());
            case "lanes" -> new Instr.Lanes(out);
            case "extract" -> new Instr.Extract(out, use(), Integer.parseInt(token()));
            case "shuffle" -> {
                Reg first = use();
                Reg second = use();
                List<Integer> lanes = new ArrayList<>();
                while (at < tokens.size()) {
                    lanes.add(Integer.parseInt(token()));
                }
                yield new Instr.Shuffle(out, first, second, lanes);
            }
            case "fold" -> new Instr.Fold(out, constant(ArithOp.class), use());
            case "load" -> new Instr.Load(out, buffer(), use(), mask());
            case "gather" -> new Instr.Gather(out, buffer(), use(), mask());
            default -> new Instr.Arith(out, ArithOp.valueOf(what.toUpperCase(Locale.ROOT)), uses());
        };
    }
}
