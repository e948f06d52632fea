package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.Join;
import dev.sinter.op.Project;
import dev.sinter.op.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Replaces ops with several results one by one. */
final class LoopRewriting {
    /** What stands for an op. */
    @FunctionalInterface
    interface Rewrite {
        /**
         * The results by position; those that nothing reads may be anything.
         *
         * @param b        makes them
         * @param value    the op in the function before
         * @param operands the copies of its operands
         * @param read     the positions of the results that something reads
         */
        List<Value> of(Builder b, Value value, List<Value> operands, Set<Integer> read);
    }

    private LoopRewriting() {}

    /** The function in which something else stands for all ops of a kind. */
    static Function of(Function function, Predicate<Value> kind, Rewrite rewrite) {
        return of(function, kind, Map.of(), rewrite);
    }

    /**
     * The function in which something else stands for all ops of a kind.
     *
     * @param others what stands for other values, asked when they are reached: a rewrite may add those after its op
     */
    static Function of(Function function, Predicate<Value> kind, Map<Value, Value> others, Rewrite rewrite) {
        List<Value> values = function.values();
        if (values.stream().noneMatch(kind)) {
            return function;
        }
        Map<Value, Set<Integer>> read = new HashMap<>();
        for (Value value : values) {
            if (value.op() instanceof Project project) {
                read.computeIfAbsent(value.operand(0), any -> new HashSet<>()).add(project.index());
            }
        }
        return function.remade((b, value, operands) -> {
            Value other = others.get(value);
            if (other != null) {
                return other;
            }
            if (value.op() instanceof Project project) {
                return b.project(operands.getFirst(), project.index());
            }
            if (!kind.test(value)) {
                return b.add(value.op(), operands);
            }
            int before = b.size();
            List<Value> results = rewrite.of(b, value, operands, read.getOrDefault(value, Set.of()));
            for (int id = before; id < b.size(); id++) {
                b.locations().addAll(b.value(id), function.locations().of(value));
            }
            return b.add(new Tuple(), results);
        });
    }

    /** All results of an op. */
    static List<Value> results(Builder b, Value value) {
        List<Value> results = new ArrayList<>();
        int count = ((TupleType) value.type()).elements().size();
        for (int i = 0; i < count; i++) {
            results.add(b.project(value, i));
        }
        return results;
    }

    /** What stands for a result that nothing reads. */
    static Value unread(Builder b) {
        return b.add(new Join());
    }
}
