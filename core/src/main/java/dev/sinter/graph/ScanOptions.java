package dev.sinter.graph;

import dev.sinter.tensor.Dim;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a scan goes over its sequences.
 *
 * @param length      the number of elements, where no sequence says it
 * @param limit       an integer scalar: how many iterations take place at most; a negative number means none
 * @param reverse     whether it goes from the last element, or from the limit, to the first
 * @param checkpoints how many iterations lie between two that gradients keep the carries of
 */
public record ScanOptions(Optional<Dim> length, Optional<Operand> limit, boolean reverse,
        OptionalLong checkpoints) {
    /** From the first element to the last one, as many as the sequences have. */
    public static final ScanOptions DEFAULT = new ScanOptions(Optional.empty(), Optional.empty(), false,
            OptionalLong.empty());

    /** These options with a number of elements. */
    public ScanOptions withLength(long elements) {
        return withLength(Dim.of(elements));
    }

    /** These options with a number of elements, such as the size of another tensor. */
    public ScanOptions withLength(Dim elements) {
        return new ScanOptions(Optional.of(elements), limit, reverse, checkpoints);
    }

    /** These options with at most so many iterations, an integer scalar. */
    public ScanOptions withLimit(Operand iterations) {
        return new ScanOptions(length, Optional.of(iterations), reverse, checkpoints);
    }

    /** These options in the other direction. */
    public ScanOptions reversed() {
        return new ScanOptions(length, limit, !reverse, checkpoints);
    }

    /**
     * These options with checkpoints: for its gradient the scan keeps the carries of every {@code every}-th
     * iteration alone and computes those between them again, one segment after the other. Values, gradients
     * and random numbers stay as they are. Of n iterations the memory for the gradient grows as n / every +
     * every instead of n; it is least where {@code every} is near the square root of n. The price is at most
     * one more forward pass. (Chen, Xu, Zhang and Guestrin, "Training deep nets with sublinear memory cost",
     * 2016.)
     *
     * <p>A length that {@code every} does not divide costs a copy of the sequences and outputs. The body may
     * write variables, but has no effects such as host calls with effects.
     *
     * @param every the number of iterations in a segment, at least 1; the scan fails if it is less
     */
    public ScanOptions withCheckpoints(long every) {
        return new ScanOptions(length, limit, reverse, OptionalLong.of(every));
    }

    /** These options, and gradients keep what they need of every iteration. */
    ScanOptions withoutCheckpoints() {
        return new ScanOptions(length, limit, reverse, OptionalLong.empty());
    }
}
