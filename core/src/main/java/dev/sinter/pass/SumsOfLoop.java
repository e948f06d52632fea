package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Invariants;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.Loop;
import dev.sinter.op.Map;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reshape;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Transpose;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The sums over the iterations of a loop of values of its body, computed after it of what is stacked. A term
 * can be summed up where it is stacked, or made by linear ops of what can be summed up, or a product of two
 * factors that are stacked or can be.
 *
 * <p>Factors are stacked for the sake of a sum where they are no larger than their product, or than what an
 * iteration reads and stacks already: the history of the loop at most doubles.
 */
final class SumsOfLoop {
    private final Builder b;
    private final LoopCopy copy;
    private final boolean exact;
    private final Set<Value> invariant;
    private final Set<Value> stacked;
    private final Set<Value> more = new LinkedHashSet<>();
    private final long streamed;

    SumsOfLoop(Builder b, Loop loop, LoopCopy copy) {
        this.b = b;
        this.copy = copy;
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

    private boolean isStacked(Value value) {
        return stacked.contains(value) || more.contains(value) || exact && copy.isSequence(value);
    }

    private boolean canSum(Value term, Set<Value> added) {
        if (isStacked(term) || added.contains(term)) {
            return true;
        }
        return switch (term.op()) {
            case Map(ScalarFn fn) when fn == ScalarFn.NEG -> canSum(term.operand(0), added);
            case Map(ScalarFn fn) when fn == ScalarFn.ADD || fn == ScalarFn.SUB ->
                    canSum(term.operand(0), added) && canSum(term.operand(1), added);
            case Map(ScalarFn fn) when fn == ScalarFn.MUL ->
                    isFactor(term.operand(0), added) && isFactor(term.operand(1), added);
            case Transpose _, Reshape _, Broadcast _ -> canSum(term.operand(0), added);
            case Reduce(ReduceFn fn, List<Integer> _) -> fn == ReduceFn.SUM
                    && canSum(term.operand(0), added);
            case Contract _ -> canContract(term, added);
            default -> false;
        };
    }

    private boolean isFactor(Value value, Set<Value> added) {
        return isStacked(value) || added.contains(value);
    }

    private boolean canContract(Value term, Set<Value> added) {
        Value x = term.operand(0);
        Value y = term.operand(1);
        if (invariant.contains(x) || invariant.contains(y)) {
            return !invariant.contains(x) && canSum(x, added) || !invariant.contains(y) && canSum(y, added);
        }
        List<Value> missing = List.of(x, y).stream().filter(factor -> !isFactor(factor, added)).distinct()
                .toList();
        long bytes = missing.stream().mapToLong(SizeEstimate::bytes).sum();
        if (bytes <= SizeEstimate.bytes(term) || bytes <= streamed) {
            added.addAll(missing);
            return true;
        }
        return false;
    }

    /** Stacks what the sums need. */
    void stack() {
        more.removeIf(value -> stacked.contains(value) || exact && copy.isSequence(value));
        more.forEach(value -> copy.builder().stack(copy.copy(value)));
    }

    boolean stacksMore() {
        return !more.isEmpty();
    }

    /** A start plus the sums of some terms, once the loop is made. */
    Value sum(Value start, List<Value> terms) {
        List<Value> parts = new ArrayList<>(isZero(start) ? List.of() : List.of(start));
        terms.forEach(term -> parts.add(sum(term)));
        return parts.stream().reduce(b::plus).orElseThrow();
    }

    private static boolean isZero(Value value) {
        Value source = value;
        while (source.op() instanceof Broadcast) {
            source = source.operand(0);
        }
        return source.op() instanceof Constant constant && constant.array().elementCount() == 1
                && constant.array().getDouble(0) == 0;
    }

    /** The sum of a term. Linear ops nest no deeper than a user's expression of one gradient. */
    private Value sum(Value term) {
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
            default -> b.add(term.op(), term.operands().stream().map(this::sum).toList());
        };
    }

    private Value contract(Contract op, Value term) {
        Value x = term.operand(0);
        Value y = term.operand(1);
        if (invariant.contains(x) || invariant.contains(y)) {
            return b.add(op, invariant.contains(x) ? copy.outside(x) : sum(x),
                    invariant.contains(y) ? copy.outside(y) : sum(y));
        }
        char letter = Batching.freeLetter(op);
        return b.contract(letter + op.lhs(), letter + op.rhs(), op.out(), stackOf(x), stackOf(y));
    }

    private Value stackOf(Value value) {
        return exact && copy.isSequence(value) && !stacked.contains(value) ? copy.operand(value)
                : copy.builder().stackOf(copy.copy(value));
    }
}
