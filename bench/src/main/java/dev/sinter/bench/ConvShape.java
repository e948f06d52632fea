package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;

import dev.sinter.graph.WindowOptions;
import dev.sinter.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The sizes of a convolution. As many zeros are around each spatial axis as leave a window for each element where
 * windows of an odd size move by one.
 *
 * @param text      what rows call it
 * @param dtype     of all arrays
 * @param batch     images
 * @param spatial   the sizes of the spatial axes
 * @param in        channels of the input
 * @param out       channels of the result
 * @param size      of a window along each spatial axis
 * @param stride    of windows along each spatial axis
 * @param dilation  from an element of a window to the next
 * @param groups    of channels that are convolved apart
 */
record ConvShape(String text, DType dtype, int batch, List<Integer> spatial, int in, int out, int size, int stride,
        int dilation, int groups) {
    private static final List<Integer> IMAGE = List.of(56, 56);

    /** Those that are measured. */
    static final List<ConvShape> ALL = List.of(
            new ConvShape("3x3", FLOAT32, 8, IMAGE, 64, 128, 3, 1, 1, 1),
            new ConvShape("3x3-s2", FLOAT32, 8, IMAGE, 64, 128, 3, 2, 1, 1),
            new ConvShape("3x3-d2", FLOAT32, 8, IMAGE, 64, 128, 3, 1, 2, 1),
            new ConvShape("1x1", FLOAT32, 8, IMAGE, 64, 128, 1, 1, 1, 1),
            new ConvShape("1x1-s2", FLOAT32, 8, IMAGE, 64, 128, 1, 2, 1, 1),
            new ConvShape("7x7-s2", FLOAT32, 8, List.of(224, 224), 3, 64, 7, 2, 1, 1),
            new ConvShape("depthwise", FLOAT32, 8, IMAGE, 128, 128, 3, 1, 1, 128),
            new ConvShape("depthwise-s2", FLOAT32, 8, IMAGE, 128, 128, 3, 2, 1, 128),
            new ConvShape("grouped", FLOAT32, 8, IMAGE, 128, 128, 3, 1, 1, 32),
            new ConvShape("1d", FLOAT32, 8, List.of(1000), 128, 128, 9, 1, 1, 1),
            new ConvShape("3d", FLOAT32, 8, List.of(16, 32, 32), 16, 16, 3, 1, 1, 1),
            new ConvShape("f64", FLOAT64, 8, IMAGE, 64, 128, 3, 1, 1, 1),
            new ConvShape("odd", FLOAT32, 7, List.of(37, 41), 29, 53, 3, 2, 1, 1));

    ConvShape {
        spatial = List.copyOf(spatial);
    }

    /** The one of a name. */
    static ConvShape of(String text) {
        return ALL.stream().filter(shape -> shape.text.equals(text)).findFirst().orElseThrow();
    }

    /** The zeros before and after each spatial axis. */
    int padding() {
        return dilation * (size - 1) / 2;
    }

    /** How many windows lie along each spatial axis. */
    List<Integer> windows() {
        return spatial.stream().map(length -> (length + 2 * padding() - dilation * (size - 1) - 1) / stride + 1)
                .toList();
    }

    /** The elements of a window, in one channel. */
    int taps() {
        return spatial.stream().mapToInt(_ -> size).reduce(1, Math::multiplyExact);
    }

    /** {@code [batch, spatial..., in]}. */
    long[] input() {
        return sizes(List.of(batch), spatial, List.of(in));
    }

    /** {@code [size..., in / groups, out]}. */
    long[] filter() {
        return sizes(spatial.stream().map(_ -> size).toList(), List.of(in / groups, out), List.of());
    }

    /** {@code [batch, windows..., out]}. */
    long[] result() {
        return sizes(List.of(batch), windows(), List.of(out));
    }

    private static long[] sizes(List<Integer> first, List<Integer> middle, List<Integer> last) {
        List<Integer> all = new ArrayList<>(first);
        all.addAll(middle);
        all.addAll(last);
        return all.stream().mapToLong(Integer::longValue).toArray();
    }

    WindowOptions options() {
        return WindowOptions.VALID.withPadding(padding()).withStrides(stride).withDilations(dilation)
                .withGroups(groups);
    }

    /** Two operations for each product of an element and a weight, those with zeros of the padding too. */
    double flops() {
        return 2.0 * Arrays.stream(result()).reduce(1, Math::multiplyExact) * taps() * in / groups;
    }

    /** What a script is told. */
    List<String> arguments() {
        return List.of(text(input()), text(filter()), Integer.toString(stride), Integer.toString(dilation),
                Integer.toString(groups), dtype.name().toLowerCase(Locale.ROOT));
    }

    private static String text(long[] sizes) {
        return Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }
}
