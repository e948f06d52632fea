package dev.sinter.kernel;

import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a nest reads or writes a buffer: for each axis of the buffer a coordinate over the axes of the nest,
 * its domain first, then its reduced axes.
 *
 * @param coordinates one an axis of the buffer
 */
public record IndexMap(List<Coordinate> coordinates) {
    /**
     * {@code constant + sum of coefficient * axis}, plus a start read from memory.
     *
     * @param constant     the part that no axis changes
     * @param coefficients one an axis of the nest
     * @param indirect     a start that the run computes
     */
    public record Coordinate(Dim constant, List<Dim> coefficients, Optional<Indirect> indirect) {
        public Coordinate {
            coefficients = List.copyOf(coefficients);
        }

        /** The axis itself. */
        public static Coordinate axis(int axis, int axisCount) {
            List<Dim> coefficients = new ArrayList<>();
            for (int i = 0; i < axisCount; i++) {
                coefficients.add(i == axis ? Dim.ONE : Dim.ZERO);
            }
            return new Coordinate(Dim.ZERO, coefficients, Optional.empty());
        }

        public static Coordinate constant(Dim constant, int axisCount) {
            return new Coordinate(constant, java.util.Collections.nCopies(axisCount, Dim.ZERO),
                    Optional.empty());
        }

        /** The only axis this coordinate consists of, with coefficient 1 and nothing else. */
        public Optional<Integer> asAxis() {
            int found = -1;
            for (int i = 0; i < coefficients.size(); i++) {
                Dim coefficient = coefficients.get(i);
                if (coefficient.isConstant(1) && found < 0) {
                    found = i;
                } else if (!coefficient.isConstant(0)) {
                    return Optional.empty();
                }
            }
            boolean pure = found >= 0 && constant.isConstant(0) && indirect.isEmpty();
            return pure ? Optional.of(found) : Optional.empty();
        }
    }

    /**
     * A start read from a buffer of {@code int64}, through the map of an input, and clamped to {@code 0..limit}.
     *
     * @param input the nest's input that holds it
     * @param limit the greatest start
     */
    public record Indirect(int input, Dim limit) {}

    public IndexMap {
        coordinates = List.copyOf(coordinates);
    }

    /** Whether this leads to the element before the one that another map leads to, along one axis. */
    public boolean precedes(IndexMap other) {
        int before = 0;
        for (int axis = 0; axis < coordinates.size(); axis++) {
            Coordinate here = coordinates.get(axis);
            Coordinate there = other.coordinates().get(axis);
            if (!here.equals(there)) {
                before++;
                if (!here.coefficients().equals(there.coefficients()) || !here.indirect().equals(there.indirect())
                        || !there.constant().minus(here.constant()).isConstant(1)) {
                    return false;
                }
            }
        }
        return before == 1;
    }

    /** The same where the axes of the nest have another order: for each the one that it has been. */
    IndexMap turned(List<Integer> order) {
        return new IndexMap(coordinates.stream().map(c -> new Coordinate(c.constant(),
                order.stream().map(axis -> axis < c.coefficients().size() ? c.coefficients().get(axis) : Dim.ZERO)
                        .toList(), c.indirect())).toList());
    }

    /** The map of a buffer whose axes are the first axes of the nest. */
    public static IndexMap identity(int rank, int axisCount) {
        List<Coordinate> coordinates = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            coordinates.add(Coordinate.axis(axis, axisCount));
        }
        return new IndexMap(coordinates);
    }
}
