package dev.sinter.diff;

import dev.sinter.ir.SizeEstimate;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Bitcast;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Concat;
import dev.sinter.op.Convert;
import dev.sinter.op.DefineSize;
import dev.sinter.op.DimSize;
import dev.sinter.op.Gather;
import dev.sinter.op.Iota;
import dev.sinter.op.Map;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which values of a region's forward pass are kept for its backward pass.
 *
 * <p>What the backward pass needs is either kept or computed again from what is kept. Only what is nearly
 * free is computed again: arithmetic without elementary functions, and movement. Among all choices this one
 * keeps the fewest bytes, found as a minimum cut between what must not be computed again and what the
 * backward pass reads (as in PyTorch's min-cut partitioner); of equals it keeps what saves most work.
 *
 * <p>A tape cannot be kept, since a region gives tensors alone: the loop that makes it runs again.
 */
final class Residuals {
    private static final Set<ScalarFn> NEARLY_FREE = Set.of(ScalarFn.ADD, ScalarFn.SUB, ScalarFn.MUL,
            ScalarFn.NEG, ScalarFn.ABS, ScalarFn.SIGN, ScalarFn.MAX, ScalarFn.MIN, ScalarFn.SELECT,
            ScalarFn.AND, ScalarFn.OR, ScalarFn.XOR, ScalarFn.NOT, ScalarFn.EQ, ScalarFn.NE, ScalarFn.LT,
            ScalarFn.LE, ScalarFn.GT, ScalarFn.GE, ScalarFn.IS_NAN, ScalarFn.IS_FINITE);

    private final Predicate<Value> free;
    private final Predicate<Value> kept;
    private final Set<Value> again = new HashSet<>();

    private Residuals(Predicate<Value> free, Predicate<Value> kept) {
        this.free = free;
        this.kept = kept;
    }

    /**
     * The values to keep, in the order of their ids.
     *
     * @param needed what the backward pass reads
     * @param free   what the backward pass has without anything being kept
     * @param kept   what is kept for other reasons
     */
    static List<Value> choose(Collection<Value> needed, Predicate<Value> free, Predicate<Value> kept) {
        return new Residuals(free, kept).choose(needed);
    }

    private List<Value> choose(Collection<Value> needed) {
        repeat(needed);
        MinCut cut = new MinCut();
        java.util.Map<Value, Integer> nodes = new HashMap<>();
        Deque<Value> pending = new ArrayDeque<>();
        for (Value value : new LinkedHashSet<>(needed)) {
            if (!isFree(value)) {
                cut.edge(node(cut, nodes, pending, value) + 1, MinCut.SINK, MinCut.UNBOUNDED);
            }
        }
        while (!pending.isEmpty()) {
            Value value = pending.pop();
            int node = nodes.get(value);
            if (!isComputedAgain(value)) {
                cut.edge(MinCut.SOURCE, node, MinCut.UNBOUNDED);
                continue;
            }
            for (Value operand : value.needs()) {
                if (!isFree(operand)) {
                    cut.edge(node(cut, nodes, pending, operand) + 1, node, MinCut.UNBOUNDED);
                }
            }
        }
        boolean[] sinkSide = cut.sinkSide();
        return nodes.keySet().stream().filter(value -> !sinkSide[nodes.get(value)]
                && sinkSide[nodes.get(value) + 1])
                .sorted(Comparator.comparingInt(Value::id)).toList();
    }

    /** The node where a value is computed; the next one is where it is read. */
    private int node(MinCut cut, java.util.Map<Value, Integer> nodes, Deque<Value> pending, Value value) {
        Integer known = nodes.get(value);
        if (known != null) {
            return known;
        }
        int node = cut.node();
        cut.node();
        cut.edge(node, node + 1, weight(value));
        nodes.put(value, node);
        pending.push(value);
        return node;
    }

    /** Finds what has to be computed again because it cannot be kept. */
    private void repeat(Collection<Value> needed) {
        Deque<Value> pending = new ArrayDeque<>(needed);
        while (!pending.isEmpty()) {
            Value value = pending.pop();
            if (!value.isTensor() && !isFree(value) && again.add(value)) {
                pending.addAll(value.needs());
            }
        }
    }

    private boolean isFree(Value value) {
        return value.needs().isEmpty() && !(value.op() instanceof Parameter)
                || free.test(value);
    }

    private boolean isComputedAgain(Value value) {
        return again.contains(value) || switch (value.op()) {
            case Map(ScalarFn fn) -> NEARLY_FREE.contains(fn);
            case Convert _, Bitcast _, Broadcast _, Reshape _, Transpose _, Reverse _, Slice _, Windows _, Gather _,
                    Pad _, Concat _, Iota _, DimSize _, DefineSize _ -> true;
            case Project _ -> again.contains(value.operand(0));
            default -> false;
        };
    }

    private long weight(Value value) {
        if (!(value.type() instanceof TensorType type)) {
            return MinCut.UNBOUNDED;
        }
        return kept.test(value) ? 1 : 2 + SizeEstimate.bytes(type);
    }
}
