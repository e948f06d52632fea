package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.op.Constant;
import dev.sinter.op.InitialState;
import dev.sinter.op.Parameter;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Read;
import dev.sinter.op.RunNumber;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which early values memory keeps for late ones, where the place at which most memory is in use divides the values:
 * a minimum cut through the early ones. A kept value costs its bytes, a value that is computed again costs time,
 * counted as bytes. (Chen, Xu, Zhang, Guestrin, "Training Deep Nets with Sublinear Memory Cost", 2016, ask the same
 * question of chains; PyTorch's partitioner of forward and backward passes cuts as here.)
 *
 * <p>What a variable that the run writes enters into is not computed again unless memory is short: the late reader
 * could be in the way of an update in place.
 */
final class KeptValues {
    /** Costs are counted in quarters of a byte. */
    private static final long BYTE = 4;
    /** The cost of an element of a scalar function. */
    private static final long CHEAP = 1;
    private static final long EXPENSIVE = 4;
    /** The cost of an element of a value that must lie in memory for its late readers: it is written once more. */
    private static final long WRITTEN = 4;
    /** So many operations of a product take as long as a quarter of a byte. */
    private static final long FLOPS = 4;

    private static final int SOURCE = 0;
    private static final int SINK = 1;

    private final Dataflow flow;
    private final Recomputation.Policy policy;
    private final List<Value> order;
    private final Map<Value, Integer> positions = new HashMap<>();
    /** Values whose memory is not that of temporaries. */
    private final Set<Value> elsewhere = new HashSet<>();
    private final Set<String> written = new HashSet<>();
    private final Set<Value> stored = new HashSet<>();
    /** By position, where a value is read for the last time. */
    private final int[] ends;
    /** The last position of an early value; -1 where nothing is stored. */
    private final int peak;
    private long most;
    /** The early values that late ones read, or that those could be computed from, with their numbers in the cut. */
    private final Map<Value, Integer> nodes = new LinkedHashMap<>();
    /** The values at the narrow places between segments. */
    private final Set<Value> held = new HashSet<>();
    private final Set<Value> again = new HashSet<>();
    private long keptBytes;

    KeptValues(Recomputation.Result result, Recomputation.Policy policy) {
        this.flow = new Dataflow(result.function());
        this.policy = policy;
        this.order = flow.live();
        this.ends = new int[order.size()];
        for (int i = 0; i < order.size(); i++) {
            positions.put(order.get(i), i);
        }
        flow.writes().forEach(write -> {
            written.add(write.variable());
            elsewhere.add(write.value());
        });
        flow.fetches().forEach(fetch -> elsewhere.add(fetch.value()));
        elsewhere.addAll(result.inner());
        order.stream().filter(value -> isGiven(value) || isMadeOfNothing(value)).forEach(elsewhere::add);
        findStored();
        this.peak = findPeak();
        if (policy.segments() > 1) {
            holdBetweenSegments();
        }
        findNodes();
        cut();
    }

    private static boolean isGiven(Value value) {
        return value.op() instanceof Parameter || value.op() instanceof Constant || value.op() instanceof Read
                || value.op() instanceof RunNumber || value.op() instanceof InitialState;
    }

    /** Whether elements come from indices and constants alone, wherever they are read. */
    private boolean isMadeOfNothing(Value value) {
        return switch (flow.category(value)) {
            case GENERATOR -> !(value.op() instanceof RandomBits);
            case ACCESS -> !Accesses.isDynamic(value) && isMadeOfNothing(flow.operand(value, 0));
            case SOURCE, ELEMENTWISE, VIEW, REDUCE, CONTRACT, ASSEMBLE, HOST, NONE -> false;
        };
    }

    /** The early values that late ones compute again. */
    Set<Value> computedAgain() {
        return again;
    }

    /** The most bytes in use at one place. */
    long most() {
        return most;
    }

    /** The bytes that need not be kept there. */
    long spared() {
        long before = 0;
        for (Value value : order.subList(0, peak + 1)) {
            before += isKept(value) && nodes.containsKey(value) ? Costs.nominalBytes(value) : 0;
        }
        return before - keptBytes;
    }

    /** The values that are computed again and would have been kept, in order. */
    List<Value> noLongerKept() {
        return order.stream().filter(value -> again.contains(value) && isKept(value)).toList();
    }

    /** Whether a value is a late product or reduction: after it late readers compute something again. */
    boolean isLateWork(Value value) {
        return positions.getOrDefault(value, -1) > peak
                && (flow.category(value) == Category.CONTRACT || flow.category(value) == Category.REDUCE);
    }

    /** Whether an early value occupies memory that is read later. */
    private boolean isKept(Value value) {
        return stored.contains(value) && positions.get(value) <= peak && ends[positions.get(value)] > peak;
    }

    /** Finds which values will probably be stored, and where each is read for the last time. */
    private void findStored() {
        for (int i = order.size() - 1; i >= 0; i--) {
            Value value = order.get(i);
            ends[i] = i;
            for (Value user : flow.users(value)) {
                int at = positions.get(user);
                ends[i] = Math.max(ends[i], isComputedByReaders(user) ? ends[at] : at);
            }
            if (value.isTensor() && !elsewhere.contains(value) && isStored(value)) {
                stored.add(value);
            }
        }
    }

    private boolean isStored(Value value) {
        return switch (flow.category(value)) {
            case ELEMENTWISE -> flow.users(value).stream().distinct().count() > 1 || isReadFromMemory(value);
            case REDUCE, CONTRACT, ASSEMBLE, SOURCE, HOST -> true;
            case ACCESS -> Accesses.isDynamic(value);
            case VIEW, GENERATOR, NONE -> false;
        };
    }

    private boolean isComputedByReaders(Value value) {
        return !stored.contains(value) && !elsewhere.contains(value) && isCheap(flow.category(value));
    }

    private static boolean isCheap(Category category) {
        return category.canInline() || category == Category.VIEW;
    }

    /** Whether some reader takes a value from memory. */
    private boolean isReadFromMemory(Value value) {
        return flow.users(value).stream().anyMatch(this::readsMemory);
    }

    private boolean readsMemory(Value user) {
        return switch (flow.category(user)) {
            case CONTRACT, HOST, ASSEMBLE -> true;
            case ACCESS, VIEW -> Accesses.isDynamic(user) || isReadFromMemory(user);
            case SOURCE, ELEMENTWISE, GENERATOR, REDUCE, NONE -> false;
        };
    }

    /** The position after which most bytes are in use; -1 where nothing is stored. */
    private int findPeak() {
        long[] changes = new long[order.size() + 1];
        for (Value value : stored) {
            int at = positions.get(value);
            changes[at] += Costs.nominalBytes(value);
            changes[ends[at] + 1] -= Costs.nominalBytes(value);
        }
        long live = 0;
        int found = -1;
        for (int i = 0; i < order.size(); i++) {
            live += changes[i];
            if (live > most) {
                most = live;
                found = i;
            }
        }
        return found;
    }

    /**
     * Cuts the early values into segments that would keep about as many bytes each, where the fewest bytes lead from
     * one to the next.
     */
    private void holdBetweenSegments() {
        int[] earlyEnds = new int[peak + 1];
        long[] crossing = new long[peak + 2];
        long[] keptUpTo = new long[peak + 2];
        for (int i = peak; i >= 0; i--) {
            Value value = order.get(i);
            earlyEnds[i] = i;
            for (Value user : flow.users(value)) {
                int at = positions.get(user);
                if (at <= peak) {
                    earlyEnds[i] = Math.max(earlyEnds[i], isComputedByReaders(user) ? earlyEnds[at] : at);
                }
            }
            if (stored.contains(value)) {
                crossing[i] += Costs.nominalBytes(value);
                crossing[earlyEnds[i]] -= Costs.nominalBytes(value);
            }
            keptUpTo[i] = isKept(value) ? Costs.nominalBytes(value) : 0;
        }
        for (int i = 1; i <= peak; i++) {
            crossing[i] += crossing[i - 1];
            keptUpTo[i] += keptUpTo[i - 1];
        }
        long each = keptUpTo[Math.max(0, peak)] / policy.segments();
        for (int segment = 1; segment < policy.segments(); segment++) {
            int narrowest = -1;
            for (int i = 0; i <= peak; i++) {
                boolean near = Math.abs(keptUpTo[i] - segment * each) <= each / 2;
                if (near && (narrowest < 0 || crossing[i] < crossing[narrowest])) {
                    narrowest = i;
                }
            }
            for (int i = 0; i <= narrowest; i++) {
                if (stored.contains(order.get(i)) && earlyEnds[i] > narrowest) {
                    held.add(order.get(i));
                }
            }
        }
    }

    private void findNodes() {
        for (int i = peak; i >= 0; i--) {
            Value value = order.get(i);
            if (value.isTensor() && !elsewhere.contains(value) && flow.users(value).stream().anyMatch(user ->
                    positions.get(user) > peak || nodes.containsKey(user) && mayRepeat(user))) {
                nodes.put(value, 2 * nodes.size() + 2);
            }
        }
    }

    private boolean mayRepeat(Value value) {
        if (Dataflow.canFail(value) || !flow.before(value).isEmpty() || value.op() instanceof Project
                || flow.category(value) == Category.HOST || held.contains(value)) {
            return false;
        }
        return policy.anyWork() || isCheap(flow.category(value)) && !(value.op() instanceof RandomBits)
                && !Accesses.isDynamic(value) && flow.operands(value).stream().noneMatch(this::isOverwritten);
    }

    private boolean isOverwritten(Value value) {
        return value.op() instanceof Read && flow.canon(value.operand(0)).op() instanceof InitialState state
                && written.contains(state.variable());
    }

    private void cut() {
        MinimumCut cut = new MinimumCut(2 * nodes.size() + 2);
        nodes.forEach((value, node) -> {
            boolean mayRepeat = mayRepeat(value);
            cut.edge(node, node + 1, BYTE * policy.weight() * Costs.nominalBytes(value));
            cut.edge(SOURCE, node, mayRepeat ? costOfRepeating(value) : MinimumCut.UNCUT);
            if (mayRepeat) {
                flow.operands(value).stream().filter(nodes::containsKey)
                        .forEach(operand -> cut.edge(nodes.get(operand) + 1, node, MinimumCut.UNCUT));
            }
            if (flow.users(value).stream().anyMatch(user -> positions.get(user) > peak)) {
                cut.edge(node + 1, SINK, MinimumCut.UNCUT);
            }
        });
        BitSet reached = cut.reached(SOURCE, SINK);
        nodes.forEach((value, node) -> {
            if (!reached.get(node)) {
                again.add(value);
            } else if (!reached.get(node + 1)) {
                keptBytes += Costs.nominalBytes(value);
            }
        });
    }

    /** At least 1: of two ways that cost the same, the one without the repetition is taken. */
    private long costOfRepeating(Value value) {
        long elements = value.shape().elementCount().assumed();
        boolean isWritten = flow.users(value).stream()
                .anyMatch(user -> positions.get(user) > peak && readsMemory(user));
        return 1 + switch (flow.category(value)) {
            case ELEMENTWISE -> elements * ((Costs.isExpensive(value) ? EXPENSIVE : CHEAP) + (isWritten ? WRITTEN : 0));
            case GENERATOR -> Costs.isExpensive(value) ? elements * EXPENSIVE : 0;
            case REDUCE -> CHEAP * value.operand(0).shape().elementCount().assumed();
            case CONTRACT -> Costs.flops(value) / FLOPS + WRITTEN * elements;
            case ASSEMBLE -> WRITTEN * elements;
            case ACCESS, VIEW, SOURCE, HOST, NONE -> 0;
        };
    }
}
