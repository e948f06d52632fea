package dev.sinter.kernel.schedule;

import dev.sinter.plan.Buffer;
import dev.sinter.plan.Plan;
import dev.sinter.program.NestScheduler.RowKind;
import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A product of matrices that is computed row by row with other nests, as the scores of attention are: a tile is some of
 * its rows at one index of the outer axes, or all of them at several, and has all columns.
 *
 * @param product   whose space has rows
 * @param rowExtent how many rows that tiles are cut into an index of the outer axes has
 * @param around    the outer axes that number rows
 * @param inside    those that do not
 */
record ProductRows(MatrixProduct product, Dim rowExtent, List<Integer> around, List<Integer> inside) {
    /** The longest sums of elements whose way to the memory and back takes a good part of the time they take. */
    private static final long SHORT = 128;
    /** Of more rows than a tile has, as many are in each at least: for each tile all of a right operand is read. */
    private static final long FEWEST = 16;

    /** The rows of a product, where its columns and its rows suit them. */
    static Optional<ProductRows> of(MatrixProduct product) {
        int axes = product.space().rowAxes();
        if (axes == 0 || product.column() < axes || cutsRows(product) && product.row() != axes - 1) {
            return Optional.empty();
        }
        return Optional.of(new ProductRows(product, cutsRows(product) ? product.space().extent(product.row()) : Dim.ONE,
                product.outer().stream().filter(axis -> axis < axes).toList(),
                product.outer().stream().filter(axis -> axis >= axes).toList()));
    }

    /** Whether tiles may have some rows of an index of the outer axes. */
    private static boolean cutsRows(MatrixProduct product) {
        return product.row() >= 0 && product.row() < product.space().rowAxes();
    }

    /** Whether tiles of so many rows have some rows of an index of the outer axes. */
    private boolean areSplit(long block) {
        return cutsRows(product) && !(rowExtent.isConstant() && rowExtent.constant() <= block);
    }

    /**
     * Whether a product is better computed with the nests around it: the largest of its three matrices is larger than
     * the others together and does not leave the caches, while sums are short or each tile reads another right operand
     * anyway. One that all tiles read stays in the caches.
     *
     * @param axes    how many of the first axes number the rows
     * @param written what the nests before it leave in the rows
     */
    static RowKind kind(Contraction contraction, List<Buffer> buffers, int axes, Set<Integer> written, Target target) {
        return MatrixProduct.of(contraction, buffers, axes).flatMap(ProductRows::of)
                .map(rows -> rows.kind(buffers, written, target)).orElse(RowKind.NONE);
    }

    private RowKind kind(List<Buffer> buffers, Set<Integer> written, Target target) {
        long depth = product.assumedDepth();
        long rows = product.assumed(product.row());
        long columns = product.assumed(product.column());
        long left = rows * depth;
        long right = columns * depth;
        long result = rows * columns;
        boolean isOwn = IntStream.range(0, product.space().rowAxes()).anyMatch(product.rightPlace()::uses);
        boolean isFar = !isOwn && right * product.dtype().bytes() > target.l2Bytes() / 2;
        if (isFar || written.contains(Plan.owner(buffers, product.rightPlace().buffer()).id())) {
            return RowKind.NONE;
        }
        if (written.contains(Plan.owner(buffers, product.leftPlace().buffer()).id())) {
            return left >= right + result ? RowKind.NARROWING : RowKind.NONE;
        }
        return result >= left + right && (isOwn || depth <= SHORT) ? RowKind.WIDENING : RowKind.NONE;
    }

    /** Whether tiles of so many rows are tiles of the product too, and read its right operands seldom enough. */
    boolean canBeCut(long block) {
        boolean areEqual = rowExtent.isConstant() && rowExtent.constant() > 0
                && (block % rowExtent.constant() == 0 || rowExtent.constant() % block == 0);
        return (!areSplit(block) || block >= FEWEST) && (around.isEmpty() || areEqual);
    }

    /** How many rows of the product at an index of the outer axes a tile has. */
    Dim rowBlock(long block) {
        return areSplit(block) ? Dim.of(block)
                : product.row() < 0 ? Dim.ONE : product.space().extent(product.row());
    }

    /** The outer axes that number rows, cut into tiles. */
    Grid.Group around(long block) {
        Dim extent = around.stream().map(product.space()::extent).reduce(Dim.ONE, Dim::times);
        long some = rowExtent.isConstant() ? Math.max(1, block / Math.max(1, rowExtent.constant())) : 1;
        return new Grid.Group(around, extent, Dim.of(some));
    }
}
