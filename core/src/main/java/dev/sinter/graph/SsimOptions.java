package dev.sinter.graph;

import dev.sinter.tensor.GraphException;

/**
 * The constants of the structural similarity of images.
 *
 * @param filterSize  the sizes of the windows
 * @param filterSigma the deviation of their Gaussian weights
 * @param k1          of the range: what is added to luminances
 * @param k2          of the range: what is added to contrasts
 * @param indexMap    whether there is a value for each window, and not their mean
 */
public record SsimOptions(int filterSize, double filterSigma, double k1, double k2, boolean indexMap) {
    /** The constants of the paper. */
    public static final SsimOptions DEFAULT = new SsimOptions(11, 1.5, 0.01, 0.03, false);

    public SsimOptions {
        if (filterSize < 1 || !(filterSigma > 0)) {
            throw new GraphException("ssim: a filter has at least one pixel and a positive deviation, not " + filterSize
                    + " and " + filterSigma);
        }
    }

    /** These constants with other windows. */
    public SsimOptions withFilter(int size, double sigma) {
        return new SsimOptions(size, sigma, k1, k2, indexMap);
    }

    /** These constants with other factors of the range. */
    public SsimOptions withFactors(double first, double second) {
        return new SsimOptions(filterSize, filterSigma, first, second, indexMap);
    }

    /** These constants, for a value for each window. */
    public SsimOptions withIndexMap() {
        return new SsimOptions(filterSize, filterSigma, k1, k2, true);
    }
}
