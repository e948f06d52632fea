package dev.sinter.ir;

import dev.sinter.op.Broadcast;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.Map;
import dev.sinter.op.Parameter;
import dev.sinter.op.Reduce;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The values of a body that are the same in every iteration and can be computed before a loop. */
public final class Invariants {
    private Invariants() {}

    /** The values of a builder that depend on captures alone and cannot fail. */
    public static Set<Value> of(Builder b, Collection<Value> captures) {
        return of(IntStream.range(0, b.size()).mapToObj(b::value).toList(), captures);
    }

    /** The values of a function that depend on captures alone and cannot fail. */
    public static Set<Value> of(Function function, Collection<Value> captures) {
        return of(function.values(), captures);
    }

    private static Set<Value> of(List<Value> values, Collection<Value> captures) {
        Set<Value> invariant = new HashSet<>(captures);
        for (Value value : values) {
            if (!(value.op() instanceof Parameter) && isSafe(value)
                    && invariant.containsAll(value.needs())) {
                invariant.add(value);
            }
        }
        return invariant;
    }

    private static boolean isSafe(Value value) {
        return value.isTensor() && value.op().regions().isEmpty() && !Failures.canFail(value)
                && value.operands().stream().allMatch(Value::isTensor);
    }

    /** Whether it is worth while to compute a value once and read it often. */
    public static boolean isWork(Value value) {
        return switch (value.op()) {
            case Map _, Convert _ -> value.operands().stream().anyMatch(operand ->
                    !(operand.op() instanceof Broadcast) && !operand.operands().isEmpty()
                            || operand.op() instanceof Parameter);
            case Contract _, Reduce _ -> true;
            default -> false;
        };
    }
}
