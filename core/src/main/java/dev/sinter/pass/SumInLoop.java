package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.SizeEstimate;
import dev.sinter.ir.Value;
import dev.sinter.op.Concat;
import dev.sinter.op.DefineSize;
import dev.sinter.op.Loop;
import dev.sinter.op.Project;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Adds up in a loop what it stacks, where the sum over its iterations is read: the elements of an iteration are at
 * hand when they are made, and a long history would be read once more. The other axes of the sum are summed up
 * after the loop. What an iteration joins of elementwise parts is added up part by part, by the kernel that makes
 * them.
 */
final class SumInLoop implements Pass {
    private static final Decision DECISION = new Decision("a long history is summed up while its loop stacks it");
    /** The bytes of a history that is read from far memory. */
    private static final long LONG = 4 << 20;
    /** The bytes of a sum that stays in a cache. */
    private static final long NEAR = 256 << 10;

    @Override
    public String name() {
        return "sum-in-loop";
    }

    @Override
    public String reason() {
        return "the gradient of a bias reads no history";
    }

    @Override
    public Function run(Function function, PassContext context) {
        Map<Value, Map<Integer, List<Value>>> sums = new HashMap<>();
        List<Value> values = function.values();
        if (values.stream().anyMatch(value -> value.op() instanceof DefineSize)) {
            // A sum may have a size that is found after the loop.
            return function;
        }
        for (Value value : values) {
            if (isSum(value)) {
                int index = ((Project) value.operand(0).op()).index();
                sums.computeIfAbsent(value.operand(0).operand(0), any -> new LinkedHashMap<>())
                        .computeIfAbsent(index, any -> new ArrayList<>()).add(value);
            }
        }
        Map<Value, Value> made = new HashMap<>();
        return LoopRewriting.of(function, sums::containsKey, made, (b, value, operands, read) ->
                context.decides(DECISION) ? summed(b, (Loop) value.op(), operands, sums.get(value), made)
                        : LoopRewriting.results(b, b.add(value.op(), operands)));
    }

    /** Whether a value is the sum over the iterations, and perhaps more axes, of a long history with small elements. */
    private static boolean isSum(Value value) {
        if (!(value.op() instanceof Reduce(ReduceFn fn, List<Integer> axes)) || fn != ReduceFn.SUM
                || !axes.contains(0) || !(value.operand(0).op() instanceof Project(int index))
                || !(value.operand(0).operand(0).op() instanceof Loop loop)) {
            return false;
        }
        boolean stacked = index >= loop.carries() && index < loop.carries() + loop.stacked();
        return stacked && !loop.body().definesSizes() && SizeEstimate.bytes(value.operand(0)) >= LONG
                && SizeEstimate.bytes(loop.stackedTypes().get(index - loop.carries())) <= NEAR
                && parts(loop.body().function().results().get(index), axes).stream()
                        .allMatch(part -> part.op() instanceof dev.sinter.op.Map);
    }

    /** The parts of an element that are joined along an axis which is not summed. */
    private static List<Value> parts(Value element, List<Integer> axes) {
        return element.op() instanceof Concat concat && !axes.contains(concat.axis() + 1)
                ? element.operands() : List.of(element);
    }

    private static List<Value> summed(Builder b, Loop loop, List<Value> operands, Map<Integer, List<Value>> sums,
            Map<Value, Value> made) {
        LoopCopy copy = new LoopCopy(b, loop, operands);
        for (int i = 0; i < loop.carries(); i++) {
            copy.keepCarry(i);
        }
        Map<Value, Value> carries = new LinkedHashMap<>();
        sums.forEach((index, all) -> all.forEach(sum -> parts(copy.stacked().get(index - loop.carries()),
                ((Reduce) sum.op()).axes()).forEach(part -> carries.computeIfAbsent(part, any -> copy.builder().carry(
                        b.full(part.dtype(), part.shape(), 0))))));
        for (int i = 0; i < loop.carries(); i++) {
            copy.next(i);
        }
        carries.forEach((part, carry) -> copy.builder().next(carry,
                copy.builder().body().plus(carry, copy.copy(part))));
        copy.stacked().forEach(element -> copy.builder().stack(copy.copy(element)));
        copy.keepOthers();
        copy.build();
        List<Value> results = new ArrayList<>();
        for (int i = 0; i < loop.carries(); i++) {
            results.add(copy.last(i));
        }
        copy.stacked().forEach(element -> results.add(copy.builder().stackOf(copy.copy(element))));
        results.addAll(copy.otherResults());
        sums.forEach((index, all) -> all.forEach(sum -> made.put(sum, total(b,
                copy.stacked().get(index - loop.carries()), ((Reduce) sum.op()).axes(),
                part -> copy.builder().last(carries.get(part))))));
        return results;
    }

    /** The sum of an element that was added up part by part. */
    private static Value total(Builder b, Value element, List<Integer> axes, UnaryOperator<Value> last) {
        List<Integer> inner = axes.stream().filter(axis -> axis > 0).map(axis -> axis - 1).toList();
        List<Value> totals = parts(element, axes).stream().map(last)
                .map(sum -> inner.isEmpty() ? sum : b.reduceSum(sum, inner)).toList();
        if (totals.size() == 1) {
            return totals.getFirst();
        }
        int axis = ((Concat) element.op()).axis();
        return b.add(new Concat(axis - (int) inner.stream().filter(other -> other < axis).count()), totals);
    }
}
