package dev.sinter.kernel.schedule;

import dev.sinter.program.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * How many rows and vectors of a product are held in registers at a time: for each number of vectors as many
 * rows as leave room for a row of the right operand and one element of the left.
 *
 * @param registers how many vector registers there are
 */
record RegisterTiles(int registers) {
    /** The most vectors that are one strip. */
    static final int MOST_VECTORS = 4;
    /** Rows beyond these need more addresses than there are registers for. */
    private static final int MOST_ROWS = 12;
    /** With strides that the run knows, each row needs an address of its own. */
    private static final int MOST_ADDRESSES = 8;
    /** Sums that are enough for each to be ready when its next product comes. */
    private static final int BUSY = 8;
    /** Sums that also bridge loads which come late, where there are registers for them. */
    private static final double RESERVE = 12;
    /** The part of the time of a multiplication that a load takes, with some reserve. */
    private static final double LOAD_COST = 1.3;

    static RegisterTiles of(Target target) {
        return new RegisterTiles(target.vectorRegisters());
    }

    /** The rows of a tile. */
    int rows(int vectors, boolean knownStride) {
        int most = Math.min((registers - vectors - 1) / vectors, knownStride ? MOST_ROWS : MOST_ADDRESSES);
        return Math.max(1, most > 4 ? most & -2 : most);
    }

    /** The rows of a tile for a number of rows that may be known: fewer where the last tile would be too small. */
    int rows(int vectors, boolean knownStride, OptionalLong count) {
        int most = rows(vectors, knownStride);
        if (count.isEmpty() || count.getAsLong() <= most) {
            return count.isPresent() ? (int) Math.max(1, count.getAsLong()) : most;
        }
        long rest = count.getAsLong() % most;
        boolean isIdle = rest > 0 && rest * vectors < BUSY;
        return isIdle ? (int) Math.ceilDiv(count.getAsLong(), Math.ceilDiv(count.getAsLong(), most)) : most;
    }

    /** The fewest rows whose sums keep the multipliers busy while each waits for its last result. */
    static int busyRows(int vectors) {
        return (BUSY + vectors - 1) / vectors;
    }

    /** The relative time that a strip takes for each row. */
    private double cost(int vectors) {
        return vectors * Math.max(Math.max(1, LOAD_COST * loads(vectors)), RESERVE / (rows(vectors, true) * vectors));
    }

    /** The loads for each multiplication. */
    private double loads(int vectors) {
        int rows = rows(vectors, true);
        return (double) (rows + vectors) / (rows * vectors);
    }

    /** A number of vectors that is cheap, for a width that can be chosen: an even one divides most widths. */
    int preferredVectors() {
        return IntStream.rangeClosed(1, MOST_VECTORS).boxed().min(Comparator
                .<Integer>comparingDouble(vectors -> cost(vectors) / vectors)
                .thenComparingInt(vectors -> vectors & 1).thenComparingDouble(this::loads))
                .orElseThrow();
    }

    /** The vectors of the cheapest strips that cover a number of vectors, equal ones next to each other. */
    List<Integer> strips(int count) {
        double[] costs = new double[count + 1];
        int[] last = new int[count + 1];
        for (int covered = 1; covered <= count; covered++) {
            costs[covered] = Double.MAX_VALUE;
            for (int vectors = 1; vectors <= Math.min(MOST_VECTORS, covered); vectors++) {
                double cost = costs[covered - vectors] + cost(vectors) + 0.01;
                if (cost < costs[covered]) {
                    costs[covered] = cost;
                    last[covered] = vectors;
                }
            }
        }
        List<Integer> widths = new ArrayList<>();
        for (int covered = count; covered > 0; covered -= last[covered]) {
            widths.add(last[covered]);
        }
        widths.sort((a, b) -> Integer.compare(b, a));
        return widths;
    }
}
