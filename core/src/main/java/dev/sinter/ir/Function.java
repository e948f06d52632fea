package dev.sinter.ir;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one run computes: results as a directed acyclic graph over parameters. A result is a tensor (a
 * fetch), the last state of a written variable, or a token (an effect that must happen).
 *
 * @param name       a name for texts
 * @param parameters values whose op is {@code Parameter}, {@code InitialState} or {@code RunNumber}, in the
 *                   order in which a caller gives them; a parameter may be unused
 * @param results    the values to compute; one value may stand several times
 * @param locations  where the values come from
 */
public record Function(String name, List<Value> parameters, List<Value> results, Locations locations) {
    public Function {
        parameters = List.copyOf(parameters);
        results = List.copyOf(results);
    }

    /** Every value that the results need, and every parameter, each after its operands. */
    public List<Value> values() {
        Set<Value> seen = new HashSet<>(parameters);
        Deque<Value> pending = new ArrayDeque<>();
        for (Value result : results) {
            if (seen.add(result)) {
                pending.push(result);
            }
        }
        while (!pending.isEmpty()) {
            for (Value operand : pending.pop().operands()) {
                if (seen.add(operand)) {
                    pending.push(operand);
                }
            }
        }
        List<Value> ordered = new ArrayList<>(seen);
        ordered.sort(Comparator.comparingInt(Value::id));
        return ordered;
    }

    public Function withResults(List<Value> others) {
        return new Function(name, parameters, others, locations);
    }
}
