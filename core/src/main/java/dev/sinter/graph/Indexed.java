package dev.sinter.graph;

import dev.sinter.op.CheckIndex;
import dev.sinter.op.Combination;
import dev.sinter.op.Constant;
import dev.sinter.op.Convert;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.Pad;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The ops of the facades that read, or add to, elements at computed indices. */
final class Indexed {
    private Indexed() {}

    /** {@code x} at indices along an axis, in whose place the axes of the indices come but for those of the batch. */
    static Node gather(Composer c, Node x, Node given, int givenAxis, int batch, boolean checks) {
        c.label("x", "indices");
        if (Composer.rank(x) == 0 || !Composer.dtype(given).isInteger()) {
            throw new GraphException("a tensor with an axis to index and int32 or int64 indices are needed: "
                    + c.describe(x) + ", " + c.describe(given));
        }
        int axis = c.axis(givenAxis, Composer.rank(x), x);
        if (batch > axis) {
            throw new GraphException("axis " + axis + " of " + c.describe(x) + " is one of the " + batch
                    + " axes of the batch");
        }
        Node integers = integers(c, batched(c, x, given, batch));
        Node indices = inside(c, x, axis, checks ? checked(c, integers, axis, Composer.shape(x).dim(axis)) : integers);
        return read(c, x, indices, axis, batch);
    }

    /** {@code x} at int64 indices that lie inside, along an axis. */
    static Node read(Composer c, Node x, Node indices, int axis, int batch) {
        Node table = extended(c, x, List.of(axis));
        return Composer.rank(indices) == 0 ? one(c, table, indices, axis)
                : inPlace(c, c.add(new Gather(List.of(axis), batch), table, indices), Composer.rank(indices), axis,
                        batch);
    }

    /** Moves the axes of the indices from the front to where the indexed axis was. */
    static Node inPlace(Composer c, Node elements, int indexRank, int axis, int batch) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, batch).boxed().toList());
        IntStream.range(indexRank, indexRank + axis - batch).forEach(order::add);
        IntStream.range(batch, indexRank).forEach(order::add);
        IntStream.range(indexRank + axis - batch, Composer.rank(elements)).forEach(order::add);
        return order.equals(Composer.axes(elements)) ? elements : c.add(new Transpose(order), elements);
    }

    /** Indices of an axis that are an error of the run where they lie outside, or of the graph where they are known. */
    static Node checked(Composer c, Node indices, int axis, Dim size) {
        return checked(c, c.op(), indices, axis, size);
    }

    /** Checked indices of an op that messages call by another name. */
    static Node checked(Composer c, String op, Node indices, int axis, Dim size) {
        CheckIndex check = new CheckIndex(op, axis, size);
        boolean isConverted = indices.kind() instanceof NodeKind.Primitive(Convert _);
        Node given = isConverted ? indices.inputs().getFirst() : indices;
        if (size.isConstant() && given.kind() instanceof NodeKind.Primitive(Constant(NDArray known))
                && known.dtype().isInteger()) {
            for (long i = 0; i < known.elementCount(); i++) {
                if (known.getLong(i) < 0 || known.getLong(i) >= size.constant()) {
                    throw check.refusal(known.getLong(i), i, known.sizes(), size.constant());
                }
            }
            return indices;
        }
        return c.add(check, indices);
    }

    static Node integers(Composer c, Node indices) {
        return c.convert(indices, DType.INT64);
    }

    /** Indices that share the first axes of a tensor. */
    private static Node batched(Composer c, Node x, Node given, int batch) {
        if (batch < 0 || batch > Composer.rank(given)) {
            throw new GraphException(c.describe(given) + " does not have " + batch + " axes of a batch: batchDims is 0"
                    + " to " + Composer.rank(given));
        }
        Node indices = given;
        for (int axis = 0; axis < batch; axis++) {
            indices = c.same("the axes of the batch differ", x, axis, indices, axis);
        }
        return indices;
    }

    /** The element of an axis at one index. */
    private static Node one(Composer c, Node x, Node index, int axis) {
        List<Node> operands = new ArrayList<>(List.of(x));
        Composer.axes(x).forEach(other -> operands.add(other == axis ? index : c.scalar(DType.INT64, 0)));
        List<Dim> box = new ArrayList<>(Composer.shape(x).dims());
        box.set(axis, Dim.ONE);
        List<Dim> dims = new ArrayList<>(box);
        dims.remove(axis);
        return c.reshape(c.add(new DynamicSlice(new Shape(box)), operands), new Shape(dims));
    }

    /** Whether an axis may be empty though it is indexed, as only the run finds its size. */
    private static boolean isFound(Composer c, Node x, int axis) {
        return c.graph().sizes().isFound(Composer.shape(x).dim(axis));
    }

    /** {@code x} with a 0 behind the end of each axis of some whose size the run finds, so that none is empty. */
    private static Node extended(Composer c, Node x, List<Integer> axes) {
        int rank = Composer.rank(x);
        List<Dim> high = Shaping.zeros(rank);
        axes.stream().filter(axis -> isFound(c, x, axis)).forEach(axis -> high.set(axis, Dim.ONE));
        return high.contains(Dim.ONE) ? c.add(new Pad(Shaping.zeros(rank), high, Collections.nCopies(rank, 0L)), x,
                c.scalar(Composer.dtype(x), 0)) : x;
    }

    /** Indices of an axis of {@code x}, clamped to its elements, or to the place behind its end where it has none. */
    private static Node inside(Composer c, Node x, int axis, Node indices) {
        if (!isFound(c, x, axis)) {
            return indices;
        }
        Node last = c.stretch(c.size(Composer.shape(x).dim(axis).minus(1), DType.INT64), Composer.shape(indices),
                List.of());
        return c.map(ScalarFn.MAX, c.map(ScalarFn.MIN, indices, last), c.fullLike(indices, 0));
    }

    /** {@code x} at the tuples of indices that lie along the last axis. */
    static Node gatherNd(Composer c, Node x, Node indices, int batch, boolean checks) {
        c.label("x", "indices");
        List<Node> each = tuples(c, x, indices, batch, 0, checks);
        if (each.isEmpty()) {
            return whole(c, x, indices, batch);
        }
        List<Integer> axes = IntStream.range(batch, batch + each.size()).boxed().toList();
        List<Node> operands = new ArrayList<>(List.of(extended(c, x, axes)));
        operands.addAll(each);
        return c.add(new Gather(axes, batch), operands);
    }

    /** What lies behind the axes of the batch, once for each tuple, which names no axis. */
    private static Node whole(Composer c, Node x, Node given, int batch) {
        Shape indices = Composer.shape(batched(c, x, given, batch));
        int last = indices.rank() - 1;
        List<Dim> dims = new ArrayList<>(indices.dims().subList(0, last));
        dims.addAll(Composer.shape(x).dims().subList(batch, Composer.rank(x)));
        return c.stretch(x, new Shape(dims), Composer.axes(x).stream()
                .map(axis -> axis < batch ? axis : axis - batch + last).toList());
    }

    /** {@code x} with elements written at the tuples of indices that lie along the last axis. */
    static Node scatter(Composer c, Combination how, Node x, Node indices, Node given) {
        c.label("x", "indices", "updates");
        c.sameDtype(List.of(x, given));
        if (Composer.dtype(x) == DType.BOOL && how != Combination.SET) {
            throw new GraphException(c.describe(x) + " holds no numbers to " + how.text()
                    + " to; cast(...) it and the updates");
        }
        List<Node> each = tuples(c, x, indices, 0, 1, true);
        int last = Composer.rank(indices) - 1;
        if (Composer.rank(given) != last + Composer.rank(x) - each.size()) {
            throw new GraphException("for each tuple of indices an update of the shape of what it names is needed: "
                    + c.describe(x) + ", " + c.describe(indices) + ", " + c.describe(given));
        }
        Node updates = given;
        for (int axis = 0; axis < Composer.rank(given); axis++) {
            updates = axis < last ? c.same("the updates differ from the indices", indices, axis, updates, axis)
                    : c.same("the updates differ from what is indexed", x, axis - last + each.size(), updates, axis);
        }
        List<Integer> axes = IntStream.range(0, each.size()).boxed().toList();
        return written(c, new Scatter(how, axes, 0), x, updates, each);
    }

    /** {@code x} with elements written at indices, also of an axis that may be empty as only the run finds its size. */
    static Node written(Composer c, Scatter op, Node x, Node updates, List<Node> indices) {
        List<Node> operands = new ArrayList<>(List.of(extended(c, x, op.axes()), updates));
        operands.addAll(indices);
        Node all = c.add(op, operands);
        int rank = Composer.rank(x);
        return Composer.shape(all).equals(Composer.shape(x)) ? all : c.add(new Slice(Shaping.zeros(rank),
                Composer.shape(x).dims(), Collections.nCopies(rank, 1L)), all);
    }

    /** {@code x} with elements written at indices of axis 0, in whose place the axes of the indices come. */
    static Node scatterRows(Composer c, Combination how, Node x, Node indices, Node updates) {
        c.label("x", "indices", "updates");
        if (!Composer.dtype(indices).isInteger()) {
            throw new GraphException("integer indices of axis 0 are needed, not " + c.describe(indices));
        }
        List<Dim> dims = new ArrayList<>(Composer.shape(indices).dims());
        dims.add(Dim.ONE);
        return scatter(c, how, x, c.reshape(indices, new Shape(dims)), updates);
    }

    /** {@code x} with elements set at indices of one axis, the axes before which all share. */
    static Node scatterInBatch(Composer c, Node x, Node given, Node updates) {
        c.label("x", "indices", "updates");
        c.sameDtype(List.of(x, updates));
        int axis = Composer.rank(given) - 1;
        if (axis < 0 || axis >= Composer.rank(x) || !Composer.dtype(given).isInteger()
                || Composer.rank(updates) != Composer.rank(x)) {
            throw new GraphException("integer indices along the last of their axes, and updates of the axes of x, are"
                    + " needed: " + c.describe(x) + ", " + c.describe(given) + ", " + c.describe(updates));
        }
        Node fitting = updates;
        for (int other = 0; other < Composer.rank(x); other++) {
            fitting = other <= axis ? c.same("the updates differ from the indices", given, other, fitting, other)
                    : c.same("the updates differ from what is indexed", x, other, fitting, other);
        }
        Node indices = checked(c, integers(c, batched(c, x, given, axis)), axis, Composer.shape(x).dim(axis));
        for (int other = 0; other < axis; other++) {
            fitting = c.resized(fitting, other, Composer.shape(x).dim(other));
        }
        return written(c, new Scatter(Combination.SET, List.of(axis), axis), x, fitting, List.of(indices));
    }

    /** Zeros, or other elements of a kind, with elements written at tuples of indices. */
    static Node scatterInto(Composer c, Combination how, double fill, Shape shape, Node indices, Node updates) {
        if (shape.dims().contains(Dim.UNKNOWN)) {
            throw new GraphException("the shape " + shape.toUserString() + " has an unknown size; take it from a"
                    + " tensor's shape()");
        }
        Node base = c.full(Composer.dtype(updates), c.graph().sizes().canonical(shape), fill);
        return scatter(c, how, base, indices, updates);
    }

    /** The elements along an axis at indices that lie beside each other as the elements do. */
    static Node takeAlong(Composer c, Node x, Node given, int givenAxis, boolean checks) {
        c.label("x", "indices");
        int axis = c.axis(givenAxis, Composer.rank(x), x);
        if (Composer.rank(given) != Composer.rank(x) || !Composer.dtype(given).isInteger()) {
            throw new GraphException("integer indices of as many axes as x has are needed: " + c.describe(x) + ", "
                    + c.describe(given));
        }
        int last = Composer.rank(x) - 1;
        List<Integer> order = new ArrayList<>(Composer.axes(x));
        order.remove(axis);
        order.add(axis);
        Node indices = given;
        for (int other : order.subList(0, last)) {
            indices = c.same("sizes beside axis " + axis + " differ", x, other, indices, other);
        }
        Node integers = integers(c, indices);
        Node inside = checks ? checked(c, integers, axis, Composer.shape(x).dim(axis)) : integers;
        Node found = read(c, c.transpose(x, order), c.transpose(inside, order), last, last);
        return c.transpose(found, Composer.axes(x).stream().map(order::indexOf).toList());
    }

    /** The indices of each axis, from tuples along the last axis, of at least some length. */
    private static List<Node> tuples(Composer c, Node x, Node given, int batch, int least, boolean checks) {
        int last = Composer.rank(given) - 1;
        if (last < 0 || !Composer.dtype(given).isInteger() || !Composer.shape(given).dim(last).isConstant()) {
            throw new GraphException("tuples of integers along the last axis, whose size is known, are needed, not "
                    + c.describe(given));
        }
        long count = Composer.shape(given).dim(last).constant();
        if (count < least || batch + count > Composer.rank(x) || batch > last) {
            throw new GraphException("tuples of " + count + " indices behind " + batch
                    + " axes of a batch do not index " + c.describe(x) + ": the last axis of " + c.describe(given)
                    + " must be " + least + " to the rank less those of the batch, which come before it");
        }
        Node indices = integers(c, batched(c, x, given, batch));
        Shape shape = Composer.shape(indices);
        List<Node> all = new ArrayList<>();
        for (long k = 0; k < count; k++) {
            List<Dim> from = Shaping.zeros(last + 1);
            List<Dim> to = new ArrayList<>(shape.dims());
            from.set(last, Dim.of(k));
            to.set(last, Dim.of(k + 1));
            Node one = c.add(new Slice(from, to, Collections.nCopies(last + 1, 1L)), indices);
            Node index = c.reshape(one, new Shape(shape.dims().subList(0, last)));
            int axis = batch + (int) k;
            all.add(inside(c, x, axis, checks ? checked(c, index, axis, Composer.shape(x).dim(axis)) : index));
        }
        return all;
    }
}
