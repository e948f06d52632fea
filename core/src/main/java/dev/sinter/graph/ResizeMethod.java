package dev.sinter.graph;

/** How the pixels of a resized image are made of those around them, as {@code tf.image.ResizeMethod}. */
public enum ResizeMethod {
    /** The nearest pixel; the dtype stays. */
    NEAREST_NEIGHBOR,
    /** Linear between pixels. With antialiasing, a triangle over all pixels that one covers. */
    BILINEAR,
    /** Keys, "Cubic convolution interpolation for digital image processing", 1981. */
    BICUBIC,
    /** The mean of what a pixel covers, parts of pixels by their areas. */
    AREA,
    /** Lanczos's windowed sinc of radius 3. */
    LANCZOS3,
    /** Lanczos's windowed sinc of radius 5. */
    LANCZOS5,
    /** A Gaussian of radius 1.5 and deviation 0.5. */
    GAUSSIAN,
    /** Mitchell and Netravali, "Reconstruction filters in computer graphics", 1988. */
    MITCHELLCUBIC
}
