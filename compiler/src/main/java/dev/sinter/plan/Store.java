package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.op.Gather;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.List;

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
     * Added to what lies at computed indices.
     *
     * @param gather  the op that would read from there
     * @param indices its indices
     * @param shape   of the buffer
     */
    record Sums(Gather gather, List<Value> indices, Shape shape) implements Placement {}

    /** Whether the value is added to what is there, so that the order of its elements counts. */
    boolean isSum() {
        return placement instanceof Sums;
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
            case Sums sums -> false;
        };
    }

    boolean isFill() {
        return placement instanceof Fill;
    }
}
