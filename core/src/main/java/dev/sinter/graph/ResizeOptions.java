package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How an image is resized.
 *
 * @param method              how pixels are made of others
 * @param coordinates         where the pixels of the result lie in the image
 * @param antialias           whether the methods but the nearest neighbor and the area reach over all pixels that a
 *                            pixel of a smaller image covers
 * @param preserveAspectRatio whether the sizes are the greatest, and the result may be smaller along one axis
 * @param nearest             which pixel is the nearest; by default that of TensorFlow for the coordinates
 * @param cubicCoefficient    the parameter of the bicubic method without antialiasing. By default as in TensorFlow:
 *                            -0.5 for {@link Coordinates#HALF_PIXEL}, without the pixels outside, and -0.75 for the
 *                            others, both for distances rounded to 1/1024
 */
public record ResizeOptions(ResizeMethod method, Coordinates coordinates, boolean antialias,
        boolean preserveAspectRatio, Optional<Nearest> nearest, OptionalDouble cubicCoefficient) {
    public ResizeOptions {
        if (cubicCoefficient.isPresent() && !Double.isFinite(cubicCoefficient.getAsDouble())) {
            throw new GraphException("resize: the cubic coefficient must be finite, not "
                    + cubicCoefficient.getAsDouble() + "\n  at " + Place.here());
        }
    }

    /** Where pixel i of a result of size n lies in an image of size m; the centre of its first pixel is at 0. */
    public enum Coordinates {
        /** {@code (i + 0.5) m / n - 0.5}: as of {@code tf.image.resize} in version 2. */
        HALF_PIXEL,
        /** {@code i m / n}: as of version 1. */
        ASYMMETRIC,
        /** {@code i (m - 1) / (n - 1)}: corners meet corners. */
        ALIGN_CORNERS,
        /** As {@link #HALF_PIXEL}, but 0 where n is 1. */
        PYTORCH_HALF_PIXEL
    }

    /** Which pixel is the nearest to a place. */
    public enum Nearest { FLOOR, CEIL, ROUND_PREFER_FLOOR, ROUND_PREFER_CEIL }

    /** {@code tf.image.resize} of version 2. */
    public static ResizeOptions of(ResizeMethod method) {
        return new ResizeOptions(method, Coordinates.HALF_PIXEL, false, false, Optional.empty(),
                OptionalDouble.empty());
    }

    /** The options of version 1, where the first pixels' corners meet, or, with {@code alignCorners}, all corners. */
    public static ResizeOptions legacy(ResizeMethod method, boolean alignCorners) {
        return of(method).withCoordinates(alignCorners ? Coordinates.ALIGN_CORNERS : Coordinates.ASYMMETRIC);
    }

    /** As the ops of TensorFlow that have both options. */
    static ResizeOptions of(String op, ResizeMethod method, boolean alignCorners, boolean halfPixelCenters) {
        if (alignCorners && halfPixelCenters) {
            throw new GraphException(op + ": either corners are aligned or pixels have half-pixel centers, not both"
                    + "\n  at " + Place.here());
        }
        return halfPixelCenters ? of(method) : legacy(method, alignCorners);
    }

    /** These options with other coordinates. */
    public ResizeOptions withCoordinates(Coordinates other) {
        return new ResizeOptions(method, other, antialias, preserveAspectRatio, nearest, cubicCoefficient);
    }

    /** These options, so that each pixel of a smaller image is made of all that it covers. */
    public ResizeOptions withAntialias() {
        return new ResizeOptions(method, coordinates, true, preserveAspectRatio, nearest, cubicCoefficient);
    }

    /** These options, so that the image keeps the ratio of its sizes. */
    public ResizeOptions withAspectRatio() {
        return new ResizeOptions(method, coordinates, antialias, true, nearest, cubicCoefficient);
    }

    /** These options with another choice of the nearest pixel. */
    public ResizeOptions withNearest(Nearest other) {
        return new ResizeOptions(method, coordinates, antialias, preserveAspectRatio, Optional.of(other),
                cubicCoefficient);
    }

    /** These options with another parameter of the bicubic method; pixels outside are those at the edge. */
    public ResizeOptions withCubicCoefficient(double coefficient) {
        return new ResizeOptions(method, coordinates, antialias, preserveAspectRatio, nearest,
                OptionalDouble.of(coefficient));
    }
}
