package dev.sinter.graph;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.square;

import dev.sinter.op.Slice;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How much alike images are, and how their pixels differ from their neighbours. */
final class Similarity {
    private Similarity() {}

    /** Two images of one shape as floats from 0 to 1 where they are integers. */
    static List<Tensor> pair(Composer c) {
        c.label("a", "b");
        c.sameDtype(c.ins());
        if (Composer.rank(c.in(0)) < 3 || Composer.rank(c.in(0)) != Composer.rank(c.in(1))) {
            throw new GraphException("two images [..., height, width, channels] of one shape are needed: "
                    + c.describe(c.in(0)) + ", " + c.describe(c.in(1)));
        }
        Tensor same = Composer.tensor(c.op(), inner -> {
            inner.label("a", "b");
            Node other = inner.in(1);
            for (int axis = 0; axis < Composer.rank(other); axis++) {
                other = inner.same("images differ in size", inner.in(0), axis, other, axis);
            }
            return other;
        }, c.in(0).tensor(), c.in(1).tensor());
        return List.of(floats(c.in(0).tensor()), floats(same));
    }

    private static Tensor floats(Tensor image) {
        return image.dtype().isFloat() ? image : Colours.convert(image, DType.FLOAT32, false);
    }

    /** The greatest value of an image once it is of floats. */
    static double range(DType dtype, double given) {
        if (!(given > 0 && given < Double.POSITIVE_INFINITY)) {
            throw new GraphException("the range of pixels must be finite and above 0 but is " + given);
        }
        return dtype.isFloat() ? given : given / Colours.greatest(dtype);
    }

    /** Ten times the decimal logarithm of the squared range by the mean squared difference. */
    static Tensor signalToNoise(Tensor a, Tensor b, double range) {
        Tensor error = reduceMean(square(a.minus(b)), -3, -2, -1);
        return Ops.subtract(20 * Math.log10(range), log(error).times(10 / Math.log(10)));
    }

    /** The luminance, and contrast with structure, of each place or of each channel. */
    private record Terms(Tensor similarity, Tensor contrast) {}

    private static Terms terms(Tensor a, Tensor b, double range, SsimOptions options, boolean eachPlace) {
        double c1 = Math.pow(options.k1() * range, 2);
        double c2 = Math.pow(options.k2() * range, 2);
        Tensor meanA = blurred(a, options);
        Tensor meanB = blurred(b, options);
        Tensor product = meanA.times(meanB).times(2);
        Tensor squares = square(meanA).plus(square(meanB));
        Tensor luminance = product.plus(c1).div(squares.plus(c1));
        Tensor both = blurred(a.times(b), options).times(2);
        Tensor each = blurred(square(a).plus(square(b)), options);
        Tensor contrast = both.minus(product).plus(c2).div(each.minus(squares).plus(c2));
        Tensor similarity = luminance.times(contrast);
        return eachPlace ? new Terms(similarity, contrast)
                : new Terms(reduceMean(similarity, -3, -2), reduceMean(contrast, -3, -2));
    }

    /** Means of each channel's windows with Gaussian weights. */
    private static Tensor blurred(Tensor x, SsimOptions options) {
        double[] weights = new double[options.filterSize()];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double away = i - (weights.length - 1) / 2.0;
            weights[i] = Math.exp(-0.5 * away * away / (options.filterSigma() * options.filterSigma()));
            sum += weights[i];
        }
        NDArray filter = NDArray.zeros(x.dtype(), weights.length);
        for (int i = 0; i < weights.length; i++) {
            filter.setDouble(i, weights[i] / sum);
        }
        Tensor weight = x.graph().constant(filter);
        return filtered(filtered(x, weight, x.rank() - 3), weight, x.rank() - 2);
    }

    /** Weighted sums of the windows along an axis. */
    private static Tensor filtered(Tensor x, Tensor weights, int axis) {
        long count = weights.dim(0).constant();
        return Composer.tensor("filtered", c -> {
            Node windows = c.add(new Windows(List.of(new Window(axis, count, 1, 1))), c.in(0));
            String all = IntStream.range(0, x.rank()).mapToObj(i -> String.valueOf((char) ('a' + i)))
                    .collect(Collectors.joining());
            return c.contract(all + "A,A->" + all, windows, c.in(1));
        }, x, weights);
    }

    /** Refuses images that are smaller than the filter at the last of some scales, each half of the one before. */
    static void requireRoom(Composer c, Node image, SsimOptions options, int scales) {
        for (int axis = Composer.rank(image) - 3; axis < Composer.rank(image) - 1; axis++) {
            Dim size = Composer.shape(image).dim(axis);
            for (int scale = 1; scale < scales; scale++) {
                size = half(size);
            }
            if (size.isConstant() && size.constant() < options.filterSize()) {
                throw new GraphException("the filter of " + options.filterSize() + " pixels is larger than axis " + axis
                        + " of " + c.describe(image) + (scales > 1 ? ", which is " + size + " at scale " + scales
                        + " of " + scales : ""));
            }
        }
    }

    /** Refuses images that have too few pixels, or unsigned ones, which have no negative differences. */
    static void requireDifferences(Composer c, Node image, long least) {
        Resizing.requireNumbers(c, image);
        if (Composer.dtype(image).isUnsigned()) {
            throw new GraphException("differences of " + c.describe(image) + " may be negative; convertImageDtype(...)"
                    + " it");
        }
        for (int axis = Composer.rank(image) - 3; axis < Composer.rank(image) - 1; axis++) {
            Dim size = Composer.shape(image).dim(axis);
            if (size.isConstant() && size.constant() < least) {
                throw new GraphException("an image of at least " + least + " x " + least + " pixels is needed, not "
                        + c.describe(image));
            }
        }
    }

    private static Dim half(Dim size) {
        return size.plus(1).floorDiv(2);
    }

    static Tensor ssim(Tensor a, Tensor b, double range, SsimOptions options) {
        return reduceMean(terms(a, b, range, options, options.indexMap()).similarity(), -1);
    }

    static Tensor multiscale(Tensor givenA, Tensor givenB, double range, double[] powers, SsimOptions options) {
        Tensor a = givenA;
        Tensor b = givenB;
        List<Tensor> all = new ArrayList<>();
        for (int scale = 0; scale < powers.length; scale++) {
            if (scale > 0) {
                a = halved(a);
                b = halved(b);
            }
            Terms terms = terms(a, b, range, options, false);
            Tensor term = Nn.relu(scale == powers.length - 1 ? terms.similarity() : terms.contrast());
            all.add(pow(term, powers[scale]));
        }
        return reduceMean(all.stream().reduce((x, y) -> x.times(y)).orElseThrow(), -1);
    }

    /** Means of two by two pixels; an odd last row or column is there twice. */
    private static Tensor halved(Tensor x) {
        Tensor rows = halved(x, x.rank() - 3);
        return halved(rows, x.rank() - 2);
    }

    private static Tensor halved(Tensor x, int axis) {
        Dim half = half(x.dim(axis));
        Tensor even = every(x, axis, half, 0);
        Tensor odd = every(x, axis, half, 1);
        return even.plus(odd).times(0.5);
    }

    /** Every second element from one on, and the last one in the place of one that is missing. */
    private static Tensor every(Tensor x, int axis, Dim count, long first) {
        Tensor index = x.graph().tensor(Ops.range(DType.INT64, count)).times(2).plus(first);
        return Clamped.gather(x, index, axis);
    }

    /** The elements along an axis from one on, as many as there are less some. */
    private static Tensor part(Tensor x, int axis, long from, long less) {
        return Composer.tensor("part", c -> {
            List<Dim> starts = Shaping.zeros(x.rank());
            List<Dim> limits = new ArrayList<>(Composer.shape(c.in(0)).dims());
            starts.set(axis, Dim.of(from));
            limits.set(axis, limits.get(axis).minus(less).plus(from));
            return c.add(new Slice(starts, limits, Shaping.ones(x.rank())), c.in(0));
        }, x);
    }

    private static Tensor step(Tensor x, int axis) {
        return part(x, axis, 1, 1).minus(part(x, axis, 0, 1));
    }

    /** The sums of the absolute differences of neighbours. */
    static Tensor variation(Tensor image) {
        int height = image.rank() - 3;
        return reduceSum(abs(step(image, height)), -3, -2, -1)
                .plus(reduceSum(abs(step(image, height + 1)), -3, -2, -1));
    }

    /** The differences to the next pixel along an axis, 0 at the last one. */
    static Tensor difference(Tensor image, int axis) {
        long[][] paddings = new long[image.rank()][2];
        paddings[axis][1] = 1;
        return Ops.pad(step(image, axis), paddings);
    }

    /** Sobel's differences along the height and the width, along a new last axis. */
    static Tensor sobel(Tensor image) {
        Tensor padded = mirrored(mirrored(image, image.rank() - 3), image.rank() - 2);
        int height = image.rank() - 3;
        Tensor down = smoothed(central(padded, height), height + 1);
        Tensor right = smoothed(central(padded, height + 1), height);
        return Ops.stack(image.rank(), down, right);
    }

    /** One element more before and after an axis, as a mirror in the first and in the last shows. */
    private static Tensor mirrored(Tensor x, int axis) {
        return Ops.concat(axis, one(x, axis, Dim.ONE), x, one(x, axis, x.dim(axis).minus(2)));
    }

    private static Tensor one(Tensor x, int axis, Dim at) {
        return Composer.tensor("part", c -> {
            List<Dim> starts = Shaping.zeros(x.rank());
            List<Dim> limits = new ArrayList<>(Composer.shape(c.in(0)).dims());
            starts.set(axis, at);
            limits.set(axis, at.plus(1));
            return c.add(new Slice(starts, limits, Shaping.ones(x.rank())), c.in(0));
        }, x);
    }

    private static Tensor central(Tensor x, int axis) {
        return part(x, axis, 2, 2).minus(part(x, axis, 0, 2));
    }

    private static Tensor smoothed(Tensor x, int axis) {
        return part(x, axis, 0, 2).plus(part(x, axis, 1, 2).times(2)).plus(part(x, axis, 2, 2));
    }

    /** A tensor as one of a batch where it is none. */
    static Tensor batch(Tensor image) {
        List<Dim> dims = new ArrayList<>(image.shape().dims());
        dims.addFirst(Dim.ONE);
        return image.rank() == 3 ? reshape(image, new Shape(dims)) : image;
    }
}
