package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.Absence;
import dev.sinter.op.Constant;
import dev.sinter.op.Pad;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The sum of the gradients of one value. Those that come from slices side by side, each zero but for its slice, are
 * laid side by side instead of added up: the gradient of a split is a concatenation.
 */
final class GradientSum {
    private GradientSum() {}

    /** The sum of gradients of a value; of a tuple element by element, where each may be absent. */
    static Value of(Builder b, Value of, List<Value> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        return switch (of.type()) {
            case TapeType _ -> parts.stream().reduce((x, y) ->
                    LoopDerivative.sum(b, LoopDerivative.length(b, of), x, y)).orElseThrow();
            case TupleType tuple -> {
                List<Value> elements = new ArrayList<>();
                for (int i = 0; i < tuple.elements().size(); i++) {
                    elements.add(element(b, of, tuple.elements().get(i), i, parts));
                }
                yield b.tuple(elements);
            }
            case TensorType _ -> sideBySide(b, parts).stream().reduce(b::plus).orElseThrow();
            case Type.StateType _, Type.TokenType _ -> parts.getFirst();
        };
    }

    private static Value element(Builder b, Value tuple, Type type, int index, List<Value> parts) {
        List<Value> present = parts.stream().map(part -> b.project(part, index))
                .filter(part -> !Absence.is(part)).toList();
        return present.isEmpty() ? Absence.of(b) : ReverseMode.isFloat(type)
                ? of(b, b.project(tuple, index), present) : present.getFirst();
    }

    /** The parts with neighbouring slices joined; their sum is the same. */
    private static List<Value> sideBySide(Builder b, List<Value> parts) {
        List<Value> joined = new ArrayList<>();
        Set<Value> open = new LinkedHashSet<>(parts);
        if (open.size() < parts.size()) {
            return parts;
        }
        for (Value part : parts) {
            int axis = paddedAxis(part);
            if (!open.contains(part) || axis < 0 || open.stream().anyMatch(before -> precedes(before, part, axis))) {
                continue;
            }
            List<Value> row = new ArrayList<>();
            Optional<Value> next = Optional.of(part);
            while (next.isPresent()) {
                Value last = next.get();
                open.remove(last);
                row.add(last);
                next = open.stream().filter(after -> precedes(last, after, axis)).findFirst();
            }
            joined.add(joined(b, row, axis));
        }
        joined.addAll(open);
        return joined;
    }

    /** The only axis along which zeros are added to a value; -1 where it is no such value. */
    private static int paddedAxis(Value part) {
        if (!(part.op() instanceof Pad pad) || pad.interior().stream().anyMatch(interior -> interior != 0)
                || !(part.operand(1).op() instanceof Constant zero) || zero.array().getDouble(0) != 0) {
            return -1;
        }
        List<Integer> axes = IntStream.range(0, part.rank()).filter(axis -> !pad.low().get(axis).isConstant(0)
                || !pad.high().get(axis).isConstant(0)).boxed().toList();
        return axes.size() == 1 ? axes.getFirst() : -1;
    }

    private static boolean precedes(Value left, Value right, int axis) {
        return left != right && paddedAxis(left) == axis && paddedAxis(right) == axis
                && end(left, axis).equals(((Pad) right.op()).low().get(axis));
    }

    private static Dim end(Value part, int axis) {
        return ((Pad) part.op()).low().get(axis).plus(part.operand(0).shape().dim(axis));
    }

    private static Value joined(Builder b, List<Value> row, int axis) {
        Value all = b.concat(axis, row.stream().map(part -> part.operand(0)).toList());
        Pad first = (Pad) row.getFirst().op();
        Pad last = (Pad) row.getLast().op();
        if (first.low().get(axis).isConstant(0) && last.high().get(axis).isConstant(0)) {
            return all;
        }
        return b.add(new Pad(first.low(), last.high(), first.interior()), all, row.getFirst().operand(1));
    }
}
