package dev.sinter.kernel.schedule;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.kernel.KernelBuilder;
import dev.sinter.kernel.Layout;
import dev.sinter.kernel.Reg;
import dev.sinter.kernel.RegType;
import dev.sinter.plan.Buffer;
import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * How long sums are cut: so that the part of the operands that a tile works on stays in its caches while all of
 * the tile's rows and columns use it. Between two parts the sums lie in memory. Each sum is added up in the same
 * order as in one go.
 */
final class DepthBlocks {
    /** Sums up to so many times the wanted length are not worth a cut. */
    private static final double WORTH = 1.5;
    /** Parts are multiples of this. */
    private static final long STEP = 16;
    /** The shortest parts that sums are cut into for both operands to stay in the first cache. */
    private static final long NEAR = 128;
    /** Rows of a tile that is to be small: a multiple of the rows of all register tiles. */
    private static final long FEW_ROWS = 96;

    private final MatrixProduct product;
    private final Dim extent;
    private final Dim block;
    private final long inner;

    /**
     * What is summed at a time: a part of the outermost summed axis, or all of it.
     *
     * @param length how long parts are but for the last, where there may be several
     */
    record Part(Reg from, Reg to, OptionalLong length) {
        /** Whether every part is a number of whole steps, of an axis of this size. */
        boolean isWhole(OptionalLong extent, int step) {
            return extent.isPresent() && extent.getAsLong() % step == 0
                    && (length.isEmpty() || length.getAsLong() % step == 0);
        }
    }

    private DepthBlocks(MatrixProduct product, Dim block, long inner) {
        this.product = product;
        this.extent = extent(product);
        this.block = block;
        this.inner = inner;
    }

    private static Dim extent(MatrixProduct product) {
        LoopSpace space = product.space();
        return space.axisCount() == space.domainCount() ? Dim.ONE : space.extent(space.domainCount());
    }

    /**
     * Cuts the sums of a product.
     *
     * @param width     the columns of a register tile
     * @param rows      the rows of a register tile
     * @param areShared whether other nests go through the rows of the product with it, and use the caches too
     */
    static DepthBlocks of(MatrixProduct product, long width, int rows, Target target, boolean areShared) {
        Dim extent = extent(product);
        long wanted = wanted(product, width, rows, target, areShared);
        OptionalLong known = extent.asConstant();
        OptionalLong inner = product.space().axisCount() == product.space().domainCount() ? OptionalLong.of(1)
                : product.space().points(product.space().domainCount() + 1, product.space().axisCount()).asConstant();
        boolean isShort = known.isPresent() && inner.isPresent()
                && (known.getAsLong() < 2 || known.getAsLong() * inner.getAsLong() <= WORTH * wanted);
        if (isShort || inner.isEmpty()) {
            return new DepthBlocks(product, extent, inner.orElse(1));
        }
        long most = Math.max(1, wanted / Math.max(1, inner.getAsLong()));
        long length = known.isPresent() ? Math.ceilDiv(known.getAsLong(), Math.ceilDiv(known.getAsLong(), most)) : most;
        long step = inner.getAsLong() <= 1 ? STEP : 1;
        return new DepthBlocks(product, Dim.of(Math.ceilDiv(length, step) * step), inner.getAsLong());
    }

    /**
     * How much of the sums is wanted at a time: what stays in the second cache of the right operand and in the first of
     * the left one; or in the first cache both, where strips are so narrow that this is much, and lines of the left one
     * that the next rows are to find there would be driven out by them.
     */
    private static long wanted(MatrixProduct product, long width, int rows, Target target, boolean areShared) {
        long right = width * product.dtype().bytes();
        long left = leftBytes(product, rows);
        long both = 3 * target.l1Bytes() / (4 * (left + right));
        boolean areNeighbours = left > rows * (long) product.dtype().bytes();
        return areNeighbours && !areShared && both >= NEAR ? both
                : Math.max(STEP, Math.min(target.l2Bytes() / (4 * right), target.l1Bytes() / (2 * left)));
    }

    /**
     * What a register tile brings into the first cache of the left operand for each element of the sum: a whole line
     * where its rows are neighbours, which the next rows find there.
     */
    private static long leftBytes(MatrixProduct product, int rows) {
        long bytes = (long) rows * product.dtype().bytes();
        boolean shares = product.row() >= 0 && product.leftPlace().isUnit(product.row())
                && product.assumed(product.row()) > rows;
        return shares ? Math.max(ProductLoop.LINE_BYTES, bytes) : bytes;
    }

    /**
     * The rows of a block, a multiple of a step: no more than the caches hold of the left operand where its rows are
     * read again, and no more than need little memory where the number of parts is open and may be one. Equal shares
     * of the threads stay equal.
     *
     * @param again whether all rows are read several times
     */
    Dim rows(Dim rows, int step, boolean again, Target target) {
        long most = isCut() && !extent.isConstant() ? FEW_ROWS : Long.MAX_VALUE;
        if (again) {
            long part = isCut() ? block.constant() * inner : product.assumedDepth();
            long held = target.l2Bytes() / 2 / Math.max(1, part * product.dtype().bytes());
            most = Math.min(most, Math.max(FEW_ROWS, held / FEW_ROWS * FEW_ROWS));
        }
        if (!rows.isConstant()) {
            return most == Long.MAX_VALUE ? rows : rows.min(Dim.of(most));
        }
        long pieces = Math.max(1, Math.ceilDiv(rows.constant(), most));
        return Dim.of(Math.min(rows.constant(), Math.ceilDiv(Math.ceilDiv(rows.constant(), pieces), step) * step));
    }

    /** How many elements of a sum a part has. */
    Reg length(KernelBuilder k, Part part) {
        return k.mul(k.sub(part.to(), part.from()), k.index(inner));
    }

    /** Whether there may be several parts. */
    boolean isCut() {
        return !block.equals(extent);
    }

    /** The memory of a tile's sums between two parts, row by row. */
    Buffer memory(int id, String name, Dim rows, long width) {
        return new Buffer(id, name + ".sums", new TensorType(product.dtype(),
                new Shape(List.of(rows, Dim.of(width)))), Layout.ROW_MAJOR, new Buffer.Role.Temporary());
    }

    /** Carries out what is to be done with each part, in order. */
    void walk(KernelBuilder k, Consumer<Part> body) {
        Reg end = k.size(extent);
        if (!isCut()) {
            body.accept(new Part(k.index(0), end, OptionalLong.empty()));
            return;
        }
        // Sums of nothing are one part too.
        Loops.range(k, k.index(0), k.size(extent.max(Dim.ONE)), block.constant(),
                from -> body.accept(new Part(from, k.min(end, k.add(from, k.size(block))), block.asConstant())));
    }

    /** The sums of some rows and vectors between two parts. */
    final class Sums {
        private final KernelBuilder k;
        private final int argument;
        private final Part part;
        private final Strip strip;
        private final List<Reg> offsets = new ArrayList<>();

        /**
         * Sums in a tile's memory.
         *
         * @param argument the memory
         * @param offset   where the first vector of the first row lies
         * @param width    how far rows are apart
         */
        Sums(KernelBuilder builder, int argument, Part part, Reg offset, long width, int rows, Strip strip) {
            this.k = builder;
            this.argument = argument;
            this.part = part;
            this.strip = strip;
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < strip.vectors(); j++) {
                    offsets.add(k.add(offset, i * width + (long) j * strip.lanes()));
                }
            }
        }

        /** The sums so far: zeros before the first part. */
        List<Reg> load() {
            return k.choose(k.lt(k.index(0), part.from()),
                    () -> offsets.stream().map(at -> k.load(argument, at, strip.lanes())).toList(),
                    () -> zeros(k, offsets.size() / strip.vectors(), strip));
        }

        /** Keeps the sums for the next part. */
        void store(List<Reg> sums) {
            for (int i = 0; i < sums.size(); i++) {
                k.store(argument, offsets.get(i), sums.get(i));
            }
        }

        /** Whether this part is the last. */
        Reg isLast() {
            return k.eq(part.to(), k.size(extent));
        }
    }

    /** Zeros for the sums of some rows. */
    List<Reg> zeros(KernelBuilder k, int rows, Strip strip) {
        return Collections.nCopies(rows * strip.vectors(),
                k.constant(RegType.of(product.dtype(), strip.lanes()), 0));
    }
}
