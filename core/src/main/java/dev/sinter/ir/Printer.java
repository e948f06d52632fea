package dev.sinter.ir;

import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.op.InitialState;
import dev.sinter.op.Op;
import dev.sinter.op.Parameter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes a function as text. The {@link Parser} reads it back to the same graph with the same places:
 *
 * <pre>{@code
 * sinter-tensor 1
 * func @step(%x: f32[n,1000], %w1: state<w1: f32[1000,100]>) {
 *   %2 = read(%w1) : f32[1000,100]
 *   %3 = contract{mk,kn->mn}(%x, %2) : f32[n,100]   // Mnist.java:41 (mlp/out)
 *   return %3
 * }
 * }</pre>
 *
 * <p>The regions of an op stand behind the type of its value, written like functions:
 *
 * <pre>{@code
 *   %3 = loop{length=n, sequences=1, carries=1}(%x, %h) : (f32[], f32[n]) region(%p0: i64[], %p1: f32[], %p2: f32[]) {
 *     %3 = add(%p1, %p2) : f32[]
 *     return %3, %3
 *   }
 * }</pre>
 *
 * <p>Parameters carry their names. The other values are numbered after them, in the order of their ids; in a
 * function that comes from a pass these numbers are the ids.
 */
public final class Printer {
    /** The first line of every text. */
    public static final String HEADER = "sinter-tensor 1";

    private final Map<Value, String> references = new HashMap<>();
    private final StringBuilder out = new StringBuilder();
    private final Function function;
    private final HostNames hostNames;
    private final String indent;

    private Printer(Function function, HostNames hostNames, String indent) {
        this.function = function;
        this.hostNames = hostNames;
        this.indent = indent;
    }

    public static String print(Function function) {
        Printer printer = new Printer(function, HostNames.of(function), "");
        printer.out.append(HEADER).append("\nfunc @").append(Names.text(function.name()));
        return printer.run() + "\n";
    }

    /** The text of a region, as it stands behind the statement whose op it belongs to. */
    static String print(Region region) {
        return printRegion(region, HostNames.of(region.function()), "");
    }

    private static String printRegion(Region region, HostNames hostNames, String indent) {
        Printer printer = new Printer(region.function(), hostNames, indent);
        printer.out.append("region");
        return printer.run();
    }

    /** The text of an op with its attributes, such as {@code reduce{sum, axes=[1]}}. */
    public static String print(Op op) {
        return OpText.print(op, HostNames.none());
    }

    private String run() {
        Set<String> taken = new HashSet<>();
        for (Value parameter : function.parameters()) {
            if (parameter.op() instanceof Parameter(String name, TensorType _)) {
                taken.add(name);
                references.put(parameter, "%" + Names.ofParameter(name));
            }
        }
        for (Value parameter : function.parameters()) {
            if (!(parameter.op() instanceof Parameter)) {
                String name = parameter.op() instanceof InitialState state ? state.variable() : "run_number";
                String unique = name;
                for (int i = 2; !taken.add(unique); i++) {
                    unique = name + "-" + i;
                }
                references.put(parameter, "%" + Names.ofParameter(unique));
            }
        }
        out.append('(');
        printParameters();
        out.append(") {\n");
        int number = function.parameters().size();
        for (Value value : function.values()) {
            if (!references.containsKey(value)) {
                references.put(value, "%" + number++);
                printStatement(value);
            }
        }
        out.append(indent).append("  return");
        if (!function.results().isEmpty()) {
            out.append(' ').append(references(function.results()));
        }
        return out.append('\n').append(indent).append('}').toString();
    }

    private void printParameters() {
        boolean lines = function.parameters().stream()
                .anyMatch(value -> !function.locations().of(value).isEmpty());
        for (int i = 0; i < function.parameters().size(); i++) {
            Value parameter = function.parameters().get(i);
            boolean last = i == function.parameters().size() - 1;
            out.append(lines ? "\n" + indent + "    " : "").append(references.get(parameter)).append(": ");
            switch (parameter.op()) {
                case Parameter _, InitialState _ -> out.append(text(parameter.type()));
                default -> out.append(parameter.op().mnemonic());
            }
            out.append(last ? "" : lines ? "," : ", ");
            printPlaces(parameter);
        }
        out.append(lines ? "\n" + indent : "");
    }

    private void printStatement(Value value) {
        out.append(indent).append("  ").append(references.get(value)).append(" = ")
                .append(OpText.print(value.op(), hostNames));
        out.append('(').append(references(value.operands())).append(") : ").append(text(value.type()));
        for (Region region : value.op().regions()) {
            out.append(' ').append(printRegion(region, hostNames, indent + "  "));
        }
        printPlaces(value);
        out.append('\n');
    }

    private void printPlaces(Value value) {
        String places = function.locations().of(value).stream().map(Printer::text)
                .filter(place -> !place.isEmpty()).collect(Collectors.joining("; "));
        if (!places.isEmpty()) {
            out.append("   // ").append(places);
        }
    }

    private String references(List<Value> values) {
        return values.stream().map(references::get).collect(Collectors.joining(", "));
    }

    private static String text(Location location) {
        String place = location.file().isEmpty() ? "" : Names.text(location.file()) + ":" + location.line();
        String node = location.node().isEmpty() ? "" : "(" + Names.text(location.node()) + ")";
        return place + (place.isEmpty() || node.isEmpty() ? "" : " ") + node;
    }

    private static String text(Type type) {
        return switch (type) {
            case TensorType tensor -> tensor.toString();
            case TokenType token -> token.toString();
            case TapeType tape -> tape.toString();
            case StateType state -> "state<" + Names.text(state.variable()) + ": " + state.content() + ">";
            case TupleType tuple -> tuple.elements().stream().map(Printer::text)
                    .collect(Collectors.joining(", ", "(", ")"));
        };
    }
}
