package dev.sinter.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which bytes of its buffers each tile of a kernel touches, so far as they are known when the kernel is. */
public final class Footprints {
    /** Kernels of more tiles are not looked at tile by tile. */
    private static final int MOST_TILES = 64;

    private final Kernel kernel;
    private final List<List<Interval>> tiles = new ArrayList<>();
    private Optional<List<Moving>> any = Optional.empty();

    public Footprints(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * The stretches of a buffer that the tiles of some kernels touch: those of tile 0 lie in one, and those of each
     * tile as many bytes further on than those of the one before as the stretch is long, or more.
     *
     * @param step   how many bytes further
     * @param length where the stretch of tile 0 ends, counted in bytes from the start of the buffer
     */
    public record Stretches(long step, long length) {}

    /**
     * Whether tiles of two kernels touch the same bytes of a buffer only where their numbers are equal, the two
     * having as many tiles. Only buffers are seen whose tiles lie one behind the other; of others the answer is no.
     *
     * @param argument the argument of this kernel that is the buffer
     * @param other    the other kernel, or this one
     * @param another  the argument of the other kernel that is the same buffer
     */
    public boolean areSeparate(int argument, Footprints other, int another) {
        return kernel.tiles().equals(other.kernel.tiles())
                && (stretches(List.of(this, other), List.of(argument, another)).isPresent()
                        || areSeparateOneByOne(argument, other, another));
    }

    /**
     * The stretches of a buffer, where each tile has its own whatever their number.
     *
     * @param kernels   kernels with equal numbers of tiles
     * @param arguments for each its argument that is the buffer
     */
    public static Optional<Stretches> stretches(List<Footprints> kernels, List<Integer> arguments) {
        Moving all = Moving.NONE;
        for (int i = 0; i < kernels.size(); i++) {
            all = all.join(kernels.get(i).any().get(arguments.get(i)));
        }
        Interval at = all.at();
        boolean apart = !all.isNone() && at.least() >= 0 && at.most() < Long.MAX_VALUE
                && at.most() - at.least() < all.step();
        return apart ? Optional.of(new Stretches(all.step(), at.most() + 1)) : Optional.empty();
    }

    /** How many bytes further on a tile touches a buffer than the tile before it; 0 where that is not known. */
    long step(int argument) {
        return Math.max(0, any().get(argument).step());
    }

    private boolean areSeparateOneByOne(int argument, Footprints other, int another) {
        if (!kernel.tiles().isConstant() || kernel.tiles().constant() > MOST_TILES) {
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

    private List<Moving> any() {
        if (any.isEmpty()) {
            any = Optional.of(TileFootprint.ofAny(kernel));
        }
        return any.get();
    }

    private List<Interval> tile(int number) {
        while (tiles.size() <= number) {
            tiles.add(TileFootprint.of(kernel, tiles.size()));
        }
        return tiles.get(number);
    }
}
