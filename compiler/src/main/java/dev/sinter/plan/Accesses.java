package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.kernel.IndexMap.Coordinate;
import dev.sinter.op.Broadcast;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Arithmetic on coordinates: where an access op reads its operand. */
final class Accesses {
    /** Axes of the operand and the axes of the result that hold the same elements. */
    record Group(List<Integer> from, List<Integer> to) {}

    private Accesses() {}

    /** The coordinates in the operand of an access op other than a dynamic slice. */
    static List<Coordinate> operand(Value value, List<Coordinate> at, int axisCount) {
        Shape operand = value.operand(0).shape();
        List<Coordinate> result = new ArrayList<>();
        switch (value.op()) {
            case Broadcast broadcast -> {
                for (int axis = 0; axis < operand.rank(); axis++) {
                    int place = broadcast.axes().get(axis);
                    Dim size = operand.dim(axis);
                    boolean whole = size.equals(value.shape().dim(place));
                    result.add(size.isConstant(1) ? Coordinate.constant(Dim.ZERO, axisCount)
                            : affine(Dim.ZERO, whole ? Dim.ONE : size.repeats(Dim.ZERO), at.get(place)));
                }
            }
            case Transpose transpose -> {
                for (int axis = 0; axis < operand.rank(); axis++) {
                    result.add(at.get(transpose.permutation().indexOf(axis)));
                }
            }
            case Reverse reverse -> {
                for (int axis = 0; axis < operand.rank(); axis++) {
                    boolean reversed = reverse.axes().contains(axis);
                    result.add(reversed ? affine(operand.dim(axis).minus(1), Dim.of(-1), at.get(axis))
                            : at.get(axis));
                }
            }
            case Slice slice -> {
                for (int axis = 0; axis < operand.rank(); axis++) {
                    result.add(affine(slice.starts().get(axis), Dim.of(slice.strides().get(axis)), at.get(axis)));
                }
            }
            case Windows(List<Windows.Window> windows) -> {
                result.addAll(at.subList(0, operand.rank()));
                for (int i = 0; i < windows.size(); i++) {
                    Windows.Window window = windows.get(i);
                    Coordinate start = affine(Dim.ZERO, Dim.of(window.stride()), at.get(window.axis()));
                    Coordinate inside = affine(Dim.ZERO, Dim.of(window.dilation()), at.get(operand.rank() + i));
                    result.set(window.axis(), sum(start, inside));
                }
            }
            case Reshape reshape -> {
                return reshape(operand, value.shape(), at, axisCount);
            }
            default -> throw new CompilerBug(value + " is not an access op");
        }
        return result;
    }

    /** {@code constant + factor * coordinate}. */
    static Coordinate affine(Dim constant, Dim factor, Coordinate coordinate) {
        if (coordinate.indirect().isPresent() && !factor.isConstant(1)) {
            throw new CompilerBug("a computed start is scaled by " + factor);
        }
        return new Coordinate(constant.plus(factor.times(coordinate.constant())),
                coordinate.coefficients().stream().map(factor::times).toList(), coordinate.indirect());
    }

    static Coordinate sum(Coordinate a, Coordinate b) {
        if (a.indirect().isPresent() && b.indirect().isPresent()) {
            throw new CompilerBug("two computed starts meet in one axis");
        }
        List<Dim> coefficients = new ArrayList<>();
        for (int axis = 0; axis < a.coefficients().size(); axis++) {
            coefficients.add(a.coefficients().get(axis).plus(b.coefficients().get(axis)));
        }
        return new Coordinate(a.constant().plus(b.constant()), coefficients, a.indirect().or(b::indirect));
    }

    /** Whether the operand's coordinates of a reshape are affine in the result's: axes are only split. */
    static boolean isAffine(Value reshape) {
        Optional<List<Group>> groups = groups(reshape.operand(0).shape(), reshape.shape());
        return groups.isPresent() && groups.get().stream().allMatch(group -> group.from().size() <= 1);
    }

    private static List<Coordinate> reshape(Shape from, Shape to, List<Coordinate> at, int axisCount) {
        List<Coordinate> result = new ArrayList<>();
        for (int axis = 0; axis < from.rank(); axis++) {
            result.add(Coordinate.constant(Dim.ZERO, axisCount));
        }
        for (Group group : groups(from, to).orElseThrow()) {
            if (!group.from().isEmpty()) {
                Coordinate merged = Coordinate.constant(Dim.ZERO, axisCount);
                for (int axis : group.to()) {
                    merged = sum(affine(Dim.ZERO, to.dim(axis), merged), at.get(axis));
                }
                result.set(group.from().getFirst(), merged);
            }
        }
        return result;
    }

    /**
     * The smallest runs of axes with equal products, axes of size 1 left out. Equal last axes are a run each;
     * what is left at the end is one, since all products are equal. Empty where the sizes do not pair up, or
     * where an axis without elements hides how they do.
     */
    static Optional<List<Group>> groups(Shape from, Shape to) {
        List<Group> groups = new ArrayList<>();
        List<Integer> left = proper(from);
        List<Integer> right = proper(to);
        while (!left.isEmpty() && !right.isEmpty()
                && from.dim(left.getLast()).equals(to.dim(right.getLast()))) {
            groups.add(new Group(List.of(left.removeLast()), List.of(right.removeLast())));
        }
        int i = 0;
        int j = 0;
        while (i < left.size() && j < right.size()) {
            List<Integer> a = new ArrayList<>(List.of(left.get(i++)));
            List<Integer> b = new ArrayList<>(List.of(right.get(j++)));
            Dim x = from.dim(a.getFirst());
            Dim y = to.dim(b.getFirst());
            while (!x.equals(y) && !isSplit(x, a, to, b)) {
                boolean growLeft = divides(x, y) && !divides(y, x);
                if (growLeft && i < left.size()) {
                    a.add(left.get(i));
                    x = x.times(from.dim(left.get(i++)));
                } else if (!growLeft && j < right.size()) {
                    b.add(right.get(j));
                    y = y.times(to.dim(right.get(j++)));
                } else if (i == left.size() && j == right.size()) {
                    break;
                } else {
                    return Optional.empty();
                }
            }
            groups.add(new Group(a, b));
        }
        return i == left.size() && j == right.size() ? Optional.of(groups) : Optional.empty();
    }

    /** Whether a size is split into its repetitions and what they repeat: one of both is 1. */
    private static boolean isSplit(Dim size, List<Integer> from, Shape to, List<Integer> axes) {
        return from.size() == 1 && axes.size() == 2
                && to.dim(axes.getFirst()).equals(to.dim(axes.getLast()).repeats(size));
    }

    private static boolean divides(Dim divisor, Dim dim) {
        return !divisor.isConstant(0) && dim.mod(divisor).isConstant(0);
    }

    private static List<Integer> proper(Shape shape) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (!shape.dim(axis).isConstant(1)) {
                axes.add(axis);
            }
        }
        return axes;
    }

    /** The greatest start of a dynamic slice along each axis. */
    static List<Dim> room(Shape outer, Shape box) {
        List<Dim> room = new ArrayList<>();
        for (int axis = 0; axis < outer.rank(); axis++) {
            room.add(outer.dim(axis).minus(box.dim(axis)));
        }
        return room;
    }

    /** Whether an access op gives some operand's element more than once. */
    static boolean repeats(Value value) {
        if (value.op() instanceof Windows(List<Windows.Window> windows)) {
            return windows.stream().anyMatch(window -> window.dilation() > 1 && window.size() > 1
                    || window.size() > window.stride());
        }
        if (!(value.op() instanceof Broadcast broadcast)) {
            return false;
        }
        Shape operand = value.operand(0).shape();
        Dim covered = Dim.ONE;
        for (int axis = 0; axis < operand.rank(); axis++) {
            if (operand.dim(axis).equals(value.shape().dim(broadcast.axes().get(axis)))) {
                covered = covered.times(operand.dim(axis));
            }
        }
        return !covered.equals(value.shape().elementCount());
    }

    /** Whether an access op reads where the run computes, from memory. */
    static boolean isDynamic(Value value) {
        return value.op() instanceof DynamicSlice || value.op() instanceof Gather;
    }
}
