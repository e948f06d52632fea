package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Invariants;
import dev.sinter.ir.Value;
import dev.sinter.op.Loop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Computes before a loop what is the same in every iteration: what depends on captures alone, cannot fail
 * and is work. A repetition of a smaller value is none; it would only be read from memory instead.
 */
final class HoistInvariants implements Pass {
    private static final Decision DECISION = new Decision("what is the same in every iteration leaves a loop");

    @Override
    public String name() {
        return "hoist-invariants";
    }

    @Override
    public String reason() {
        return "what every iteration computes alike is computed once";
    }

    @Override
    public Function run(Function function, PassContext context) {
        return LoopRewriting.of(function, value -> value.op() instanceof Loop,
                (b, value, operands, read) -> hoisted(b, value, operands, context));
    }

    private static List<Value> hoisted(Builder b, Value value, List<Value> operands, PassContext context) {
        Loop loop = (Loop) value.op();
        LoopCopy copy = new LoopCopy(b, loop, operands);
        Set<Value> invariant = Invariants.of(loop.body().function(), copy.captures());
        List<Value> tops = tops(loop, invariant);
        if (tops.isEmpty() || !context.decides(DECISION)) {
            return LoopRewriting.results(b, b.add(loop, operands));
        }
        for (Value top : tops) {
            copy.give(top, copy.builder().capture(copy.outside(top)));
        }
        return copy.unchanged();
    }

    /** The invariant values worth computing outside that something else than such a value reads. */
    private static List<Value> tops(Loop loop, Set<Value> invariant) {
        List<Value> read = new ArrayList<>(loop.body().function().results());
        for (Value value : loop.body().function().values()) {
            if (!isHoisted(value, invariant)) {
                read.addAll(value.operands());
            }
        }
        return read.stream().filter(value -> isHoisted(value, invariant))
                .sorted(Comparator.comparingInt(Value::id)).distinct().toList();
    }

    private static boolean isHoisted(Value value, Set<Value> invariant) {
        return invariant.contains(value) && Invariants.isWork(value);
    }
}
