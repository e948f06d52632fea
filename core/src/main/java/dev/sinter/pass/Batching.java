package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Bitcast;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.Gather;
import dev.sinter.op.LeadingAxis;
import dev.sinter.op.Map;
import dev.sinter.op.Pad;
import dev.sinter.op.Reduce;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import dev.sinter.tensor.Dim;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Computes what a loop's body computes for all iterations at once: each value that differs between them gets
 * a new axis 0, along which they lie.
 */
final class Batching {
    private final Builder b;
    private final Dim length;
    private final Function<Value, Optional<Value>> all;
    private final Function<Value, Value> same;
    private final java.util.Map<Value, Value> batched = new HashMap<>();

    /**
     * A computation of many iterations.
     *
     * @param b      makes it
     * @param length how many
     * @param all    the values of all iterations of a value of the body that has them already
     * @param same   what stands outside for a value of the body that is the same in every iteration
     */
    Batching(Builder b, Dim length, Function<Value, Optional<Value>> all, Function<Value, Value> same) {
        this.b = b;
        this.length = length;
        this.all = all;
        this.same = same;
    }

    /** Whether an op can be computed for many iterations at once. */
    static boolean isPossible(Value value) {
        return value.isTensor() && switch (value.op()) {
            case Map _, Convert _, Bitcast _, Broadcast _, Reshape _, Transpose _, Reverse _, Slice _, Windows _,
                    Concat _, Gather _, Reduce _, Contract _ -> true;
            case Pad _ -> value.operand(1).op() instanceof Constant;
            default -> false;
        };
    }

    /**
     * All iterations of a value.
     *
     * @param varies whether a value of the body differs between iterations; those that do and are not known must be
     *               {@link #isPossible possible}
     */
    Value of(Value root, Predicate<Value> varies) {
        Deque<Value> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            Value value = pending.peek();
            if (batched.containsKey(value)) {
                pending.pop();
                continue;
            }
            Optional<Value> known = all.apply(value);
            if (known.isPresent()) {
                batched.put(value, known.get());
                continue;
            }
            List<Value> missing = value.operands().stream()
                    .filter(operand -> varies.test(operand) && !batched.containsKey(operand)).toList();
            missing.forEach(pending::push);
            if (missing.isEmpty()) {
                batched.put(value, batched(value));
            }
        }
        return batched.get(root);
    }

    private Value batched(Value value) {
        IntPredicate has = i -> batched.containsKey(value.operand(i));
        List<Value> operands = IntStream.range(0, value.operands().size()).mapToObj(i -> {
            Value operand = value.operand(i);
            return has.test(i) ? batched.get(operand)
                    : LeadingAxis.needs(value.op(), i, has) ? repeated(operand) : same.apply(operand);
        }).toList();
        return b.add(LeadingAxis.of(value.op(), length, has), operands);
    }

    /** A value that is the same in every iteration, once for each. */
    private Value repeated(Value operand) {
        return b.broadcast(same.apply(operand), LeadingAxis.longer(length, operand.shape()),
                IntStream.rangeClosed(1, operand.rank()).boxed().toList());
    }
}
