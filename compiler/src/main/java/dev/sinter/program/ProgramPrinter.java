package dev.sinter.program;

import dev.sinter.kernel.Kernel;
import dev.sinter.kernel.Printer;
import dev.sinter.plan.Buffer;
import dev.sinter.plan.PlanPrinter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes programs as text, which {@link ProgramParser} reads back. */
public final class ProgramPrinter {
    /** The first line, with the version of the format. */
    public static final String HEADER = "sinter-program 1";

    private ProgramPrinter() {}

    /** The text of a program: buffers, sizes and steps, then the kernels, each once. */
    public static String print(Program program) {
        StringBuilder out = new StringBuilder(steps(program));
        distinct(program).forEach(kernel -> out.append('\n').append(Printer.print(kernel)));
        return out.toString();
    }

    /** The text without the kernels' bodies. */
    public static String steps(Program program) {
        Map<Kernel, Integer> numbers = kernels(program);
        StringBuilder out = new StringBuilder(HEADER).append("\n\nprogram @").append(program.name()).append(" {\n");
        for (Buffer buffer : program.buffers()) {
            out.append("  ").append(PlanPrinter.buffer(buffer)).append('\n');
        }
        if (!program.sizes().isEmpty()) {
            out.append("  sizes ").append(program.sizes().stream().map(Object::toString)
                    .collect(Collectors.joining(", "))).append('\n');
        }
        steps(out, program.steps(), numbers, "  ");
        return out.append("}\n").toString();
    }

    private static void steps(StringBuilder out, List<Program.Step> steps, Map<Kernel, Integer> numbers,
            String indent) {
        for (Program.Step step : steps) {
            out.append(indent).append(step(step, numbers)).append('\n');
            switch (step) {
                case Program.Step.Loop loop -> {
                    steps(out, loop.body(), numbers, indent + "  ");
                    out.append(indent).append("}\n");
                }
                case Program.Step.Branch branch -> {
                    for (List<Program.Step> taken : branch.branches()) {
                        out.append(indent).append("  branch {\n");
                        steps(out, taken, numbers, indent + "    ");
                        out.append(indent).append("  }\n");
                    }
                    out.append(indent).append("}\n");
                }
                case Program.Step.Launch _, Program.Step.CallHost _, Program.Step.Copy _,
                        Program.Step.Define _, Program.Step.PointOfNoReturn _ -> { }
            }
        }
    }

    /** The kernels in the order of their first launch, numbered. */
    private static Map<Kernel, Integer> kernels(Program program) {
        Map<Kernel, Integer> numbers = new IdentityHashMap<>();
        for (Kernel kernel : distinct(program)) {
            numbers.put(kernel, numbers.size());
        }
        return numbers;
    }

    /** The kernels of a program, each once, in the order of their first launch. */
    static List<Kernel> distinct(Program program) {
        Map<Kernel, Boolean> seen = new IdentityHashMap<>();
        List<Kernel> kernels = new ArrayList<>();
        for (Program.Step step : program.allSteps()) {
            if (step instanceof Program.Step.Launch launch && seen.put(launch.kernel(), true) == null) {
                kernels.add(launch.kernel());
            }
        }
        return kernels;
    }

    private static String step(Program.Step step, Map<Kernel, Integer> numbers) {
        return switch (step) {
            case Program.Step.Launch launch -> "launch k" + numbers.get(launch.kernel()) + " ("
                    + buffers(launch.buffers()) + ") // " + launch.kernel().name();
            case Program.Step.CallHost call -> "call \"" + call.function().name() + "\" (" + buffers(call.operands())
                    + ") -> (" + buffers(call.results()) + ")";
            case Program.Step.Copy copy -> "copy #" + copy.from() + " -> #" + copy.to();
            case Program.Step.Loop loop -> "loop " + PlanPrinter.trips(loop.trips()) + "counter=#" + loop.counter()
                    + text(" limit=", loop.limit()) + text(" condition=", loop.condition())
                    + text(" goeson=", loop.goesOn()) + text(" count=", loop.count()) + " rows=("
                    + buffers(loop.rows()) + ") carries=(" + loop.carries().stream().map(ProgramPrinter::carry)
                    .collect(Collectors.joining("; ")) + ") {";
            case Program.Step.Branch branch -> "choose #" + branch.number() + " {";
            case Program.Step.Define size -> "define " + size.symbol() + " at_most=" + size.atMost() + " #"
                    + size.value();
            case Program.Step.PointOfNoReturn _ -> "point of no return";
        };
    }

    private static String carry(Program.Carry carry) {
        String way = switch (carry.way()) {
            case IN_PLACE, ALTERNATING -> "";
            case STACKED -> "stack ";
        };
        return buffers(List.of(carry.initial(), carry.current(), carry.next(), carry.result())) + ", " + way
                + buffers(List.of(carry.spare()));
    }

    private static String text(String key, Optional<Integer> buffer) {
        return buffer.map(id -> key + "#" + id).orElse("");
    }

    private static String buffers(List<Integer> ids) {
        return ids.stream().map(id -> id < 0 ? "-" : "#" + id).collect(Collectors.joining(", "));
    }
}
