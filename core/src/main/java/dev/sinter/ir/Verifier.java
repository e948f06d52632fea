package dev.sinter.ir;

import dev.sinter.ir.Type.StateType;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.DefineSize;
import dev.sinter.op.InitialState;
import dev.sinter.op.Op;
import dev.sinter.op.Parameter;
import dev.sinter.op.RunNumber;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks what every {@link Function} promises: ids are a topological order and each stands for one value,
 * types are those that the ops infer, equal values are one, parameters are unique and complete, and a state
 * is used linearly: at most one assign consumes it, and a state among the results is consumed by none.
 */
public final class Verifier {
    private record Key(Op op, List<Integer> operands) {}

    private final Function function;
    private final List<String> problems = new ArrayList<>();
    private final Map<Symbol, Value> definitions = new HashMap<>();

    private Verifier(Function function) {
        this.function = function;
    }

    /** Does nothing where the function is sound; otherwise a {@code CompilerBug} that names the values. */
    public static void verify(Function function) {
        List<String> problems = problems(function);
        if (!problems.isEmpty()) {
            throw new CompilerBug("@" + function.name() + ": " + String.join("; ", problems));
        }
    }

    /**
     * Does nothing where the function's text reads back to the same function; otherwise a {@code
     * CompilerBug}.
     */
    public static void verifyText(Function function) {
        String text = Printer.print(function);
        Function parsed = Parser.parse(text, Parser.Resolver.of(function));
        if (!Printer.print(parsed).equals(text)) {
            throw new CompilerBug("@" + function.name()
                    + ": the text changes when it is read and written again:\n"
                    + text + "becomes\n" + Printer.print(parsed));
        }
        if (!parsed.sameGraph(function)) {
            throw new CompilerBug("@" + function.name() + ": the text reads back to another graph:\n" + text);
        }
    }

    /** One sentence a problem, in the order of the values; none where the function is sound. */
    public static List<String> problems(Function function) {
        Verifier verifier = new Verifier(function);
        verifier.checkParameters();
        verifier.checkValues();
        verifier.checkStates();
        return verifier.problems;
    }

    private void wrong(Value value, String why) {
        Set<Location> places = function.locations().of(value);
        String place = places.isEmpty() ? "" : " at " + places.iterator().next();
        problems.add(value + place + ": " + why);
    }

    private void checkParameters() {
        Set<String> names = new HashSet<>();
        Set<Value> seen = new HashSet<>();
        for (Value parameter : function.parameters()) {
            String name = switch (parameter.op()) {
                case Parameter op -> "tensor " + op.name();
                case InitialState op -> "state " + op.variable();
                case RunNumber _ -> "run_number";
                default -> "";
            };
            if (name.isEmpty()) {
                wrong(parameter, "a parameter is a parameter op, a state or run_number");
            } else if (!names.add(name) || !seen.add(parameter)) {
                wrong(parameter, "the parameter is given twice");
            }
        }
    }

    private void checkValues() {
        Set<Value> parameters = new HashSet<>(function.parameters());
        Map<Integer, Value> byId = new HashMap<>();
        Map<Key, Value> byContent = new HashMap<>();
        for (Value value : function.values()) {
            Value other = byId.put(value.id(), value);
            if (other != null) {
                wrong(value, "its id is also that of " + other + "; values of two builders are mixed");
            }
            for (Value operand : value.operands()) {
                if (operand.id() >= value.id()) {
                    wrong(value, "its operand " + operand + " does not precede it");
                }
            }
            boolean given = value.op() instanceof Parameter || value.op() instanceof InitialState
                    || value.op() instanceof RunNumber;
            if (given && !parameters.contains(value)) {
                wrong(value, "it is not among the function's parameters");
            }
            List<Integer> operands = value.operands().stream().map(Value::id).toList();
            Value equal = byContent.put(new Key(value.op(), operands), value);
            if (equal != null) {
                wrong(value, "it equals " + equal + " but is not the same value");
            }
            checkType(value);
            checkRegions(value);
            checkSizes(value);
        }
    }

    private void checkRegions(Value value) {
        for (Region region : value.op().regions()) {
            Function body = region.function();
            for (String problem : problems(body)) {
                wrong(value, "in its region: " + problem);
            }
            Set<Symbol> own = Symbols.definedBy(body);
            boolean token = false;
            for (Value result : body.results()) {
                if (Symbols.of(result.type()).stream().anyMatch(own::contains)) {
                    wrong(value, "a result of its region has a size that the region defines: " + result);
                }
                boolean isToken = result.type() instanceof Type.TokenType;
                if (!result.isTensor() && !isToken || token && !isToken) {
                    wrong(value, "the results of its region are not tensors, then tokens");
                }
                token |= isToken;
            }
        }
    }

    private void checkSizes(Value value) {
        if (value.op() instanceof DefineSize size) {
            Value other = definitions.putIfAbsent(size.symbol(), value);
            if (other != null) {
                wrong(value, size.symbol() + " is also defined by " + other);
            }
            if (function.parameters().stream().anyMatch(parameter -> Symbols.of(parameter).contains(size.symbol()))) {
                wrong(value, size.symbol() + " is a size of a parameter");
            }
        }
        for (Value size : value.sizes()) {
            if (size.id() >= value.id() || !(size.op() instanceof DefineSize)) {
                wrong(value, "the definition " + size + " does not precede it");
            }
        }
    }

    private void checkType(Value value) {
        try {
            Type inferred = value.op().infer(value.operands().stream().map(Value::type).toList());
            if (!inferred.equals(value.type())) {
                wrong(value, "the op infers " + inferred);
            }
        } catch (GraphException refused) {
            wrong(value, "the op refuses its operands: " + refused.getMessage());
        }
    }

    private void checkStates() {
        Map<Value, Value> origins = new HashMap<>();
        Map<Value, Value> consumers = new HashMap<>();
        for (Value value : function.values()) {
            if (value.type() instanceof StateType) {
                boolean ordered = value.op() instanceof After;
                origins.put(value, ordered ? origins.get(value.operand(0)) : value);
            }
            if (value.op() instanceof Assign && !value.operands().isEmpty()) {
                Value state = origins.getOrDefault(value.operand(0), value.operand(0));
                Value other = consumers.put(state, value);
                if (other != null) {
                    wrong(value, "its state " + state + " is also consumed by " + other);
                }
            }
        }
        for (Value result : function.results()) {
            Value consumer = consumers.get(origins.getOrDefault(result, result));
            if (result.type() instanceof StateType && consumer != null) {
                wrong(result, "it is a result, but " + consumer + " consumes this state");
            }
        }
    }
}
