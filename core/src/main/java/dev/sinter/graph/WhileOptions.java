package dev.sinter.graph;

import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Bounds of a while loop. A loop that reaches one of the first two ends as if its condition were false.
 *
 * @param maxIterations  a number known now; it lets a gradient plan its memory ahead
 * @param limit          an integer scalar, known when the loop begins
 * @param varyingLengths by the position of a carry the greatest size of its axis 0, where that may change from
 *                       iteration to iteration
 */
public record WhileOptions(OptionalLong maxIterations, Optional<Operand> limit, Map<Integer, Dim> varyingLengths) {
    /** No bound but the condition. */
    public static final WhileOptions DEFAULT = new WhileOptions(OptionalLong.empty(), Optional.empty(), Map.of());

    public WhileOptions {
        varyingLengths = Collections.unmodifiableMap(new TreeMap<>(varyingLengths));
    }

    /** These options with a bound known now, from 0 on. */
    public WhileOptions withMaxIterations(long iterations) {
        return new WhileOptions(OptionalLong.of(iterations), limit, varyingLengths);
    }

    /** These options with a bound that is computed, an integer scalar. */
    public WhileOptions withLimit(Operand iterations) {
        return new WhileOptions(maxIterations, Optional.of(iterations), varyingLengths);
    }

    /**
     * These options where a carry may have another length after each iteration, as where the body appends a row to
     * it. In the body, in the condition and after the loop its axis 0 has an unknown size, which each run finds; a
     * run in which it exceeds the bound fails. Other axes keep their sizes.
     *
     * @param carry  the position of the carry
     * @param atMost the greatest size of its axis 0, a number or made of sizes that are known before the loop: {@code
     *               x.dim(0).plus(100)}; a number is at most 2^40
     */
    public WhileOptions withVaryingLength(int carry, Dim atMost) {
        if (carry < 0) {
            throw new GraphException("while_loop: there is no carry " + carry);
        }
        if (atMost.equals(Dim.UNKNOWN) || atMost.isConstant() && atMost.constant() < 0) {
            throw new GraphException("while_loop: the greatest length of carry " + carry
                    + " must be a number from 0 on or made of the sizes of tensors, not " + atMost);
        }
        Map<Integer, Dim> more = new TreeMap<>(varyingLengths);
        more.put(carry, atMost);
        return new WhileOptions(maxIterations, limit, more);
    }

    /** {@link #withVaryingLength(int, Dim)} with a number. */
    public WhileOptions withVaryingLength(int carry, long atMost) {
        return withVaryingLength(carry, Dim.of(atMost));
    }
}
