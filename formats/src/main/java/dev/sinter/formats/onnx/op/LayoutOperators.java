package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that give elements other places: shapes, axes, parts and repetitions. */
final class LayoutOperators {
    private static final int RANK = 64;

    private LayoutOperators() {}

    static void addTo(Operators table) {
        table.one("Reshape", LayoutOperators::reshape, 1);
        table.one("Flatten", LayoutOperators::flatten);
        table.one("Squeeze", 1, call -> squeeze(call, call.integers("axes")));
        table.one("Squeeze", 13, call -> squeeze(call, call.has(1) ? Optional.of(call.integers(1))
                : Optional.empty()), 1);
        table.one("Unsqueeze", 1, call -> unsqueeze(call, call.integersOf("axes")));
        table.one("Unsqueeze", 13, call -> unsqueeze(call, call.integers(1)), 1);
        table.one("Transpose", call -> Ops.transpose(call.input(0), permutation(call, call.input(0).rank())));
        table.one("Concat", call -> Ops.concat(call.axis(call.integer("axis", 1), call.input(0).rank()), call.all()));
        table.several("Split", 1, call -> split(call, call.integers("split")));
        table.several("Split", 13, call -> split(call, call.has(1) ? Optional.of(call.integers(1))
                : Optional.empty()), 1);
        table.one("Expand", LayoutOperators::expand, 1);
        table.one("Tile", LayoutOperators::tile, 1);
        table.one("DepthToSpace", LayoutOperators::depthToSpace);
        table.one("SpaceToDepth", LayoutOperators::spaceToDepth);
        table.one("Trilu", LayoutOperators::triangle);
        table.one("CenterCropPad", LayoutOperators::centerCropPad, 1);
    }

    private static int[] permutation(Call call, int rank) {
        return call.integers("perm").map(axes -> call.axes(axes, rank))
                .orElseGet(() -> IntStream.range(0, rank).map(axis -> rank - 1 - axis).toArray());
    }

    private static Tensor reshape(Call call) {
        Tensor x = call.input(0);
        List<Dim> wanted = new ArrayList<>(call.sizes(1).dims());
        int open = -1;
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).isConstant(0) && !call.flag("allowzero", false)) {
                if (i >= x.rank()) {
                    throw call.wrong("size " + i + " is 0, for that of the input, which has " + x.rank() + " axes");
                }
                wanted.set(i, x.dim(i));
            } else if (wanted.get(i).isConstant(-1)) {
                if (open >= 0) {
                    throw call.wrong("two sizes are -1: " + wanted);
                }
                open = i;
            }
        }
        if (open >= 0) {
            wanted.set(open, Dim.ONE);
            wanted.set(open, quotient(x.shape().dims(), wanted));
        }
        return Ops.reshape(x, SourceOperators.checked(call, new Shape(wanted)));
    }

    /** The number of elements divided by that of some axes; sizes that both have are left out. */
    private static Dim quotient(List<Dim> all, List<Dim> some) {
        List<Dim> above = new ArrayList<>(all);
        List<Dim> below = new ArrayList<>(some);
        below.removeIf(dim -> !dim.isConstant() && above.remove(dim));
        Dim divisor = new Shape(below).elementCount();
        Dim count = new Shape(above).elementCount();
        return divisor.isConstant(0) ? Dim.ZERO : divisor.isConstant(1) ? count : count.floorDiv(divisor);
    }

    private static Tensor flatten(Call call) {
        Tensor x = call.input(0);
        long axis = call.integer("axis", 1);
        int first = axis == x.rank() ? x.rank() : call.axis(axis, Math.max(1, x.rank()));
        List<Dim> dims = x.shape().dims();
        return Ops.reshape(x, Shape.of(new Shape(dims.subList(0, first)).elementCount(),
                new Shape(dims.subList(first, dims.size())).elementCount()));
    }

    private static Tensor squeeze(Call call, Optional<long[]> axes) {
        Tensor x = call.input(0);
        int[] dropped = axes.map(some -> call.axes(some, x.rank())).orElseGet(() -> ones(call, x));
        Tensor ensured = x;
        for (int axis : dropped) {
            ensured = Axes.ensured(ensured, axis, Dim.ONE);
        }
        return dropped.length == 0 ? x : Ops.squeeze(ensured, dropped);
    }

    /** The axes of size 1. Which unknown sizes are 1, the number of axes that the output is to have says. */
    private static int[] ones(Call call, Tensor x) {
        int[] known = IntStream.range(0, x.rank()).filter(axis -> x.dim(axis).isConstant(1)).toArray();
        int[] possible = IntStream.range(0, x.rank()).filter(axis -> x.dim(axis).isConstant(1)
                || !x.dim(axis).isConstant()).toArray();
        if (known.length == possible.length) {
            return known;
        }
        int count = call.declaredRank().map(rank -> x.rank() - rank).orElse(-1);
        if (count != known.length && count != possible.length) {
            throw call.unsupported("which axes of " + x.dtype() + x.shape() + " have the size 1 is unknown, and with it"
                    + " the number of axes of the output; give the input that the sizes come from a shape with"
                    + " withShape");
        }
        return count == known.length ? known : possible;
    }

    private static Tensor unsqueeze(Call call, long[] axes) {
        Tensor x = call.input(0);
        int rank = x.rank() + axes.length;
        if (rank > RANK) {
            throw call.wrong("the result has " + rank + " axes; at most " + RANK + " are supported");
        }
        List<Dim> rest = new ArrayList<>(x.shape().dims());
        int[] sorted = Arrays.stream(call.axes(axes, rank)).sorted().toArray();
        for (int i = 0; i < sorted.length; i++) {
            if (i > 0 && sorted[i] == sorted[i - 1]) {
                throw call.wrong("axis " + sorted[i] + " is named twice");
            }
            rest.add(sorted[i], Dim.ONE);
        }
        return Ops.reshape(x, new Shape(rest));
    }

    private static List<Tensor> split(Call call, Optional<long[]> sizes) {
        Tensor x = call.input(0);
        int axis = call.axis(call.integer("axis", 0), x.rank());
        if (sizes.isPresent()) {
            if (sizes.get().length != call.outputCount()) {
                throw call.wrong(sizes.get().length + " sizes of parts are given, and " + call.outputCount()
                        + " outputs named");
            }
            return Ops.split(x, sizes.get(), axis);
        }
        long wanted = call.integer("num_outputs", call.outputCount());
        if (wanted < 1 || wanted != call.outputCount()) {
            throw call.wrong("num_outputs is " + wanted + ", and " + call.outputCount() + " outputs are named");
        }
        int parts = (int) wanted;
        boolean isEven = x.dim(axis).mod(Dim.of(parts)).isConstant(0);
        if (isEven || !x.dim(axis).isConstant() && !call.hasAttribute("num_outputs")) {
            return Ops.split(x, parts, axis);
        }
        if (!x.dim(axis).isConstant()) {
            return splitUnknown(call, x, axis, parts);
        }
        long whole = x.dim(axis).constant();
        long part = (whole + parts - 1) / parts;
        return Ops.split(x, LongStream.range(0, parts).map(i -> Math.clamp(whole - i * part, 0, part)).toArray(), axis);
    }

    /** Parts of an unknown size, of which the last has the rest. */
    private static List<Tensor> splitUnknown(Call call, Tensor x, int axis, int parts) {
        Dim whole = x.dim(axis);
        Dim part = whole.ceilDiv(parts);
        List<Tensor> outputs = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            Dim begin = i < 2 ? part.times(i) : part.times(i).min(whole);
            Dim rest = whole.minus(begin);
            Dim length = i == 0 ? part : i == parts - 1 ? rest : part.min(rest);
            outputs.add(PartOperators.box(call, x, List.of(begin),
                    List.of(length.isNeverNegative() ? length : length.max(Dim.ZERO)), new int[] {axis}));
        }
        return outputs;
    }

    /**
     * An unknown size of the input may be 1 where another one is wanted, and a wanted one where the input has another;
     * those that follow from other sizes are taken to be equal.
     */
    private static Tensor expand(Call call) {
        Tensor x = call.input(0);
        List<Dim> wanted = SourceOperators.checked(call, call.sizes(1)).dims();
        int rank = Math.max(x.rank(), wanted.size());
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            int own = axis - rank + x.rank();
            int other = axis - rank + wanted.size();
            dims.add(other < 0 ? x.dim(own) : own < 0 ? wanted.get(other) : expanded(call, x, own, wanted.get(other)));
        }
        return Ops.broadcastTo(x, new Shape(dims));
    }

    /** The size of an axis that is expanded to a wanted size. */
    private static Dim expanded(Call call, Tensor x, int axis, Dim wanted) {
        Dim own = x.dim(axis);
        if (own.equals(wanted) || own.isConstant(1) || wanted.isConstant(1)) {
            return wanted.isConstant(1) ? own : wanted;
        }
        if (own.asSymbol().isPresent()) {
            x.mayBroadcast(axis);
        }
        if (!own.isConstant() && wanted.asSymbol().isPresent()) {
            call.graph().tensor(Ops.zeros(DType.BOOL, Shape.of(wanted))).mayBroadcast();
            return own.broadcast(wanted);
        }
        return wanted;
    }

    private static Tensor tile(Call call) {
        Tensor x = call.input(0);
        long[] repeats = call.integers(1);
        if (repeats.length != x.rank()) {
            throw call.wrong(repeats.length + " repetitions are given for " + x.rank() + " axes");
        }
        return Ops.tile(x, repeats);
    }

    private static Tensor depthToSpace(Call call) {
        Tensor x = call.input(0);
        int block = block(call, x);
        Dim depth = x.dim(1).floorDiv(Dim.of((long) block * block));
        boolean columns = depthFirst(call);
        Dim b = Dim.of(block);
        Tensor parts = Ops.reshape(x, columns ? Shape.of(x.dim(0), depth, b, b, x.dim(2), x.dim(3))
                : Shape.of(x.dim(0), b, b, depth, x.dim(2), x.dim(3)));
        Tensor placed = columns ? Ops.transpose(parts, 0, 1, 4, 2, 5, 3) : Ops.transpose(parts, 0, 3, 4, 1, 5, 2);
        return Ops.reshape(placed, Shape.of(x.dim(0), depth, x.dim(2).times(block), x.dim(3).times(block)));
    }

    private static Tensor spaceToDepth(Call call) {
        Tensor x = call.input(0);
        int block = block(call, x);
        Dim b = Dim.of(block);
        Dim height = x.dim(2).floorDiv(block);
        Dim width = x.dim(3).floorDiv(block);
        Tensor parts = Ops.reshape(x, Shape.of(x.dim(0), x.dim(1), height, b, width, b));
        Tensor placed = depthFirst(call) ? Ops.transpose(parts, 0, 1, 3, 5, 2, 4)
                : Ops.transpose(parts, 0, 3, 5, 1, 2, 4);
        return Ops.reshape(placed, Shape.of(x.dim(0), x.dim(1).times((long) block * block), height, width));
    }

    /** Whether the depth is made of channels, then places in a block; else of places, then channels. */
    private static boolean depthFirst(Call call) {
        return switch (call.text("mode", "DCR")) {
            case "CRD" -> true;
            case "DCR" -> false;
            case String other -> throw call.wrong("mode must be DCR or CRD, not " + other);
        };
    }

    private static int block(Call call, Tensor x) {
        long block = call.integer("blocksize");
        if (x.rank() != 4 || block < 1 || block > 1 << 15) {
            throw call.wrong("an input of 4 axes and a blocksize from 1 on are needed, not " + x.dtype() + x.shape()
                    + " and " + block);
        }
        return (int) block;
    }

    /** Of each position of a matrix how far it is to the right of the diagonal, as int64. */
    static Tensor distance(Call call, Dim rows, Dim columns) {
        Tensor row = call.graph().tensor(Ops.range(DType.INT64, rows));
        Tensor column = call.graph().tensor(Ops.range(DType.INT64, columns));
        return Ops.subtract(column, Ops.expandDims(row, 1));
    }

    private static Tensor triangle(Call call) {
        Tensor x = call.input(0);
        if (x.rank() < 2) {
            throw call.wrong("matrices are needed, not " + x.dtype() + x.shape());
        }
        Tensor distance = distance(call, x.dim(x.rank() - 2), x.dim(x.rank() - 1));
        Tensor k = call.has(1) ? ControlOperators.single(call.input(1)) : call.graph().constant(0L);
        Tensor kept = call.flag("upper", true) ? Ops.greaterEqual(distance, k) : Ops.lessEqual(distance, k);
        return Ops.where(kept, x, Ops.zerosLike(x));
    }

    private static Tensor centerCropPad(Call call) {
        Tensor x = call.input(0);
        int[] axes = call.integers("axes").map(some -> call.axes(some, x.rank()))
                .orElseGet(() -> IntStream.range(0, x.rank()).toArray());
        long[] sizes = call.integers(1);
        if (sizes.length != axes.length) {
            throw call.wrong(sizes.length + " sizes are given for " + axes.length + " axes");
        }
        Tensor result = x;
        for (int i = 0; i < axes.length; i++) {
            Dim own = x.dim(axes[i]);
            if (!own.isConstant()) {
                throw call.unsupported("the size of axis " + axes[i] + " must be known");
            }
            long extra = sizes[i] - own.constant();
            int axis = axes[i];
            long[][] paddings = new long[x.rank()][2];
            if (extra >= 0) {
                paddings[axis] = new long[] {extra / 2, extra - extra / 2};
                result = Ops.pad(result, paddings);
            } else {
                long[] begin = new long[x.rank()];
                long[] end = Collections.nCopies(x.rank(), Long.MAX_VALUE).stream().mapToLong(Long::longValue)
                        .toArray();
                begin[axis] = -extra / 2;
                end[axis] = -extra / 2 + sizes[i];
                long[] ones = LongStream.generate(() -> 1).limit(x.rank()).toArray();
                result = Ops.stridedSlice(result, begin, end, ones);
            }
        }
        return result;
    }

    /** A vector of integers as a constant. */
    static Tensor vector(Call call, long... values) {
        return call.graph().constant(NDArray.of(values));
    }
}
