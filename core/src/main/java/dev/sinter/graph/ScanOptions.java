package dev.sinter.graph;

import dev.sinter.tensor.Dim;
import java.util.Optional;

/**
 * How a scan goes over its sequences.
 *
 * @param length  the number of elements, where no sequence says it
 * @param limit   an integer scalar: how many iterations take place at most; a negative number means none
 * @param reverse whether it goes from the last element, or from the limit, to the first
 */
public record ScanOptions(Optional<Dim> length, Optional<Operand> limit, boolean reverse) {
    /** From the first element to the last one, as many as the sequences have. */
    public static final ScanOptions DEFAULT = new ScanOptions(Optional.empty(), Optional.empty(), false);

    /** These options with a number of elements. */
    public ScanOptions withLength(long elements) {
        return withLength(Dim.of(elements));
    }

    /** These options with a number of elements, such as the size of another tensor. */
    public ScanOptions withLength(Dim elements) {
        return new ScanOptions(Optional.of(elements), limit, reverse);
    }

    /** These options with at most so many iterations, an integer scalar. */
    public ScanOptions withLimit(Operand iterations) {
        return new ScanOptions(length, Optional.of(iterations), reverse);
    }

    /** These options in the other direction. */
    public ScanOptions reversed() {
        return new ScanOptions(length, limit, !reverse);
    }
}
