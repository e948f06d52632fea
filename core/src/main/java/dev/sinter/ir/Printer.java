package dev.sinter.ir;

import dev.sinter.ir.Type.StateType;
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

    private Printer(Function function) {
        this.function = function;
        this.hostNames = HostNames.of(function);
    }

    public static String print(Function function) {
        return new Printer(function).run();
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
        out.append(HEADER).append("\nfunc @").append(Names.text(function.name())).append('(');
        printParameters();
        out.append(") {\n");
        int number = function.parameters().size();
        for (Value value : function.values()) {
            if (!references.containsKey(value)) {
                references.put(value, "%" + number++);
                printStatement(value);
            }
        }
        out.append("  return");
        if (!function.results().isEmpty()) {
            out.append(' ').append(references(function.results()));
        }
        return out.append("\n}\n").toString();
    }

    private void printParameters() {
        boolean lines = function.parameters().stream()
                .anyMatch(value -> !function.locations().of(value).isEmpty());
        for (int i = 0; i < function.parameters().size(); i++) {
            Value parameter = function.parameters().get(i);
            boolean last = i == function.parameters().size() - 1;
            out.append(lines ? "\n    " : "").append(references.get(parameter)).append(": ");
            switch (parameter.op()) {
                case Parameter _, InitialState _ -> out.append(text(parameter.type()));
                default -> out.append(parameter.op().mnemonic());
            }
            out.append(last ? "" : lines ? "," : ", ");
            printPlaces(parameter);
        }
        out.append(lines ? "\n" : "");
    }

    private void printStatement(Value value) {
        out.append("  ").append(references.get(value)).append(" = ")
                .append(OpText.print(value.op(), hostNames));
        out.append('(').append(references(value.operands())).append(") : ").append(text(value.type()));
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
            case StateType state -> "state<" + Names.text(state.variable()) + ": " + state.content() + ">";
            case TupleType tuple -> tuple.elements().stream().map(Printer::text)
                    .collect(Collectors.joining(", ", "(", ")"));
        };
    }
}
