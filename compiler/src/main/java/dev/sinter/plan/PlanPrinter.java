package dev.sinter.plan;

import dev.sinter.ir.Location;
import dev.sinter.ir.Printer;
import dev.sinter.op.Constant;
import dev.sinter.op.Loop;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes plans as text, which {@link PlanParser} reads back: buffers, then steps, each nest with the tensor ops
 * that it comes from behind {@code //}. Decisions are not a part of the text.
 */
public final class PlanPrinter {
    /** The first line, with the version of the format. */
    public static final String HEADER = "sinter-plan 1";

    private PlanPrinter() {}

    public static String print(Plan plan) {
        StringBuilder out = new StringBuilder(HEADER).append("\n\nplan @").append(plan.name()).append(" {\n");
        contents(out, plan, "  ");
        return out.append("}\n").toString();
    }

    private static void contents(StringBuilder out, Plan plan, String indent) {
        for (Buffer buffer : plan.buffers()) {
            out.append(indent).append(buffer(buffer)).append('\n');
        }
        new TreeMap<>(plan.wanted()).forEach((variable, layout) ->
                out.append(indent).append("wants \"").append(variable).append("\" ").append(layout).append('\n'));
        for (Plan.Step step : plan.steps()) {
            switch (step) {
                case Plan.Compute compute -> compute(out, compute, indent);
                case Plan.Call call -> out.append(indent).append("call \"").append(call.function().name())
                        .append("\" (").append(numbers(call.operands())).append(") -> (")
                        .append(numbers(call.results())).append(")\n");
                case Plan.Define size -> {
                    out.append(indent).append("define ").append(size.symbol()).append(" at_most=")
                            .append(size.atMost()).append(" #").append(size.value()).append('\n');
                    note(out, size.note(), indent);
                }
                case Plan.Iterate loop -> {
                    out.append(indent).append("iterate ").append(trips(loop.trips())).append("sequences=")
                            .append(loop.sequences()).append(" carries=").append(loop.carries());
                    if (!loop.histories().isEmpty()) {
                        out.append(" histories=").append(loop.histories().entrySet().stream()
                                .map(entry -> entry.getKey() + ":" + entry.getValue())
                                .collect(Collectors.joining(",")));
                    }
                    block(out, loop.operands(), loop.results(), loop.canFail(), loop.note(), indent);
                    contents(out, loop.body(), indent + "  ");
                    out.append(indent).append("}\n");
                }
                case Plan.Choose choice -> {
                    out.append(indent).append("choose");
                    block(out, choice.operands(), choice.results(), choice.canFail(), choice.note(), indent);
                    for (Plan branch : choice.branches()) {
                        out.append(indent).append("  branch {\n");
                        contents(out, branch, indent + "    ");
                        out.append(indent).append("  }\n");
                    }
                    out.append(indent).append("}\n");
                }
            }
        }
    }

    /** {@code length=n limited conditional reverse }, as far as it is so. */
    public static String trips(Loop.Trips trips) {
        return trips.length().map(length -> "length=" + length + " ").orElse("")
                + (trips.limited() ? "limited " : "") + (trips.conditional() ? "conditional " : "")
                + (trips.reverse() ? "reverse " : "");
    }

    private static void block(StringBuilder out, List<Integer> operands, List<Integer> results, boolean canFail,
            Plan.OpNote note, String indent) {
        out.append(" (").append(numbers(operands)).append(") -> (").append(numbers(results)).append(')')
                .append(canFail ? " canfail" : "").append(" {\n");
        note(out, note, indent + "  ");
    }

    private static void note(StringBuilder out, Plan.OpNote op, String indent) {
        out.append(indent).append("// ").append(op.text());
        if (!op.places().isEmpty()) {
            out.append("  at ").append(op.places().stream().map(Location::toString)
                    .collect(Collectors.joining(", ")));
        }
        out.append('\n');
    }

    /** {@code #3 w1: f32[1000,100] rowmajor state "w1"}. */
    public static String buffer(Buffer buffer) {
        return "#" + buffer.id() + " " + buffer.name() + ": " + buffer.type() + " " + buffer.layout() + " "
                + role(buffer.role());
    }

    private static String role(Buffer.Role role) {
        return switch (role) {
            case Buffer.Role.Input input -> "input " + input.parameter();
            case Buffer.Role.State state -> "state \"" + state.variable() + "\"";
            case Buffer.Role.NextState next -> "next \"" + next.variable() + "\" "
                    + (next.inPlace() ? "inplace" : "shadow");
            case Buffer.Role.Output output -> "output " + output.result();
            case Buffer.Role.Temporary temporary -> "temporary";
            case Buffer.Role.Constant constant -> Printer.print(new Constant(constant.value()));
            case Buffer.Role.View view -> "view #" + view.of();
            case Buffer.Role.RunNumber run -> "runnumber";
            case Buffer.Role.Tape tape -> "tape";
            case Buffer.Role.Row row -> "row #" + row.of();
            case Buffer.Role.Carried carried -> "carried";
            case Buffer.Role.Counter counter -> "counter";
        };
    }

    private static void compute(StringBuilder out, Plan.Compute compute, String indent) {
        out.append(indent).append("compute ").append(compute.nest().name())
                .append(compute.canFail() ? " canfail" : "").append(" {\n");
        NestText.print(out, compute.nest(), indent + "  ");
        compute.ops().forEach(op -> note(out, op, indent + "  "));
        out.append(indent).append("}\n");
    }

    private static String numbers(List<Integer> buffers) {
        return buffers.stream().map(buffer -> buffer == Plan.NOTHING ? "-" : "#" + buffer)
                .collect(Collectors.joining(", "));
    }
}
