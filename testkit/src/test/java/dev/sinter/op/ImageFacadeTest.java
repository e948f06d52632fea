package dev.sinter.op;

import static dev.sinter.graph.ResizeOptions.Coordinates.ALIGN_CORNERS;
import static dev.sinter.graph.ResizeOptions.Coordinates.ASYMMETRIC;
import static dev.sinter.graph.ResizeOptions.Coordinates.PYTORCH_HALF_PIXEL;

import dev.sinter.graph.Image;
import dev.sinter.graph.ResizeMethod;
import dev.sinter.graph.ResizeOptions;
import dev.sinter.graph.ResizeOptions.Coordinates;
import dev.sinter.graph.ResizeOptions.Nearest;
import dev.sinter.graph.SsimOptions;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.testkit.FacadeCase;
import java.util.ArrayList;
import java.util.List;

/** The ops on images but for those on boxes. Names of rows say the method and its options. */
final class ImageFacadeTest extends FacadeTest {
    ImageFacadeTest() {
        super("image", rows());
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>(List.of(
                Row.of("aspect", in -> Image.resize(in.get(0), 4, 9,
                        ResizeOptions.of(ResizeMethod.BILINEAR).withAspectRatio())),
                Row.of("crop", in -> Image.cropToBoundingBox(in.get(0), 1, 2, 4, 3)),
                Row.of("pad", in -> Image.padToBoundingBox(in.get(0), 1, 2, 8, 9)),
                Row.of("flip_left_right", in -> Image.flipLeftRight(in.get(0))),
                Row.of("flip_up_down", in -> Image.flipUpDown(in.get(0))),
                Row.of("transpose", in -> Image.transpose(in.get(0))),
                Row.of("patches/VALID", in -> patches(in, WindowOptions.VALID)),
                Row.of("patches/SAME", in -> patches(in, WindowOptions.SAME)),
                Row.of("rgb_to_hsv", in -> Image.rgbToHsv(in.get(0))),
                Row.of("hsv_to_rgb", in -> Image.hsvToRgb(in.get(0))),
                Row.of("rgb_to_yiq", in -> Image.rgbToYiq(in.get(0))),
                Row.of("yiq_to_rgb", in -> Image.yiqToRgb(in.get(0))),
                Row.of("rgb_to_yuv", in -> Image.rgbToYuv(in.get(0))),
                Row.of("yuv_to_rgb", in -> Image.yuvToRgb(in.get(0))),
                Row.of("rgb_to_grayscale", in -> Image.rgbToGrayscale(in.get(0))),
                Row.of("grayscale_to_rgb", in -> Image.grayscaleToRgb(in.get(0))),
                Row.of("adjust_brightness", in -> Image.adjustBrightness(in.get(0), -0.3)),
                Row.of("adjust_contrast", in -> Image.adjustContrast(in.get(0), 1.7)),
                Row.of("adjust_hue", in -> Image.adjustHue(in.get(0), 0.3)),
                Row.of("adjust_saturation", in -> Image.adjustSaturation(in.get(0), 0.6)),
                Row.of("adjust_gamma", in -> Image.adjustGamma(in.get(0), 1.8, 0.7)),
                Row.of("standardize", in -> Image.perImageStandardization(in.get(0))),
                Row.of("psnr", in -> Image.psnr(in.get(0), in.get(1), 1)),
                Row.of("ssim", in -> Image.ssim(in.get(0), in.get(1), 1)),
                Row.of("ssim_map", in -> Image.ssim(in.get(0), in.get(1), 1,
                        SsimOptions.DEFAULT.withFilter(5, 0.9).withFactors(0.02, 0.05).withIndexMap())),
                Row.of("ssim_multiscale", in -> Image.ssimMultiscale(in.get(0), in.get(1), 1,
                        new double[] {0.3, 0.4, 0.3}, SsimOptions.DEFAULT.withFilter(3, 1.5))),
                Row.of("total_variation", in -> Image.totalVariation(in.get(0))),
                new Row("image_gradients", in -> Image.imageGradients(in.get(0))),
                Row.of("sobel_edges", in -> Image.sobelEdges(in.get(0)))));
        FacadeCase.read(FacadeTest.class, "image").stream().map(FacadeCase::row).distinct()
                .filter(name -> name.contains("/") && !name.startsWith("patches"))
                .forEach(name -> rows.add(Row.of(name, in -> call(name.split("/"), in))));
        return rows;
    }

    private static Tensor patches(List<Tensor> in, WindowOptions options) {
        return Image.extractPatches(in.get(0), List.of(3L, 2L), options.withStrides(2, 1).withDilations(1, 2));
    }

    /** The call that a row names by words. */
    private static Tensor call(String[] words, List<Tensor> in) {
        String[] sizes = words[words.length > 3 && words[0].equals("resize") ? 2 : words.length - 1].split("x");
        long height = sizes.length == 2 ? Long.parseLong(sizes[0]) : 0;
        long width = sizes.length == 2 ? Long.parseLong(sizes[1]) : 0;
        Tensor x = in.getFirst();
        return switch (words[0]) {
            case "resize" -> {
                ResizeOptions options = ResizeOptions.of(ResizeMethod.valueOf(words[1]));
                yield Image.resize(x, height, width, words[3].equals("antialias") ? options.withAntialias() : options);
            }
            case "legacy" -> {
                boolean align = words[2].equals("aligned");
                yield switch (ResizeMethod.valueOf(words[1])) {
                    case NEAREST_NEIGHBOR -> Image.resizeNearestNeighbor(x, height, width, align, false);
                    case BILINEAR -> Image.resizeBilinear(x, height, width, align, false);
                    case BICUBIC -> Image.resizeBicubic(x, height, width, align, false);
                    case AREA -> Image.resizeArea(x, height, width, align);
                    case LANCZOS3, LANCZOS5, GAUSSIAN, MITCHELLCUBIC -> throw new IllegalArgumentException(words[1]);
                };
            }
            case "onnx" -> {
                ResizeOptions options = onnx(words[1], words[2], words[3]);
                yield Image.resizeAxis(Image.resizeAxis(x, 2, Dim.of(height), options), 3, Dim.of(width), options);
            }
            case "with_pad" -> Image.resizeWithPad(x, height, width, ResizeOptions.of(ResizeMethod.BILINEAR));
            case "crop_or_pad" -> Image.resizeWithCropOrPad(x, height, width);
            case "central" -> Image.centralCrop(x, Double.parseDouble(words[1]));
            case "rot90" -> Image.rot90(x, Integer.parseInt(words[1]));
            case "crop_and_resize" -> Image.cropAndResize(x, in.get(1), in.get(2), height, width,
                    words[1].equals("bilinear") ? ResizeMethod.BILINEAR : ResizeMethod.NEAREST_NEIGHBOR, 0.25);
            case "glimpse" -> Image.extractGlimpse(x, 3, 4, in.get(1), Boolean.parseBoolean(words[1]),
                    Boolean.parseBoolean(words[2]));
            case "convert" -> Image.convertImageDtype(x, DType.valueOf(words[1].toUpperCase(java.util.Locale.ROOT)));
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static ResizeOptions onnx(String mode, String nearest, String coordinates) {
        ResizeOptions options = ResizeOptions.of(switch (mode) {
            case "linear" -> ResizeMethod.BILINEAR;
            case "cubic" -> ResizeMethod.BICUBIC;
            default -> ResizeMethod.NEAREST_NEIGHBOR;
        }).withCoordinates(switch (coordinates) {
            case "asymmetric" -> ASYMMETRIC;
            case "align_corners" -> ALIGN_CORNERS;
            case "pytorch_half_pixel" -> PYTORCH_HALF_PIXEL;
            default -> Coordinates.HALF_PIXEL;
        }).withCubicCoefficient(-0.75);
        return nearest.equals("-") ? options
                : options.withNearest(Nearest.valueOf(nearest.toUpperCase(java.util.Locale.ROOT)));
    }
}
