package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Nest;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;

/** Whether the operands of a product are read in place or copied first. */
final class Operands {
    /** Columns of a left operand's panels: a multiple of every number of rows that tiles have. */
    private static final int LEFT_PANEL = 48;
    /** Rows of the result that pay for a copy of a right operand that could be read in place. */
    private static final long PAYING_ROWS = 48;
    /** Columns of the result that pay for a copy of a left operand that could be read in place. */
    private static final long PAYING_COLUMNS = 512;
    /**
     * From a distance of so many vectors on, neighbours along the sum disturb each other in the caches: the narrower
     * vectors are, the more often a sum takes its next step.
     */
    private static final long FAR_VECTORS = 48;
    private static final long DEEP = 256;
    private static final long FEW = 4;
    /** Multiplications that pay for a kernel that copies half floats as float32. */
    private static final long WIDENED_PRODUCTS = 1 << 15;

    private Operands() {}

    /**
     * The copy that a product needs next, or that pays.
     *
     * @param given how many buffers are the plan's; those after them are copies
     */
    static Optional<Packing> packing(Nest nest, MatrixProduct product, List<Buffer> buffers, int given,
            Target target) {
        LoopSpace axes = LoopSpace.of(nest, buffers);
        int lanes = ContractionSchedule.lanes(product, target);
        if (product.rightPlace().buffer() < given
                && (!product.rightIsVectors(lanes) || rightPays(product, target)
                || widens(product, product.right(), buffers))) {
            return column(axes, product.right()).flatMap(column -> Packing.panels(nest, buffers, product.right(),
                    column, panel(axes.extent(column), lanes, target)));
        }
        boolean inPlace = product.leftIsStrided() || product.leftIsPanels();
        if (product.leftPlace().buffer() < given
                && (!inPlace || leftPays(product, target) || widens(product, product.left(), buffers))) {
            boolean along = product.row() >= 0 && product.leftPlace().isUnit(product.row());
            return along ? row(axes, product.left(), product.right()).flatMap(row ->
                    Packing.panels(nest, buffers, product.left(), row, LEFT_PANEL))
                    : Packing.rows(nest, buffers, product.left());
        }
        return Optional.empty();
    }

    /** The columns of a panel of a right operand. */
    static int panel(Dim columns, int lanes, Target target) {
        RegisterTiles tiles = RegisterTiles.of(target);
        if (columns.isConstant() && columns.constant() <= (long) ContractionSchedule.MOST_GROUP_VECTORS * lanes) {
            return Math.max(lanes, Math.toIntExact((columns.constant() + lanes - 1) / lanes * lanes));
        }
        return tiles.preferredVectors() * lanes;
    }

    /** The nest's own axis that the columns are. */
    private static Optional<Integer> column(LoopSpace axes, int right) {
        for (int axis = axes.domainCount() - 1; axis >= 0; axis--) {
            if (!axes.extent(axis).isConstant(1) && axes.outputs().getFirst().isUnit(axis)
                    && axes.inputs().get(right).uses(axis)) {
                return Optional.of(axis);
            }
        }
        return Optional.empty();
    }

    /** The nest's own axis along which the left operand has its neighbours. */
    private static Optional<Integer> row(LoopSpace axes, int left, int right) {
        for (int axis = axes.domainCount() - 1; axis >= 0; axis--) {
            if (!axes.extent(axis).isConstant(1) && axes.inputs().get(left).isUnit(axis)
                    && !axes.inputs().get(right).uses(axis)) {
                return Optional.of(axis);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether an operand of half floats is worth a copy as float32: each left element is converted alone where it is
     * read, and each right one for a few rows of the result. Panels stay.
     */
    private static boolean widens(MatrixProduct product, int input, List<Buffer> buffers) {
        Place place = product.space().inputs().get(input);
        boolean isLeft = input == product.left();
        return buffers.get(place.buffer()).type().dtype().isHalf() && place.panel().isEmpty() && product.row() >= 0
                && product.assumed(product.row()) >= (isLeft ? FEW : PAYING_ROWS)
                && product.assumed(product.row()) * product.assumed(product.column()) * product.assumedDepth()
                >= WIDENED_PRODUCTS;
    }

    /** Rows far apart, read for many rows of the result. */
    private static boolean rightPays(MatrixProduct product, Target target) {
        if (product.rightPlace().panel().isPresent() || product.row() < 0) {
            return false;
        }
        long bytes = product.dtype().bytes() * product.assumed(product.column());
        return bytes >= FAR_VECTORS * target.vectorBytes() && bytes * product.assumedDepth() > target.l2Bytes() / 4
                && product.assumed(product.row()) >= PAYING_ROWS;
    }

    /** Rows far apart, of which a few elements are used at a time. */
    private static boolean leftPays(MatrixProduct product, Target target) {
        if (product.row() < 0 || product.leftIsPanels() || !product.leftPlace().isUnit(product.row())) {
            return false;
        }
        return product.dtype().bytes() * product.assumed(product.row()) >= FAR_VECTORS * target.vectorBytes()
                && product.assumedDepth() >= DEEP && product.assumed(product.column()) >= PAYING_COLUMNS;
    }
}
