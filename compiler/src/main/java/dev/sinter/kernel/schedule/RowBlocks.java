package dev.sinter.kernel.schedule;

import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;

/**
 * How the rows of a product are cut into tiles: as few blocks as give every thread of the machine an equal share
 * of the tiles, blocks not being smaller than is worth a thread's while. A block does not change any result:
 * each element is summed in one order.
 */
final class RowBlocks {
    /** Floating-point operations that are worth a tile. */
    private static final long TILE_FLOPS = 100_000;
    /** As many tiles a thread even out what a thread does more than another. */
    private static final int TILES_A_THREAD = 8;

    private RowBlocks() {}

    /**
     * The rows of a block.
     *
     * @param rows     how many there are
     * @param rowFlops the operations of one row in a tile, about
     * @param others   the number of tiles that a block of rows takes part in
     * @param step     blocks are multiples of this
     */
    static Dim of(Dim rows, long rowFlops, Dim others, int step, Target target) {
        long least = roundUp(Math.max(1, TILE_FLOPS / Math.max(1, rowFlops)), step);
        long tiles = others.asConstant().orElse(1);
        long threads = target.threads();
        if (!rows.isConstant()) {
            long blocks = threads / gcd(threads, Math.max(1, tiles));
            Dim share = rows.ceilDiv(blocks).ceilDiv(step).times(step);
            return share.max(Dim.of(least));
        }
        long count = Math.max(1, rows.constant());
        long most = Math.max(1, count / least);
        long blocks = 1;
        while (blocks < most && (tiles * blocks) % threads != 0 && tiles * blocks < TILES_A_THREAD * threads) {
            blocks++;
        }
        return Dim.of(Math.min(count, roundUp((count + blocks - 1) / blocks, step)));
    }

    private static long roundUp(long value, long step) {
        return (value + step - 1) / step * step;
    }

    /** The greatest number that divides both. */
    static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
