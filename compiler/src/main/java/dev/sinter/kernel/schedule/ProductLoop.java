package dev.sinter.kernel.schedule;

import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Reg;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The innermost loops of a product: for some rows and vectors the sums over all summed axes, each element of the
 * left operand times the vectors of the right one, in the order of the axes.
 */
final class ProductLoop {
    private static final int UNROLL = 4;
    /** Multiplications of an iteration that are enough. */
    private static final int ENOUGH = 128;
    /** The same where sizes are open: then there is more code to compile than a small gain is worth. */
    private static final int ENOUGH_OPEN = 48;
    /** What a cache reads at a time. */
    static final int LINE_BYTES = 64;

    private final KernelBuilder k;
    private final MatrixProduct product;
    private final int leftArgument;
    private final int rightArgument;

    ProductLoop(KernelBuilder builder, MatrixProduct product, Arguments arguments) {
        this.k = builder;
        this.product = product;
        this.leftArgument = arguments.of(product.leftPlace().buffer());
        this.rightArgument = arguments.of(product.rightPlace().buffer());
    }

    /**
     * What is asked for while sums grow, so that it lies in the caches when it is needed.
     *
     * @param offset where in the right operand it begins
     * @param step   how many elements are asked for with each element of a sum
     */
    record Ahead(Reg offset, long step) {}

    /** Rows and vectors whose sums grow together, over a part of the outermost summed axis. */
    private record Block(int rows, Strip strip, Optional<Reg> mask, DepthBlocks.Part part, Optional<Ahead> ahead) {
        int vectors() {
            return strip.vectors();
        }
    }

    /** The distance of neighbours along an axis, where that does not leave a panel. */
    private static Dim stride(Place place, int axis) {
        Dim stride = place.offset().stride(axis);
        return place.panel().map(p -> stride.plus(p.row().stride(axis).times(p.width()))
                .plus(p.column().stride(axis))).orElse(stride);
    }

    /** The distance of neighbours of the left operand along an axis. */
    Dim leftStride(int axis) {
        return stride(product.leftPlace(), axis);
    }

    /**
     * The sums, row by row.
     *
     * @param left  the offset of the first row's first element
     * @param right the offset of the first vector's first element
     * @param mask  which lanes of the last vector may be read
     * @param part  what is summed now
     * @param ahead what is asked for meanwhile
     * @param start the sums of what has been summed before
     */
    List<Reg> sums(Reg left, Reg right, int rows, Strip strip, Optional<Reg> mask, DepthBlocks.Part part,
            Optional<Ahead> ahead, List<Reg> start) {
        List<Reg> lefts = new ArrayList<>();
        Dim step = product.row() < 0 ? Dim.ZERO : leftStride(product.row());
        for (int i = 0; i < rows; i++) {
            lefts.add(step.isConstant() ? left : k.add(left, k.mul(k.size(step), i)));
        }
        Block block = new Block(rows, strip, mask, part, ahead.map(asked -> {
            Dim before = inner(product.space().domainCount()).times(asked.step());
            return new Ahead(k.sub(asked.offset(), k.mul(part.from(), k.size(before))), asked.step());
        }));
        return over(product.space().domainCount(), lefts, right, block, start);
    }

    /** How many elements of a sum follow each other before the index along an axis changes. */
    private Dim inner(int axis) {
        return product.space().axisCount() == product.space().domainCount() ? Dim.ONE
                : product.space().points(axis + 1, product.space().axisCount());
    }

    /** The sums over an axis and those after it. */
    private List<Reg> over(int axis, List<Reg> lefts, Reg right, Block block, List<Reg> sums) {
        LoopSpace space = product.space();
        if (axis == space.axisCount()) {
            return step(lefts, right, 0, axis - 1, block, sums);
        }
        boolean outermost = axis == space.domainCount();
        Reg from = outermost ? block.part().from() : k.index(0);
        Reg to = outermost ? block.part().to() : k.size(space.extent(axis));
        if (axis < space.axisCount() - 1) {
            return Loops.range(k, from, to, 1, sums, (index, carried) ->
                    over(axis + 1, moved(lefts, leftStride(axis), index),
                            moved(right, stride(product.rightPlace(), axis), index), asking(block, axis, index),
                            carried));
        }
        OptionalLong known = space.extent(axis).asConstant();
        boolean isCut = outermost && block.part().length().isPresent();
        int unroll = unroll(isCut ? block.part().length() : known, block);
        Reg whole = Loops.wholeSteps(k, from, to, unroll);
        List<Reg> most = Loops.range(k, from, whole, unroll, sums,
                (index, carried) -> several(axis, lefts, right, index, unroll, block, carried));
        if (isCut && block.part().isWhole(known, unroll)) {
            return most;
        }
        if (!isCut && known.isPresent()) {
            return several(axis, lefts, right, whole, (int) (known.getAsLong() % unroll), block, most);
        }
        return unroll == 1 ? most : k.loop(whole, to, 1, most,
                (index, carried) -> several(axis, lefts, right, index, 1, block, carried));
    }

    private int unroll(OptionalLong extent, Block block) {
        boolean known = extent.isPresent()
                && (product.row() < 0 || product.space().extent(product.row()).isConstant());
        long enough = known ? ENOUGH : ENOUGH_OPEN;
        int most = Math.clamp(enough / ((long) block.rows() * block.vectors()), 1, UNROLL);
        if (extent.isEmpty()) {
            return Integer.highestOneBit(most);
        }
        for (int unroll = most; unroll >= Math.max(2, most / 2); unroll--) {
            if (extent.getAsLong() % unroll == 0) {
                return unroll;
            }
        }
        return most;
    }

    private List<Reg> several(int axis, List<Reg> lefts, Reg right, Reg index, int count, Block block,
            List<Reg> sums) {
        if (count == 0) {
            return sums;
        }
        List<Reg> leftsThere = moved(lefts, leftStride(axis), index);
        Reg rightThere = moved(right, stride(product.rightPlace(), axis), index);
        List<Reg> result = sums;
        Block asking = asking(block, axis, index);
        for (int i = 0; i < count; i++) {
            int element = i;
            asking.ahead().ifPresent(asked -> ask(asked, element));
            result = step(leftsThere, rightThere, i, axis, block, result);
        }
        return result;
    }

    /** The block at an index along an axis, as far as what is asked for depends on it. */
    private Block asking(Block block, int axis, Reg index) {
        return new Block(block.rows(), block.strip(), block.mask(), block.part(), block.ahead().map(asked ->
                new Ahead(moved(asked.offset(), inner(axis).times(asked.step()), index), asked.step())));
    }

    private void ask(Ahead asked, int element) {
        long line = LINE_BYTES / product.dtype().bytes();
        for (long from = 0; from < asked.step(); from += line) {
            k.prefetch(rightArgument, k.add(asked.offset(), element * asked.step() + from));
        }
    }

    private List<Reg> moved(List<Reg> offsets, Dim stride, Reg index) {
        return offsets.stream().map(offset -> moved(offset, stride, index)).toList();
    }

    private Reg moved(Reg offset, Dim stride, Reg index) {
        return k.add(offset, k.mul(index, k.size(stride)));
    }

    /** One element of the sums, {@code ahead} of the offsets along an axis. */
    private List<Reg> step(List<Reg> lefts, Reg right, int ahead, int axis, Block block, List<Reg> sums) {
        Reg rightThere = ahead(right, stride(product.rightPlace(), axis), ahead, 0);
        List<Reg> vectors = new ArrayList<>();
        for (int j = 0; j < block.vectors(); j++) {
            Optional<Reg> mask = j == block.vectors() - 1 ? block.mask() : Optional.empty();
            vectors.add(k.load(rightArgument, k.add(rightThere, (long) j * block.strip().lanes()),
                    block.strip().lanes(), mask));
        }
        Dim rowStride = product.row() < 0 ? Dim.ZERO : leftStride(product.row());
        List<Reg> result = new ArrayList<>(sums);
        for (int i = 0; i < block.rows(); i++) {
            long fixed = rowStride.isConstant() ? i * rowStride.constant() : 0;
            Reg offset = ahead(lefts.get(i), leftStride(axis), ahead, fixed);
            Reg element = k.broadcast(leftArgument, offset, block.strip().lanes());
            for (int j = 0; j < block.vectors(); j++) {
                int at = i * block.vectors() + j;
                result.set(at, k.fma(element, vectors.get(j), sums.get(at)));
            }
        }
        return result;
    }

    /** An offset moved by steps along an axis and by a number of elements, as one constant where that can be. */
    private Reg ahead(Reg offset, Dim stride, int steps, long fixed) {
        if (stride.isConstant()) {
            return k.add(offset, steps * stride.constant() + fixed);
        }
        return k.add(k.add(offset, k.mul(k.size(stride), steps)), fixed);
    }
}
