package dev.sinter.graph;

import java.util.List;

/**
 * How gradients are taken.
 *
 * @param initial     for each y the gradient that it starts with; none means ones
 * @param stopAt      tensors that count as constants
 * @param unconnected what an x gets that no y depends on
 */
public record GradientOptions(List<Operand> initial, List<Operand> stopAt, Unconnected unconnected) {
    /** What the gradient is of a tensor that the result does not depend on. */
    public enum Unconnected {
        /** An error that names both. */
        ERROR,
        ZEROS
    }

    /** Ones as initial gradients, no constants, an error where nothing flows. */
    public static final GradientOptions DEFAULT = new GradientOptions(List.of(), List.of(), Unconnected.ERROR);

    public GradientOptions {
        initial = List.copyOf(initial);
        stopAt = List.copyOf(stopAt);
    }

    /** These options with an initial gradient for each y. */
    public GradientOptions withInitial(Operand... gradients) {
        return new GradientOptions(List.of(gradients), stopAt, unconnected);
    }

    /** These options with tensors that count as constants. */
    public GradientOptions withStopAt(Operand... constants) {
        return new GradientOptions(initial, List.of(constants), unconnected);
    }

    /** These options with another answer for an x that no y depends on. */
    public GradientOptions withUnconnected(Unconnected answer) {
        return new GradientOptions(initial, stopAt, answer);
    }
}
