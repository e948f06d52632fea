package dev.sinter.plan;

import dev.sinter.kernel.IndexMap;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.kernel.IndexMap.Indirect;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Nest;
import dev.sinter.kernel.Term;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Loop;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text that {@link PlanPrinter} writes. What is wrong is a {@link GraphException} naming the line. */
public final class PlanParser {
    private static final Pattern NAME = Pattern.compile("plan @(.*) \\{");
    private static final Pattern WANTS = Pattern.compile("wants \"(.*)\" (\\S+)");
    private static final Pattern CALL = Pattern.compile("call \"(.*)\" \\((.*)\\) -> \\((.*)\\)");
    private static final Pattern ITERATE = Pattern.compile("iterate (?:length=(.*?) )?(limited )?(conditional )?"
            + "(reverse )?sequences=(\\d+) carries=(\\d+) (?:histories=(\\S+) )?"
            + "\\((.*)\\) -> \\((.*)\\)( canfail)? \\{");
    private static final Pattern DEFINE = Pattern.compile("define (\\S+) at_most=(.*) #(\\d+)");
    private static final Pattern CHOOSE = Pattern.compile("choose \\((.*)\\) -> \\((.*)\\)( canfail)? \\{");
    private static final String BODY = "body";
    private static final Pattern COMPUTE = Pattern.compile("compute (\\S+)( canfail)? \\{");
    private static final Pattern DOMAIN = Pattern.compile("domain \\[([^\\]]*)](?: over \\[([^\\]]*)])?");
    private static final Pattern INPUT = Pattern.compile("in\\d+ = #(\\d+)\\[(.*)]");
    private static final Pattern FOLD = Pattern.compile("r\\d+ = (\\w+) t(\\d+)");
    private static final Pattern TERM = Pattern.compile("t\\d+: (\\w+) = (.*)");
    private static final Pattern OUTPUT = Pattern.compile("out #(\\d+)\\[(.*)] = t(\\d+)");
    private static final Pattern CHECK = Pattern.compile("check\\{(-?\\d+), (.*)}\\(t(\\d+), t(\\d+)\\)");
    private static final Pattern RANDOM = Pattern.compile("random\\{(.*), (.*), (.*)}\\(t(\\d+), t(\\d+)\\)");
    private static final Pattern APPLY = Pattern.compile("(\\w+)\\((.*)\\)");
    private static final Pattern START = Pattern.compile("start\\(in(\\d+), (.*)\\)");
    private static final Pattern AXIS = Pattern.compile("a(\\d+)(?:\\*\\((.*)\\))?");

    private final Lines lines;
    private final Function<String, HostFunction> hostFunctions;

    private PlanParser(String text, Function<String, HostFunction> hostFunctions) {
        this.lines = new Lines(text);
        this.hostFunctions = hostFunctions;
    }

    /** The plan of a text that names no Java code. */
    public static Plan parse(String text) {
        return parse(text, name -> {
            throw new GraphException("the host function " + name + " is not known");
        });
    }

    /**
     * The plan of a text, without decisions. The places of ops become a part of their text.
     *
     * @param hostFunctions the Java code that a name stands for
     */
    public static Plan parse(String text, Function<String, HostFunction> hostFunctions) {
        return new PlanParser(text, hostFunctions).plan();
    }

    private Plan plan() {
        lines.expect(PlanPrinter.HEADER);
        return contents(lines.match(NAME, "a plan").group(1));
    }

    /** Buffers and steps, up to the closing bracket, which stays. */
    private Plan contents(String name) {
        List<Buffer> buffers = lines.buffers();
        Map<String, Layout> wanted = new HashMap<>();
        while (lines.startsWith("wants")) {
            Matcher line = lines.match(WANTS, "a layout");
            wanted.put(line.group(1), lines.layout(line.group(2)));
        }
        List<Plan.Step> steps = new ArrayList<>();
        while (!lines.startsWith("}")) {
            steps.add(step());
        }
        return new Plan(name, buffers, steps, List.of(), wanted);
    }

    private Plan.Step step() {
        if (lines.startsWith("call")) {
            return call();
        } else if (lines.startsWith("iterate")) {
            return iterate();
        } else if (lines.startsWith("define")) {
            Matcher line = lines.match(DEFINE, "a definition");
            return new Plan.Define(new Symbol(line.group(1)), lines.read(line.group(2), Dim::parse),
                    Integer.parseInt(line.group(3)), note());
        }
        return lines.startsWith("choose") ? choose() : compute();
    }

    private Plan.Iterate iterate() {
        Matcher line = lines.match(ITERATE, "a loop");
        Optional<Dim> length = Optional.ofNullable(line.group(1)).map(text -> lines.read(text, Dim::parse));
        Loop.Trips trips = new Loop.Trips(length, line.group(2) != null, line.group(3) != null, line.group(4) != null);
        Plan.OpNote note = note();
        Plan body = contents(BODY);
        lines.expect("}");
        Map<Integer, Integer> histories = new HashMap<>();
        for (String pair : line.group(7) == null ? new String[0] : line.group(7).split(",")) {
            String[] numbers = pair.split(":");
            histories.put(lines.read(numbers[0], Integer::valueOf), lines.read(numbers[1], Integer::valueOf));
        }
        return new Plan.Iterate(trips, Integer.parseInt(line.group(5)), Integer.parseInt(line.group(6)), histories,
                body, lines.numbers(line.group(8)), lines.numbers(line.group(9)), note, line.group(10) != null);
    }

    private Plan.Choose choose() {
        Matcher line = lines.match(CHOOSE, "a choice");
        Plan.OpNote note = note();
        List<Plan> branches = new ArrayList<>();
        while (lines.startsWith("branch")) {
            lines.expect("branch {");
            branches.add(contents(BODY));
            lines.expect("}");
        }
        lines.expect("}");
        return new Plan.Choose(branches, lines.numbers(line.group(1)), lines.numbers(line.group(2)), note,
                line.group(3) != null);
    }

    private Plan.OpNote note() {
        return new Plan.OpNote(lines.take().substring(3), List.of());
    }

    private Plan.Call call() {
        Matcher line = lines.match(CALL, "a call");
        return new Plan.Call(hostFunctions.apply(line.group(1)), lines.numbers(line.group(2)),
                lines.numbers(line.group(3)));
    }

    private Plan.Compute compute() {
        Matcher head = lines.match(COMPUTE, "a step");
        Matcher axes = lines.match(DOMAIN, "a domain");
        List<Dim> domain = lines.dims(axes.group(1));
        List<Dim> reduced = axes.group(2) == null ? List.of() : lines.dims(axes.group(2));
        int axisCount = domain.size() + reduced.size();
        List<Nest.Input> inputs = new ArrayList<>();
        while (lines.startsWith("in")) {
            Matcher line = lines.match(INPUT, "an input");
            inputs.add(new Nest.Input(Integer.parseInt(line.group(1)), map(line.group(2), axisCount)));
        }
        List<Term> terms = new ArrayList<>();
        List<Nest.Reduction> reductions = new ArrayList<>();
        while (lines.startsWith("t") || lines.startsWith("r")) {
            if (lines.startsWith("r")) {
                Matcher line = lines.match(FOLD, "a reduction");
                reductions.add(new Nest.Reduction(reduceFn(line.group(1)), Integer.parseInt(line.group(2))));
            } else {
                Matcher line = lines.match(TERM, "a term");
                terms.add(term(lines.read(line.group(1), DType::ofMnemonic), line.group(2)));
            }
        }
        List<Nest.Output> outputs = new ArrayList<>();
        while (lines.startsWith("out")) {
            Matcher line = lines.match(OUTPUT, "an output");
            outputs.add(new Nest.Output(Integer.parseInt(line.group(1)), map(line.group(2), axisCount),
                    Integer.parseInt(line.group(3))));
        }
        List<Plan.OpNote> notes = new ArrayList<>();
        while (lines.startsWith("//")) {
            notes.add(note());
        }
        lines.expect("}");
        return new Plan.Compute(new Nest(head.group(1), domain, reduced, inputs, terms, reductions, outputs), notes,
                head.group(2) != null);
    }

    private ReduceFn reduceFn(String text) {
        return Arrays.stream(ReduceFn.values()).filter(fn -> fn.text().equals(text)).findFirst()
                .orElseThrow(() -> lines.wrong("no reduction is called \"" + text + "\""));
    }

    private IndexMap map(String text, int axisCount) {
        return new IndexMap(Lines.split(text).stream().map(part -> coordinate(part, axisCount)).toList());
    }

    private Coordinate coordinate(String text, int axisCount) {
        Dim constant = Dim.ZERO;
        Optional<Indirect> indirect = Optional.empty();
        Dim[] coefficients = new Dim[axisCount];
        Arrays.fill(coefficients, Dim.ZERO);
        for (String part : text.split(" \\+ ")) {
            Matcher start = START.matcher(part);
            Matcher axis = AXIS.matcher(part);
            if (start.matches()) {
                indirect = Optional.of(new Indirect(Integer.parseInt(start.group(1)),
                        lines.read(start.group(2), Dim::parse)));
            } else if (axis.matches()) {
                int number = Integer.parseInt(axis.group(1));
                if (number >= axisCount) {
                    throw lines.wrong("there is no axis a" + number);
                }
                coefficients[number] = axis.group(2) == null ? Dim.ONE : lines.read(axis.group(2), Dim::parse);
            } else {
                constant = lines.read(part, dim -> Dim.parse(dim.substring(1, dim.length() - 1)));
            }
        }
        return new Coordinate(constant, List.of(coefficients), indirect);
    }

    private Term term(DType dtype, String text) {
        Matcher random = RANDOM.matcher(text);
        Matcher check = CHECK.matcher(text);
        Matcher apply = APPLY.matcher(text);
        if (text.matches("in\\d+")) {
            return new Term.Element(Integer.parseInt(text.substring(2)), dtype);
        } else if (text.matches("a\\d+")) {
            return new Term.Position(Integer.parseInt(text.substring(1)));
        } else if (text.matches("r\\d+")) {
            return new Term.Reduced(Integer.parseInt(text.substring(1)), dtype);
        } else if (text.startsWith("literal ")) {
            return new Term.Literal(dtype, lines.read(text.substring(8), literal -> bits(dtype, literal)));
        } else if (text.startsWith("size ")) {
            return new Term.Size(lines.read(text.substring(5), Dim::parse));
        } else if (random.matches()) {
            return new Term.Random(Long.parseLong(random.group(1)), Long.parseLong(random.group(2)),
                    Integer.parseInt(random.group(3)), Integer.parseInt(random.group(4)),
                    Integer.parseInt(random.group(5)));
        } else if (check.matches()) {
            return new Term.Check(Integer.parseInt(check.group(1)), lines.read(check.group(2), Dim::parse),
                    Integer.parseInt(check.group(3)), Integer.parseInt(check.group(4)));
        } else if (apply.matches()) {
            List<Integer> arguments = lines.numbers(apply.group(2));
            return apply.group(1).equals("cast") ? new Term.Cast(dtype, arguments.getFirst())
                    : apply.group(1).equals("bitcast") ? new Term.Bits(dtype, arguments.getFirst())
                    : new Term.Apply(ScalarFn.ofText(apply.group(1)).orElseThrow(() ->
                            lines.wrong("no function is called \"" + apply.group(1) + "\"")), dtype, arguments);
        }
        throw lines.wrong("\"" + text + "\" is no term");
    }

    private static long bits(DType dtype, String text) {
        if (text.startsWith("0x")) {
            return Long.parseUnsignedLong(text.substring(2), 16);
        }
        return switch (dtype) {
            case FLOAT16, BFLOAT16, FLOAT32 -> Integer.toUnsignedLong(Float.floatToRawIntBits(Float.parseFloat(text)));
            case FLOAT64 -> Double.doubleToRawLongBits(Double.parseDouble(text));
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> Long.parseLong(text);
        };
    }
}
