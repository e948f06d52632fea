package dev.sinter.kernel.schedule;

import dev.sinter.kernel.Reg;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where in the loops values are computed: the index along each axis, the first of {@code lanes} neighbours
 * along the vector's axis.
 *
 * @param at    a scalar I64 for each loop axis; axes beyond the list are not entered yet
 * @param axis  the axis of the lanes, -1 for a scalar
 * @param lanes how many
 * @param mask  which of them exist; all where empty
 */
public record Point(List<Reg> at, int axis, int lanes, Optional<Reg> mask) {
    public Point {
        at = List.copyOf(at);
    }

    /** A single point. */
    public static Point scalar(List<Reg> at) {
        return new Point(at, -1, 1, Optional.empty());
    }

    /** Lanes along an axis, the first at an index that is a multiple of their number. */
    public Point vector(int along, Reg first, int count, Optional<Reg> exists) {
        List<Reg> moved = new ArrayList<>(at);
        moved.set(along, first);
        return new Point(moved, along, count, exists);
    }

    Point with(int changed, Reg index) {
        List<Reg> moved = new ArrayList<>(at);
        moved.set(changed, index);
        return new Point(moved, axis, lanes, mask);
    }
}
