package dev.sinter.graph;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.clipByValue;
import static dev.sinter.graph.Ops.equal;
import static dev.sinter.graph.Ops.floor;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.onesLike;
import static dev.sinter.graph.Ops.reciprocal;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Colours of pixels, which lie along the last axis, and the dtypes of images: floats from 0 to 1, or integers. */
final class Colours {
    static final double[][] RGB_TO_YIQ = {{0.299, 0.59590059, 0.2115}, {0.587, -0.27455667, -0.52273617},
        {0.114, -0.32134392, 0.31119955}};
    static final double[][] YIQ_TO_RGB = {{1, 1, 1}, {0.95598634, -0.27201283, -1.10674021},
        {0.6208248, -0.64720424, 1.70423049}};
    static final double[][] RGB_TO_YUV = {{0.299, -0.14714119, 0.61497538}, {0.587, -0.28886916, -0.51496512},
        {0.114, 0.43601035, -0.10001026}};
    static final double[][] YUV_TO_RGB = {{1, 1, 1}, {0, -0.394642334, 2.03206185}, {1.13988303, -0.58062185, 0}};
    private static final double[][] TO_GRAY = {{0.2989}, {0.587}, {0.114}};

    private Colours() {}

    /** The greatest value of an integer dtype. */
    static double greatest(DType dtype) {
        return dtype.lowest() + Math.scalb(1.0, dtype.bits()) - 1;
    }

    /** An image in another dtype: integers stand for their quotients by the greatest one. */
    static Tensor convert(Tensor image, DType dtype, boolean saturate) {
        DType from = image.dtype();
        if (from == DType.BOOL || dtype == DType.BOOL) {
            throw new GraphException("images are of floats or integers, not " + from + " and " + dtype);
        }
        if (from == dtype || from.isFloat() && dtype.isFloat()) {
            return cast(image, dtype);
        }
        if (from.isInteger() && dtype.isInteger()) {
            return integers(image, dtype, saturate);
        }
        return from.isInteger() ? cast(image, dtype).times(1 / greatest(from))
                : cast(image.times(greatest(dtype) + 0.5), dtype);
    }

    private static Tensor integers(Tensor image, DType dtype, boolean saturate) {
        DType from = image.dtype();
        int bits = valueBits(dtype) - valueBits(from);
        if (bits < 0) {
            Tensor narrow = shifted(image, from.lowest() < 0 ? ScalarFn.SHIFT_RIGHT_ARITHMETIC
                    : ScalarFn.SHIFT_RIGHT_LOGICAL, -bits);
            return cast(saturate && dtype.lowest() == 0 && from.lowest() < 0 ? maximum(narrow, 0) : narrow, dtype);
        }
        Tensor inside = saturate && dtype.lowest() == 0 && from.lowest() < 0 ? maximum(image, 0) : image;
        return shifted(cast(inside, dtype), ScalarFn.SHIFT_LEFT, bits);
    }

    private static int valueBits(DType dtype) {
        return dtype.lowest() < 0 ? dtype.bits() - 1 : dtype.bits();
    }

    private static Tensor shifted(Tensor image, ScalarFn fn, int bits) {
        return bits == 0 ? image : Composer.tensor("shift", c -> c.map(fn, c.in(0),
                Draws.integer(c, image.dtype(), image.shape(), bits)), image);
    }

    /** What a function makes of an image's floats, in the image's dtype. */
    static Tensor asFloats(Tensor image, UnaryOperator<Tensor> function) {
        DType dtype = image.dtype();
        return dtype.isFloat() ? function.apply(image)
                : convert(function.apply(convert(image, DType.FLOAT32, false)), dtype, true);
    }

    /** The image with three channels. */
    static Tensor threeChannels(Composer c, Node image) {
        return Composer.tensor(c.op(), inner -> {
            inner.label("image");
            return Framing.last(inner, inner.in(0), 3, "three channels along the last axis are");
        }, image.tensor());
    }

    static void requireFloat(Composer c, Node image) {
        if (!Composer.dtype(image).isFloat()) {
            throw new GraphException(c.describe(image) + " is not of a float dtype; convertImageDtype(...) it");
        }
    }

    /** The three channels, each with a last axis of size 1. */
    private static List<Tensor> channels(Tensor image) {
        List<Tensor> all = new ArrayList<>();
        for (long channel = 0; channel < 3; channel++) {
            long[] begin = new long[image.rank()];
            long[] size = new long[image.rank()];
            java.util.Arrays.fill(size, -1);
            begin[image.rank() - 1] = channel;
            size[image.rank() - 1] = 1;
            all.add(Ops.slice(image, begin, size));
        }
        return all;
    }

    private static Tensor joined(List<Tensor> channels) {
        return Ops.concat(-1, channels);
    }

    /** Linear combinations of the channels, a column each. */
    static Tensor combined(Tensor image, double[][] matrix) {
        List<Tensor> from = channels(image);
        List<Tensor> to = new ArrayList<>();
        for (int column = 0; column < matrix[0].length; column++) {
            to.add(from.get(0).times(matrix[0][column]).plus(from.get(1).times(matrix[1][column]))
                    .plus(from.get(2).times(matrix[2][column])));
        }
        return joined(to);
    }

    static Tensor gray(Tensor image) {
        return convert(combined(convert(image, image.dtype().isFloat() ? image.dtype() : DType.FLOAT32, false),
                TO_GRAY), image.dtype(), false);
    }

    static Tensor hsv(Tensor image) {
        List<Tensor> rgb = channels(image);
        Tensor red = rgb.get(0);
        Tensor green = rgb.get(1);
        Tensor blue = rgb.get(2);
        Tensor value = maximum(maximum(red, green), blue);
        Tensor range = value.minus(minimum(minimum(red, green), blue));
        Tensor saturation = where(greater(value, 0), range.div(where(greater(value, 0), value, onesLike(value))),
                zerosLike(value));
        Tensor isColoured = greater(range, 0);
        Tensor norm = reciprocal(where(isColoured, range, onesLike(range)).times(6));
        Tensor hue = where(equal(red, value), norm.times(green.minus(blue)), where(equal(green, value),
                norm.times(blue.minus(red)).plus(2.0 / 6), norm.times(red.minus(green)).plus(4.0 / 6)));
        Tensor turned = where(less(hue, 0), hue.plus(1), hue);
        return joined(List.of(where(isColoured, turned, zerosLike(hue)), saturation, value));
    }

    static Tensor rgb(Tensor image) {
        List<Tensor> hsv = channels(image);
        return rgb(hsv.get(0), hsv.get(1), hsv.get(2));
    }

    private static Tensor rgb(Tensor hue, Tensor saturation, Tensor value) {
        Tensor place = hue.times(6);
        List<Tensor> shares = List.of(clipByValue(abs(place.minus(3)).minus(1), 0, 1),
                clipByValue(Ops.subtract(2, abs(place.minus(2))), 0, 1),
                clipByValue(Ops.subtract(2, abs(place.minus(4))), 0, 1));
        Tensor white = Ops.subtract(1, saturation);
        return joined(shares.stream().map(share -> white.plus(saturation.times(share)).times(value)).toList());
    }

    /** Floats of an image with another hue; a whole turn is 1. */
    static Tensor turned(Tensor image, Tensor delta) {
        List<Tensor> hsv = channels(hsv(image));
        Tensor hue = hsv.get(0).plus(delta);
        return rgb(hue.minus(floor(hue)), hsv.get(1), hsv.get(2));
    }

    /** Floats of an image of another saturation. */
    static Tensor saturated(Tensor image, Tensor factor) {
        List<Tensor> hsv = channels(hsv(image));
        return rgb(hsv.get(0), clipByValue(hsv.get(1).times(factor), 0, 1), hsv.get(2));
    }

    /** Floats of an image of another contrast: each channel about its mean. */
    static Tensor contrasted(Tensor image, Tensor factor) {
        int rank = image.rank();
        Tensor mean = Composer.tensor("mean", c -> Reductions.mean(c, c.in(0), c.axes(c.in(0), rank - 3, rank - 2),
                true), image);
        return image.minus(mean).times(factor).plus(mean);
    }

    /** Images of mean 0 and variance 1, or less where they are nearly of one colour. */
    static Tensor standardized(Tensor given) {
        Tensor image = given.dtype().isFloat() ? given : cast(given, DType.FLOAT32);
        int rank = image.rank();
        int[] axes = {rank - 3, rank - 2, rank - 1};
        Tensor mean = Composer.tensor("mean", c -> Reductions.mean(c, c.in(0), c.axes(c.in(0), axes), true), image);
        Tensor centred = image.minus(mean);
        Tensor variance = Composer.tensor("variance", c -> Reductions.mean(c, c.in(0), c.axes(c.in(0), axes), true),
                Ops.square(centred));
        Tensor pixels = Composer.node(image.graph(), "size", "size", c -> c.size(image.dim(-3).times(image.dim(-2))
                .times(image.dim(-1)), image.dtype()), List.of()).tensor();
        return centred.times(Ops.rsqrt(maximum(variance, reciprocal(pixels))));
    }
}
