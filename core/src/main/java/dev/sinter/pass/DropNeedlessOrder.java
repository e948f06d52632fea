package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Call;
import dev.sinter.op.HostCall;
import dev.sinter.op.Join;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes the order after values that no effect precedes: to come after a pure computation means nothing. The
 * only effects are those of host calls, in the function or in regions. The order that binds a call stays.
 */
final class DropNeedlessOrder implements Pass {
    @Override
    public String name() {
        return "drop-needless-order";
    }

    @Override
    public String reason() {
        return "an order after pure values would hide patterns from every later pass";
    }

    @Override
    public Function run(Function function, PassContext context) {
        if (function.values().stream()
                .noneMatch(value -> value.op() instanceof After || value.op() instanceof Join)) {
            return function;
        }
        Set<Value> effectful = new HashSet<>();
        for (Value value : function.values()) {
            boolean effect = value.op() instanceof HostCall call && call.function().hasEffect()
                    || value.op().regions().stream().anyMatch(Region::hasEffect);
            if (effect || value.operands().stream().anyMatch(effectful::contains)) {
                effectful.add(value);
            }
        }
        Set<Value> binding = new HashSet<>();
        function.values().stream().filter(Call::isBound).forEach(call -> binding.addAll(call.operands()));
        return function.remade((b, value, operands) -> switch (value.op()) {
            case After _ when binding.contains(value) -> b.add(value.op(), operands);
            case After _ -> after(b, value, operands, effectful);
            case Join _ -> b.add(new Join(), kept(value, operands, 0, effectful));
            default -> b.add(value.op(), operands);
        });
    }

    private static Value after(Builder b, Value value, List<Value> operands, Set<Value> effectful) {
        List<Value> order = kept(value, operands, 1, effectful);
        if (order.isEmpty()) {
            return operands.getFirst();
        }
        List<Value> all = new java.util.ArrayList<>(List.of(operands.getFirst()));
        all.addAll(order);
        return b.add(new After(), all);
    }

    /** The new operands, from an index on, whose old ones an effect precedes; each once. */
    private static List<Value> kept(Value value, List<Value> operands, int from, Set<Value> effectful) {
        return java.util.stream.IntStream.range(from, operands.size())
                .filter(i -> effectful.contains(value.operand(i))).mapToObj(operands::get).distinct()
                .toList();
    }
}
