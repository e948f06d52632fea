package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.Loop;
import dev.sinter.op.ScalarFn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Computes after a loop what its iterations only add up: the sum over iterations of products is one
 * contraction over the stacked factors (as Theano's push-out), the sum of something that is stacked anyway
 * is a reduction. A carry is added up where its next value is itself plus terms that do not depend on it,
 * and nothing else reads either.
 *
 * <p>The order of additions changes. It is no part of the meaning of a sum: a contraction adds up in the
 * order that the back end likes, by sizes alone.
 */
final class SumAfterLoop implements Pass {
    private static final Decision DECISION = new Decision("a sum over iterations is computed after the loop");

    @Override
    public String name() {
        return "sum-after-loop";
    }

    @Override
    public String reason() {
        return "gradients of weights are one product of matrices instead of a small one an iteration";
    }

    @Override
    public Function run(Function function, PassContext context) {
        return LoopRewriting.of(function,
                value -> value.op() instanceof Loop loop && loop.trips().length().isPresent()
                        && !loop.body().definesSizes(),
                (b, value, operands, read) -> summed(b, (Loop) value.op(), operands, read,
                        context));
    }

    private static List<Value> summed(Builder b, Loop loop, List<Value> operands, Set<Integer> read,
            PassContext context) {
        LoopCopy copy = new LoopCopy(b, loop, operands);
        Map<Value, Integer> uses = uses(loop.body().function());
        Map<Integer, List<Value>> sums = new TreeMap<>();
        for (int carry = 0; carry < loop.carries(); carry++) {
            List<Value> terms = terms(copy.carry(carry), copy.nexts().get(carry), uses);
            if (!terms.isEmpty() && read.contains(carry)) {
                sums.put(carry, terms);
            }
        }
        SumsOfLoop after = new SumsOfLoop(b, loop, copy, context.options().reassociate());
        boolean changed = true;
        Map<Integer, List<Value>> chosen = new TreeMap<>();
        while (changed) {
            changed = false;
            for (Map.Entry<Integer, List<Value>> sum : sums.entrySet()) {
                if (!chosen.containsKey(sum.getKey()) && context.mayApply() && after.accepts(sum.getValue())) {
                    context.applied(DECISION);
                    chosen.put(sum.getKey(), sum.getValue());
                    changed = true;
                }
            }
        }
        for (int i = chosen.size(); i < sums.size(); i++) {
            context.refuses("a sum stays in its loop: its terms are not made of what is stacked by sums and"
                    + " products, or the loop would have to stack more than it reads and stacks");
        }
        if (chosen.isEmpty()) {
            return LoopRewriting.results(b, b.add(loop, operands));
        }
        for (int i = 0; i < loop.carries(); i++) {
            if (!chosen.containsKey(i)) {
                copy.keepCarry(i);
            }
        }
        for (int i = 0; i < loop.carries(); i++) {
            if (!chosen.containsKey(i)) {
                copy.next(i);
            }
        }
        copy.stacked().forEach(element -> copy.builder().stack(copy.copy(element)));
        after.stack();
        copy.keepOthers();
        boolean remains = chosen.size() < loop.carries() || loop.stacked() > 0 || after.stacksMore()
                || !copy.others().isEmpty();
        if (remains) {
            copy.build();
        }
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < loop.carries(); i++) {
            results.add(!chosen.containsKey(i) ? copy.last(i)
                    : after.sum(operands.get(loop.firstCarry() + i), chosen.get(i)));
        }
        copy.stacked().forEach(element -> results.add(copy.builder().stackOf(copy.copy(element))));
        results.addAll(copy.otherResults());
        return results;
    }

    private static Map<Value, Integer> uses(Function function) {
        Map<Value, Integer> uses = new HashMap<>();
        function.values().forEach(value -> value.operands()
                .forEach(operand -> uses.merge(operand, 1, Integer::sum)));
        function.results().forEach(result -> uses.merge(result, 1, Integer::sum));
        return uses;
    }

    /** What is added to a carry, where nothing else happens to it. */
    private static List<Value> terms(Value carry, Value next, Map<Value, Integer> uses) {
        List<Value> terms = new ArrayList<>();
        Value sum = next;
        while (sum != carry) {
            if (!isSumReadOnce(sum, uses)) {
                return List.of();
            }
            boolean left = leadsTo(sum.operand(0), carry, uses);
            if (left == leadsTo(sum.operand(1), carry, uses)) {
                return List.of();
            }
            terms.add(sum.operand(left ? 1 : 0));
            sum = sum.operand(left ? 0 : 1);
        }
        return uses.get(carry) == 1 ? terms.reversed() : List.of();
    }

    /** Whether a value is a carry plus other values, each of them read once. */
    private static boolean leadsTo(Value value, Value carry, Map<Value, Integer> uses) {
        Deque<Value> pending = new ArrayDeque<>(List.of(value));
        while (!pending.isEmpty()) {
            Value next = pending.pop();
            if (next == carry) {
                return true;
            }
            if (isSumReadOnce(next, uses)) {
                next.operands().forEach(pending::push);
            }
        }
        return false;
    }

    private static boolean isSumReadOnce(Value value, Map<Value, Integer> uses) {
        return value.op() instanceof dev.sinter.op.Map(ScalarFn fn) && fn == ScalarFn.ADD
                && uses.get(value) == 1;
    }
}
