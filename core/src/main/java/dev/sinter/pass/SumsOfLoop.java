package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Invariants;
import dev.sinter.ir.SizeEstimate;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Contract;
import dev.sinter.op.LeadingAxis;
import dev.sinter.op.Loop;
import dev.sinter.op.Map;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Transpose;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The sums over the iterations of a loop of values of its body, computed after it of what is stacked. A term
 * can be summed up where it is stacked, or made by linear ops of what can be summed up, or a product of two
 * factors that are stacked or can be. A factor that is the same in every iteration is taken out of a sum of
 * products of integers, which wrap; of floats it changes rounding, and a sum of large numbers may overflow
 * that never meets the small factor.
 *
 * <p>Factors are stacked for the sake of a sum where all of them together are at most twice as large as what an
 * iteration reads and stacks already: a loop without history gets none.
 */
final class SumsOfLoop {
    private final Builder b;
    private final LoopCopy copy;
    private final boolean exact;
    private final boolean reassociate;
    private final Set<Value> invariant;
    private final Set<Value> stacked;
    private final Set<Value> more = new LinkedHashSet<>();
    private final long streamed;
    /** By term: its sum. */
    private final java.util.Map<Value, Value> sums = new HashMap<>();

    /**
     * The sums of a loop.
     *
     * @param reassociate whether they may be rounded in another way than by another order of additions
     */
    SumsOfLoop(Builder b, Loop loop, LoopCopy copy, boolean reassociate) {
        this.b = b;
        this.copy = copy;
        this.reassociate = reassociate;
        this.exact = !loop.trips().limited() && !loop.trips().conditional();
        this.invariant = Invariants.of(loop.body().function(), copy.captures());
        this.stacked = new LinkedHashSet<>(copy.stacked());
        long bytes = stacked.stream().mapToLong(SizeEstimate::bytes).sum();
        for (Value parameter : loop.body().function().parameters()) {
            bytes += copy.isSequence(parameter) ? SizeEstimate.bytes(parameter) : 0;
        }
        this.streamed = bytes;
    }

    /** Whether the sum of some terms is computed after the loop; if so, what it needs will be stacked. */
    boolean accepts(List<Value> terms) {
        Set<Value> added = new LinkedHashSet<>();
        if (terms.stream().allMatch(term -> canSum(term, added))) {
            more.addAll(added);
            return true;
        }
        return false;
    }

    /** Whether the values of all iterations are there without more being stacked. */
    private boolean isKept(Value value) {
        return stacked.contains(value) || exact && copy.isSequence(value);
    }

    private boolean isStacked(Value value) {
        return isKept(value) || more.contains(value);
    }

    private boolean canSum(Value root, Set<Value> added) {
        Set<Value> seen = new HashSet<>(List.of(root));
        Deque<Value> pending = new ArrayDeque<>(seen);
        while (!pending.isEmpty()) {
            Value term = pending.pop();
            if (isFactor(term, added)) {
                continue;
            }
            Optional<List<Value>> linear = linearIn(term, added);
            if (linear.isEmpty()) {
                return false;
            }
            linear.get().reversed().stream().filter(seen::add).forEach(pending::push);
        }
        return true;
    }

    /** The values whose sums give the sum of a term; empty where it has no such sum. */
    private Optional<List<Value>> linearIn(Value term, Set<Value> added) {
        return switch (term.op()) {
            case Map(ScalarFn fn) when fn == ScalarFn.NEG || fn == ScalarFn.ADD || fn == ScalarFn.SUB ->
                    Optional.of(term.operands());
            case Map(ScalarFn fn) when fn == ScalarFn.MUL -> isFactor(term.operand(0), added)
                    && isFactor(term.operand(1), added) ? Optional.of(List.of()) : Optional.empty();
            case Transpose _, Reshape _, Broadcast _ -> Optional.of(term.operands());
            case Reduce(ReduceFn fn, List<Integer> _) when fn == ReduceFn.SUM -> Optional.of(term.operands());
            case Contract _ -> factorsOf(term, added);
            default -> Optional.empty();
        };
    }

    private boolean isFactor(Value value, Set<Value> added) {
        return isStacked(value) || added.contains(value);
    }

    private Optional<List<Value>> factorsOf(Value term, Set<Value> added) {
        List<Value> varying = term.operands().stream().filter(factor -> !invariant.contains(factor)).toList();
        if (varying.size() < 2) {
            return reassociate || term.dtype().isInteger() ? Optional.of(varying).filter(sums -> !sums.isEmpty())
                    : Optional.empty();
        }
        Set<Value> all = new HashSet<>(more);
        all.addAll(added);
        all.addAll(varying);
        all.removeIf(this::isKept);
        if (all.stream().mapToLong(SizeEstimate::bytes).sum() > 2 * streamed) {
            return Optional.empty();
        }
        varying.stream().filter(factor -> !isKept(factor)).forEach(added::add);
        return Optional.of(List.of());
    }

    /** Stacks what the sums need. */
    void stack() {
        more.removeIf(this::isKept);
        more.forEach(value -> copy.builder().stack(copy.copy(value)));
    }

    boolean stacksMore() {
        return !more.isEmpty();
    }

    /** A start plus the sums of some terms, once the loop is made. */
    Value sum(Value start, List<Value> terms) {
        List<Value> parts = new ArrayList<>(start.isZero() ? List.of() : List.of(start));
        terms.forEach(term -> parts.add(sum(term)));
        return parts.stream().reduce(b::plus).orElseThrow();
    }

    /** The sum of a term; what several values are made of is summed up once. */
    private Value sum(Value root) {
        Set<Value> needed = new TreeSet<>(Comparator.comparingInt(Value::id));
        Deque<Value> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            Value term = pending.pop();
            if (needed.add(term)) {
                sumsFor(term).forEach(pending::push);
            }
        }
        needed.stream().filter(term -> !sums.containsKey(term)).forEach(term -> sums.put(term, sumOf(term)));
        return sums.get(root);
    }

    /** The values whose sums the sum of a term is made of. */
    private List<Value> sumsFor(Value term) {
        if (isStacked(term)) {
            return List.of();
        }
        return switch (term.op()) {
            case Map(ScalarFn fn) when fn == ScalarFn.MUL -> List.of();
            case Reduce _ when isStacked(term.operand(0)) -> List.of();
            case Contract _ -> term.operands().stream().anyMatch(invariant::contains)
                    ? term.operands().stream().filter(factor -> !invariant.contains(factor)).toList() : List.of();
            default -> term.operands();
        };
    }

    private Value sumOf(Value term) {
        if (isStacked(term)) {
            return b.reduceSum(stackOf(term), List.of(0));
        }
        return switch (term.op()) {
            case Map(ScalarFn fn) when fn == ScalarFn.MUL ->
                    b.reduceSum(b.times(stackOf(term.operand(0)), stackOf(term.operand(1))), List.of(0));
            case Reduce(ReduceFn fn, List<Integer> axes) when isStacked(term.operand(0)) -> b.reduce(fn,
                    stackOf(term.operand(0)),
                    IntStream.concat(IntStream.of(0), axes.stream().mapToInt(axis -> axis + 1))
                            .boxed().toList());
            case Contract op -> contract(op, term);
            default -> b.add(term.op(), term.operands().stream().map(sums::get).toList());
        };
    }

    private Value contract(Contract op, Value term) {
        Value x = term.operand(0);
        Value y = term.operand(1);
        if (invariant.contains(x) || invariant.contains(y)) {
            return b.add(op, invariant.contains(x) ? copy.outside(x) : sums.get(x),
                    invariant.contains(y) ? copy.outside(y) : sums.get(y));
        }
        char letter = LeadingAxis.freeLetter(op);
        return b.contract(letter + op.lhs(), letter + op.rhs(), op.out(), stackOf(x), stackOf(y));
    }

    private Value stackOf(Value value) {
        return exact && copy.isSequence(value) && !stacked.contains(value) ? copy.operand(value)
                : copy.builder().stackOf(copy.copy(value));
    }
}
