package dev.sinter.ir;

import dev.sinter.op.Call;
import dev.sinter.op.DefineSize;
import dev.sinter.op.Op;
import dev.sinter.op.Project;
import dev.sinter.tensor.Symbol;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What one run computes: results as a directed acyclic graph over parameters. A result is a tensor (a
 * fetch), the last state of a written variable, or a token (an effect that must happen).
 */
public final class Function {
    private final String name;
    private final List<Value> parameters;
    private final List<Value> results;
    private final Locations locations;
    /** Found when somebody asks, perhaps by two threads, which find the same. */
    private volatile List<Value> values;

    /**
     * Makes a function.
     *
     * @param name       a name for texts
     * @param parameters values whose op is {@code Parameter}, {@code InitialState} or {@code RunNumber}, in the
     *                   order in which a caller gives them; a parameter may be unused
     * @param results    the values to compute; one value may stand several times
     * @param locations  where the values come from
     */
    public Function(String name, List<Value> parameters, List<Value> results, Locations locations) {
        this.name = name;
        this.parameters = List.copyOf(parameters);
        this.results = List.copyOf(results);
        this.locations = locations;
    }

    /** A name for texts. */
    public String name() {
        return name;
    }

    /** What a caller gives, in order. */
    public List<Value> parameters() {
        return parameters;
    }

    /** The values to compute. */
    public List<Value> results() {
        return results;
    }

    /** Where the values come from. */
    public Locations locations() {
        return locations;
    }

    /** Every value that the results need, and every parameter, each after its operands and sizes. */
    public List<Value> values() {
        List<Value> known = values;
        if (known == null) {
            known = needed();
            values = known;
        }
        return known;
    }

    private List<Value> needed() {
        Set<Value> seen = new HashSet<>(parameters);
        Deque<Value> pending = new ArrayDeque<>();
        for (Value result : results) {
            if (seen.add(result)) {
                pending.push(result);
            }
        }
        while (!pending.isEmpty()) {
            for (Value operand : pending.pop().needs()) {
                if (seen.add(operand)) {
                    pending.push(operand);
                }
            }
        }
        List<Value> ordered = new ArrayList<>(seen);
        ordered.sort(Comparator.comparingInt(Value::id));
        return List.copyOf(ordered);
    }

    public Function withResults(List<Value> others) {
        return new Function(name, parameters, others, locations);
    }

    /** Whether both compute the same by the same ops in the same order, wherever their values come from. */
    public boolean sameGraph(Function other) {
        List<Value> mine = values();
        List<Value> theirs = other.values();
        if (!name.equals(other.name) || mine.size() != theirs.size()) {
            return false;
        }
        Map<Value, Value> counterparts = new HashMap<>();
        if (!pair(parameters, other.parameters, counterparts)) {
            return false;
        }
        List<Value> myBody = mine.stream().filter(value -> !counterparts.containsKey(value)).toList();
        Set<Value> theirParameters = new HashSet<>(other.parameters);
        List<Value> theirBody = theirs.stream().filter(value -> !theirParameters.contains(value)).toList();
        return pair(myBody, theirBody, counterparts)
                && counterparts(results, counterparts).equals(other.results);
    }

    private static boolean pair(List<Value> mine, List<Value> theirs, Map<Value, Value> counterparts) {
        if (mine.size() != theirs.size()) {
            return false;
        }
        for (int i = 0; i < mine.size(); i++) {
            Value value = mine.get(i);
            if (!value.op().equals(theirs.get(i).op())
                    || !counterparts(value.operands(), counterparts).equals(theirs.get(i).operands())) {
                return false;
            }
            counterparts.put(value, theirs.get(i));
        }
        return true;
    }

    private static List<Value> counterparts(List<Value> values, Map<Value, Value> counterparts) {
        return values.stream().map(counterparts::get).toList();
    }

    /** What a value becomes in a copy of its function. */
    @FunctionalInterface
    public interface Remake {
        /**
         * @param b        makes the copy's values
         * @param value    the value in this function
         * @param operands what its operands have become
         */
        Value of(Builder b, Value value, List<Value> operands);
    }

    /**
     * The copy of this function in which every value is remade after its operands. Parameters are kept and
     * come first; a value that nothing needs any more is left out; every copy keeps its origin's places.
     */
    public Function remade(Remake remake) {
        return remade(values(), remake);
    }

    /**
     * {@link #remade(Remake)}, where the values are remade in some order.
     *
     * @param order all values, each after its operands
     */
    public Function remade(List<Value> order, Remake remake) {
        Builder builder = new Builder();
        Map<Value, Value> copies = new HashMap<>();
        for (Value parameter : parameters) {
            copies.put(parameter, builder.copy(parameter, List.of(), locations));
        }
        for (Value value : order) {
            if (!copies.containsKey(value)) {
                Value copy = remake.of(builder, value, counterparts(value.operands(), copies));
                builder.locations().addAll(copy, locations.of(value));
                copies.put(value, copy);
            }
        }
        return new Function(name, counterparts(parameters, copies), counterparts(results, copies),
                builder.locations());
    }

    /**
     * Computes the results in another builder. A symbol that the builder defines otherwise gets another name.
     *
     * @param arguments for each parameter a value of the builder
     */
    public List<Value> inline(Builder builder, List<Value> arguments) {
        Map<Value, Value> copies = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            copies.put(parameters.get(i), arguments.get(i));
        }
        Map<Symbol, Symbol> renamed = new HashMap<>();
        for (Value value : values()) {
            if (!copies.containsKey(value)) {
                List<Value> operands = counterparts(value.operands(), copies);
                if (value.op() instanceof DefineSize size && builder.definition(size.symbol())
                        .filter(known -> !known.op().equals(size) || !known.operands().equals(operands)).isPresent()) {
                    renamed.put(size.symbol(), builder.fresh(size.symbol()));
                }
                Op op = renamed.isEmpty() ? value.op() : Substitution.of(renamed).apply(value.op());
                Value copy = builder.add(op, operands);
                builder.locations().addAll(copy, locations.of(value));
                copies.put(value, copy);
            }
        }
        return counterparts(results, copies);
    }

    /**
     * The function with the functions of some calls in their places; the regions of other ops are left as they are.
     */
    public Function withoutCalls(Predicate<Call> which) {
        return withoutCallValues(value -> which.test((Call) value.op()));
    }

    /** {@link #withoutCalls} of those calls that a predicate chooses as values. */
    public Function withoutCallValues(Predicate<Value> which) {
        Function current = this;
        while (current.values().stream().anyMatch(value -> value.op() instanceof Call && which.test(value))) {
            Set<Symbol> taken = new HashSet<>(Symbols.definedBy(current));
            current = current.remade((b, value, operands) -> switch (value.op()) {
                case Call call when which.test(value) -> b.tuple(Symbols.apart(call.function(), taken)
                        .inlineAsOp(b, operands));
                case Project project -> b.project(operands.getFirst(), project.index());
                default -> b.add(value.op(), operands);
            });
        }
        return current;
    }

    /**
     * The same function in a builder of its own: parameters first, then what the results need, no gaps in
     * ids.
     */
    public Function compacted() {
        return remade((b, value, operands) -> b.add(value.op(), operands));
    }
}
