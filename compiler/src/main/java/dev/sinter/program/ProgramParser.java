package dev.sinter.program;

import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Parser;
import dev.sinter.op.HostFunction;
import dev.sinter.op.Loop.Trips;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.Lines;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the text that {@link ProgramPrinter#print} writes. What is wrong is a {@link GraphException}. */
public final class ProgramParser {
    private static final Pattern NAME = Pattern.compile("program @(.*) \\{");
    private static final Pattern LAUNCH = Pattern.compile("launch k(\\d+) \\((.*?)\\)(?: // .*)?");
    private static final Pattern CALL = Pattern.compile("call \"(.*)\" \\((.*)\\) -> \\((.*)\\)");
    private static final Pattern DEFINE = Pattern.compile("define (\\S+) at_most=(.*) #(\\d+)");
    private static final Pattern COPY = Pattern.compile("copy #(\\d+) -> #(\\d+)");
    private static final Pattern LOOP = Pattern.compile("loop (?:length=(.*?) )?(limited )?(conditional )?(reverse )?"
            + "counter=#(\\d+)(?: limit=#(\\d+))?(?: condition=#(\\d+))?(?: goeson=#(\\d+))?(?: count=#(\\d+))?"
            + " rows=\\((.*?)\\) carries=\\((.*)\\) \\{");
    private static final Pattern CHOOSE = Pattern.compile("choose #(\\d+) \\{");
    private static final String KERNEL = "sinter kernel 1\n";

    private ProgramParser() {}

    /** The program of a text that names no Java code. */
    public static Program parse(String text) {
        return parse(text, name -> {
            throw new GraphException("the host function " + name + " is not known");
        });
    }

    /**
     * The program of a text.
     *
     * @param hostFunctions the Java code that a name stands for
     */
    public static Program parse(String text, Function<String, HostFunction> hostFunctions) {
        List<Kernel> kernels = new ArrayList<>();
        int end = text.indexOf(KERNEL);
        for (int start = end; start >= 0;) {
            int next = text.indexOf(KERNEL, start + 1);
            kernels.add(Parser.parse(next < 0 ? text.substring(start) : text.substring(start, next)));
            start = next;
        }
        Lines lines = new Lines(end < 0 ? text : text.substring(0, end));
        lines.expect(ProgramPrinter.HEADER);
        String name = lines.match(NAME, "a program").group(1);
        List<Buffer> buffers = lines.buffers();
        List<Dim> sizes = lines.startsWith("sizes ") ? lines.dims(lines.take().substring("sizes ".length()))
                : List.of();
        return new Program(name, buffers, sizes, steps(lines, kernels, hostFunctions));
    }

    private static List<Program.Step> steps(Lines lines, List<Kernel> kernels,
            Function<String, HostFunction> hostFunctions) {
        List<Program.Step> steps = new ArrayList<>();
        while (!lines.startsWith("}")) {
            steps.add(step(lines, kernels, hostFunctions));
        }
        return steps;
    }

    private static Program.Step.Loop loop(Lines lines, List<Kernel> kernels,
            Function<String, HostFunction> hostFunctions) {
        Matcher line = lines.match(LOOP, "a loop");
        Optional<Dim> length = line.group(1) == null ? Optional.empty()
                : Optional.of(lines.dims(line.group(1)).getFirst());
        Trips trips = new Trips(length, line.group(2) != null, line.group(3) != null, line.group(4) != null);
        List<Program.Carry> carries = new ArrayList<>();
        for (String carry : line.group(11).isBlank() ? new String[0] : line.group(11).split("; ")) {
            carries.add(carry(lines.numbers(carry.replace("stack ", "")), carry.contains("stack ")));
        }
        List<Integer> rows = lines.numbers(line.group(10));
        List<Program.Step> body = steps(lines, kernels, hostFunctions);
        lines.expect("}");
        return new Program.Step.Loop(trips, number(line.group(6)), number(line.group(7)), number(line.group(8)),
                number(line.group(9)), Integer.parseInt(line.group(5)), rows, carries, body);
    }

    private static Program.Carry carry(List<Integer> ids, boolean stacked) {
        if (stacked) {
            return Program.Carry.stacked(ids.get(0), ids.get(1), ids.get(2), ids.get(3), ids.get(4));
        }
        return ids.get(4) < 0 ? Program.Carry.inPlace(ids.get(0), ids.get(1), ids.get(3))
                : Program.Carry.alternating(ids.get(0), ids.get(1), ids.get(2), ids.get(3), ids.get(4));
    }

    private static Optional<Integer> number(String text) {
        return Optional.ofNullable(text).map(Integer::valueOf);
    }

    private static Program.Step.Branch branch(Lines lines, List<Kernel> kernels,
            Function<String, HostFunction> hostFunctions) {
        int number = Integer.parseInt(lines.match(CHOOSE, "a branch").group(1));
        List<List<Program.Step>> branches = new ArrayList<>();
        while (lines.startsWith("branch")) {
            lines.expect("branch {");
            branches.add(steps(lines, kernels, hostFunctions));
            lines.expect("}");
        }
        lines.expect("}");
        return new Program.Step.Branch(number, branches);
    }

    private static Program.Step step(Lines lines, List<Kernel> kernels,
            Function<String, HostFunction> hostFunctions) {
        if (lines.startsWith("loop")) {
            return loop(lines, kernels, hostFunctions);
        } else if (lines.startsWith("choose")) {
            return branch(lines, kernels, hostFunctions);
        } else if (lines.startsWith("launch")) {
            Matcher line = lines.match(LAUNCH, "a launch");
            int kernel = Integer.parseInt(line.group(1));
            if (kernel >= kernels.size()) {
                throw lines.wrong("there is no kernel k" + kernel);
            }
            return new Program.Step.Launch(kernels.get(kernel), lines.numbers(line.group(2)));
        } else if (lines.startsWith("call")) {
            Matcher line = lines.match(CALL, "a call");
            return new Program.Step.CallHost(hostFunctions.apply(line.group(1)), lines.numbers(line.group(2)),
                    lines.numbers(line.group(3)));
        } else if (lines.startsWith("copy")) {
            Matcher line = lines.match(COPY, "a copy");
            return new Program.Step.Copy(Integer.parseInt(line.group(1)), Integer.parseInt(line.group(2)));
        }
        if (lines.startsWith("define")) {
            Matcher line = lines.match(DEFINE, "a definition");
            return new Program.Step.Define(new Symbol(line.group(1)), lines.dims(line.group(2)).getFirst(),
                    Integer.parseInt(line.group(3)));
        }
        lines.expect("point of no return");
        return new Program.Step.PointOfNoReturn();
    }
}
