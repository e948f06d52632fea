package dev.sinter.error;

import static dev.sinter.graph.ResizeMethod.AREA;
import static dev.sinter.graph.ResizeMethod.BICUBIC;
import static dev.sinter.graph.ResizeMethod.BILINEAR;
import static dev.sinter.graph.WindowOptions.SAME;
import static dev.sinter.graph.WindowOptions.VALID;
import static dev.sinter.tensor.DType.BOOL;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.DType.UINT8;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.DistortedBoxOptions;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Image;
import dev.sinter.graph.ResizeOptions;
import dev.sinter.graph.SsimOptions;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The ops on images say what is wrong with what they are given. */
final class ImageErrorsTest {
    private static final ResizeOptions LINEAR = ResizeOptions.of(BILINEAR);
    private static final DistortedBoxOptions CROP = DistortedBoxOptions.DEFAULT;

    private final Graph graph = new Graph();
    private final Tensor images = graph.placeholder("images", FLOAT32, shape(2, 7, 5, 3));
    private final Tensor open = graph.placeholder("open", FLOAT32, shape(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN));
    private final Tensor matrix = graph.placeholder("matrix", FLOAT32, shape(4, 4));
    private final Tensor bools = graph.placeholder("bools", BOOL, shape(2, 7, 5, 3));
    private final Tensor bytes = graph.placeholder("bytes", UINT8, shape(2, 7, 5, 3));
    private final Tensor large = graph.placeholder("large", FLOAT32, shape(20, 20, 1));

    private Tensor given(DType dtype, long... sizes) {
        return graph.placeholder("given", dtype, shape(sizes));
    }

    private static void fails(ThrowingCallable code, String... parts) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).hasMessageContainingAll(parts)
                .hasMessageContaining("at ImageErrorsTest.java:");
    }

    @Test
    void whatIsNoImage() {
        String image = ": an image [height, width, channels] or a batch of them is needed, not ";
        fails(() -> Image.resize(matrix, 2, 5, LINEAR), "resize" + image + "image float32[4,4]");
        fails(() -> Image.resizeWithCropOrPad(matrix, 1, 3), "resize_with_crop_or_pad" + image);
        fails(() -> Image.resizeWithPad(matrix, 1, 3, LINEAR), "resize_with_pad" + image);
        fails(() -> Image.cropToBoundingBox(matrix, 0, 0, 1, 1), "crop_to_bounding_box" + image);
        fails(() -> Image.padToBoundingBox(matrix, 0, 0, 9, 9), "pad_to_bounding_box" + image);
        fails(() -> Image.centralCrop(matrix, 0.5), "central_crop" + image);
        fails(() -> Image.flipLeftRight(matrix), "flip_left_right" + image);
        fails(() -> Image.flipUpDown(given(FLOAT32)), "flip_up_down" + image + "x float32[]");
        fails(() -> Image.transpose(matrix), "transpose_image" + image);
        fails(() -> Image.rot90(matrix, 1), "rot90" + image);
        fails(() -> Image.rot90(matrix, 4), "rot90" + image);
        fails(() -> Image.totalVariation(matrix), "total_variation" + image);
        fails(() -> Image.sobelEdges(matrix), "sobel_edges" + image);
        fails(() -> Image.randomFlipUpDown(matrix), "random_flip_up_down" + image);
        String several = ": an image [height, width, channels] or several are needed, not image float32[4,4]";
        fails(() -> Image.adjustBrightness(matrix, 1), "adjust_brightness" + several);
        fails(() -> Image.adjustContrast(matrix, 1), "adjust_contrast" + several);
        fails(() -> Image.perImageStandardization(matrix), "per_image_standardization" + several);
        fails(() -> Image.psnr(matrix, matrix, 1), "psnr: two images [..., height, width, channels] of one shape");
        fails(() -> Image.imageGradients(given(FLOAT32, 3, 3, 1)),
                "image_gradients: a batch of images [batch, height, width, channels] is needed, not images float32[3");
        fails(() -> Image.extractPatches(matrix, List.of(2L), VALID), "extract_patches: a batch of images");
        fails(() -> Image.extractPatches(images, List.of(2L), VALID.withChannelsFirst()),
                "extract_patches: a batch of images [batch, height, width, channels] is needed");
    }

    @Test
    void dtypes() {
        String none = "image bool[2,7,5,3] holds no numbers; cast(...) it";
        fails(() -> Image.resize(bools, 2, 5, LINEAR), "resize: " + none);
        fails(() -> Image.adjustHue(bools, 0.1), "adjust_hue: " + none);
        fails(() -> Image.adjustGamma(bools, 1, 1), "adjust_gamma: " + none);
        fails(() -> Image.perImageStandardization(bools), "per_image_standardization: " + none);
        fails(() -> Image.rgbToGrayscale(bools), "rgb_to_grayscale: " + none);
        fails(() -> Image.totalVariation(bools), "total_variation: " + none);
        fails(() -> Image.randomBrightness(bools, 1), "random_brightness: adjust_brightness: " + none);
        String floats = ": image uint8[2,7,5,3] is not of a float dtype; convertImageDtype(...) it";
        fails(() -> Image.rgbToHsv(bytes), "rgb_to_hsv" + floats);
        fails(() -> Image.hsvToRgb(bytes), "hsv_to_rgb" + floats);
        fails(() -> Image.yiqToRgb(bytes), "yiq_to_rgb" + floats);
        fails(() -> Image.rgbToYuv(bytes), "rgb_to_yuv" + floats);
        fails(() -> Image.totalVariation(bytes),
                "total_variation: differences of image uint8[2,7,5,3] may be negative; convertImageDtype(...) it");
        fails(() -> Image.sobelEdges(bytes), "sobel_edges: differences of images uint8[2,7,5,3] may be negative");
        fails(() -> Image.imageGradients(bytes), "image_gradients: differences of images uint8[2,7,5,3]");
        fails(() -> Image.convertImageDtype(bools, FLOAT32),
                "convert_image_dtype: images are of floats or integers, not bool and float32");
        fails(() -> Image.convertImageDtype(images, BOOL), "not float32 and bool");
        fails(() -> Image.psnr(images, given(FLOAT64, 2, 7, 5, 3), 1),
                "psnr: dtypes differ: a float32[2,7,5,3], b float64[2,7,5,3]; cast(...) one of them");
        fails(() -> Image.ssim(given(BOOL, 20, 20, 1), given(BOOL, 20, 20, 1), 1), "ssim: images are of floats or");
    }

    @Test
    void sizesOfTheResult() {
        fails(() -> Image.resize(images, 0, 5, LINEAR), "resize: a size of the result must be at least 1, or the size"
                + " of a tensor, not 0");
        fails(() -> Image.resize(images, 3, -2, LINEAR), "not -2");
        fails(() -> Image.resize(images, Dim.UNKNOWN, Dim.of(4), LINEAR), "not unknown");
        fails(() -> Image.resize(images, Long.MAX_VALUE, Long.MAX_VALUE, LINEAR),
                "resize: a size does not fit into 64 bits");
        fails(() -> Image.resize(given(FLOAT32, 2, 0, 5, 3), 2, 5, LINEAR),
                "resize: an axis without elements cannot be resized: axis 1 of");
        fails(() -> Image.resize(given(FLOAT32, 1, 100, 1, 3), 10, 10, LINEAR.withAspectRatio()),
                "resize: image float32[1,100,1,3] of the same aspect ratio would have 10 x 0 pixels");
        fails(() -> Image.resize(open, 10, 10, LINEAR.withAspectRatio()),
                "resize: the size of axis 1 of image float32[?,?,?,?] must be known");
        fails(() -> Image.resizeWithPad(given(FLOAT32, 1, 1, 100, 3), 10, 10, LINEAR),
                "resize_with_pad: image float32[1,1,100,3] of the same aspect ratio would have 0 x 10 pixels");
        fails(() -> Image.resizeWithPad(images, 0, 4, LINEAR), "the result has at least one pixel, not 0 x 4");
        fails(() -> Image.resizeWithPad(open, 3, 4, LINEAR), "must be known");
        fails(() -> Image.resizeAxis(images, 4, Dim.of(2), LINEAR), "resize_axis: axis 4 is outside of x float32[2,7");
        fails(() -> Image.resizeAxis(images, 1, Dim.of(2), LINEAR.withAspectRatio()),
                "resize_axis: one axis has no aspect ratio");
        fails(() -> Image.resizeBilinear(images, 3, 3, true, true),
                "resize_bilinear: either corners are aligned or pixels have half-pixel centers, not both");
        fails(() -> ResizeOptions.of(BICUBIC).withCubicCoefficient(Double.NaN),
                "resize: the cubic coefficient must be finite, not NaN");
        fails(() -> Image.resizeWithCropOrPad(images, 0, 3),
                "resize_with_crop_or_pad: a size of the result is at least 1, not 0");
        fails(() -> Image.resizeWithCropOrPad(images, Dim.UNKNOWN, Dim.of(1)),
                "a size of the result must be a number or the size of a tensor");
    }

    @Test
    void partsAndFrames() {
        fails(() -> Image.cropToBoundingBox(images, 1, 1, 7, 3),
                "crop_to_bounding_box: from 1, 7 pixels do not lie in image float32[2,7,5,3] axis 1");
        fails(() -> Image.cropToBoundingBox(images, 1, -1, 3, 3), "from -1, 3 pixels do not lie in", "axis 2");
        fails(() -> Image.cropToBoundingBox(images, 1, 1, -3, 3), "from 1, -3 pixels");
        fails(() -> Image.cropToBoundingBox(images, Long.MAX_VALUE, 1, Long.MAX_VALUE, 3), "does not fit into 64 bits");
        fails(() -> Image.padToBoundingBox(images, 1, 1, 7, 9),
                "pad_to_bounding_box: image float32[2,7,5,3] axis 1 from 1 does not lie in 7 pixels");
        fails(() -> Image.padToBoundingBox(images, -1, 1, 9, 9), "axis 1 from -1 does not lie in 9 pixels");
        for (double fraction : new double[] {0, 2, Double.NaN}) {
            fails(() -> Image.centralCrop(images, fraction),
                    "central_crop: the fraction must be above 0 and at most 1, not " + fraction);
        }
        fails(() -> Image.centralCrop(open, 0.5), "central_crop: the size of axis 1 of image float32[?,?,?,?] must be");
        fails(() -> Image.extractPatches(images, List.of(0L), SAME), "sizes of a patch must be at least 1, not 0");
        fails(() -> Image.extractPatches(images, List.of(1L, 2L, 3L), SAME), "2 sizes of a patch or one for all");
        fails(() -> Image.extractPatches(images, List.of(2L), SAME.withStrides(0)), "strides must be at least 1");
        fails(() -> Image.extractPatches(images, List.of(2L), SAME.withDilations(0)), "dilations must be at least 1");
        fails(() -> Image.extractPatches(images, List.of(2L), SAME.withGroups(3)), "patches have no groups");
        fails(() -> Image.extractPatches(images, List.of(1L << 31), SAME), "must be at most 2147483647");
        fails(() -> Image.extractGlimpse(images, 0, 2, given(FLOAT32, 2, 2), true, true),
                "extract_glimpse: a window has at least one pixel, not 0 x 2");
        fails(() -> Image.extractGlimpse(images, 2, 2, given(INT32, 2, 2), true, true),
                "images [batch, height, width, channels] and float offsets [batch, 2] are needed");
        fails(() -> Image.extractGlimpse(images, 2, 2, given(FLOAT32, 2, 3), true, true),
                "offsets [batch, 2] are needed, not offsets float32[2,3]");
        fails(() -> Image.extractGlimpse(images, 2, 2, given(FLOAT32, 3, 2), true, true),
                "images and offsets differ in number: images float32[2,7,5,3] axis 0 is 2, offsets float32[3,2]");
    }

    @Test
    void channelsAndFactors() {
        String three = ": three channels along the last axis are needed, not image float32[";
        fails(() -> Image.rgbToHsv(matrix), "rgb_to_hsv" + three + "4,4]");
        fails(() -> Image.rgbToYiq(given(FLOAT32)), "rgb_to_yiq" + three + "]");
        fails(() -> Image.adjustSaturation(large, 1), "adjust_saturation" + three + "20,20,1]");
        fails(() -> Image.randomHue(large, 0.2), "random_hue: adjust_hue" + three);
        fails(() -> Image.grayscaleToRgb(images), "one channel along the last axis is needed, not image float32[2,7,5");
        fails(() -> Image.adjustContrast(images, given(FLOAT32, 2)),
                "adjust_contrast: the factor is a float scalar, not factor float32[2]");
        fails(() -> Image.adjustHue(images, given(INT32)), "adjust_hue: the factor is a float scalar, not factor");
        fails(() -> Image.adjustGamma(images, -1, 1), "adjust_gamma: gamma is from 0 on, not -1.0");
        fails(() -> Image.adjustGamma(images, Double.NaN, 1), "not NaN");
    }

    @Test
    void randomness() {
        fails(() -> Image.randomBrightness(images, -1), "random_brightness: maxDelta is from 0 to ", "not -1.0");
        fails(() -> Image.randomBrightness(images, Double.NaN, 5), "random_brightness: maxDelta", "not NaN");
        fails(() -> Image.randomHue(images, 0.6), "random_hue: maxDelta is from 0 to 0.5, not 0.6");
        String factors = ": finite factors from 0 on, the lower one first, are needed, not ";
        fails(() -> Image.randomContrast(images, 2, 1), "random_contrast" + factors + "2.0 and 1.0");
        fails(() -> Image.randomSaturation(images, -1, 1), "random_saturation" + factors + "-1.0 and 1.0");
        fails(() -> Image.randomCrop(images, 1, 2), "random_crop: 2 sizes are given for x float32[2,7,5,3]");
        fails(() -> Image.randomCrop(images, 2, 8, 1, 1), "random_crop: 8 elements do not lie in axis 1 of x float32");
        fails(() -> Image.randomCrop(images, new long[] {2, -2, 1, 1}, 7), "-2 elements do not lie in axis 1");
        Tensor wrong = given(INT64, 3);
        String seed = ": the seed must be a vector of two integers, not seed int64[3]";
        List<Function<Tensor, Object>> all = List.of(x -> Image.statelessRandomBrightness(images, 1, x),
                x -> Image.statelessRandomContrast(images, 0, 1, x), x -> Image.statelessRandomHue(images, 0.1, x),
                x -> Image.statelessRandomSaturation(images, 0, 1, x), x -> Image.statelessRandomFlipUpDown(images, x),
                x -> Image.statelessRandomFlipLeftRight(images, x),
                x -> Image.statelessRandomCrop(images, x, 1, 1, 1, 1),
                x -> Image.statelessSampleDistortedBoundingBox(given(INT32, 3), matrix, x, CROP));
        all.forEach(method -> fails(() -> method.apply(wrong), "stateless_", seed));
        fails(() -> Image.sampleDistortedBoundingBox(given(INT32, 2), matrix, CROP),
                "sample_distorted_bounding_box: the three sizes of an image are needed, not image_size int32[2]");
        fails(() -> Image.sampleDistortedBoundingBox(given(FLOAT32, 3), matrix, CROP),
                "the three sizes of an image, integers, and float boxes [..., 4] are needed");
        fails(() -> Image.sampleDistortedBoundingBox(given(INT32, 3), given(FLOAT32, 8, 6), CROP),
                "boxes [..., 4] are needed, not boxes float32[8,6]");
        fails(() -> CROP.withAreas(0.5, 2), "areas at most 1", "0.5 to 2.0");
        fails(() -> CROP.withAspectRatios(2, 1), "2.0 to 1.0");
        fails(() -> CROP.withMaxAttempts(0), "at least one attempt is made");
        fails(() -> CROP.withMinObjectCovered(Double.NaN), "a covered share is from 0 on: NaN");
    }

    @Test
    void similarity() {
        fails(() -> Image.psnr(images, given(FLOAT32, 2, 7, 5, 1), 1),
                "psnr: images differ in size: a float32[2,7,5,3] axis 3 is 3, b float32[2,7,5,1] axis 3 is 1");
        for (double range : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            String message = ": the range of pixels must be finite and above 0 but is " + range;
            fails(() -> Image.psnr(images, images, range), "psnr" + message);
            fails(() -> Image.ssim(large, large, range), "ssim" + message);
        }
        fails(() -> Image.ssim(images, images, 1), "ssim: the filter of 11 pixels is larger than axis 1 of a float32");
        fails(() -> Image.ssimMultiscale(large, large, 1), "ssim_multiscale: the filter of 11 pixels is larger than"
                + " axis 0 of a float32[20,20,1], which is 2 at scale 5 of 5");
        fails(() -> Image.ssimMultiscale(large, large, 1, new double[0], SsimOptions.DEFAULT),
                "ssim_multiscale: there is at least one scale, and one value for each pair of images");
        fails(() -> Image.ssimMultiscale(large, large, 1, new double[] {1}, SsimOptions.DEFAULT.withIndexMap()),
                "one value for each pair of images");
        fails(() -> Image.ssimMultiscale(large, large, 1, new double[] {-1}, SsimOptions.DEFAULT),
                "the power of a scale must be finite and at least 0 but is -1.0");
        fails(() -> SsimOptions.DEFAULT.withFilter(0, 1), "ssim: a filter has 1 to 65536 pixels");
        fails(() -> SsimOptions.DEFAULT.withFilter(Integer.MAX_VALUE, 1), "not 2147483647 and 1.0");
        fails(() -> SsimOptions.DEFAULT.withFilter(3, Double.NaN), "a positive deviation, not 3 and NaN");
        fails(() -> SsimOptions.DEFAULT.withFactors(Double.NaN, 1), "factors of the range are finite and at least 0");
        fails(() -> Image.totalVariation(given(FLOAT32, 0, 3, 1)),
                "total_variation: an image of at least 1 x 1 pixels is needed, not image float32[0,3,1]");
        fails(() -> Image.imageGradients(given(FLOAT32, 2, 3, 0, 1)), "image_gradients: an image of at least 1 x 1");
        fails(() -> Image.sobelEdges(given(FLOAT32, 1, 3, 1)), "sobel_edges: an image of at least 2 x 2 pixels");
        Tensor deep = given(FLOAT32, 1, 1, 1, 1, 1, 1, 12, 12, 1);
        assertThat(Image.ssim(deep, deep, 1).rank()).isEqualTo(6);
    }

    @Test
    void boxesThatAreCropped() {
        Tensor boxes = given(FLOAT32, 3, 4);
        Tensor index = given(INT32, 3);
        fails(() -> Image.cropAndResize(images, given(FLOAT32, 3, 5), index, 3, 3, BILINEAR, 0),
                "crop_and_resize: boxes: boxes [n, 4] are needed, not boxes float32[3,5]");
        fails(() -> Image.cropAndResize(images, boxes, given(INT32, 4), 3, 3, BILINEAR, 0),
                "boxes and their images differ in number: box_indices int32[4] axis 0 is 4, boxes float32[3,4]");
        fails(() -> Image.cropAndResize(images, boxes, index, 0, 3, BILINEAR, 0),
                "crop_and_resize: crops have at least one pixel, not 0 x 3");
        fails(() -> Image.cropAndResize(images, boxes, index, 3, 3, AREA, 0),
                "crops are resized bilinearly or to the nearest neighbor, not by AREA");
        fails(() -> Image.cropAndResize(images, boxes, given(FLOAT32, 3), 3, 3, BILINEAR, 0),
                "images [batch, height, width, channels], float boxes [n, 4] and integers [n] are needed");
        fails(() -> Image.cropAndResize(given(FLOAT32, 0, 3, 3, 3), boxes, index, 3, 3, BILINEAR, 0),
                "there is no index along axis 0 of f32[0,3,3,3], which is empty");
    }

    @Test
    void boxesThatAreChosen() {
        Tensor boxes = given(FLOAT32, 3, 4);
        Tensor scores = given(FLOAT32, 3);
        String limits = ": the overlap is from 0 to 1, the score a number, sigma and the number of boxes from 0 on,"
                + " not ";
        fails(() -> Image.nonMaxSuppression(boxes, scores, -1, .5, 0), "non_max_suppression" + limits, "and -1");
        fails(() -> Image.nonMaxSuppression(boxes, scores, 1, Double.NaN, 0), limits + "NaN, 0.0");
        fails(() -> Image.nonMaxSuppression(boxes, scores, 1, .5, Double.NaN), limits + "0.5, NaN");
        fails(() -> Image.nonMaxSuppressionWithScores(boxes, scores, 1, .5, 0, -1), "_with_scores" + limits);
        fails(() -> Image.nonMaxSuppression(matrix, scores, 2, .5, 0),
                "non_max_suppression: scores: boxes and scores differ in number: boxes float32[4,4] axis 0 is 4");
        fails(() -> Image.nonMaxSuppression(given(FLOAT32, 3, 5), scores, 2, .5, 0),
                "non_max_suppression: boxes: boxes [..., 4] are needed, not boxes float32[3,5]");
        fails(() -> Image.nonMaxSuppression(given(INT32, 3, 4), given(INT32, 3), 2, .5, 0),
                "float boxes [n, 4] and scores [n] are needed: boxes int32[3,4], scores int32[3]");
        fails(() -> Image.nonMaxSuppression(given(FLOAT64, 3, 4), scores, 2, .5, 0),
                "non_max_suppression: dtypes differ");
        fails(() -> Image.nonMaxSuppressionPadded(given(FLOAT32, 4), given(FLOAT32), 1, .5, 0),
                "float boxes [..., n, 4] and scores [..., n] are needed");
        fails(() -> Image.nonMaxSuppressionOverlaps(boxes, scores, 1, .5, 0), "overlaps are of each with each");
        fails(() -> Image.nonMaxSuppressionOverlaps(matrix, scores, 1, .5, 0), "overlaps and scores differ in number");
        fails(() -> Image.nonMaxSuppressionOverlaps(given(FLOAT32, 3, 3), scores, 1, Double.NaN, 0),
                "non_max_suppression_overlaps: float overlaps [n, n], scores [n] and limits that are numbers");
        fails(() -> Image.combinedNonMaxSuppression(given(FLOAT32, 1, 3, 2, 4), given(FLOAT32, 1, 3, 3), 2, 2, .5, 0,
                        false, false), "combined_non_max_suppression: float boxes [batch, n, classes or 1, 4]");
        fails(() -> Image.combinedNonMaxSuppression(given(FLOAT32, 1, 3, 1, 5), given(FLOAT32, 1, 3, 3), 2, 2, .5, 0,
                        false, false), "boxes [..., 4] are needed, not boxes float32[1,3,1,5]");
        fails(() -> Image.combinedNonMaxSuppression(open, given(FLOAT32, 1, 3, UNKNOWN), 2, 2, .5, 0, false, false),
                "with a known number of classes");
    }

    @Test
    void boxesThatAreDrawn() {
        fails(() -> Image.drawBoundingBoxes(given(FLOAT32, 1, 2, 2, 5), given(FLOAT32, 1, 3, 4)), "draw_bounding_boxes:"
                + " images of one to four channels, whose number is known, are needed, or colours, not images float32");
        fails(() -> Image.drawBoundingBoxes(bytes, given(UINT8, 2, 3, 4)),
                "float images [batch, height, width, channels]");
        fails(() -> Image.drawBoundingBoxes(images, given(FLOAT32, 3, 3, 4)),
                "boxes and images differ in number: images float32[2,7,5,3] axis 0 is 2, boxes float32[3,3,4]");
        fails(() -> Image.drawBoundingBoxes(images, given(FLOAT32, 2, 3, 4), given(FLOAT32, 2, 4)),
                "colours and images differ in channels: images float32[2,7,5,3] axis 3 is 3, colours float32[2,4]");
        fails(() -> Image.drawBoundingBoxes(images, given(FLOAT32, 2, 3, 5)), "boxes [..., 4] are needed, not boxes");
        fails(() -> Image.drawBoundingBoxes(images, given(FLOAT32, 2, 3, 4), given(FLOAT32, 0, 3)),
                "draw_bounding_boxes: gather: there is no index along axis 0 of f32[0,3], which is empty");
    }
}
