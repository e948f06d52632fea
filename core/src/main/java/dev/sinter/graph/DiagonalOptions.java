package dev.sinter.graph;

import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.Optional;

/**
 * Which diagonals of matrices are meant, and how they lie in a tensor: by default the main diagonal.
 *
 * <p>One diagonal is a vector. Several are the rows of a matrix, the highest first, each as long as the longest one: a
 * shorter one is filled up before it (aligned to the right) or behind it (to the left).
 *
 * @param lowest  the lowest diagonal: 0 the main one, positive ones above it, up to {@link Integer#MAX_VALUE} away
 * @param highest the highest one, not below the lowest; there are at most 4096 from one to the other
 * @param align   how shorter diagonals are aligned
 * @param padding what they are filled up with, and what a matrix made of diagonals holds elsewhere
 * @param rows    the rows of a matrix that is made of diagonals; empty for as few as there can be
 * @param columns its columns
 */
public record DiagonalOptions(long lowest, long highest, Align align, double padding, Optional<Dim> rows,
        Optional<Dim> columns) {
    /** The main diagonal, other elements 0. */
    public static final DiagonalOptions DEFAULT =
            new DiagonalOptions(0, 0, Align.RIGHT_LEFT, 0, Optional.empty(), Optional.empty());

    private static final long MOST_AWAY = Integer.MAX_VALUE;
    private static final long MOST_DIAGONALS = 1 << 12;

    /** To which side diagonals above the main one are aligned, then those below. */
    public enum Align {
        RIGHT_LEFT, LEFT_RIGHT, LEFT_LEFT, RIGHT_RIGHT;

        boolean isRight(boolean above) {
            return this == RIGHT_RIGHT || this == (above ? RIGHT_LEFT : LEFT_RIGHT);
        }
    }

    public DiagonalOptions {
        if (lowest > highest) {
            throw new GraphException("diagonal_options: the lowest diagonal, " + lowest + ", is above the highest, "
                    + highest + "\n  at " + Place.here());
        }
        if (lowest < -MOST_AWAY || highest > MOST_AWAY || highest - lowest >= MOST_DIAGONALS) {
            throw new GraphException("diagonal_options: the diagonals " + lowest + " to " + highest + " are too many or"
                    + " too far away: there are at most " + MOST_DIAGONALS + ", from -" + MOST_AWAY + " to " + MOST_AWAY
                    + "\n  at " + Place.here());
        }
    }

    /** One diagonal: 0 the main one, positive ones above it. */
    public DiagonalOptions withDiagonal(long diagonal) {
        return withBand(diagonal, diagonal);
    }

    /** The diagonals from one to another, both included. */
    public DiagonalOptions withBand(long from, long to) {
        return new DiagonalOptions(from, to, align, padding, rows, columns);
    }

    public DiagonalOptions withAlign(Align other) {
        return new DiagonalOptions(lowest, highest, other, padding, rows, columns);
    }

    public DiagonalOptions withPadding(double value) {
        return new DiagonalOptions(lowest, highest, align, value, rows, columns);
    }

    /** The size of a matrix that is made of diagonals. */
    public DiagonalOptions withSize(Dim rowCount, Dim columnCount) {
        return new DiagonalOptions(lowest, highest, align, padding, Optional.of(rowCount), Optional.of(columnCount));
    }

    /** The size of a matrix that is made of diagonals. */
    public DiagonalOptions withSize(long rowCount, long columnCount) {
        return withSize(Dim.of(rowCount), Dim.of(columnCount));
    }

    boolean isOne() {
        return lowest == highest;
    }

    long count() {
        return highest - lowest + 1;
    }
}
