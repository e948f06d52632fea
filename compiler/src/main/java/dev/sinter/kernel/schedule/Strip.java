package dev.sinter.kernel.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring columns of a product that are computed together.
 *
 * @param first   the first column
 * @param vectors how many vectors
 * @param lanes   the columns of a vector
 */
record Strip(long first, int vectors, int lanes) {
    /** Vectors up to this size take as long as half of one. */
    private static final int WHOLE_BYTES = 32;

    /**
     * The strips of some columns. The last may reach beyond them; columns that half a vector holds are a strip of half
     * a vector where the machine spends less on it.
     *
     * @param lanes of a whole vector
     * @param bytes of a whole vector
     */
    static List<Strip> cover(long columns, int lanes, int bytes, RegisterTiles tiles) {
        long rest = columns % lanes;
        boolean half = bytes > WHOLE_BYTES && rest > 0 && rest <= lanes / 2;
        List<Strip> strips = new ArrayList<>();
        long first = 0;
        for (int vectors : tiles.strips((int) (columns / lanes + (rest > 0 && !half ? 1 : 0)))) {
            strips.add(new Strip(first, vectors, lanes));
            first += (long) vectors * lanes;
        }
        if (half) {
            strips.add(new Strip(first, 1, lanes / 2));
        }
        return strips;
    }

    /** The column after the last. */
    long end() {
        return first + columns();
    }

    /** How many columns there are. */
    long columns() {
        return (long) vectors * lanes;
    }

    /** Whether another is as wide. */
    boolean isLike(Strip other) {
        return vectors == other.vectors && lanes == other.lanes;
    }
}
