package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Select;
import dev.sinter.graph.SortDirection;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.TopK;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Reading and writing at indices, sorting, and what has sizes that the run finds. */
final class IndexOperators {
    private IndexOperators() {}

    static void addTo(Operators table) {
        table.one("Gather", call -> {
            int axis = call.axis(call.integer("axis", 0), call.input(0).rank());
            return Ops.gather(call.input(0), counted(call, call.input(1), call.input(0).dim(axis)), axis);
        });
        table.one("GatherElements", IndexOperators::gatherElements);
        table.one("GatherND", IndexOperators::gatherNd);
        table.one("Scatter", call -> scatterElements(call, "none"));
        table.one("ScatterElements", call -> scatterElements(call, call.text("reduction", "none")));
        table.one("ScatterND", call -> {
            Tensor x = call.input(0);
            Tensor indices = tuples(call, x.rank() + call.input(1).rank() - 1 - call.input(2).rank());
            int axes = (int) indices.dim(indices.rank() - 1).constant();
            return scattered(call, x, vectors(call, indices, x.shape().dims().subList(0, axes)), call.input(2),
                    call.text("reduction", "none"));
        });
        table.one("TensorScatter", IndexOperators::tensorScatter);
        table.one("OneHot", IndexOperators::oneHot, 1);
        table.several("TopK", 1, call -> topK(call, call.integer("k")));
        table.several("TopK", 10, call -> topK(call, call.integer(1)), 1);
        table.one("NonZero", IndexOperators::nonZero);
        table.several("Unique", UniqueOperator::outputs);
        table.one("Compress", IndexOperators::compress);
        table.one("ReverseSequence", call -> Ops.reverseSequence(call.input(0), call.input(1),
                call.axis(call.integer("time_axis", 0), call.input(0).rank()),
                call.axis(call.integer("batch_axis", 1), call.input(0).rank())));
    }

    /** Indices of which negative ones counted from the end, all counted from the start. */
    private static Tensor counted(Call call, Tensor indices, Dim size) {
        if (indices.dtype().isUnsigned()) {
            return indices;
        }
        return Ops.where(Ops.less(indices, 0), Ops.add(indices, Axes.size(call, size, indices.dtype())), indices);
    }

    /** The indices, whose last axis, where its size is unknown, has as many elements as the other ranks ask for. */
    private static Tensor tuples(Call call, int length) {
        Tensor indices = call.input(1);
        if (indices.rank() == 0) {
            throw call.wrong("the indices must have a last axis, and are a scalar");
        }
        Tensor tuples = Axes.ensured(indices, indices.rank() - 1, Dim.of(Math.max(0, length)));
        long axes = tuples.dim(tuples.rank() - 1).constant();
        if (axes > call.input(0).rank()) {
            throw call.wrong("indices of " + axes + " axes do not fit " + call.input(0).dtype()
                    + call.input(0).shape());
        }
        return tuples;
    }

    /** Vectors of indices along the last axis, negative ones counted from the start. */
    private static Tensor vectors(Call call, Tensor indices, List<Dim> sizes) {
        Tensor all = sizes.isEmpty() ? LayoutOperators.vector(call)
                : Ops.stack(0, sizes.stream().map(dim -> Axes.size(call, dim, indices.dtype())).toArray(Tensor[]::new));
        return Ops.where(Ops.less(indices, 0), Ops.add(indices, Ops.cast(all, indices.dtype())), indices);
    }

    private static Tensor gatherElements(Call call) {
        Tensor x = call.input(0);
        Tensor indices = call.input(1);
        int axis = call.axis(call.integer("axis", 0), x.rank());
        if (indices.rank() != x.rank()) {
            throw call.wrong("the indices have " + indices.rank() + " axes, not " + x.rank());
        }
        Tensor fitting = x;
        for (int i = 0; i < x.rank(); i++) {
            if (i != axis && !x.dim(i).equals(indices.dim(i)) && x.dim(i).isConstant() && indices.dim(i).isConstant()) {
                fitting = Ops.split(fitting, new long[] {indices.dim(i).constant(),
                        x.dim(i).constant() - indices.dim(i).constant()}, i).getFirst();
            }
        }
        return Ops.takeAlongAxis(fitting, counted(call, indices, x.dim(axis)), axis);
    }

    private static Tensor gatherNd(Call call) {
        Tensor x = call.input(0);
        int batch = Math.toIntExact(Math.clamp(call.integer("batch_dims", 0), 0, x.rank()));
        Tensor given = call.input(1);
        if (given.rank() > 0 && !given.dim(given.rank() - 1).isConstant() && call.declaredRank().isEmpty()) {
            throw call.unsupported("the indices must have a last axis of a known size, not " + given.dtype()
                    + given.shape() + ": the number of axes of the output follows from it; give the input that it comes"
                    + " from a shape with withShape");
        }
        Tensor indices = tuples(call, x.rank() + given.rank() - 1 - batch - call.declaredRank().orElse(0));
        int axes = (int) indices.dim(indices.rank() - 1).constant();
        if (batch + axes > x.rank()) {
            throw call.wrong("indices of " + axes + " axes do not fit " + x.dtype() + x.shape());
        }
        return Ops.gatherNd(x, vectors(call, indices, x.shape().dims().subList(batch, batch + axes)), batch);
    }

    private static Tensor scatterElements(Call call, String reduction) {
        Tensor x = call.input(0);
        int axis = call.axis(call.integer("axis", 0), x.rank());
        Tensor indices = Ops.cast(counted(call, call.input(1), x.dim(axis)), DType.INT64);
        List<Tensor> columns = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            Tensor column = indices;
            if (i != axis) {
                List<Dim> line = new ArrayList<>();
                for (int k = 0; k < x.rank(); k++) {
                    line.add(k == i ? indices.dim(k) : Dim.ONE);
                }
                column = Ops.broadcastTo(Ops.reshape(call.graph().tensor(Ops.range(DType.INT64, indices.dim(i))),
                        new Shape(line)), indices.shape());
            }
            columns.add(column);
        }
        return scattered(call, x, Ops.stack(x.rank(), columns.toArray(Tensor[]::new)), call.input(2), reduction);
    }

    private static Tensor scattered(Call call, Tensor x, Tensor indices, Tensor updates, String reduction) {
        return switch (reduction) {
            case "none" -> Ops.tensorScatterNdUpdate(x, indices, updates);
            case "add" -> Ops.tensorScatterNdAdd(x, indices, updates);
            case "mul" -> multiplied(x, indices, updates);
            case "max" -> Ops.tensorScatterNdMax(x, indices, updates);
            case "min" -> Ops.tensorScatterNdMin(x, indices, updates);
            default -> throw call.wrong("reduction must be none, add, mul, max or min, not " + reduction);
        };
    }

    /** The elements times all that is written to them. */
    private static Tensor multiplied(Tensor x, Tensor indices, Tensor updates) {
        int axes = (int) indices.dim(indices.rank() - 1).constant();
        List<Dim> dims = x.shape().dims();
        Tensor place = null;
        List<Tensor> parts = axes == 0 ? List.of() : Ops.unstack(Ops.cast(indices, DType.INT64), indices.rank() - 1);
        for (int i = 0; i < axes; i++) {
            Tensor size = Ops.reshape(Ops.slice(Ops.shapeOf(x), new long[] {i}, new long[] {1}), Shape.SCALAR);
            // An index read from the list of all indices: a run fails where it is none of them.
            Tensor part = Ops.gather(x.graph().tensor(Ops.range(DType.INT64, x.dim(i))), parts.get(i));
            place = place == null ? part : Ops.add(Ops.multiply(place, size), part);
        }
        if (place == null) {
            return Ops.multiply(x, updates);
        }
        Dim count = new Shape(dims.subList(0, axes)).elementCount();
        List<Dim> rows = new ArrayList<>(List.of(place.shape().elementCount()));
        rows.addAll(dims.subList(axes, dims.size()));
        Tensor factors = Ops.unsortedSegmentProd(Ops.reshape(updates, new Shape(rows)),
                Ops.reshape(place, Shape.of(place.shape().elementCount())), count);
        return Ops.multiply(x, Ops.reshape(factors, x.shape()));
    }

    /** A cache into which new elements are written from a position on, which each of a batch has. */
    private static Tensor tensorScatter(Call call) {
        Tensor past = call.input(0);
        Tensor update = call.input(1);
        int axis = call.axis(call.integer("axis", -2), past.rank());
        boolean circular = switch (call.text("mode", "linear")) {
            case "linear" -> false;
            case "circular" -> true;
            case String other -> throw call.wrong("mode must be linear or circular, not " + other);
        };
        Tensor size = Axes.size(call, past.dim(axis));
        Tensor starts = call.has(2) ? Ops.cast(call.input(2), DType.INT64)
                : call.graph().tensor(Ops.zeros(DType.INT64, Shape.of(past.dim(0))));
        List<Dim> batch = new ArrayList<>();
        List<Dim> line = new ArrayList<>();
        for (int i = 0; i < past.rank(); i++) {
            batch.add(i == 0 ? past.dim(0) : Dim.ONE);
            line.add(i == axis ? past.dim(axis) : Dim.ONE);
        }
        Tensor position = Ops.subtract(Ops.reshape(call.graph().tensor(Ops.range(DType.INT64, past.dim(axis))),
                new Shape(line)), Ops.reshape(starts, new Shape(batch)));
        Tensor from = circular ? Ops.floormod(position, size) : position;
        Tensor length = Axes.size(call, update.dim(axis));
        Tensor written = Ops.logicalAnd(Ops.greaterEqual(from, call.graph().constant(0L)), Ops.less(from, length));
        List<Dim> whole = new ArrayList<>(update.shape().dims());
        whole.set(axis, past.dim(axis));
        Tensor safe = Ops.where(written, from, Ops.zerosLike(from));
        return Ops.where(written, Ops.takeAlongAxis(update, Ops.broadcastTo(safe, new Shape(whole)), axis), past);
    }

    private static Tensor oneHot(Call call) {
        Tensor values = call.input(2);
        long depth = call.integer(1);
        Tensor indices = Ops.cast(call.input(0), DType.INT64);
        Tensor wrapped = Ops.where(Ops.less(indices, 0), Ops.add(indices, call.graph().constant(depth)), indices);
        List<Tensor> offAndOn = Ops.unstack(values, 0);
        if (offAndOn.size() != 2) {
            throw call.wrong("two values are needed, for off and on, not " + offAndOn.size());
        }
        int axis = call.axis(call.integer("axis", -1), indices.rank() + 1);
        return Ops.oneHot(wrapped, depth, offAndOn.get(1), offAndOn.get(0), axis);
    }

    private static List<Tensor> topK(Call call, long k) {
        Tensor x = call.input(0);
        int axis = call.axis(call.integer("axis", -1), x.rank());
        int[] order = IntStream.range(0, x.rank()).map(i -> i == axis ? x.rank() - 1 : i == x.rank() - 1 ? axis : i)
                .toArray();
        if (k < 0 || x.dim(axis).isConstant() && k > x.dim(axis).constant()) {
            throw call.wrong("k is " + k + ", and axis " + axis + " has " + x.dim(axis) + " elements");
        }
        Tensor lines = axis == x.rank() - 1 ? x : Ops.transpose(x, order);
        Tensor values;
        Tensor indices;
        if (call.flag("largest", true)) {
            TopK top = Nn.topK(lines, k);
            values = top.values();
            indices = top.indices();
        } else {
            long[] begin = new long[x.rank()];
            long[] end = IntStream.range(0, x.rank()).mapToLong(i -> i == x.rank() - 1 ? k : Long.MAX_VALUE).toArray();
            long[] steps = IntStream.range(0, x.rank()).mapToLong(_ -> 1).toArray();
            indices = Ops.stridedSlice(Ops.argsort(lines, x.rank() - 1, SortDirection.ASCENDING), begin, end, steps);
            values = Ops.takeAlongAxis(lines, indices, x.rank() - 1);
        }
        Tensor wide = Ops.cast(indices, DType.INT64);
        return axis == x.rank() - 1 ? List.of(values, wide)
                : List.of(Ops.transpose(values, order), Ops.transpose(wide, order));
    }

    private static Tensor nonZero(Call call) {
        Tensor x = call.input(0);
        Tensor axes = x.rank() == 0 ? Ops.reshape(x, Shape.of(Dim.ONE)) : x;
        return Ops.cast(Ops.transpose(Select.nonzero(axes), 1, 0), DType.INT64);
    }

    private static Tensor compress(Call call) {
        Tensor given = call.input(0);
        boolean flat = !call.hasAttribute("axis");
        Tensor x = flat ? Ops.reshape(given, Shape.of(given.shape().elementCount())) : given;
        int axis = flat ? 0 : call.axis(call.integer("axis"), x.rank());
        Tensor mask = call.input(1);
        Dim size = x.dim(axis);
        if (!size.equals(mask.dim(0)) && !(size.isConstant() && mask.dim(0).isConstant())) {
            x = PartOperators.box(call, x, List.of(Dim.ZERO), List.of(mask.dim(0)), new int[] {axis});
        } else if (!size.equals(mask.dim(0))) {
            long count = mask.dim(0).constant();
            if (count > size.constant()) {
                throw call.wrong("a condition of " + count + " elements is too long for an axis of " + size);
            }
            x = Ops.split(x, new long[] {count, size.constant() - count}, axis).getFirst();
        }
        return Select.booleanMask(x, mask, axis);
    }
}
