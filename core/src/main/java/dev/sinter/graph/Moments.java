package dev.sinter.graph;

import java.util.Optional;

/** A mean and the mean of the squared differences to it. */
public record Moments(Tensor mean, Tensor variance) {
    /**
     * Sums from which moments follow.
     *
     * @param count    how many elements were summed, a scalar
     * @param sum      of the elements, less the shift
     * @param squares  the sum of the squares of the elements, less the shift
     * @param shift    what is taken away before, near the mean
     */
    public record Sums(Tensor count, Tensor sum, Tensor squares, Optional<Tensor> shift) {}
}
