package dev.sinter.pass;

import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.op.Concat;
import dev.sinter.op.Reshape;
import dev.sinter.op.Slice;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Axes whose elements take turns from several parts, as those that a strided convolution's gradient is made of: a
 * concatenation along the axis behind, whose blocks a reshape counts as elements. A slice of it takes turns from slices
 * of the parts, so that what a convolution's padding cuts off is not computed. All exact.
 */
final class PhaseRules {
    private static final Pattern.Node<Reshape> TURNS = op(Reshape.class, op(Concat.class));

    static final List<Rule> ALL = List.of(
            rule("slice(reshape(concat(x, y))) -> reshape(concat(slice(y), slice(x))), taking turns")
                    .on(op(Slice.class, TURNS)).when(m -> m.isUsedOnce(TURNS)).toMaybe(PhaseRules::cut));

    private PhaseRules() {}

    /**
     * Parts that take turns along an axis.
     *
     * @param axis  the axis
     * @param count how many parts
     */
    private record Turns(int axis, int count) {}

    /**
     * Parts of one shape.
     *
     * @param turns  the axes, in ascending order
     * @param leaves the parts, those of the last axis next to each other
     */
    private record Parts(List<Turns> turns, List<Value> leaves) {
        Shape shape() {
            return leaves.getFirst().shape();
        }

        /** What the parts are together, where they take turns. */
        Shape together() {
            List<Dim> dims = new ArrayList<>(shape().dims());
            turns.forEach(axis -> dims.set(axis.axis(), dims.get(axis.axis()).times(axis.count())));
            return new Shape(dims);
        }

        /** The parts that the leaves are made of, where they are concatenations of as many along one later axis. */
        Optional<Parts> inner() {
            if (!(leaves.getFirst().op() instanceof Concat(int behind)) || behind == 0
                    || !turns.isEmpty() && turns.getLast().axis() >= behind - 1) {
                return Optional.empty();
            }
            int count = leaves.getFirst().operands().size();
            Shape first = leaves.getFirst().operand(0).shape();
            List<Value> all = new ArrayList<>();
            for (Value leaf : leaves) {
                if (!leaf.op().equals(leaves.getFirst().op()) || leaf.operands().size() != count
                        || leaf.operands().stream().anyMatch(part -> !part.shape().equals(first))) {
                    return Optional.empty();
                }
                all.addAll(leaf.operands());
            }
            List<Turns> axes = new ArrayList<>(turns);
            axes.add(new Turns(behind - 1, count));
            return Optional.of(new Parts(axes, all));
        }
    }

    /** The parts of a reshape that lets them take turns. */
    private static Optional<Parts> parts(Value reshape) {
        Optional<Parts> parts = new Parts(List.of(), List.of(reshape.operand(0))).inner();
        while (parts.isPresent() && !parts.get().together().equals(reshape.shape())) {
            parts = parts.get().inner();
        }
        return parts;
    }

    private static Optional<Value> cut(Match m, Builder b) {
        Slice slice = (Slice) m.root().op();
        Value whole = m.root().operand(0);
        Optional<Parts> found = parts(whole);
        if (found.isEmpty() || slice.strides().stream().anyMatch(step -> step != 1)) {
            return Optional.empty();
        }
        Parts parts = found.get();
        List<Dim> counts = new ArrayList<>();
        for (int axis = 0; axis < whole.rank(); axis++) {
            counts.add(slice.limits().get(axis).minus(slice.starts().get(axis)));
        }
        for (Turns turns : parts.turns()) {
            Dim start = slice.starts().get(turns.axis());
            Dim length = parts.shape().dim(turns.axis());
            Dim count = counts.get(turns.axis()).ceilDiv(turns.count());
            boolean isInside = start.isConstant() && length.isConstant() && count.isConstant()
                    && (start.constant() + turns.count() - 1) / turns.count() + count.constant() <= length.constant();
            if (!isInside) {
                return Optional.empty();
            }
            counts.set(turns.axis(), count);
        }
        if (new Shape(counts).equals(parts.shape())) {
            return Optional.empty();
        }
        List<Value> leaves = new ArrayList<>();
        for (int leaf = 0; leaf < parts.leaves().size(); leaf++) {
            leaves.add(leaf(parts, leaf, slice.starts(), counts, b));
        }
        Value turning = b.reshape(joined(leaves, parts.turns(), 0, b),
                new Parts(parts.turns(), leaves).together());
        return Optional.of(turning.shape().equals(m.root().shape()) ? turning
                : b.add(new Slice(Collections.nCopies(whole.rank(), Dim.ZERO), m.root().shape().dims(),
                        slice.strides()), turning));
    }

    /** What takes a turn in a slice: of the part whose turn that is in the whole, from where the slice begins on. */
    private static Value leaf(Parts parts, int number, List<Dim> starts, List<Dim> counts, Builder b) {
        List<Dim> from = new ArrayList<>(starts);
        int rest = number;
        int index = 0;
        int distance = 1;
        for (Turns turns : parts.turns().reversed()) {
            long first = starts.get(turns.axis()).constant() + rest % turns.count();
            index += (int) (first % turns.count()) * distance;
            from.set(turns.axis(), Dim.of(first / turns.count()));
            rest /= turns.count();
            distance *= turns.count();
        }
        List<Dim> limits = new ArrayList<>();
        for (int axis = 0; axis < from.size(); axis++) {
            limits.add(from.get(axis).plus(counts.get(axis)));
        }
        return b.add(new Slice(from, limits, Collections.nCopies(from.size(), 1L)), parts.leaves().get(index));
    }

    /** The concatenation of parts, along the axes behind those where they take turns. */
    private static Value joined(List<Value> leaves, List<Turns> turns, int from, Builder b) {
        if (from == turns.size()) {
            return leaves.getFirst();
        }
        int size = leaves.size() / turns.get(from).count();
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < turns.get(from).count(); i++) {
            parts.add(joined(leaves.subList(i * size, (i + 1) * size), turns, from + 1, b));
        }
        return b.concat(turns.get(from).axis() + 1, parts);
    }
}
