package dev.sinter.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * Which bytes of its buffers each tile of a kernel touches, so far as they are known when the kernel is: its tiles
 * are a fixed number.
 */
public final class Footprints {
    /** Kernels of more tiles are not looked at. */
    private static final int MOST_TILES = 64;

    private final Kernel kernel;
    private final List<List<Interval>> tiles = new ArrayList<>();

    public Footprints(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Whether tiles of two kernels touch the same bytes of a buffer only where their numbers are equal, the two
     * having as many tiles. Only buffers are seen whose tiles lie one behind the other; of others the answer is no.
     *
     * @param argument the argument of this kernel that is the buffer
     * @param other    the other kernel, or this one
     * @param another  the argument of the other kernel that is the same buffer
     */
    public boolean areSeparate(int argument, Footprints other, int another) {
        if (!kernel.tiles().equals(other.kernel.tiles()) || !kernel.tiles().isConstant()
                || kernel.tiles().constant() > MOST_TILES) {
            return false;
        }
        long ours = Long.MIN_VALUE;
        long theirs = Long.MIN_VALUE;
        for (int i = 0; i < kernel.tiles().constant(); i++) {
            Interval mine = tile(i).get(argument);
            Interval its = other.tile(i).get(another);
            if (i > 0 && (mine.least() <= theirs || its.least() <= ours)) {
                return false;
            }
            ours = Math.max(ours, mine.most());
            theirs = Math.max(theirs, its.most());
        }
        return true;
    }

    private List<Interval> tile(int number) {
        while (tiles.size() <= number) {
            tiles.add(TileFootprint.of(kernel, tiles.size()));
        }
        return tiles.get(number);
    }
}
