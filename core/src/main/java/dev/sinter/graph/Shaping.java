package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Concat;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Iota;
import dev.sinter.op.Pad;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The ops of the facades that move elements. */
final class Shaping {
    private static final long MOST_RESULTS = 1 << 16;

    private Shaping() {}

    static Node concat(Composer c, List<Node> operands, int givenAxis) {
        if (operands.isEmpty()) {
            throw new GraphException("at least one operand is needed");
        }
        c.sameDtype(operands);
        Node first = operands.getFirst();
        int axis = c.axis(givenAxis, Composer.rank(first), first);
        List<Node> parts = new ArrayList<>();
        for (Node operand : operands) {
            sameRank(c, first, operand);
            Node part = operand;
            for (int other = 0; other < Composer.rank(first); other++) {
                if (other != axis) {
                    part = c.same("sizes beside axis " + axis + " differ", first, other, part, other);
                }
            }
            parts.add(part);
        }
        return parts.size() == 1 ? first : c.add(new Concat(axis), parts);
    }

    private static void sameRank(Composer c, Node first, Node other) {
        if (Composer.rank(first) != Composer.rank(other)) {
            throw new GraphException("ranks differ: " + c.describe(first) + ", " + c.describe(other));
        }
    }

    static Node stack(Composer c, List<Node> operands, int axis) {
        if (operands.isEmpty()) {
            throw new GraphException("at least one operand is needed");
        }
        c.sameDtype(operands);
        Node first = operands.getFirst();
        List<Node> expanded = new ArrayList<>();
        for (Node operand : operands) {
            sameRank(c, first, operand);
            Node part = operand;
            for (int i = 0; i < Composer.rank(first); i++) {
                part = c.same("shapes differ", first, i, part, i);
            }
            expanded.add(expand(c, part, axis));
        }
        int at = axis < 0 ? axis + Composer.rank(first) + 1 : axis;
        return expanded.size() == 1 ? expanded.getFirst() : c.add(new Concat(at), expanded);
    }

    static Node index(Composer c, Node x, int axis, long index) {
        int rank = Composer.rank(x);
        long[] begin = new long[rank];
        begin[axis] = index;
        long[] size = LongStream.generate(() -> -1).limit(rank).toArray();
        size[axis] = 1;
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        dims.remove(axis);
        return c.reshape(slice(c, x, begin, size), new Shape(dims));
    }

    static List<Tensor> unstack(Operand operand, int axis) {
        return Composite.of("unstack", List.of(operand), () -> {
            Tensor x = Composite.placed("unstack", operand);
            int at = Requirements.axis(x, axis);
            if (!x.dim(at).isConstant()) {
                throw new GraphException("axis " + axis + " of " + x + " has no known size");
            }
            return LongStream.range(0, counted(x.dim(at).constant()))
                    .mapToObj(i -> Composer.tensor("unstack", c -> index(c, c.in(0), at, i), x)).toList();
        });
    }

    /** A number of tensors that one op gives. */
    static long counted(long count) {
        if (count < 0 || count > MOST_RESULTS) {
            throw new GraphException("the number of parts is from 0 to " + MOST_RESULTS + ", not " + count);
        }
        return count;
    }

    /** The sizes as an int64 vector. */
    static Node sizes(Composer c, Node x) {
        List<Node> sizes = new ArrayList<>();
        for (Dim dim : Composer.shape(x).dims()) {
            sizes.add(c.reshape(c.size(dim, DType.INT64), Shape.shape(1)));
        }
        return sizes.isEmpty() ? c.constant(NDArray.zeros(DType.INT64, 0)) : c.add(new Concat(0), sizes);
    }

    static List<Tensor> split(Operand operand, int parts, int axis) {
        return Composite.of("split", List.of(operand), () -> {
            Tensor x = Composite.placed("split", operand);
            int at = Requirements.axis(x, axis);
            Dim size = x.dim(at);
            if (counted(parts) < 1 || isKnownNot(size.mod(Dim.of(parts)), 0)) {
                throw new GraphException("axis " + axis + " of " + x + " does not divide into " + parts + " parts");
            }
            Dim part = size.floorDiv(parts);
            return IntStream.range(0, parts).mapToObj(i -> Composer.tensor("split", c -> {
                Node whole = c.resized(c.in(0), at, part.times(parts));
                return Planes.cut(c, whole, at, part.times(i), part);
            }, x)).toList();
        });
    }

    /** Whether a size is known and another one than a number. */
    private static boolean isKnownNot(Dim dim, long number) {
        return dim.isConstant() && !dim.isConstant(number);
    }

    static Node transpose(Composer c, Node x, int... given) {
        int rank = Composer.rank(x);
        List<Integer> permutation = given.length == 0
                ? IntStream.range(0, rank).mapToObj(axis -> rank - 1 - axis).toList()
                : IntStream.of(given).map(axis -> c.axis(axis, rank, x)).boxed().toList();
        if (permutation.size() != rank || permutation.stream().distinct().count() != rank) {
            throw new GraphException("the permutation " + permutation + " does not name every axis of "
                    + c.describe(x) + " once");
        }
        return c.transpose(x, permutation);
    }

    static Node reshape(Composer c, Node x, Shape wanted) {
        Dim count = Composer.shape(x).elementCount();
        Dim known = Dim.ONE;
        int unknown = -1;
        for (int axis = 0; axis < wanted.rank(); axis++) {
            if (!wanted.dim(axis).equals(Dim.UNKNOWN)) {
                known = known.times(c.graph().sizes().canonical(wanted.dim(axis)));
            } else if (unknown >= 0) {
                throw new GraphException("the shape " + wanted.toUserString() + " has more than one unknown size");
            } else {
                unknown = axis;
            }
        }
        List<Dim> dims = new ArrayList<>(wanted.dims());
        if (unknown >= 0) {
            if (known.isConstant(0) || isKnownNot(count.mod(known), 0)) {
                throw new GraphException(c.describe(x) + " has " + elements(count)
                        + " elements, which do not divide into " + wanted.toUserString());
            }
            dims.set(unknown, count.floorDiv(known));
        } else {
            String why = "reshape of " + c.describe(x) + " to " + wanted.toUserString() + " at " + Place.here();
            if (c.graph().sizes().unify(count, known, why) == Sizes.Relation.DIFFERENT) {
                throw new GraphException(c.describe(x) + " has " + elements(count) + " elements, the shape "
                        + wanted.toUserString() + " has " + elements(known));
            }
        }
        return c.reshape(x, new Shape(dims.stream().map(c.graph().sizes()::canonical).toList()));
    }

    private static String elements(Dim count) {
        return count.isConstant() ? count.toString() : "an unknown number of (" + count + ")";
    }

    static Node expand(Composer c, Node x, int axis) {
        int rank = Composer.rank(x);
        int at = c.axis(axis, rank + 1, x);
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        dims.add(at, Dim.ONE);
        return c.reshape(x, new Shape(dims));
    }

    static Node squeeze(Composer c, Node x, int... given) {
        Shape shape = Composer.shape(x);
        List<Integer> axes = given.length > 0 ? c.axes(x, given)
                : Composer.axes(x).stream().filter(axis -> shape.dim(axis).isConstant(1)).toList();
        for (int axis : axes) {
            String why = "squeeze of " + c.describe(x) + " along axis " + axis + " at " + Place.here();
            if (c.graph().sizes().unify(shape.dim(axis), Dim.ONE, why) == Sizes.Relation.DIFFERENT) {
                throw new GraphException(c.describe(x) + " axis " + axis + " is not 1");
            }
        }
        return c.reshape(x, new Shape(Composer.axes(x).stream().filter(axis -> !axes.contains(axis))
                .map(shape::dim).toList()));
    }

    static Node broadcastTo(Composer c, Node x, Shape shape) {
        if (shape.rank() < Composer.rank(x) || shape.dims().contains(Dim.UNKNOWN)) {
            throw new GraphException(c.describe(x) + " does not broadcast to " + shape.toUserString());
        }
        int skip = shape.rank() - Composer.rank(x);
        for (int axis = 0; axis < Composer.rank(x); axis++) {
            Dim from = Composer.shape(x).dim(axis);
            String why = "broadcast_to at " + Place.here() + ": " + c.describe(x) + " axis " + axis;
            boolean mayStretch = from.isConstant(1) || c.graph().sizes().mayBroadcast(from, shape.dim(axis + skip));
            if (!mayStretch
                    && c.graph().sizes().unify(from, shape.dim(axis + skip), why) == Sizes.Relation.DIFFERENT) {
                throw new GraphException(c.describe(x) + " axis " + axis + " does not broadcast to "
                        + shape.toUserString());
            }
        }
        return c.broadcastTo(x, c.graph().sizes().canonical(shape));
    }

    static Node tile(Composer c, Node x, long... repeats) {
        int rank = Composer.rank(x);
        if (repeats.length != rank) {
            throw new GraphException(repeats.length + " repeats are given for " + c.describe(x));
        }
        List<Dim> stretched = new ArrayList<>();
        List<Integer> axes = new ArrayList<>();
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            if (repeats[axis] < 0) {
                throw new GraphException("axis " + axis + " cannot be repeated " + repeats[axis] + " times");
            }
            Dim size = Composer.shape(x).dim(axis);
            stretched.add(Dim.of(repeats[axis]));
            axes.add(stretched.size());
            stretched.add(size);
            dims.add(size.times(repeats[axis]));
        }
        return c.reshape(c.stretch(x, new Shape(stretched), axes), new Shape(dims));
    }

    static List<Dim> zeros(int rank) {
        return new ArrayList<>(Collections.nCopies(rank, Dim.ZERO));
    }

    static List<Long> ones(int rank) {
        return Collections.nCopies(rank, 1L);
    }

    private static void rank(Composer c, Node x, String what, int count) {
        if (count != Composer.rank(x)) {
            throw new GraphException(what + " has " + count + " entries for " + c.describe(x));
        }
    }

    static Node slice(Composer c, Node x, long[] begin, long[] size) {
        rank(c, x, "begin", begin.length);
        rank(c, x, "size", size.length);
        List<Dim> starts = new ArrayList<>();
        List<Dim> limits = new ArrayList<>();
        for (int axis = 0; axis < begin.length; axis++) {
            Dim whole = Composer.shape(x).dim(axis);
            starts.add(Dim.of(begin[axis]));
            limits.add(size[axis] == -1 ? whole : Dim.of(begin[axis]).plus(size[axis]));
            if (begin[axis] < 0 || size[axis] < -1
                    || whole.isConstant() && limits.getLast().constant() > whole.constant()) {
                throw new GraphException("from " + begin[axis] + ", " + size[axis] + " elements do not lie in "
                        + c.describe(x) + " axis " + axis);
            }
        }
        return c.add(new Slice(starts, limits, ones(begin.length)), x);
    }

    static Tensor dynamicSlice(Operand x, List<? extends Operand> starts, Shape box) {
        List<Operand> operands = new ArrayList<>(List.of(x));
        operands.addAll(starts);
        return Composer.tensor("dynamic_slice", c -> c.add(new DynamicSlice(box), indices(c, 1)), operands);
    }

    static Tensor dynamicUpdateSlice(Operand x, Operand update, List<? extends Operand> starts) {
        List<Operand> operands = new ArrayList<>(List.of(x, update));
        operands.addAll(starts);
        return Composer.tensor("dynamic_update_slice", c -> c.add(new DynamicUpdateSlice(), indices(c, 2)),
                operands);
    }

    /** The operands, those from an index on as int64. */
    private static List<Node> indices(Composer c, int from) {
        List<Node> operands = new ArrayList<>(c.ins());
        for (int i = from; i < operands.size(); i++) {
            if (!Composer.dtype(operands.get(i)).isInteger()) {
                throw new GraphException("a start is an integer scalar, not " + c.describe(operands.get(i)));
            }
            operands.set(i, c.convert(operands.get(i), DType.INT64));
        }
        return operands;
    }

    static void checkPaddings(Composer c, Node x, long[][] paddings) {
        rank(c, x, "paddings", paddings.length);
        for (int axis = 0; axis < paddings.length; axis++) {
            if (paddings[axis].length != 2 || paddings[axis][0] < 0 || paddings[axis][1] < 0) {
                throw new GraphException("the padding of axis " + axis + " must be two numbers from 0 on");
            }
        }
    }

    static Node pad(Composer c, Node x, long[][] paddings, double value) {
        checkPaddings(c, x, paddings);
        List<Dim> low = new ArrayList<>();
        List<Dim> high = new ArrayList<>();
        for (int axis = 0; axis < paddings.length; axis++) {
            low.add(Dim.of(paddings[axis][0]));
            high.add(Dim.of(paddings[axis][1]));
        }
        return c.add(new Pad(low, high, Collections.nCopies(paddings.length, 0L)), x,
                c.scalar(Composer.dtype(x), value));
    }

    static Node oneHot(Composer c, Node indices, Dim depth, DType dtype) {
        return c.convert(againstPosition(c, "indices", ScalarFn.EQ, indices, depth), dtype);
    }

    static Node sequenceMask(Composer c, Node lengths, Dim maxLength) {
        if (maxLength.equals(Dim.UNKNOWN)) {
            throw new GraphException("the greatest length must be known or the size of a tensor");
        }
        return againstPosition(c, "lengths", ScalarFn.GT, lengths, c.graph().sizes().canonical(maxLength));
    }

    static Node sequenceMaskOfLongest(Composer c, Node lengths, Dim atMost) {
        if (!Composer.dtype(lengths).isInteger() || atMost.equals(Dim.UNKNOWN)) {
            throw new GraphException("lengths are integers, of which the greatest is known to be at most some number or"
                    + " size, not " + c.describe(lengths) + " and " + atMost);
        }
        Node longest = c.reduce(ReduceFn.MAX, c.convert(lengths, DType.INT64), Composer.axes(lengths));
        return sequenceMask(c, lengths, c.found(c.map(ScalarFn.MAX, longest, c.scalar(DType.INT64, 0)), atMost));
    }

    /** Integers compared with their position along a new last axis. */
    static Node againstPosition(Composer c, String what, ScalarFn comparison, Node integers, Dim size) {
        if (!Composer.dtype(integers).isInteger()) {
            throw new GraphException(what + " are integers, not " + c.describe(integers));
        }
        List<Dim> dims = new ArrayList<>(Composer.shape(integers).dims());
        dims.add(size);
        Shape shape = new Shape(dims);
        Node position = c.add(new Iota(new TensorType(Composer.dtype(integers), shape), shape.rank() - 1));
        return c.map(comparison, c.stretch(integers, shape, Composer.axes(integers)), position);
    }

    /** The sum over all axes. */
    static Node total(Composer c, Node x) {
        return c.reduce(ReduceFn.SUM, x, Composer.axes(x));
    }

    /** {@code condition ? x : y} of operands that broadcast. */
    static Node where(Composer c, Node condition, Node x, Node y) {
        c.label("condition", "x", "y");
        if (Composer.dtype(condition) != DType.BOOL) {
            throw new GraphException("the condition must be bool, not " + c.describe(condition));
        }
        c.sameDtype(List.of(x, y));
        Shape shape = c.commonShape(List.of(condition, x, y));
        return c.map(ScalarFn.SELECT, c.broadcastTo(condition, shape), c.broadcastTo(x, shape),
                c.broadcastTo(y, shape));
    }
}
