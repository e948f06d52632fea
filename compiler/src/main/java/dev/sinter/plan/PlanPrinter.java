package dev.sinter.plan;

import dev.sinter.ir.Location;
import dev.sinter.ir.Printer;
import dev.sinter.op.Constant;
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
        for (Buffer buffer : plan.buffers()) {
            out.append("  ").append(buffer(buffer)).append('\n');
        }
        new TreeMap<>(plan.wanted()).forEach((variable, layout) ->
                out.append("  wants \"").append(variable).append("\" ").append(layout).append('\n'));
        for (Plan.Step step : plan.steps()) {
            switch (step) {
                case Plan.Compute compute -> compute(out, compute);
                case Plan.Call call -> out.append("  call \"").append(call.function().name()).append("\" (")
                        .append(numbers(call.operands())).append(") -> (").append(numbers(call.results()))
                        .append(")\n");
            }
        }
        return out.append("}\n").toString();
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
        };
    }

    private static void compute(StringBuilder out, Plan.Compute compute) {
        out.append("  compute ").append(compute.nest().name()).append(compute.canFail() ? " canfail" : "")
                .append(" {\n");
        NestText.print(out, compute.nest(), "    ");
        for (Plan.OpNote op : compute.ops()) {
            out.append("    // ").append(op.text());
            if (!op.places().isEmpty()) {
                out.append("  at ").append(op.places().stream().map(Location::toString)
                        .collect(Collectors.joining(", ")));
            }
            out.append('\n');
        }
        out.append("  }\n");
    }

    private static String numbers(List<Integer> buffers) {
        return buffers.stream().map(buffer -> "#" + buffer).collect(Collectors.joining(", "));
    }
}
