package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Select;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The different elements of a tensor, or its different parts along an axis: rows of elements, which are put into
 * lexicographic order; equal ones are neighbours there. NaN among elements is one element, as in NumPy, and a part with
 * NaN differs from all others.
 */
final class UniqueOperator {
    private UniqueOperator() {}

    static List<Tensor> outputs(Call call) {
        Tensor given = call.input(0);
        Graph graph = call.graph();
        boolean parts = call.hasAttribute("axis");
        Tensor x = parts ? given : Ops.reshape(given, Shape.of(given.shape().elementCount()));
        int axis = parts ? call.axis(call.integer("axis"), x.rank()) : 0;
        Tensor rows = rows(x, axis);
        Tensor order = order(graph, rows);
        Tensor begins = begins(graph, Ops.gather(rows, order), !parts);
        Tensor group = Ops.cumsum(Ops.cast(begins, DType.INT64), 0).minus(1);
        Tensor first = Select.booleanMask(order, begins);
        Tensor counts = Ops.unsortedSegmentSum(Ops.onesLike(group), group, first.dim(0));
        Tensor inverse = Ops.gather(group, Ops.invertPermutation(order));
        if (!call.flag("sorted", true)) {
            Tensor firstToLast = Ops.argsort(first);
            first = Ops.gather(first, firstToLast);
            counts = Ops.gather(counts, firstToLast);
            inverse = Ops.gather(Ops.cast(Ops.invertPermutation(firstToLast), DType.INT64), inverse);
        }
        return List.of(Ops.gather(x, first, axis), first, inverse, counts);
    }

    /** The parts along an axis, a row a part. */
    private static Tensor rows(Tensor x, int axis) {
        int[] order = IntStream.range(0, x.rank()).map(i -> i == 0 ? axis : i <= axis ? i - 1 : i).toArray();
        Tensor moved = axis == 0 ? x : Ops.transpose(x, order);
        Dim size = new Shape(moved.shape().dims().subList(1, x.rank())).elementCount();
        Tensor rows = Ops.reshape(moved, Shape.of(moved.dim(0), size));
        return x.dtype() == DType.BOOL ? Ops.cast(rows, DType.UINT8) : rows;
    }

    /** Where the rows are in their order: sorted by the last column first, each time without moving equal ones. */
    private static Tensor order(Graph graph, Tensor rows) {
        if (rows.dim(1).isConstant(1)) {
            return Ops.cast(Ops.argsort(Ops.reshape(rows, Shape.of(rows.dim(0)))), DType.INT64);
        }
        Tensor columns = Ops.reverse(Ops.transpose(rows, 1, 0), 0);
        return Control.foldl(graph.tensor(Ops.range(DType.INT64, rows.dim(0))), columns,
                (order, column) -> Ops.gather(order, Ops.argsort(Ops.gather(column, order))));
    }

    /** Which of the sorted rows differ from the one before. */
    private static Tensor begins(Graph graph, Tensor sorted, boolean nanIsOne) {
        Tensor position = graph.tensor(Ops.range(DType.INT64, sorted.dim(0)));
        Tensor before = Ops.gather(sorted, Ops.maximum(position.minus(1), graph.constant(0L)));
        Tensor differs = Ops.notEqual(sorted, before);
        if (nanIsOne && sorted.dtype().isFloat()) {
            differs = Ops.logicalAnd(differs, Ops.logicalNot(Ops.isNan(before)));
        }
        return Ops.logicalOr(Ops.equal(position, graph.constant(0L)), Ops.reduceAny(differs, 1));
    }
}
