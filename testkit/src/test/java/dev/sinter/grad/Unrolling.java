package dev.sinter.grad;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.Concat;
import dev.sinter.op.Loop;
import dev.sinter.op.Op;
import dev.sinter.op.Project;
import dev.sinter.op.Reshape;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Writes the iterations of loops one after the other. */
final class Unrolling {
    private Unrolling() {}

    /**
     * The function without loops.
     *
     * @param trips how many iterations a loop without a known length has; its condition is not looked at
     */
    static Function unrolled(Function function, int trips) {
        Function current = function;
        while (hasLoop(current)) {
            current = current.remade((b, value, operands) -> switch (value.op()) {
                case Loop loop -> unrolled(b, loop, operands, trips);
                case Project project -> b.project(operands.getFirst(), project.index());
                default -> b.add(withoutLoops(value.op(), trips), operands);
            });
        }
        return current;
    }

    private static Op withoutLoops(Op op, int trips) {
        return op.regions().isEmpty() ? op : op.withRegions(op.regions().stream()
                .map(region -> region.map(body -> unrolled(body, trips))).toList());
    }

    /** Whether there is a loop in a function or in a region at any depth. */
    static boolean hasLoop(Function function) {
        return function.values().stream().map(Value::op).anyMatch(op -> op instanceof Loop
                || op.regions().stream().anyMatch(region -> hasLoop(region.function())));
    }

    private static Value unrolled(Builder b, Loop loop, List<Value> operands, int trips) {
        long length = loop.trips().length().isPresent() && loop.trips().length().get().isConstant()
                ? loop.trips().length().get().constant() : trips;
        long count = loop.trips().limited() || loop.trips().conditional() ? Math.min(trips, length) : length;
        long most = loop.trips().limited() ? count : length;
        List<Value> carries = operands.subList(loop.firstCarry(), loop.firstCapture());
        List<List<Value>> rows = new ArrayList<>();
        for (int i = 0; i < loop.stacked(); i++) {
            rows.add(new ArrayList<>());
        }
        for (long i = 0; i < count; i++) {
            long index = loop.trips().reverse() ? most - 1 - i : i;
            List<Value> arguments = new ArrayList<>(List.of(b.scalar(DType.INT64, index)));
            operands.subList(loop.firstSequence(), loop.firstCarry())
                    .forEach(sequence -> arguments.add(element(b, sequence, index)));
            arguments.addAll(carries);
            arguments.addAll(operands.subList(loop.firstCapture(), operands.size()));
            List<Value> results = loop.body().inline(b, arguments);
            carries = results.subList(0, loop.carries());
            for (int j = 0; j < loop.stacked(); j++) {
                List<Value> row = rows.get(j);
                row.add(results.get(loop.carries() + j));
            }
        }
        List<Value> results = new ArrayList<>(carries);
        for (int j = 0; j < loop.stacked(); j++) {
            results.add(stacked(b, loop, j, rows.get(j), length, most));
        }
        if (loop.trips().conditional()) {
            results.add(b.scalar(DType.INT64, count));
        }
        return b.tuple(results);
    }

    private static Value element(Builder b, Value sequence, long index) {
        List<Dim> starts = new ArrayList<>(Collections.nCopies(sequence.rank(), Dim.ZERO));
        List<Dim> limits = new ArrayList<>(sequence.shape().dims());
        starts.set(0, Dim.of(index));
        limits.set(0, Dim.of(index + 1));
        Value row = b.add(new Slice(starts, limits, Collections.nCopies(sequence.rank(), 1L)), sequence);
        return b.add(new Reshape(new Shape(limits.subList(1, limits.size()))), row);
    }

    private static Value stacked(Builder b, Loop loop, int position, List<Value> rows, long length,
            long most) {
        var type = loop.body().tensorResults().get(loop.carries() + position);
        List<Value> all = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            long iteration = loop.trips().reverse() ? most - 1 - i : i;
            Value row = iteration >= 0 && iteration < rows.size() ? rows.get((int) iteration)
                    : b.full(type.dtype(), type.shape(), 0);
            List<Dim> dims = new ArrayList<>(List.of(Dim.ONE));
            dims.addAll(type.shape().dims());
            all.add(b.add(new Reshape(new Shape(dims)), row));
        }
        if (all.isEmpty()) {
            List<Dim> dims = new ArrayList<>(List.of(Dim.ZERO));
            dims.addAll(type.shape().dims());
            return b.full(type.dtype(), new Shape(dims), 0);
        }
        return b.add(new Concat(0), all);
    }
}
