package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Images, under the names of {@code tf.image}: {@code [height, width, channels]}, or a batch of them. Files of images
 * are read and written elsewhere.
 */
public final class Image extends ImageBoxes {
    private static final double[] SCALES = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

    private Image() {}

    private static Tensor compared(String op, BiFunction<Composer, List<Tensor>, Tensor> body, Operand a, Operand b) {
        return Composite.tensor(op, c -> body.apply(c, Similarity.pair(c)), a, b);
    }

    /**
     * The peak signal-to-noise ratio of each pair of images, in decibels.
     *
     * @param range the greatest value less the least that pixels may have
     */
    public static Tensor psnr(Operand a, Operand b, double range) {
        return compared("psnr", (c, both) -> Similarity.signalToNoise(both.get(0), both.get(1),
                Similarity.range(Composer.dtype(c.in(0)), range)), a, b);
    }

    /**
     * The structural similarity of each pair of images: Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment:
     * from error visibility to structural similarity", 2004. NaN where a run finds images smaller than the filter.
     *
     * @param range the greatest value less the least that pixels may have
     */
    public static Tensor ssim(Operand a, Operand b, double range, SsimOptions options) {
        return compared("ssim", (c, both) -> {
            Similarity.requireRoom(c, c.in(0), options, 1);
            return Similarity.ssim(both.get(0), both.get(1), Similarity.range(Composer.dtype(c.in(0)), range), options);
        }, a, b);
    }

    /** {@link #ssim(Operand, Operand, double, SsimOptions)} with the constants of the paper. */
    public static Tensor ssim(Operand a, Operand b, double range) {
        return ssim(a, b, range, SsimOptions.DEFAULT);
    }

    /**
     * The structural similarity at several scales, each of half the size of the one before: Wang, Simoncelli and Bovik,
     * "Multiscale structural similarity for image quality assessment", 2003. NaN where a run finds images that are
     * smaller than the filter at the last scale.
     *
     * @param powers of the scales, at least one, each from 0 on
     */
    public static Tensor ssimMultiscale(Operand a, Operand b, double range, double[] powers, SsimOptions options) {
        return compared("ssim_multiscale", (c, both) -> {
            if (powers.length == 0 || options.indexMap()) {
                throw new GraphException("there is at least one scale, and one value for each pair of images");
            }
            for (double power : powers) {
                Requirements.requireAtLeast("the power of a scale", power, 0);
            }
            Similarity.requireRoom(c, c.in(0), options, powers.length);
            return Similarity.multiscale(both.get(0), both.get(1), Similarity.range(Composer.dtype(c.in(0)), range),
                    powers, options);
        }, a, b);
    }

    /** {@link #ssimMultiscale(Operand, Operand, double, double[], SsimOptions)} with the constants of the papers. */
    public static Tensor ssimMultiscale(Operand a, Operand b, double range) {
        return ssimMultiscale(a, b, range, SCALES.clone(), SsimOptions.DEFAULT);
    }

    /** The sum of the absolute differences of neighbouring pixels of each image. */
    public static Tensor totalVariation(Operand image) {
        return Composite.tensor("total_variation", c -> {
            c.label("image");
            Framing.height(c, c.in(0));
            Similarity.requireDifferences(c, c.in(0), 1);
            return Similarity.variation(c.in(0).tensor());
        }, image);
    }

    /** The differences to the pixel below and to the pixel to the right, 0 in the last row and column. */
    public static List<Tensor> imageGradients(Operand images) {
        return Composite.tensors("image_gradients", c -> {
            c.label("images");
            if (Composer.rank(c.in(0)) != 4) {
                throw new GraphException("a batch of images [batch, height, width, channels] is needed, not "
                        + c.describe(c.in(0)));
            }
            Similarity.requireDifferences(c, c.in(0), 1);
            Tensor x = c.in(0).tensor();
            return List.of(Similarity.difference(x, 1), Similarity.difference(x, 2));
        }, images);
    }

    /**
     * Sobel's edges along the height and along the width, in a new last axis; images are mirrored at their edges.
     *
     * @param images {@code [batch, height, width, channels]}, at least 2 x 2 pixels
     */
    public static Tensor sobelEdges(Operand images) {
        return Composite.tensor("sobel_edges", c -> {
            c.label("images");
            Framing.height(c, c.in(0));
            Similarity.requireDifferences(c, c.in(0), 2);
            return Similarity.sobel(c.in(0).tensor());
        }, images);
    }

    /** Each image of a batch, or the one image, flipped with probability one half. */
    private static Tensor flipped(String op, int which, Operand image, Optional<Operand> seed, Optional<Long> opSeed) {
        List<Operand> operands = seed.<List<Operand>>map(given -> List.of(image, given)).orElse(List.of(image));
        return Composite.tensor(op, c -> {
            c.label("image", "seed");
            int axis = Framing.height(c, c.in(0));
            Tensor x = c.in(0).tensor();
            Words words = seed.isPresent() ? Words.ofSeed(c, c.in(1)) : Words.ofRun(c.graph(), opSeed);
            Shape each = axis == 0 ? Shape.SCALAR : Shape.of(x.dim(0), Dim.ONE, Dim.ONE, Dim.ONE);
            Tensor flips = Ops.less(words.unit(DType.FLOAT32, each, 0), 0.5);
            return Ops.where(flips, which == 0 ? flipUpDown(x) : flipLeftRight(x), x);
        }, operands);
    }

    /** Left and right exchanged with probability one half, for each image of a batch. */
    public static Tensor randomFlipLeftRight(Operand image) {
        return flipped("random_flip_left_right", 1, image, Optional.empty(), Optional.empty());
    }

    /** {@link #randomFlipLeftRight(Operand)} under a seed of one's own. */
    public static Tensor randomFlipLeftRight(Operand image, long opSeed) {
        return flipped("random_flip_left_right", 1, image, Optional.empty(), Optional.of(opSeed));
    }

    /** {@link #randomFlipLeftRight(Operand)} under a seed that is a tensor. */
    public static Tensor statelessRandomFlipLeftRight(Operand image, Operand seed) {
        return flipped("stateless_random_flip_left_right", 1, image, Optional.of(seed), Optional.empty());
    }

    /** Top and bottom exchanged with probability one half, for each image of a batch. */
    public static Tensor randomFlipUpDown(Operand image) {
        return flipped("random_flip_up_down", 0, image, Optional.empty(), Optional.empty());
    }

    /** {@link #randomFlipUpDown(Operand)} under a seed of one's own. */
    public static Tensor randomFlipUpDown(Operand image, long opSeed) {
        return flipped("random_flip_up_down", 0, image, Optional.empty(), Optional.of(opSeed));
    }

    /** {@link #randomFlipUpDown(Operand)} under a seed that is a tensor. */
    public static Tensor statelessRandomFlipUpDown(Operand image, Operand seed) {
        return flipped("stateless_random_flip_up_down", 0, image, Optional.of(seed), Optional.empty());
    }
}
