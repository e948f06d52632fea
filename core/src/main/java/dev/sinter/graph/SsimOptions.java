package dev.sinter.graph;

import dev.sinter.tensor.GraphException;

/**
 * The constants of the structural similarity of images.
 *
 * @param filterSize  the sizes of the windows, from 1 to 65536
 * @param filterSigma the deviation of their Gaussian weights
 * @param k1          of the range: what is added to luminances
 * @param k2          of the range: what is added to contrasts
 * @param indexMap    whether there is a value for each window, and not their mean
 */
public record SsimOptions(int filterSize, double filterSigma, double k1, double k2, boolean indexMap) {
    /** The constants of the paper. */
    public static final SsimOptions DEFAULT = new SsimOptions(11, 1.5, 0.01, 0.03, false);

    private static final int MOST_PIXELS = 1 << 16;

    public SsimOptions {
        if (filterSize < 1 || filterSize > MOST_PIXELS || !(filterSigma > 0)) {
            throw new GraphException("ssim: a filter has 1 to " + MOST_PIXELS + " pixels and a positive deviation, not "
                    + filterSize + " and " + filterSigma + "\n  at " + Place.here());
        }
        if (!(k1 >= 0 && k2 >= 0 && k1 < Double.POSITIVE_INFINITY && k2 < Double.POSITIVE_INFINITY)) {
            throw new GraphException("ssim: factors of the range are finite and at least 0, not " + k1 + " and " + k2
                    + "\n  at " + Place.here());
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
