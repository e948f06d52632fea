package dev.sinter.nn;

import dev.sinter.graph.Operand;
import java.util.List;
import java.util.Optional;

/**
 * How a recurrent net goes over its sequences.
 *
 * @param order          which axis of inputs and outputs is which
 * @param reverse        whether it goes from the end of a sequence to its beginning; outputs stay at the place of
 *                       their inputs
 * @param sequenceLength an integer {@code [B]}: how many steps each sequence has. Beyond them outputs are 0 and
 *                       states stay; the loop ends with the longest. A length below 0 counts as 0, one beyond the
 *                       inputs as all of them.
 * @param initialState   the parts of the state, each {@code [B, size]}, of all layers in order; none means zeros
 */
public record RnnOptions(AxisOrder order, boolean reverse, Optional<Operand> sequenceLength,
        List<Operand> initialState) {
    /** Which axis is which. */
    public enum AxisOrder {
        /** {@code [B, T, D]}. */
        BATCH_MAJOR,
        /** {@code [T, B, D]}, which a loop over time reads without a transposition. */
        TIME_MAJOR
    }

    /** Batch-major, forwards, all sequences of full length, from zeros. */
    public static final RnnOptions DEFAULT =
            new RnnOptions(AxisOrder.BATCH_MAJOR, false, Optional.empty(), List.of());

    public RnnOptions {
        initialState = List.copyOf(initialState);
    }

    /** These options for inputs and outputs {@code [T, B, ...]}. */
    public RnnOptions withTimeMajor() {
        return new RnnOptions(AxisOrder.TIME_MAJOR, reverse, sequenceLength, initialState);
    }

    /** These options in the other direction. */
    public RnnOptions reversed() {
        return new RnnOptions(order, !reverse, sequenceLength, initialState);
    }

    /** These options with a number of steps for each sequence, an integer {@code [B]}. */
    public RnnOptions withSequenceLength(Operand lengths) {
        return new RnnOptions(order, reverse, Optional.of(lengths), initialState);
    }

    /** These options from a state, each part {@code [B, size]}. */
    public RnnOptions withInitialState(Operand... parts) {
        return withInitialState(List.of(parts));
    }

    /** These options from a state, each part {@code [B, size]}. */
    public RnnOptions withInitialState(List<? extends Operand> parts) {
        return new RnnOptions(order, reverse, sequenceLength, List.copyOf(parts));
    }
}
