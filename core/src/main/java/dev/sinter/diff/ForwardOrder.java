package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.LoopBuilder;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Concat;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.Loop;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A loop whose indices go down until a condition ends it, written as one whose indices go up, between
 * tensors whose rows are reversed. The indices of the first end at a number that no limit expresses, so that
 * no loop goes back over them; those of the second begin at 0.
 */
final class ForwardOrder {
    private final Loop loop;

    private ForwardOrder(Loop loop) {
        this.loop = loop;
    }

    static boolean isNeeded(Loop loop) {
        return loop.trips().reverse() && loop.trips().conditional() && loop.trips().length().isPresent();
    }

    /** The function from the loop's operands to its tensor results. */
    static Region of(Loop loop, List<Value> operands) {
        List<TensorType> types = operands.stream().map(Value::tensorType).toList();
        return Region.of(types, new ForwardOrder(loop)::results);
    }

    private List<Value> results(Builder b, List<Value> operands) {
        Loop.Trips trips = loop.trips();
        Value length = b.dimSize(trips.length().orElseThrow());
        Optional<Value> limit = !trips.limited() ? Optional.empty() : Optional.of(b.map(ScalarFn.MIN, length,
                b.map(ScalarFn.MAX, operands.getFirst(), b.scalar(DType.INT64, 0))));
        LoopBuilder up = new LoopBuilder(b, new Loop.Trips(trips.length(), trips.limited(), true, false),
                operands.subList(0, loop.firstSequence()));
        Builder r = up.body();
        Value last = r.minus(up.capture(limit.orElse(length)), r.scalar(DType.INT64, 1));
        List<Value> arguments = new ArrayList<>(List.of(r.minus(last, up.index())));
        operands.subList(loop.firstSequence(), loop.firstCarry())
                .forEach(sequence -> arguments.add(up.sequence(reversed(b, sequence, limit))));
        List<Value> carries = operands.subList(loop.firstCarry(), loop.firstCapture()).stream()
                .map(up::carry).toList();
        arguments.addAll(carries);
        operands.subList(loop.firstCapture(), operands.size())
                .forEach(value -> arguments.add(up.capture(value)));
        List<Value> inside = loop.body().inline(r, arguments);
        for (int i = 0; i < carries.size(); i++) {
            up.next(carries.get(i), inside.get(i));
        }
        List<Value> stacked = inside.subList(loop.carries(), loop.carries() + loop.stacked());
        stacked.forEach(up::stack);
        up.goesOn(inside.get(loop.goesOnResult()));
        up.build();
        List<Value> results = new ArrayList<>(carries.stream().map(up::last).toList());
        stacked.forEach(value -> results.add(reversed(b, up.stackOf(value), limit)));
        results.add(up.count());
        return results;
    }

    /** The rows before the limit in the opposite order; behind it zeros. */
    private static Value reversed(Builder b, Value rows, Optional<Value> limit) {
        Value reversed = b.add(new Reverse(List.of(0)), rows);
        if (limit.isEmpty()) {
            return reversed;
        }
        Dim length = rows.shape().dim(0);
        Value more = b.add(new Concat(0), reversed, b.zerosLike(rows));
        List<Value> operands = new ArrayList<>(List.of(more, b.minus(b.dimSize(length), limit.get())));
        while (operands.size() <= rows.rank()) {
            operands.add(b.scalar(DType.INT64, 0));
        }
        return b.add(new DynamicSlice(rows.shape()), operands);
    }
}
