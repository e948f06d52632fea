package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Concat;
import dev.sinter.op.Gather;
import dev.sinter.op.Iota;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The ops of the facades that put elements into another order, or repeat them. */
final class Rearranging {
    private Rearranging() {}

    /** The elements of an axis from a position to below another. */
    static Node part(Composer c, Node x, int axis, Dim from, Dim to) {
        List<Dim> starts = Shaping.zeros(Composer.rank(x));
        List<Dim> limits = new ArrayList<>(Composer.shape(x).dims());
        starts.set(axis, from);
        limits.set(axis, to);
        return from.isConstant(0) && to.equals(Composer.shape(x).dim(axis)) ? x
                : c.add(new Slice(starts, limits, Shaping.ones(Composer.rank(x))), x);
    }

    static Node roll(Composer c, Node given, long[] shifts, int[] axes) {
        if (shifts.length != axes.length) {
            throw new GraphException("there are " + shifts.length + " shifts for " + axes.length + " axes");
        }
        Node x = given;
        for (int i = 0; i < axes.length; i++) {
            int axis = c.axis(axes[i], Composer.rank(x), x);
            Dim size = Composer.shape(x).dim(axis);
            Dim around = size.max(Dim.ONE);
            Dim shift = size.isConstant() ? Dim.of(shifts[i]).mod(around) : Dim.of(shifts[i]);
            Dim start = shift.times(-1).mod(around).min(size);
            if (start.isConstant(0)) {
                continue;
            }
            x = c.add(new Concat(axis), part(c, x, axis, start, size), part(c, x, axis, Dim.ZERO, start));
        }
        return x;
    }

    /** Each element so many times, one after the other. */
    static Node repeat(Composer c, Node x, long count, int givenAxis) {
        int axis = c.axis(givenAxis, Composer.rank(x), x);
        if (count < 0) {
            throw new GraphException("elements are repeated 0 times or more, not " + count + " times");
        }
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        List<Dim> stretched = new ArrayList<>(dims);
        stretched.add(axis + 1, Dim.of(count));
        List<Integer> axes = IntStream.range(0, dims.size()).map(i -> i > axis ? i + 1 : i).boxed().toList();
        dims.set(axis, dims.get(axis).times(count));
        return c.reshape(c.stretch(x, new Shape(stretched), axes), new Shape(dims));
    }

    static Node repeat(Composer c, Node x, long[] counts, int givenAxis) {
        int axis = c.axis(givenAxis, Composer.rank(x), x);
        Dim size = Composer.shape(x).dim(axis);
        if (!size.isConstant(counts.length) || Arrays.stream(counts).anyMatch(count -> count < 0)) {
            throw new GraphException("a number of repetitions from 0 on is needed for each element of axis " + axis
                    + " of " + c.describe(x) + ", not " + Arrays.toString(counts));
        }
        Dim total = Arrays.stream(counts).mapToObj(Dim::of).reduce(Dim.ZERO, Dim::plus);
        Tables.fitting(total.constant());
        long[] places = IntStream.range(0, counts.length).boxed().flatMapToLong(i ->
                LongStream.generate(() -> i).limit(counts[i])).toArray();
        Node elements = c.add(new Gather(List.of(axis), 0), x, c.constant(NDArray.of(places)));
        return Indexed.inPlace(c, elements, 1, axis, 0);
    }

    static BlockPaddings paddings(long[] sizes, long[] block, long[][] base) {
        if (sizes.length != block.length || sizes.length != base.length
                || Arrays.stream(block).anyMatch(size -> size < 1) || Arrays.stream(sizes).anyMatch(size -> size < 0)
                || Arrays.stream(base).anyMatch(pair -> pair.length != 2 || pair[0] < 0 || pair[1] < 0)) {
            throw new GraphException("required_space_to_batch_paddings: a size from 0 on, a block of 1 or more and two"
                    + " numbers from 0 on are needed for each of " + sizes.length + " axes\n  at " + Place.here());
        }
        long[][] paddings = new long[sizes.length][];
        long[][] crops = new long[sizes.length][];
        for (int i = 0; i < sizes.length; i++) {
            Dim padded = Dim.of(sizes[i]).plus(base[i][0]).plus(base[i][1]);
            long more = padded.times(-1).mod(Dim.of(block[i])).constant();
            paddings[i] = new long[] {base[i][0], base[i][1] + more};
            crops[i] = new long[] {0, more};
        }
        return new BlockPaddings(paddings, crops);
    }

    static Node pad(Composer c, Node given, long[][] paddings, PadMode mode) {
        if (mode == PadMode.CONSTANT) {
            return Shaping.pad(c, given, paddings, 0);
        }
        Shaping.checkPaddings(c, given, paddings);
        long edge = mode == PadMode.REFLECT ? 1 : 0;
        Node x = given;
        for (int axis = 0; axis < paddings.length; axis++) {
            long before = paddings[axis][0];
            long after = paddings[axis][1];
            Dim size = Composer.shape(x).dim(axis);
            if (size.isConstant() && Math.max(before, after) > Math.max(0, size.constant() - edge)) {
                throw new GraphException("axis " + axis + " of " + c.describe(given) + " cannot be mirrored "
                        + Math.max(before, after) + " elements far: " + mode + " takes at most "
                        + (edge == 1 ? "its size less 1" : "its size"));
            }
            List<Node> parts = new ArrayList<>();
            if (before > 0) {
                parts.add(c.add(new Reverse(List.of(axis)), part(c, x, axis, Dim.of(edge), Dim.of(before + edge))));
            }
            parts.add(x);
            if (after > 0) {
                Dim end = size.minus(edge);
                parts.add(c.add(new Reverse(List.of(axis)), part(c, x, axis, end.minus(after), end)));
            }
            x = parts.size() == 1 ? x : c.add(new Concat(axis), parts);
        }
        return x;
    }

    /** Vectors laid along an axis each and stretched along those of the others. */
    static Node meshed(Composer c, List<Node> vectors, int number, boolean matrixIndexing) {
        List<Dim> dims = new ArrayList<>();
        for (Node vector : vectors) {
            if (Composer.rank(vector) > 1) {
                throw new GraphException("vectors are needed, not " + c.describe(vector));
            }
            dims.add(Composer.rank(vector) == 0 ? Dim.ONE : Composer.shape(vector).dim(0));
        }
        int axis = number;
        if (!matrixIndexing && vectors.size() > 1) {
            Collections.swap(dims, 0, 1);
            axis = number == 0 ? 1 : number == 1 ? 0 : number;
        }
        Node vector = vectors.get(number);
        return c.stretch(vector, new Shape(dims), Composer.rank(vector) == 0 ? List.of() : List.of(axis));
    }

    private static void checkBlock(Composer c, Node x, long[] block, int first) {
        if (block.length < 1 || first + block.length > Composer.rank(x) || Arrays.stream(block).anyMatch(b -> b < 1)) {
            throw new GraphException("a block of " + Arrays.toString(block) + " does not lie in " + c.describe(x)
                    + ": its sizes are 1 or more, one for each axis behind the first that is cut");
        }
    }

    static Node spaceToBatch(Composer c, Node x, long[] block, long[][] paddings) {
        checkBlock(c, x, block, 1);
        checkCount(c, x, "paddings", block, paddings);
        int rank = Composer.rank(x);
        long[][] all = new long[rank][2];
        System.arraycopy(paddings, 0, all, 1, block.length);
        Node padded = Arrays.stream(all).allMatch(pair -> pair[0] == 0 && pair[1] == 0) ? x
                : Shaping.pad(c, x, all, 0);
        List<Dim> split = new ArrayList<>(List.of(Composer.shape(x).dim(0)));
        List<Integer> order = new ArrayList<>();
        List<Dim> dims = new ArrayList<>();
        Dim batch = Composer.shape(x).dim(0);
        for (int i = 0; i < block.length; i++) {
            Dim size = Composer.shape(padded).dim(i + 1);
            divides(c, padded, i + 1, Dim.of(block[i]), "the padded axis");
            split.add(size.floorDiv(block[i]));
            split.add(Dim.of(block[i]));
            order.add(2 * i + 2);
            dims.add(size.floorDiv(block[i]));
            batch = batch.times(block[i]);
        }
        order.add(0);
        IntStream.range(0, block.length).forEach(i -> order.add(2 * i + 1));
        behind(Composer.shape(x), block.length, split, order, dims);
        dims.addFirst(batch);
        return c.reshape(c.transpose(c.reshape(padded, new Shape(split)), order), new Shape(dims));
    }

    static Node batchToSpace(Composer c, Node x, long[] block, long[][] crops) {
        checkBlock(c, x, block, 1);
        checkCount(c, x, "crops", block, crops);
        Shape shape = Composer.shape(x);
        Dim cells = Shape.shape(block).elementCount();
        divides(c, x, 0, cells, "the batch");
        List<Dim> split = new ArrayList<>();
        List<Integer> order = new ArrayList<>(List.of(block.length));
        List<Dim> dims = new ArrayList<>(List.of(shape.dim(0).floorDiv(cells)));
        Arrays.stream(block).forEach(size -> split.add(Dim.of(size)));
        split.add(shape.dim(0).floorDiv(cells));
        for (int i = 0; i < block.length; i++) {
            split.add(shape.dim(i + 1));
            order.add(block.length + 1 + i);
            order.add(i);
            dims.add(shape.dim(i + 1).times(block[i]));
        }
        behind(shape, block.length, split, order, dims);
        Node whole = c.reshape(c.transpose(c.reshape(x, new Shape(split)), order), new Shape(dims));
        for (int i = 0; i < block.length; i++) {
            Dim size = Composer.shape(whole).dim(i + 1);
            if (size.isConstant() && crops[i][0] > size.constant() - crops[i][1]) {
                throw new GraphException("axis " + (i + 1) + " has " + size + " elements, of which " + crops[i][0]
                        + " and " + crops[i][1] + " cannot be cropped");
            }
            whole = part(c, whole, i + 1, Dim.of(crops[i][0]), size.minus(crops[i][1]));
        }
        return whole;
    }

    private static void checkCount(Composer c, Node x, String what, long[] block, long[][] pairs) {
        if (pairs.length != block.length || Arrays.stream(pairs).anyMatch(pair -> pair.length != 2 || pair[0] < 0
                || pair[1] < 0)) {
            throw new GraphException("the " + what + " of " + c.describe(x) + " are two numbers from 0 on for each of "
                    + "the " + block.length + " axes of the block");
        }
    }

    /** The axes behind those of a block stay. */
    private static void behind(Shape shape, int count, List<Dim> split, List<Integer> order, List<Dim> dims) {
        for (int axis = count + 1; axis < shape.rank(); axis++) {
            order.add(split.size());
            split.add(shape.dim(axis));
            dims.add(shape.dim(axis));
        }
    }

    private static void divides(Composer c, Node x, int axis, Dim divisor, String what) {
        Dim rest = Composer.shape(x).dim(axis).mod(divisor);
        if (rest.isConstant() && !rest.isConstant(0)) {
            throw new GraphException(what + " " + axis + " of " + c.describe(x) + " does not divide by " + divisor);
        }
    }

    static Node spaceToDepth(Composer c, Node x, long block) {
        image(c, x, block);
        Shape shape = Composer.shape(x);
        Dim size = Dim.of(block);
        divides(c, x, 1, size, "axis");
        divides(c, x, 2, size, "axis");
        Dim rows = shape.dim(1).floorDiv(block);
        Dim columns = shape.dim(2).floorDiv(block);
        Node cells = c.reshape(x, Shape.of(shape.dim(0), rows, size, columns, size, shape.dim(3)));
        return c.reshape(c.transpose(cells, List.of(0, 1, 3, 2, 4, 5)),
                Shape.of(shape.dim(0), rows, columns, shape.dim(3).times(block * block)));
    }

    static Node depthToSpace(Composer c, Node x, long block) {
        image(c, x, block);
        Shape shape = Composer.shape(x);
        divides(c, x, 3, Dim.of(block * block), "axis");
        Dim depth = shape.dim(3).floorDiv(block * block);
        Dim size = Dim.of(block);
        Node cells = c.reshape(x, Shape.of(shape.dim(0), shape.dim(1), shape.dim(2), size, size, depth));
        return c.reshape(c.transpose(cells, List.of(0, 1, 3, 2, 4, 5)),
                Shape.of(shape.dim(0), shape.dim(1).times(block), shape.dim(2).times(block), depth));
    }

    private static void image(Composer c, Node x, long block) {
        if (Composer.rank(x) != 4 || block < 1 || block > 1 << 15) {
            throw new GraphException("a tensor [batch, rows, columns, channels] and a block of 1 to 32768 are needed: "
                    + c.describe(x) + ", " + block);
        }
    }

    /** The first elements of each sequence in the opposite order. */
    static Node reverseSequence(Composer c, Node x, Node lengths, int givenSequence, int givenBatch) {
        c.label("x", "lengths");
        int sequence = c.axis(givenSequence, Composer.rank(x), x);
        int batch = c.axis(givenBatch, Composer.rank(x), x);
        if (sequence == batch || Composer.rank(lengths) != 1 || !Composer.dtype(lengths).isInteger()) {
            throw new GraphException("an integer length for each element of the batch and different axes of batch and"
                    + " sequence are needed: " + c.describe(lengths) + ", batch axis " + batch + ", sequence axis "
                    + sequence);
        }
        List<Integer> order = new ArrayList<>(List.of(batch, sequence));
        Composer.axes(x).stream().filter(axis -> axis != batch && axis != sequence).forEach(order::add);
        List<Integer> back = Composer.axes(x).stream().map(order::indexOf).toList();
        Node moved = c.transpose(x, order);
        Node fitting = c.convert(c.same("each element of the batch has a length", x, batch, lengths, 0), DType.INT64);
        Shape shape = new Shape(Composer.shape(moved).dims().subList(0, 2));
        Node each = c.stretch(fitting, shape, List.of(0));
        Node position = c.add(new Iota(new TensorType(DType.INT64, shape), 1));
        Node mirrored = c.map(ScalarFn.SUB, c.map(ScalarFn.SUB, each, c.fullLike(each, 1)), position);
        Node index = c.map(ScalarFn.SELECT, c.map(ScalarFn.LT, position, each), mirrored, position);
        return c.transpose(Indexed.gather(c, moved, index, 1, 1, true), back);
    }

    /** Zeros but for one element along a new axis. */
    static Node oneHot(Composer c, Node indices, long depth, Node on, Node off, int givenAxis) {
        c.label("indices", "on", "off");
        c.sameDtype(List.of(on, off));
        if (depth < 0 || Composer.rank(on) != 0 || Composer.rank(off) != 0) {
            throw new GraphException("a depth of 0 or more and scalars on and off are needed: " + depth + ", "
                    + c.describe(on) + ", " + c.describe(off));
        }
        Node hot = Shaping.againstPosition(c, "indices", ScalarFn.EQ, indices, Dim.of(depth));
        int last = Composer.rank(indices);
        int axis = c.axis(givenAxis, last + 1, hot);
        List<Integer> order = new ArrayList<>(IntStream.range(0, last).boxed().toList());
        order.add(axis, last);
        Node moved = c.transpose(hot, order);
        Shape shape = Composer.shape(moved);
        return c.map(ScalarFn.SELECT, moved, c.stretch(on, shape, List.of()), c.stretch(off, shape, List.of()));
    }

    /** Numbers at even distances along a new axis 0, the last of them exactly {@code stop}. */
    static Node linspace(Composer c, Node start, Node stop, long count, int givenAxis) {
        c.label("start", "stop");
        c.sameDtype(List.of(start, stop));
        if (count < 1 || !Composer.dtype(start).isFloat()) {
            throw new GraphException("floats and a count of 1 or more are needed: " + c.describe(start) + ", " + count);
        }
        Shape common = c.commonShape(List.of(start, stop));
        Node from = c.broadcastTo(start, common);
        Node to = c.broadcastTo(stop, common);
        int axis = c.axis(givenAxis, common.rank() + 1, from);
        List<Dim> dims = new ArrayList<>(common.dims());
        dims.add(axis, Dim.of(count));
        Shape shape = new Shape(dims);
        List<Integer> axes = IntStream.range(0, common.rank()).map(i -> i >= axis ? i + 1 : i).boxed().toList();
        Node step = c.map(ScalarFn.DIV, c.map(ScalarFn.SUB, to, from), c.fullLike(from, Math.max(1, count - 1)));
        Node number = c.add(new Iota(new TensorType(DType.INT64, shape), axis));
        Node value = c.map(ScalarFn.ADD, c.stretch(from, shape, axes), c.map(ScalarFn.MUL,
                c.convert(number, Composer.dtype(start)), c.stretch(step, shape, axes)));
        Node isLast = c.map(ScalarFn.EQ, number, c.fullLike(number, count - 1));
        return count == 1 ? c.stretch(from, shape, axes)
                : c.map(ScalarFn.SELECT, isLast, c.stretch(to, shape, axes), value);
    }

    /** How many numbers there are from one to below another. */
    static long count(double start, double limit, double delta, DType dtype) {
        boolean integral = !dtype.isInteger() || start == Math.rint(start) && limit == Math.rint(limit)
                && delta == Math.rint(delta);
        if (delta == 0 || !Double.isFinite(start) || !Double.isFinite(limit) || !Double.isFinite(delta) || !integral
                || dtype == DType.BOOL) {
            throw new GraphException("range: from " + start + " to " + limit + " by " + delta + " is no range of "
                    + dtype + "; the step is finite and not 0\n  at " + Place.here());
        }
        double count = Math.ceil((limit - start) / delta);
        if (count > Integer.MAX_VALUE * 1024.0) {
            throw new GraphException("range: from " + start + " to " + limit + " by " + delta + " are " + count
                    + " numbers, which is too many\n  at " + Place.here());
        }
        return (long) Math.max(0, count);
    }

    static Node range(Composer c, DType dtype, long count, double start, double delta) {
        Node number = c.add(new Iota(new TensorType(dtype, Shape.shape(count)), 0));
        Node scaled = delta == 1 ? number : c.map(ScalarFn.MUL, number, c.fullLike(number, delta));
        return start == 0 ? scaled : c.map(ScalarFn.ADD, scaled, c.fullLike(scaled, start));
    }

    /** The shape that tensors of two shapes of known sizes broadcast to. */
    static Shape broadcast(Shape x, Shape y) {
        int rank = Math.max(x.rank(), y.rank());
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            Dim a = axis < rank - x.rank() ? Dim.ONE : x.dim(axis - rank + x.rank());
            Dim b = axis < rank - y.rank() ? Dim.ONE : y.dim(axis - rank + y.rank());
            if (!a.equals(b) && !a.isConstant(1) && !b.isConstant(1) || a.equals(Dim.UNKNOWN)) {
                throw new GraphException("broadcast_static_shape: shapes do not broadcast: " + x.toUserString() + ", "
                        + y.toUserString() + "\n  at " + Place.here());
            }
            dims.add(a.isConstant(1) ? b : a);
        }
        return new Shape(dims);
    }
}
