package dev.sinter.graph;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Bounds of a while loop. A loop that reaches one of them ends as if its condition were false.
 *
 * @param maxIterations a number known now; it lets a gradient plan its memory ahead
 * @param limit         an integer scalar, known when the loop begins
 */
public record WhileOptions(OptionalLong maxIterations, Optional<Operand> limit) {
    /** No bound but the condition. */
    public static final WhileOptions DEFAULT = new WhileOptions(OptionalLong.empty(), Optional.empty());

    /** These options with a bound known now, from 0 on. */
    public WhileOptions withMaxIterations(long iterations) {
        return new WhileOptions(OptionalLong.of(iterations), limit);
    }

    /** These options with a bound that is computed, an integer scalar. */
    public WhileOptions withLimit(Operand iterations) {
        return new WhileOptions(maxIterations, Optional.of(iterations));
    }
}
