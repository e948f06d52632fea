package dev.sinter.graph;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.range;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.where;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Pooled cells whose sizes differ by one at most (Graham, "Fractional max-pooling", 2014).
 *
 * @param output  {@code [batch, rows, columns, channels]}
 * @param rows    where the rows of cells begin, and where the last one ends: int64 {@code [rows + 1]}
 * @param columns where the columns of cells begin, and where the last one ends: int64 {@code [columns + 1]}
 */
public record FractionalPool(Tensor output, Tensor rows, Tensor columns) {
    /**
     * How cells lie.
     *
     * @param pseudoRandom whether they begin at {@code ceil(ratio * (i + u)) - 1} for one random u, or are large and
     *                     small ones in a random order
     * @param overlapping  whether the elements at the border belong to both cells
     * @param seed         of the random numbers; none means the next of the graph
     */
    public record Options(boolean pseudoRandom, boolean overlapping, Optional<Long> seed) {
        /** Large and small cells in a random order that do not overlap. */
        public static final Options DEFAULT = new Options(false, false, Optional.empty());

        /** These options with a seed of one's own. */
        public Options withSeed(long opSeed) {
            return new Options(pseudoRandom, overlapping, Optional.of(opSeed));
        }
    }

    /** The cells along one axis: where they begin, what they hold, and which of it counts. */
    private record Cells(Tensor starts, Tensor places, Tensor counts) {}

    static FractionalPool of(String op, Poolings.Pool kind, Operand given, double heightRatio, double widthRatio,
            Options options) {
        return Composite.of(op, List.of(given), in -> {
            Tensor x = in.getFirst();
            Requirements.requireRank("x", x, 4, "[batch, height, width, channels]");
            Requirements.requireFloat("x", x);
            Cells rows = cells(x, 1, heightRatio, options, 0);
            Cells columns = cells(x, 2, widthRatio, options, 1);
            Tensor pooled = pooled(kind, pooled(kind, x, 1, rows), 2, columns);
            if (kind == Poolings.Pool.AVG) {
                Tensor high = reduceSum(cast(rows.counts(), x.dtype()), 1);
                Tensor wide = reduceSum(cast(columns.counts(), x.dtype()), 1);
                Tensor area = expandDims(high, 1).times(expandDims(wide, 0));
                pooled = pooled.div(expandDims(area, 2));
            }
            return new FractionalPool(pooled, rows.starts(), columns.starts());
        });
    }

    private static Tensor pooled(Poolings.Pool kind, Tensor x, int axis, Cells cells) {
        Tensor elements = gather(x, cells.places(), axis);
        Tensor counts = cells.counts();
        for (int after = axis + 1; after < x.rank(); after++) {
            counts = expandDims(counts, -1);
        }
        double filler = kind == Poolings.Pool.MAX ? x.dtype().lowest() : 0;
        Tensor counted = where(counts, elements, fill(x.dtype(), Shape.SCALAR, filler));
        return kind == Poolings.Pool.MAX ? reduceMax(counted, axis + 1) : reduceSum(counted, axis + 1);
    }

    private static Cells cells(Tensor x, int axis, double ratio, Options options, long salt) {
        Dim length = x.dim(axis);
        long size = length.isConstant() ? length.constant() : 0;
        long count = (long) Math.floor(size / ratio);
        if (!length.isConstant() || !(ratio >= 1) || count < 1) {
            throw new GraphException("a known size and a ratio from 1 to it are needed along axis " + axis + " of "
                    + Requirements.describe("x", x) + ", not " + ratio);
        }
        Tensor starts = starts(x.graph(), size, count, options, salt);
        Tensor begins = Ops.slice(starts, new long[] {0}, new long[] {count});
        Tensor ends = Ops.slice(starts, new long[] {1}, new long[] {count});
        if (options.overlapping()) {
            ends = minimum(ends.plus(1), constant(size));
        }
        long most = (size + count - 1) / count + (options.overlapping() ? 1 : 0);
        Tensor each = expandDims(begins, 1).plus(reshape(x.graph().tensor(range(DType.INT64, most)),
                Shape.shape(1, most)));
        return new Cells(starts, minimum(each, constant(size - 1)), less(each, expandDims(ends, 1)));
    }

    /** Where cells begin, and the end of the last one. */
    private static Tensor starts(Graph graph, long size, long count, Options options, long salt) {
        Tensor numbers = graph.tensor(range(DType.INT64, count + 1));
        long small = size / count;
        if (size % count == 0) {
            return numbers.times(small);
        }
        Optional<Long> seed = options.seed().map(given -> given + salt);
        if (options.pseudoRandom()) {
            double alpha = (double) size / count;
            double most = Math.min((small + 2) / alpha - 1, (size + 1 - small) / alpha - (count - 1));
            Tensor u = graph.tensor(Random.uniform(DType.FLOAT64, Shape.SCALAR, 0, most, seed));
            Tensor begins = cast(Ops.ceil(cast(numbers, DType.FLOAT64).plus(u).times(alpha)), DType.INT64).minus(1);
            Tensor inner = where(Ops.equal(numbers, constant(count)), constant(size), begins);
            return where(Ops.equal(numbers, constant(0L)), constant(0L), inner);
        }
        Tensor u = graph.tensor(Random.uniform(DType.FLOAT64, Shape.shape(count), 0, 1, seed));
        Tensor places = graph.tensor(range(DType.INT64, count));
        Tensor isBefore = Ops.logicalOr(less(expandDims(u, 0), expandDims(u, 1)), Ops.logicalAnd(
                Ops.equal(expandDims(u, 0), expandDims(u, 1)), less(expandDims(places, 0), expandDims(places, 1))));
        Tensor ranks = reduceSum(cast(isBefore, DType.INT64), 1);
        Tensor sizes = cast(less(ranks, constant(size % count)), DType.INT64).plus(small);
        Tensor isEarlier = less(expandDims(places, 0), expandDims(numbers, 1));
        return reduceSum(where(isEarlier, expandDims(sizes, 0), constant(0L)), 1);
    }
}
