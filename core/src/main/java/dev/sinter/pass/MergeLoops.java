package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.Branch;
import dev.sinter.op.Loop;
import dev.sinter.op.Op;
import dev.sinter.op.Project;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Makes one loop of two that have the same iterations and share work, and one branch of two on the same
 * number, where neither needs the other. A loop and its version for the gradient, which stacks more, become
 * one.
 */
final class MergeLoops implements Pass {
    /** How two values become one. */
    interface Merger {
        /** The results of both, made with the copies of their operands. */
        List<List<Value>> merge(Builder b, Map<Value, Value> copies);
    }

    @Override
    public String name() {
        return "merge-loops";
    }

    @Override
    public String reason() {
        return "the gradient's forward loop is the user's; before rules make their bodies differ";
    }

    private static final Decision DECISION = new Decision("two loops or branches become one");

    @Override
    public Function run(Function function, PassContext context) {
        return merged(function, () -> context.decides(DECISION));
    }

    /** The function with one op where two can be one. */
    static Function merged(Function function) {
        return merged(function, () -> true);
    }

    private static Function merged(Function function, BooleanSupplier decision) {
        Set<Pair> refused = new HashSet<>();
        Function current = function;
        Optional<Function> next = mergedOnce(current, refused, decision);
        while (next.isPresent()) {
            current = next.get();
            next = mergedOnce(current, refused, decision);
        }
        return current;
    }

    /**
     * What decides whether two loops become one: their ops, and which of their operands are the same. It is the
     * same when others have become one.
     */
    private record Pair(Op first, Op second, List<Integer> operands) {
        static Pair of(Value first, Value second) {
            List<Value> operands = new ArrayList<>(first.operands());
            operands.addAll(second.operands());
            Map<Value, Integer> numbers = new HashMap<>();
            operands.forEach(operand -> numbers.putIfAbsent(operand, numbers.size()));
            return new Pair(first.op(), second.op(), operands.stream().map(numbers::get).toList());
        }
    }

    private static Optional<Function> mergedOnce(Function function, Set<Pair> refused,
            BooleanSupplier decision) {
        List<Value> candidates = function.values().stream()
                .filter(value -> value.op() instanceof Loop || value.op() instanceof Branch).toList();
        for (int i = 1; i < candidates.size(); i++) {
            for (int j = 0; j < i; j++) {
                Value first = candidates.get(j);
                Value second = candidates.get(i);
                if (!sharesOperand(first, second) || needs(second, first)) {
                    continue;
                }
                Pair pair = Pair.of(first, second);
                if (refused.contains(pair)) {
                    continue;
                }
                Optional<? extends Merger> merger = first.op() instanceof Loop && second.op() instanceof Loop
                        ? LoopMerger.of(first, second) : first.op() instanceof Branch
                                && second.op() instanceof Branch
                        ? BranchMerger.of(first, second) : Optional.empty();
                if (merger.isPresent() && decision.getAsBoolean()) {
                    return Optional.of(rebuilt(function, first, second, merger.get()));
                }
                refused.add(pair);
            }
        }
        return Optional.empty();
    }

    private static boolean sharesOperand(Value first, Value second) {
        return first.operands().stream().anyMatch(second.operands()::contains) || first.operands().isEmpty();
    }

    /** Whether a value depends on another one. */
    private static boolean needs(Value value, Value other) {
        Set<Value> seen = new HashSet<>();
        Deque<Value> pending = new ArrayDeque<>(List.of(value));
        while (!pending.isEmpty()) {
            for (Value operand : pending.pop().needs()) {
                if (operand == other) {
                    return true;
                }
                if (operand.id() > other.id() && seen.add(operand)) {
                    pending.push(operand);
                }
            }
        }
        return false;
    }

    private static Function rebuilt(Function function, Value first, Value second, Merger merger) {
        Set<Value> both = new LinkedHashSet<>(first.needs());
        both.addAll(second.needs());
        List<Value> operandsOfBoth = List.copyOf(both);
        Builder b = new Builder();
        Map<Value, Value> copies = new HashMap<>();
        Deque<Value> pending = new ArrayDeque<>();
        List<Value> inOrder = new ArrayList<>(function.parameters());
        inOrder.addAll(function.values());
        for (Value root : inOrder) {
            pending.push(root);
            while (!pending.isEmpty()) {
                Value value = pending.peek();
                List<Value> needed = value == first || value == second ? operandsOfBoth : value.needs();
                int before = pending.size();
                needed.stream().filter(operand -> !copies.containsKey(operand)).forEach(pending::push);
                if (pending.size() > before) {
                    continue;
                }
                pending.pop();
                if (copies.containsKey(value)) {
                    continue;
                }
                if (value == first || value == second) {
                    List<List<Value>> results = merger.merge(b, copies);
                    results.stream().flatMap(List::stream).forEach(result -> {
                        b.locations().addAll(List.of(result, result.operand(0)),
                                function.locations().of(first));
                        b.locations().addAll(List.of(result, result.operand(0)),
                                function.locations().of(second));
                    });
                    copies.put(first, b.tuple(results.getFirst()));
                    copies.put(second, b.tuple(results.getLast()));
                    continue;
                }
                List<Value> operands = value.operands().stream().map(copies::get).toList();
                Value copy = value.op() instanceof Project project
                        ? b.project(operands.getFirst(), project.index()) : b.add(value.op(), operands);
                b.locations().addAll(copy, function.locations().of(value));
                copies.put(value, copy);
            }
        }
        return new Function(function.name(), function.parameters().stream().map(copies::get).toList(),
                function.results().stream().map(copies::get).toList(), b.locations());
    }
}
