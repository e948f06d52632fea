package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * The ops that change the colours of images; users find them in {@link Image}. Colours lie along the last axis. Floats
 * are from 0 to 1; integers stand for their quotients by the greatest one of their dtype, and results are rounded
 * towards 0 and kept within it.
 */
abstract sealed class ImageColours extends ImageShapes permits ImageBoxes {
    /** Differences of two random numbers are float32. */
    private static final double MOST_BRIGHTNESS = Float.MAX_VALUE / 2;

    ImageColours() {}

    /** An image in another dtype, as {@code tf.image.convert_image_dtype}: integers are scaled. */
    public static Tensor convertImageDtype(Operand image, DType dtype) {
        return convertImageDtype(image, dtype, false);
    }

    /** {@link #convertImageDtype(Operand, DType)} where integers that do not fit become the nearest that do. */
    public static Tensor convertImageDtype(Operand image, DType dtype, boolean saturate) {
        return Composite.tensor("convert_image_dtype", c -> Colours.convert(c.in(0).tensor(), dtype, saturate), image);
    }

    private static Tensor colours(String op, UnaryOperator<Tensor> function, Operand image) {
        return Composite.tensor(op, c -> {
            c.label("image");
            Colours.requireFloat(c, c.in(0));
            return function.apply(Colours.threeChannels(c, c.in(0)));
        }, image);
    }

    /** Hue, saturation and value, all from 0 to 1, of floats of red, green and blue. */
    public static Tensor rgbToHsv(Operand image) {
        return colours("rgb_to_hsv", Colours::hsv, image);
    }

    /** Red, green and blue of floats of hue, saturation and value. */
    public static Tensor hsvToRgb(Operand image) {
        return colours("hsv_to_rgb", Colours::rgb, image);
    }

    /** The luminance and two colour differences of the NTSC system, of floats of red, green and blue. */
    public static Tensor rgbToYiq(Operand image) {
        return colours("rgb_to_yiq", x -> Colours.combined(x, Colours.RGB_TO_YIQ), image);
    }

    /** The opposite of {@link #rgbToYiq}. */
    public static Tensor yiqToRgb(Operand image) {
        return colours("yiq_to_rgb", x -> Colours.combined(x, Colours.YIQ_TO_RGB), image);
    }

    /** The luminance and two colour differences of the PAL system, of floats of red, green and blue. */
    public static Tensor rgbToYuv(Operand image) {
        return colours("rgb_to_yuv", x -> Colours.combined(x, Colours.RGB_TO_YUV), image);
    }

    /** The opposite of {@link #rgbToYuv}. */
    public static Tensor yuvToRgb(Operand image) {
        return colours("yuv_to_rgb", x -> Colours.combined(x, Colours.YUV_TO_RGB), image);
    }

    /** One channel of the luminance. */
    public static Tensor rgbToGrayscale(Operand image) {
        return Composite.tensor("rgb_to_grayscale", c -> {
            c.label("image");
            Resizing.requireNumbers(c, c.in(0));
            return Colours.gray(Colours.threeChannels(c, c.in(0)));
        }, image);
    }

    /** Three equal channels of one. */
    public static Tensor grayscaleToRgb(Operand image) {
        return Composer.tensor("grayscale_to_rgb", c -> {
            c.label("image");
            Node one = Framing.last(c, c.in(0), 1, "one channel along the last axis is");
            long[] repeats = new long[Composer.rank(one)];
            java.util.Arrays.fill(repeats, 1);
            repeats[repeats.length - 1] = 3;
            return Shaping.tile(c, one, repeats);
        }, image);
    }

    /** What an op makes of an image's floats and of a factor, which is a number or a scalar. */
    private static Tensor adjusted(String op, boolean colours, BinaryOperator<Tensor> function, Operand image,
            Operand factor) {
        return Composite.tensor(op, c -> {
            c.label("image", "factor");
            Resizing.requireNumbers(c, c.in(0));
            if (Composer.rank(c.in(1)) != 0 || !Composer.dtype(c.in(1)).isFloat()) {
                throw new GraphException("the factor is a float scalar, not " + c.describe(c.in(1)));
            }
            Tensor x = colours ? Colours.threeChannels(c, c.in(0)) : c.in(0).tensor();
            if (Composer.rank(c.in(0)) < 3) {
                throw new GraphException("an image [height, width, channels] or several are needed, not "
                        + c.describe(c.in(0)));
            }
            Tensor by = c.in(1).tensor();
            return Colours.asFloats(x, floats -> function.apply(floats, Ops.cast(by, floats.dtype())));
        }, image, factor);
    }

    private static Operand number(double value) {
        return Ops.constant(value);
    }

    /** A number added to each pixel. */
    public static Tensor adjustBrightness(Operand image, double delta) {
        return adjustBrightness(image, number(delta));
    }

    /** A float scalar added to each pixel. */
    public static Tensor adjustBrightness(Operand image, Operand delta) {
        return adjusted("adjust_brightness", false, Tensor::plus, image, delta);
    }

    /** The differences to the mean of each channel, multiplied by a factor. */
    public static Tensor adjustContrast(Operand image, double factor) {
        return adjustContrast(image, number(factor));
    }

    /** The differences to the mean of each channel, multiplied by a float scalar. */
    public static Tensor adjustContrast(Operand image, Operand factor) {
        return adjusted("adjust_contrast", false, Colours::contrasted, image, factor);
    }

    /** The hue turned by a number, 1 for a whole turn. */
    public static Tensor adjustHue(Operand image, double delta) {
        return adjustHue(image, number(delta));
    }

    /** The hue turned by a float scalar, 1 for a whole turn. */
    public static Tensor adjustHue(Operand image, Operand delta) {
        return adjusted("adjust_hue", true, Colours::turned, image, delta);
    }

    /** The saturation multiplied by a factor, and kept from 0 to 1. */
    public static Tensor adjustSaturation(Operand image, double factor) {
        return adjustSaturation(image, number(factor));
    }

    /** The saturation multiplied by a float scalar, and kept from 0 to 1. */
    public static Tensor adjustSaturation(Operand image, Operand factor) {
        return adjusted("adjust_saturation", true, Colours::saturated, image, factor);
    }

    /** {@code gain * pixel^gamma}; {@code gamma} is from 0 on. */
    public static Tensor adjustGamma(Operand image, double gamma, double gain) {
        return Composite.tensor("adjust_gamma", c -> {
            c.label("image");
            Resizing.requireNumbers(c, c.in(0));
            if (!(gamma >= 0)) {
                throw new GraphException("gamma is from 0 on, not " + gamma);
            }
            return Colours.asFloats(c.in(0).tensor(), x -> Ops.pow(x, gamma).times(gain));
        }, image);
    }

    /**
     * Each image with a mean of 0 and a variance of 1; the variance is taken to be at least one by the number of its
     * values. Integers become float32.
     */
    public static Tensor perImageStandardization(Operand image) {
        return Composite.tensor("per_image_standardization", c -> {
            c.label("image");
            Resizing.requireNumbers(c, c.in(0));
            if (Composer.rank(c.in(0)) < 3) {
                throw new GraphException("an image [height, width, channels] or several are needed, not "
                        + c.describe(c.in(0)));
            }
            return Colours.standardized(c.in(0).tensor());
        }, image);
    }

    /**
     * From a number to below another one.
     *
     * @param op that draws it
     */
    private record Between(String op, double low, double high) {
        /** As far from 0 as a number at most, which is from 0 to a limit. */
        static Between around0(String op, double most, double limit) {
            if (!(most >= 0 && most <= limit)) {
                throw new GraphException(op + ": maxDelta is from 0 to " + limit + ", not " + most + "\n  at "
                        + Place.here());
            }
            return new Between(op, -most, most);
        }

        static Between factors(String op, double lower, double upper) {
            if (!(lower >= 0 && lower <= upper && upper < Double.POSITIVE_INFINITY)) {
                throw new GraphException(op + ": finite factors from 0 on, the lower one first, are needed, not "
                        + lower + " and " + upper + "\n  at " + Place.here());
            }
            return new Between(op, lower, upper);
        }
    }

    /** What an op does with an image and a random number. */
    private static Tensor randomly(Between range, Operand image, Optional<Operand> seed, Optional<Long> opSeed,
            BinaryOperator<Tensor> function) {
        List<Operand> operands = seed.<List<Operand>>map(given -> List.of(image, given)).orElse(List.of(image));
        return Composite.tensor(range.op(), c -> {
            c.label("image", "seed");
            DType dtype = Composer.dtype(c.in(0)) == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
            Words words = seed.isPresent() ? Words.ofSeed(c, c.in(1)) : Words.ofRun(c.graph(), opSeed);
            Tensor factor = words.of("factor", Distributions.uniform(range.op(), dtype, Shape.SCALAR, range.low(),
                    range.high()));
            return function.apply(c.in(0).tensor(), factor);
        }, operands);
    }

    /** {@link #adjustBrightness} by a random number from {@code -maxDelta} to below {@code maxDelta}. */
    public static Tensor randomBrightness(Operand image, double maxDelta) {
        return randomly(Between.around0("random_brightness", maxDelta, MOST_BRIGHTNESS), image, Optional.empty(),
                Optional.empty(), ImageColours::adjustBrightness);
    }

    /** {@link #randomBrightness(Operand, double)} under a seed of one's own. */
    public static Tensor randomBrightness(Operand image, double maxDelta, long opSeed) {
        return randomly(Between.around0("random_brightness", maxDelta, MOST_BRIGHTNESS), image, Optional.empty(),
                Optional.of(opSeed), ImageColours::adjustBrightness);
    }

    /** {@link #randomBrightness(Operand, double)} under a seed that is a tensor. */
    public static Tensor statelessRandomBrightness(Operand image, double maxDelta, Operand seed) {
        return randomly(Between.around0("stateless_random_brightness", maxDelta, MOST_BRIGHTNESS), image,
                Optional.of(seed), Optional.empty(), ImageColours::adjustBrightness);
    }

    /** {@link #adjustContrast} by a random factor from {@code lower} to below {@code upper}. */
    public static Tensor randomContrast(Operand image, double lower, double upper) {
        return randomly(Between.factors("random_contrast", lower, upper), image, Optional.empty(), Optional.empty(),
                ImageColours::adjustContrast);
    }

    /** {@link #randomContrast(Operand, double, double)} under a seed of one's own. */
    public static Tensor randomContrast(Operand image, double lower, double upper, long opSeed) {
        return randomly(Between.factors("random_contrast", lower, upper), image, Optional.empty(),
                Optional.of(opSeed), ImageColours::adjustContrast);
    }

    /** {@link #randomContrast(Operand, double, double)} under a seed that is a tensor. */
    public static Tensor statelessRandomContrast(Operand image, double lower, double upper, Operand seed) {
        return randomly(Between.factors("stateless_random_contrast", lower, upper), image, Optional.of(seed),
                Optional.empty(), ImageColours::adjustContrast);
    }

    /** {@link #adjustHue} by a random number from {@code -maxDelta} to below {@code maxDelta}, at most 0.5. */
    public static Tensor randomHue(Operand image, double maxDelta) {
        return randomly(Between.around0("random_hue", maxDelta, 0.5), image, Optional.empty(), Optional.empty(),
                ImageColours::adjustHue);
    }

    /** {@link #randomHue(Operand, double)} under a seed of one's own. */
    public static Tensor randomHue(Operand image, double maxDelta, long opSeed) {
        return randomly(Between.around0("random_hue", maxDelta, 0.5), image, Optional.empty(), Optional.of(opSeed),
                ImageColours::adjustHue);
    }

    /** {@link #randomHue(Operand, double)} under a seed that is a tensor. */
    public static Tensor statelessRandomHue(Operand image, double maxDelta, Operand seed) {
        return randomly(Between.around0("stateless_random_hue", maxDelta, 0.5), image, Optional.of(seed),
                Optional.empty(), ImageColours::adjustHue);
    }

    /** {@link #adjustSaturation} by a random factor from {@code lower} to below {@code upper}. */
    public static Tensor randomSaturation(Operand image, double lower, double upper) {
        return randomly(Between.factors("random_saturation", lower, upper), image, Optional.empty(),
                Optional.empty(), ImageColours::adjustSaturation);
    }

    /** {@link #randomSaturation(Operand, double, double)} under a seed of one's own. */
    public static Tensor randomSaturation(Operand image, double lower, double upper, long opSeed) {
        return randomly(Between.factors("random_saturation", lower, upper), image, Optional.empty(),
                Optional.of(opSeed), ImageColours::adjustSaturation);
    }

    /** {@link #randomSaturation(Operand, double, double)} under a seed that is a tensor. */
    public static Tensor statelessRandomSaturation(Operand image, double lower, double upper, Operand seed) {
        return randomly(Between.factors("stateless_random_saturation", lower, upper), image, Optional.of(seed),
                Optional.empty(), ImageColours::adjustSaturation);
    }
}
