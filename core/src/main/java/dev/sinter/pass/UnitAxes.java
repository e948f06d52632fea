package dev.sinter.pass;

import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Axes of size 1. Two shapes that are equal but for them name the same elements, so that a reshape from one
 * to the other moves nothing.
 */
final class UnitAxes {
    /** Stands for the place of an axis of size 1, which may be anywhere. */
    static final int ANYWHERE = -1;

    private UnitAxes() {}

    /** The axes whose size is not known to be 1. */
    static List<Integer> others(Shape shape) {
        return IntStream.range(0, shape.rank()).filter(axis -> !shape.dim(axis).isConstant(1)).boxed()
                .toList();
    }

    /** The shape without certain axes. */
    static Shape without(Shape shape, List<Integer> axes) {
        return new Shape(IntStream.range(0, shape.rank()).filter(axis -> !axes.contains(axis))
                .mapToObj(shape::dim).toList());
    }

    /**
     * For each axis of one shape the axis of the other that holds its elements, {@link #ANYWHERE} for those
     * of size 1; empty where the shapes differ in more than axes of size 1.
     */
    static Optional<List<Integer>> correspondence(Shape from, Shape to) {
        List<Integer> source = others(from);
        List<Integer> target = others(to);
        if (source.size() != target.size()) {
            return Optional.empty();
        }
        List<Integer> places = new ArrayList<>(Collections.nCopies(from.rank(), ANYWHERE));
        for (int i = 0; i < source.size(); i++) {
            if (!from.dim(source.get(i)).equals(to.dim(target.get(i)))) {
                return Optional.empty();
            }
            places.set(source.get(i), target.get(i));
        }
        return Optional.of(places);
    }

    /**
     * Increasing axes below a rank, with every {@link #ANYWHERE} replaced by a free axis; empty where there
     * is no room.
     */
    static Optional<List<Integer>> placed(List<Integer> places, int rank) {
        List<Integer> axes = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < places.size(); i++) {
            int place = places.get(i) == ANYWHERE ? next : places.get(i);
            if (place < next || place >= rank) {
                return Optional.empty();
            }
            axes.add(place);
            next = place + 1;
        }
        return Optional.of(axes);
    }
}
