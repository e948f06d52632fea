package dev.sinter.graph;

import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * The ops that change the sizes of images, or turn them; users find them in {@link Image}. An image is {@code [height,
 * width, channels]}, or a batch of them with one axis more.
 */
abstract sealed class ImageShapes permits ImageColours {
    ImageShapes() {}

    /**
     * Images of another size, as {@code tf.image.resize} of version 2. The result is of float32, or of float64 for
     * images of it; the nearest neighbors are of the dtype of the image.
     *
     * @param height of the result, a number or a size of a tensor, at least 1
     * @param width  of the result
     */
    public static Tensor resize(Operand image, Dim height, Dim width, ResizeOptions options) {
        return Composite.tensor("resize", c -> {
            c.label("image");
            return Resizing.resize(c, c.in(0), height, width, options);
        }, image);
    }

    /** {@link #resize(Operand, Dim, Dim, ResizeOptions)} to known sizes. */
    public static Tensor resize(Operand image, long height, long width, ResizeOptions options) {
        return resize(image, Dim.of(height), Dim.of(width), options);
    }

    /** {@link #resize(Operand, Dim, Dim, ResizeOptions)} by a method, with half-pixel centers. */
    public static Tensor resize(Operand image, long height, long width, ResizeMethod method) {
        return resize(image, height, width, ResizeOptions.of(method));
    }

    /**
     * A tensor of another size along one axis, by the rules of {@link #resize(Operand, Dim, Dim, ResizeOptions)}.
     * Applied to one axis after the other it resizes volumes, or images with the channels first.
     */
    public static Tensor resizeAxis(Operand x, int axis, Dim size, ResizeOptions options) {
        return Composite.tensor("resize_axis", c -> {
            c.label("x");
            Resizing.requireNumbers(c, c.in(0));
            if (options.preserveAspectRatio()) {
                throw new GraphException("one axis has no aspect ratio");
            }
            return Resampling.along(c.in(0).tensor(), c.axis(axis, Composer.rank(c.in(0)), c.in(0)),
                    Resizing.size(c, size), options);
        }, x);
    }

    /** {@code tf.compat.v1.image.resize_bilinear}. */
    public static Tensor resizeBilinear(Operand image, long height, long width, boolean alignCorners,
            boolean halfPixelCenters) {
        return resize("resize_bilinear", image, height, width, ResizeMethod.BILINEAR, alignCorners, halfPixelCenters);
    }

    /** {@code tf.compat.v1.image.resize_nearest_neighbor}. */
    public static Tensor resizeNearestNeighbor(Operand image, long height, long width, boolean alignCorners,
            boolean halfPixelCenters) {
        return resize("resize_nearest_neighbor", image, height, width, ResizeMethod.NEAREST_NEIGHBOR, alignCorners,
                halfPixelCenters);
    }

    /** {@code tf.compat.v1.image.resize_bicubic}. */
    public static Tensor resizeBicubic(Operand image, long height, long width, boolean alignCorners,
            boolean halfPixelCenters) {
        return resize("resize_bicubic", image, height, width, ResizeMethod.BICUBIC, alignCorners, halfPixelCenters);
    }

    /** {@code tf.compat.v1.image.resize_area}. */
    public static Tensor resizeArea(Operand image, long height, long width, boolean alignCorners) {
        return resize("resize_area", image, height, width, ResizeMethod.AREA, alignCorners, false);
    }

    private static Tensor resize(String op, Operand image, long height, long width, ResizeMethod method,
            boolean alignCorners, boolean halfPixelCenters) {
        return Composite.named(op, () -> resize(image, height, width,
                ResizeOptions.of(op, method, alignCorners, halfPixelCenters)));
    }

    /**
     * The image as large as it fits into a size, in the middle of zeros.
     *
     * @param image of known sizes
     */
    public static Tensor resizeWithPad(Operand image, long height, long width, ResizeOptions options) {
        return Composite.tensor("resize_with_pad", c -> {
            c.label("image");
            if (height < 1 || width < 1) {
                throw new GraphException("the result has at least one pixel, not " + height + " x " + width);
            }
            return Resizing.withPad(c, c.in(0), height, width, options);
        }, image);
    }

    /** The middle of an image, or the image in the middle of zeros, so that it has a size. */
    public static Tensor resizeWithCropOrPad(Operand image, Dim height, Dim width) {
        return Composer.tensor("resize_with_crop_or_pad", c -> {
            c.label("image");
            return Framing.cropOrPad(c, c.in(0), height, width);
        }, image);
    }

    /** {@link #resizeWithCropOrPad(Operand, Dim, Dim)} to a known size. */
    public static Tensor resizeWithCropOrPad(Operand image, long height, long width) {
        return resizeWithCropOrPad(image, Dim.of(height), Dim.of(width));
    }

    /** A box of an image; a run in which it does not lie inside fails. */
    public static Tensor cropToBoundingBox(Operand image, Dim top, Dim left, Dim height, Dim width) {
        return Composer.tensor("crop_to_bounding_box", c -> {
            c.label("image");
            return Framing.crop(c, c.in(0), top, left, height, width);
        }, image);
    }

    /** {@link #cropToBoundingBox(Operand, Dim, Dim, Dim, Dim)} of a known size. */
    public static Tensor cropToBoundingBox(Operand image, long top, long left, long height, long width) {
        return cropToBoundingBox(image, Dim.of(top), Dim.of(left), Dim.of(height), Dim.of(width));
    }

    /** An image at a place of a larger one of zeros; a run in which it does not lie inside fails. */
    public static Tensor padToBoundingBox(Operand image, Dim top, Dim left, Dim height, Dim width) {
        return Composer.tensor("pad_to_bounding_box", c -> {
            c.label("image");
            return Framing.pad(c, c.in(0), top, left, height, width);
        }, image);
    }

    /** {@link #padToBoundingBox(Operand, Dim, Dim, Dim, Dim)} of a known size. */
    public static Tensor padToBoundingBox(Operand image, long top, long left, long height, long width) {
        return padToBoundingBox(image, Dim.of(top), Dim.of(left), Dim.of(height), Dim.of(width));
    }

    /**
     * The part around the centre that has a fraction of each size.
     *
     * @param image    of known sizes
     * @param fraction above 0 and at most 1
     */
    public static Tensor centralCrop(Operand image, double fraction) {
        return Composer.tensor("central_crop", c -> {
            c.label("image");
            return Framing.centre(c, c.in(0), fraction);
        }, image);
    }

    /**
     * Boxes of images, resized to one size, as {@code tf.image.crop_and_resize}. Gradients flow to the images and to
     * the boxes.
     *
     * @param images       {@code [batch, height, width, channels]}
     * @param boxes        floats {@code [n, 4]}: top, left, bottom and right, 1 for the last row or column; a box may
     *                     be upside down
     * @param boxIndices   integers {@code [n]}: the image of each box; one outside of the batch is an error of the run
     * @param method       bilinear or the nearest neighbor
     * @param extrapolated the value of what lies outside of an image
     * @return {@code [n, height, width, channels]} of float32, or of float64 for images of it
     */
    public static Tensor cropAndResize(Operand images, Operand boxes, Operand boxIndices, long height, long width,
            ResizeMethod method, double extrapolated) {
        return Composite.tensor("crop_and_resize", c -> {
            c.label("images", "boxes", "box_indices");
            return Resizing.cropAndResize(c, height, width, method, extrapolated);
        }, images, boxes, boxIndices);
    }

    /** Left and right exchanged. */
    public static Tensor flipLeftRight(Operand image) {
        return Composer.tensor("flip_left_right", c -> Framing.flip(c, c.in(0), 1), image);
    }

    /** Top and bottom exchanged. */
    public static Tensor flipUpDown(Operand image) {
        return Composer.tensor("flip_up_down", c -> Framing.flip(c, c.in(0), 0), image);
    }

    /** Turned against the clock by so many right angles. */
    public static Tensor rot90(Operand image, int times) {
        return Composer.tensor("rot90", c -> Framing.turn(c, c.in(0), times), image);
    }

    /** Height and width exchanged. */
    public static Tensor transpose(Operand image) {
        return Composer.tensor("transpose_image", c -> Framing.transpose(c, c.in(0)), image);
    }

    /**
     * Windows of images, each as one vector: rows, columns, channels.
     *
     * @param images  {@code [batch, height, width, channels]}
     * @param sizes   of a window, its height and width, or one for both
     * @param options how windows slide: strides, dilations ({@code rates}), padding
     * @return {@code [batch, rows, columns, height * width * channels]}
     */
    public static Tensor extractPatches(Operand images, List<Long> sizes, WindowOptions options) {
        return Composer.tensor("extract_patches", c -> {
            c.label("images");
            return Framing.patches(c, c.in(0), 2, sizes, options);
        }, images);
    }

    /**
     * Windows of volumes, each as one vector: planes, rows, columns, channels; as {@code tf.extract_volume_patches}.
     *
     * @param volumes {@code [batch, depth, height, width, channels]}
     * @param sizes   of a window, its depth, height and width, or one for all
     * @param options how windows slide: strides, dilations, padding
     * @return {@code [batch, planes, rows, columns, depth * height * width * channels]}
     */
    public static Tensor extractVolumePatches(Operand volumes, List<Long> sizes, WindowOptions options) {
        return Composer.tensor("extract_volume_patches", c -> {
            c.label("volumes");
            return Framing.patches(c, c.in(0), 3, sizes, options);
        }, volumes);
    }

    /**
     * A window of each image at a place of its own, as {@code tf.image.extract_glimpse} of version 2. What lies outside
     * is 0.
     *
     * @param images     {@code [batch, height, width, channels]}
     * @param offsets    floats {@code [batch, 2]}: of rows and columns
     * @param centered   whether offsets are from the centre of the image, where they are 1 at its edges if normalized,
     *                   and name the centre of the window then; else from its first pixel
     * @param normalized whether offsets are 1 for the size of the image; else pixels
     */
    public static Tensor extractGlimpse(Operand images, long height, long width, Operand offsets, boolean centered,
            boolean normalized) {
        return Composite.tensor("extract_glimpse", c -> {
            c.label("images", "offsets");
            return Glimpses.of(c, height, width, centered, normalized);
        }, images, offsets);
    }
}
