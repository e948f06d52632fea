package dev.sinter.pass;

import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Call;
import java.util.HashSet;
import java.util.Set;

/**
 * Puts the functions of calls in their places: of the usual calls, or of those that gradients compute again. Of the
 * latter those stay that are bound to come after something, but for those in loops and branches: where they are put in
 * their places, all that is the same is merged.
 */
final class InlineCalls implements Pass {
    private final boolean recomputed;

    InlineCalls(boolean recomputed) {
        this.recomputed = recomputed;
    }

    @Override
    public String name() {
        return recomputed ? "inline-recomputed-calls" : "inline-calls";
    }

    @Override
    public String reason() {
        return recomputed
                ? "until here no pass moved values out of them; later stages know no calls"
                : "later passes see what a call computes";
    }

    @Override
    public Function run(Function function, PassContext context) {
        return recomputed ? inLoops(function).withoutCallValues(value -> ((Call) value.op()).recompute()
                && !Call.isBound(value)) : function.withoutCalls(call -> !call.recompute());
    }

    /** The function without any call in its loops and branches. */
    private static Function inLoops(Function function) {
        return function.values().stream().allMatch(value -> value.op().regions().isEmpty()) ? function
                : function.remade((b, value, operands) -> b.add(value.op() instanceof Call ? value.op()
                        : value.op().withRegions(value.op().regions().stream()
                                .map(region -> region.map(InlineCalls::withoutAny)).toList()), operands));
    }

    private static Function withoutAny(Function body) {
        if (body.values().stream().noneMatch(value -> value.op() instanceof Call)) {
            return body;
        }
        Set<Value> binding = new HashSet<>();
        body.values().stream().filter(Call::isBound).forEach(call -> binding.addAll(call.operands()));
        return body.remade((b, value, operands) -> value.op() instanceof After && binding.contains(value)
                ? operands.getFirst() : b.add(value.op(), operands)).withoutCalls(_ -> true);
    }
}
