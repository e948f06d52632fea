package dev.sinter.graph;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.equal;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.tensorScatterNdAdd;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.graph.Nn.Combiner;
import dev.sinter.graph.Nn.Partition;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Rows of tables at indices. */
final class Embedding {
    private Embedding() {}

    /** Elements along all but some first axes, scaled down where their norm is above a bound. */
    static Tensor clipped(Tensor rows, int first, double maxNorm) {
        if (!(maxNorm > 0 && maxNorm < Double.POSITIVE_INFINITY)) {
            throw new GraphException("the greatest norm must be finite and above 0 but is " + maxNorm);
        }
        int[] axes = IntStream.range(first, rows.rank()).toArray();
        if (axes.length == 0) {
            return Ops.clipByValue(rows, -maxNorm, maxNorm);
        }
        Tensor sum = Ops.reshape(reduceSum(square(rows), axes), Requirements.kept(rows, axes));
        Tensor isLong = greater(sum, Requirements.number(rows, maxNorm * maxNorm));
        Tensor norm = sqrt(where(isLong, sum, Ops.onesLike(sum)));
        return where(isLong, rows.times(Ops.divide(maxNorm, norm)), rows);
    }

    /** Rows of a table in parts, each read where an id is its own. */
    static Tensor lookup(List<Tensor> in, Partition partition) {
        List<Tensor> parts = in.subList(0, in.size() - 1);
        Tensor ids = in.getLast();
        if (parts.isEmpty() || !ids.dtype().isInteger()) {
            throw new GraphException("at least one part of a table and integer ids are needed, not " + parts.size()
                    + " parts and " + Requirements.describe("ids", ids));
        }
        Tensor wide = Requirements.cast(ids, DType.INT64);
        List<Home> homes = new ArrayList<>();
        long begin = 0;
        for (int i = 0; i < parts.size(); i++) {
            if (partition == Partition.MOD) {
                homes.add(new Home(equal(wide.rem(parts.size()), constant((long) i)), wide.div(parts.size())));
            } else {
                Dim rows = parts.get(i).dim(0);
                if (!rows.isConstant()) {
                    throw new GraphException("the number of rows of " + Requirements.describe("part " + i, parts.get(i))
                            + " must be known; the partition MOD needs it not");
                }
                homes.add(new Home(Ops.logicalAnd(Ops.greaterEqual(wide, constant(begin)),
                        Ops.less(wide, constant(begin + rows.constant()))), wide.minus(begin)));
                begin += rows.constant();
            }
        }
        // An id that no part has is an index outside of the first one.
        Tensor isOwned = homes.stream().map(Home::isOwn).reduce(Ops::logicalOr).orElseThrow();
        Tensor elsewhere = where(isOwned, zerosLike(wide), wide);
        Tensor result = gather(parts.getFirst(), where(homes.getFirst().isOwn(), homes.getFirst().row(), elsewhere));
        for (int i = 1; i < parts.size(); i++) {
            Tensor isOwn = homes.get(i).isOwn();
            Tensor condition = isOwn;
            for (int axis = ids.rank(); axis < result.rank(); axis++) {
                condition = expandDims(condition, -1);
            }
            result = where(condition, gather(parts.get(i), where(isOwn, homes.get(i).row(), zerosLike(wide))), result);
        }
        return result;
    }

    /** Whether an id is of a part, and as which row. */
    private record Home(Tensor isOwn, Tensor row) {}

    /** For each example the combination of the rows of its ids. */
    static Tensor combined(List<Tensor> in, Combiner combiner, Dim count) {
        Tensor table = in.get(0);
        Tensor weights = in.get(3);
        Requirements.requireRank("table", table, 2, "[rows, depth]");
        Requirements.requireRank("examples", in.get(1), 1, "[n]");
        Requirements.requireRank("ids", in.get(2), 1, "[n]");
        Requirements.requireRank("weights", weights, 1, "[n]");
        Tensor places = expandDims(in.get(1), 1);
        Tensor rows = gather(table, in.get(2)).times(expandDims(weights, 1));
        Tensor sums = tensorScatterNdAdd(zeros(table.dtype(), Shape.of(count, table.dim(1))), places, rows);
        if (combiner == Combiner.SUM) {
            return sums;
        }
        Tensor each = combiner == Combiner.MEAN ? weights : square(weights);
        Tensor total = tensorScatterNdAdd(zeros(table.dtype(), Shape.of(count)), places, each);
        Tensor isEmpty = equal(total, zerosLike(total));
        Tensor safe = where(isEmpty, Ops.onesLike(total), total);
        return sums.div(expandDims(combiner == Combiner.MEAN ? safe : sqrt(safe), 1));
    }

    /** {@link #combined} of the ids and weights that count. */
    static Tensor safe(List<Tensor> in, Combiner combiner, Dim count, OptionalLong defaultId) {
        Tensor ids = in.get(2);
        Tensor weights = in.get(3);
        Tensor counts = Ops.greaterEqual(ids, zerosLike(ids));
        if (combiner != Combiner.SUM) {
            counts = Ops.logicalAnd(counts, greater(weights, zerosLike(weights)));
        }
        Tensor result = combined(List.of(in.get(0), in.get(1), where(counts, ids, zerosLike(ids)),
                where(counts, weights, zerosLike(weights))), combiner, count);
        if (defaultId.isEmpty()) {
            return result;
        }
        Tensor numbers = tensorScatterNdAdd(zeros(DType.INT64, Shape.of(count)), expandDims(in.get(1), 1),
                cast(counts, DType.INT64));
        Tensor row = gather(in.get(0), constant(defaultId.getAsLong()));
        return where(expandDims(greater(numbers, zerosLike(numbers)), 1), result, expandDims(row, 0));
    }
}
