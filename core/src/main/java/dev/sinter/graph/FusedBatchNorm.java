package dev.sinter.graph;

import dev.sinter.tensor.GraphException;

/**
 * What {@link Nn#fusedBatchNorm} gives.
 *
 * @param y        of the shape of the input
 * @param mean     of each channel of the batch, or the one that was given
 * @param variance of each channel: of the batch {@code sum((x - mean)^2) / (n - 1)}, an estimate for all data, while y
 *                 is made with {@code n}; or the one that was given
 */
public record FusedBatchNorm(Tensor y, Tensor mean, Tensor variance) {
    /**
     * The moments to keep for inference: what was kept, moved towards those of the batch.
     *
     * @param keptMean     such as a variable
     * @param keptVariance such as a variable
     * @param factor       of the batch's moments, from 0 to 1
     */
    public Moments moved(Operand keptMean, Operand keptVariance, double factor) {
        if (!(factor >= 0 && factor <= 1)) {
            throw new GraphException("fused_batch_norm: the factor must be from 0 to 1 but is " + factor);
        }
        return new Moments(keptMean.plus(mean.minus(keptMean).times(factor)),
                keptVariance.plus(variance.minus(keptVariance).times(factor)));
    }
}
