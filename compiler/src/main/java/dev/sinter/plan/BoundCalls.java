package dev.sinter.plan;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Symbols;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Call;
import dev.sinter.op.Constant;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts the functions of calls in their places that are bound to come after something: gradients of what the user says
 * is computed again. What such a function computes of its arguments alone is a value of its own beside the one that
 * the forward pass has, and comes after the gradients that arrive.
 */
final class BoundCalls {
    private final Recomputation.Result last;
    private final List<Decision> decisions;
    private final Map<Value, Value> copies = new HashMap<>();
    private final Map<Value, Value> notBefore = new HashMap<>();
    private final Set<Symbol> taken;

    private BoundCalls(Recomputation.Result last) {
        this.last = last;
        this.decisions = new ArrayList<>(last.decisions());
        this.taken = new HashSet<>(Symbols.definedBy(last.function()));
    }

    /** The function without calls. */
    static Recomputation.Result inlined(Function function) {
        Recomputation.Result result = Recomputation.Result.unchanged(function);
        while (result.function().values().stream().anyMatch(value -> value.op() instanceof Call)) {
            result = new BoundCalls(result).run();
        }
        return result;
    }

    private Recomputation.Result run() {
        Function inlined = last.function().remade((b, value, operands) -> {
            Value copy = switch (value.op()) {
                case Call call -> Call.isBound(value) && !call.function().definesSizes()
                        && !call.function().hasEffect() ? again(b, call, operands)
                        : b.tuple(Symbols.apart(call.function(), taken).inlineAsOp(b, operands));
                case Project project -> b.project(operands.getFirst(), project.index());
                default -> last.notBefore().containsKey(value) ? b.addAgain(value.op(), operands)
                        : b.add(value.op(), operands);
            };
            copies.put(value, copy);
            return copy;
        });
        last.notBefore().forEach((value, before) -> {
            if (copies.containsKey(value) && copies.containsKey(before)) {
                notBefore.put(copies.get(value), copies.get(before));
            }
        });
        return new Recomputation.Result(inlined, decisions, notBefore, Set.of()).withoutUnused();
    }

    /** The results of a call whose function computes again what it has been given arguments for. */
    private Value again(Builder b, Call call, List<Value> operands) {
        Function function = call.function().function();
        Map<Value, Value> made = new HashMap<>();
        Set<Value> early = new HashSet<>();
        Set<Value> late = new HashSet<>();
        List<Value> order = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            Value operand = operands.get(i);
            Value parameter = function.parameters().get(i);
            boolean isArgument = operand.op() instanceof After;
            (isArgument ? early : late).add(parameter);
            made.put(parameter, isArgument ? operand.operand(0) : operand);
            if (isArgument) {
                order.addAll(operand.operands().subList(1, operand.operands().size()));
            }
        }
        Optional<Value> before = order.stream()
                .filter(value -> !(value.op() instanceof Parameter || value.op() instanceof Constant))
                .max(Comparator.comparingInt(Value::id));
        int count = 0;
        for (Value value : function.values()) {
            if (made.containsKey(value)) {
                continue;
            }
            List<Value> inputs = value.operands().stream().map(made::get).toList();
            boolean isLate = value.operands().stream().anyMatch(late::contains);
            boolean isEarly = !isLate && value.operands().stream().anyMatch(early::contains);
            (isLate ? late : isEarly ? early : new HashSet<Value>()).add(value);
            Value copy = isEarly && before.isPresent() ? b.addAgain(value.op(), inputs) : b.add(value.op(), inputs);
            if (isEarly && before.isPresent()) {
                notBefore.put(copy, before.get());
                count++;
            }
            b.locations().addAll(copy, function.locations().of(value));
            made.put(value, copy);
        }
        if (count > 0) {
            decisions.add(new Decision.Yes("compute " + count + " values again for the " + call.name(),
                    "the program says that they are not kept"));
        }
        return b.tuple(function.results().stream().map(made::get).toList());
    }
}
