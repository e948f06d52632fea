package dev.sinter.graph;

import dev.sinter.tensor.GraphException;

/**
 * What a random crop of an image must be like.
 *
 * @param minObjectCovered the share of one of the boxes that the crop covers at least
 * @param minAspectRatio   of the width by the height
 * @param maxAspectRatio   of the width by the height
 * @param minArea          as a share of the image
 * @param maxArea          as a share of the image
 * @param maxAttempts      after which the whole image is taken
 */
public record DistortedBoxOptions(double minObjectCovered, double minAspectRatio, double maxAspectRatio,
        double minArea, double maxArea, long maxAttempts) {
    /** The defaults of TensorFlow. */
    public static final DistortedBoxOptions DEFAULT = new DistortedBoxOptions(0.1, 0.75, 1.33, 0.05, 1, 100);

    public DistortedBoxOptions {
        boolean ratios = minAspectRatio > 0 && minAspectRatio <= maxAspectRatio;
        boolean areas = minArea > 0 && minArea <= maxArea && maxArea <= 1;
        if (!(minObjectCovered >= 0) || !ratios || !areas || maxAttempts < 1) {
            throw new GraphException("sample_distorted_bounding_box: ratios and shares of the area are positive ranges,"
                    + " areas at most 1, at least one attempt is made, and a covered share is from 0 on: "
                    + minObjectCovered + ", " + minAspectRatio + " to " + maxAspectRatio + ", " + minArea + " to "
                    + maxArea + ", " + maxAttempts + "\n  at " + Place.here());
        }
    }

    /** These options with another share of a box. */
    public DistortedBoxOptions withMinObjectCovered(double share) {
        return new DistortedBoxOptions(share, minAspectRatio, maxAspectRatio, minArea, maxArea, maxAttempts);
    }

    /** These options with another range of ratios. */
    public DistortedBoxOptions withAspectRatios(double least, double most) {
        return new DistortedBoxOptions(minObjectCovered, least, most, minArea, maxArea, maxAttempts);
    }

    /** These options with another range of areas. */
    public DistortedBoxOptions withAreas(double least, double most) {
        return new DistortedBoxOptions(minObjectCovered, minAspectRatio, maxAspectRatio, least, most, maxAttempts);
    }

    /** These options with another number of attempts. */
    public DistortedBoxOptions withMaxAttempts(long attempts) {
        return new DistortedBoxOptions(minObjectCovered, minAspectRatio, maxAspectRatio, minArea, maxArea, attempts);
    }
}
