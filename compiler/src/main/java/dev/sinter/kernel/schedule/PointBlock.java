package dev.sinter.kernel.schedule;

import dev.sinter.program.Target;
import dev.sinter.tensor.Dim;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Neighbouring points of an axis of the domain that are reduced side by side, so that what they have in common is
 * read once: the weights of a window, and the elements that several windows show.
 *
 * @param axis   the axis
 * @param points how many
 */
record PointBlock(int axis, int points) {
    /** How many points of the reduced axes are written one after the other, without a loop. */
    private static final long STRAIGHT = 32;
    private static final int FEWEST = 2;

    /**
     * The block of a reduction whose vectors run along another axis of the domain; none where the reduced axes are
     * long or of unknown size, or neighbours share nothing.
     *
     * @param reductions how many results a point has
     */
    static Optional<PointBlock> of(LoopSpace space, int axis, int reductions, Target target) {
        Dim taps = space.points(space.domainCount(), space.axisCount());
        if (!taps.isConstant() || taps.constant() < 2 || taps.constant() > STRAIGHT || !shares(space, axis)) {
            return Optional.empty();
        }
        int most = target.vectorRegisters() / (4 * reductions);
        Dim extent = space.extent(axis);
        int points = extent.isConstant()
                ? IntStream.iterate(most, count -> count > most / 2, count -> count - 1)
                        .filter(count -> extent.constant() % count == 0).findFirst()
                        .orElse((int) Math.min(most, extent.constant()))
                : most;
        return points < FEWEST ? Optional.empty() : Optional.of(new PointBlock(axis, points));
    }

    /** Whether something that is reduced is the same at neighbours, or read again by them. */
    private static boolean shares(LoopSpace space, int axis) {
        return space.inputs().stream().anyMatch(input -> IntStream.range(space.domainCount(), space.axisCount())
                .anyMatch(reduced -> input.uses(reduced) && (!input.uses(axis) || overlaps(input, axis, reduced))));
    }

    /** Whether a step along an axis is some steps along a reduced one. */
    private static boolean overlaps(Place input, int axis, int reduced) {
        Dim step = input.offset().stride(axis);
        Dim tap = input.offset().stride(reduced);
        return input.panel().isEmpty() && !tap.isConstant(0) && step.mod(tap).isConstant(0);
    }

    /** Whether whole blocks are all there is, in tiles of some points. */
    boolean isExact(LoopSpace space, Dim tile) {
        return isMultiple(space.extent(axis)) && (isMultiple(tile) || tile.equals(space.extent(axis)));
    }

    private boolean isMultiple(Dim dim) {
        return dim.isConstant() && dim.constant() % points == 0;
    }

    /** About as many points of a tile, in whole blocks. */
    Dim rounded(Dim tile) {
        return tile.plus(points / 2).floorDiv(points).max(Dim.ONE).times(points);
    }
}
