package dev.sinter.kernel.schedule;

import java.util.Set;

/**
 * How the kernels of several nests are cut alike: a tile is some rows, which are the points of the first axes of each
 * nest's domain.
 *
 * @param axes  how many axes number the rows
 * @param block the rows of a tile
 * @param again the buffers that a later one of the nests reads again
 * @param written the buffers that an earlier one of the nests writes, which are not there before the rows are
 */
public record Rows(int axes, long block, Set<Integer> again, Set<Integer> written) {
    public Rows {
        again = Set.copyOf(again);
        written = Set.copyOf(written);
    }
}
