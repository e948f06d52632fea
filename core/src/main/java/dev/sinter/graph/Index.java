package dev.sinter.graph;

import java.util.OptionalLong;

/**
 * What {@link Ops#slice(Operand, Index...)} takes of an axis, as between the brackets of NumPy:
 * {@code x[0, 1:-1:2, ..., None]} is {@code slice(x, at(0), from(1).to(-1).step(2), ELLIPSIS, NEW_AXIS)}. Positions
 * below 0 count from the end.
 */
public sealed interface Index {
    /** As many whole axes as the others leave; at most once. */
    Index ELLIPSIS = new Rest();

    /** A new axis of size 1. */
    Index NEW_AXIS = new New();

    /** The whole axis. */
    Span ALL = new Span(OptionalLong.empty(), OptionalLong.empty(), 1);

    /** The element at a position, without the axis. A position outside is an error. */
    static Index at(long position) {
        return new At(position);
    }

    /** The elements from a position on. */
    static Span from(long position) {
        return new Span(OptionalLong.of(position), OptionalLong.empty(), 1);
    }

    /** The elements before a position. */
    static Span to(long position) {
        return new Span(OptionalLong.empty(), OptionalLong.of(position), 1);
    }

    /** Every so many-th element, from the last one back where the step is negative. */
    static Span step(long step) {
        return ALL.step(step);
    }

    /** One position. */
    record At(long position) implements Index {}

    /**
     * A range. Ends that lie outside are moved inside, as NumPy's.
     *
     * @param from the first position; where there is none, the first element in the direction of the step
     * @param to   the position before which the range ends; where there is none, the end in that direction
     * @param step the distance from one element to the next, not 0
     */
    record Span(OptionalLong from, OptionalLong to, long step) implements Index {
        /** The range that ends before a position. */
        public Span to(long position) {
            return new Span(from, OptionalLong.of(position), step);
        }

        /** Every so many-th element of the range. */
        public Span step(long distance) {
            return new Span(from, to, distance);
        }
    }

    /** The whole axes that the others leave. */
    record Rest() implements Index {}

    /** A new axis. */
    record New() implements Index {}
}
