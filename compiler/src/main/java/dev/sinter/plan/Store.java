package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.op.Combination;
import dev.sinter.op.Gather;
import dev.sinter.op.Recurrence;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * A place where a region must write a value that it computes.
 *
 * @param value     the value
 * @param buffer    the buffer, whose rank is the value's
 * @param placement where in the buffer
 */
record Store(Value value, int buffer, Placement placement) {
    /** Where an element of the value lies in the buffer. */
    sealed interface Placement {
        Placement WHOLE = new Whole();
    }

    /** At its own index, and nothing else is written there: the buffer holds the value. */
    record Whole() implements Placement {}

    /** At {@code offset + stride * index} along each axis. */
    record Box(List<Dim> offsets, List<Long> strides) implements Placement {}

    /** The value, a scalar, at {@code offset + index} of the region's domain. */
    record Fill(List<Dim> offsets) implements Placement {}

    /** At {@code start + index}, the starts computed by the run and clamped to the room. */
    record Window(List<Value> starts, List<Dim> room) implements Placement {}

    /**
     * Combined with what lies at computed indices.
     *
     * @param how     how
     * @param gather  the op that would read from there
     * @param indices its indices
     * @param shape   of the buffer
     */
    record Scattered(Combination how, Gather gather, List<Value> indices, Shape shape) implements Placement {}

    /**
     * Behind the element that it is made of and the one before it along an axis.
     *
     * @param form    what it is made of
     * @param axis    the axis
     * @param factors of a linear recurrence
     */
    record Chain(Recurrence.Form form, int axis, Optional<Value> factors) implements Placement {}

    /** Whether the order counts in which the elements are written. */
    boolean isOrdered() {
        return placement instanceof Scattered || placement instanceof Chain;
    }

    boolean isWhole() {
        return placement instanceof Whole;
    }

    /** Whether every element lies at its own index. */
    boolean isEverywhere() {
        return switch (placement) {
            case Whole whole -> true;
            case Box box -> box.offsets().stream().allMatch(offset -> offset.isConstant(0))
                    && box.strides().stream().allMatch(stride -> stride == 1);
            case Fill fill -> false;
            case Window window -> false;
            case Scattered scattered -> false;
            case Chain chain -> false;
        };
    }

    boolean isFill() {
        return placement instanceof Fill;
    }
}
