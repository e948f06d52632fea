package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Pooling and other functions of neighbourhoods; users find them in {@link Nn}. */
abstract sealed class Poolings extends Convolutions permits Normalizations {
    Poolings() {}

    /** What {@link #pool} makes of a window. */
    public enum Pool {
        /** Its greatest element. */
        MAX,
        /** The mean of its elements, without what is added around the input. */
        AVG
    }

    /**
     * The greatest element of each window of {@code [batch, spatial..., channels]}. What is added around the input is
     * less than everything. The gradient flows to the first of equal elements.
     *
     * @param sizes of a window along each spatial axis, or along all
     */
    public static Tensor maxPool(Operand x, List<Long> sizes, WindowOptions options) {
        return Composer.tensor("max_pool", c -> Convolution.maxPool(c, c.in(0), sizes, options), x);
    }

    /** {@link #maxPool} along one axis. */
    public static Tensor maxPool1d(Operand x, List<Long> sizes, WindowOptions options) {
        return pool("max_pool1d", 1, x, sizes, Pool.MAX, options);
    }

    /** {@link #maxPool} of images. */
    public static Tensor maxPool2d(Operand x, List<Long> sizes, WindowOptions options) {
        return pool("max_pool2d", 2, x, sizes, Pool.MAX, options);
    }

    /** {@link #maxPool} of volumes. */
    public static Tensor maxPool3d(Operand x, List<Long> sizes, WindowOptions options) {
        return pool("max_pool3d", 3, x, sizes, Pool.MAX, options);
    }

    /**
     * The mean of each window of floats {@code [batch, spatial..., channels]}. What is added around the input does not
     * count.
     *
     * @param sizes of a window along each spatial axis, or along all
     */
    public static Tensor avgPool(Operand x, List<Long> sizes, WindowOptions options) {
        return Composer.tensor("avg_pool", c -> Convolution.averagePool(c, c.in(0), sizes, options), x);
    }

    /** {@link #avgPool} along one axis. */
    public static Tensor avgPool1d(Operand x, List<Long> sizes, WindowOptions options) {
        return pool("avg_pool1d", 1, x, sizes, Pool.AVG, options);
    }

    /** {@link #avgPool} of images. */
    public static Tensor avgPool2d(Operand x, List<Long> sizes, WindowOptions options) {
        return pool("avg_pool2d", 2, x, sizes, Pool.AVG, options);
    }

    /** {@link #avgPool} of volumes. */
    public static Tensor avgPool3d(Operand x, List<Long> sizes, WindowOptions options) {
        return pool("avg_pool3d", 3, x, sizes, Pool.AVG, options);
    }

    /** {@link #maxPool} or {@link #avgPool}. */
    public static Tensor pool(Operand x, List<Long> sizes, Pool kind, WindowOptions options) {
        return pool("pool", 0, x, sizes, kind, options);
    }

    private static Tensor pool(String name, int axes, Operand x, List<Long> sizes, Pool kind, WindowOptions options) {
        return Composer.tensor(name, c -> {
            if (axes > 0 && Composer.rank(c.in(0)) != axes + 2) {
                throw new GraphException("an input of rank " + (axes + 2) + " is needed, not " + c.describe(c.in(0)));
            }
            return switch (kind) {
                case MAX -> Convolution.maxPool(c, c.in(0), sizes, options);
                case AVG -> Convolution.averagePool(c, c.in(0), sizes, options);
            };
        }, x);
    }

    /**
     * What slides over neighbours, made to slide over elements that lie apart: an op on x in parts, of which each is an
     * element of the batch, put together again, as {@code tf.nn.with_space_to_batch}. Convolutions and pooling have
     * dilations of their own, which take one pass.
     *
     * @param x       {@code [batch, spatial..., channels]} of known spatial sizes
     * @param sizes   of the op's windows along each spatial axis, or along all; what is added around x is for these
     * @param options what is added around x, and the dilations
     * @param op      adds nothing around its operand and moves by one element; the part's batch and spatial axes are in
     *                their places in its result. Called while the graph is built
     * @throws GraphException where there are strides or groups, or spatial sizes are unknown
     */
    public static Tensor withSpaceToBatch(Operand x, List<Long> sizes, WindowOptions options,
            UnaryOperator<Tensor> op) {
        return Composite.tensor("with_space_to_batch", List.of(x),
                in -> SpaceToBatch.around(in.getFirst(), sizes, options, op));
    }

    /**
     * {@link #maxPool} with the places of the greatest elements.
     *
     * @param includeBatch whether places count through the batch, or start anew with each of its elements
     */
    public static PooledMax maxPoolWithArgmax(Operand x, List<Long> sizes, WindowOptions options,
            boolean includeBatch) {
        List<Node> both = Composer.nodes(Composer.graphOf("max_pool_with_argmax", List.of(x)), "max_pool_with_argmax",
                c -> Pooling.maxWithPlaces(c, c.in(0), sizes, options, includeBatch), List.of(x));
        return new PooledMax(both.get(0).tensor(), both.get(1).tensor());
    }

    /** {@link #maxPoolWithArgmax(Operand, List, WindowOptions, boolean)} that starts anew with each image. */
    public static PooledMax maxPoolWithArgmax(Operand x, List<Long> sizes, WindowOptions options) {
        return maxPoolWithArgmax(x, sizes, options, false);
    }

    /**
     * The greatest sum of an element of each window and the filter's: greyscale dilation, the max-plus convolution of
     * each channel. What is added around the input is less than everything. Equal sums share the gradient.
     *
     * @param x      floats {@code [batch, height, width, channels]}, or with other spatial axes
     * @param filter {@code [height, width, channels]}, of known spatial sizes
     */
    public static Tensor dilation2d(Operand x, Operand filter, WindowOptions options) {
        return Composer.tensor("dilation2d", c -> Pooling.dilation(c, c.in(0), c.in(1), options), x, filter);
    }

    /**
     * The smallest difference of an element of each window and the reversed filter's: greyscale erosion, which is
     * {@code -dilation2d(-x, reverse(filter))}.
     *
     * @param filter {@code [height, width, channels]}, of known spatial sizes
     */
    public static Tensor erosion2d(Operand x, Operand filter, WindowOptions options) {
        return Composite.tensor("erosion2d", List.of(x, filter), in -> {
            int[] spatial = IntStream.range(0, Math.max(0, in.get(1).rank() - 1)).toArray();
            Tensor reversed = spatial.length == 0 ? in.get(1) : Ops.reverse(in.get(1), spatial);
            return Ops.negative(dilation2d(Ops.negative(in.get(0)), reversed, options));
        });
    }

    /**
     * The greatest element of each cell of images {@code [batch, height, width, channels]} of known sizes, whose cells
     * are of about a ratio's size (Graham, "Fractional max-pooling", 2014). Equal elements share the gradient.
     *
     * @param heightRatio at least 1: there are {@code floor(height / heightRatio)} rows of cells
     * @param widthRatio  at least 1
     * @throws GraphException where a size is unknown, or a ratio leaves no cell or is below 1
     */
    public static FractionalPool fractionalMaxPool(Operand x, double heightRatio, double widthRatio,
            FractionalPool.Options options) {
        return FractionalPool.of("fractional_max_pool", Pool.MAX, x, heightRatio, widthRatio, options);
    }

    /** The mean of each cell of images, as {@link #fractionalMaxPool}. */
    public static FractionalPool fractionalAvgPool(Operand x, double heightRatio, double widthRatio,
            FractionalPool.Options options) {
        return FractionalPool.of("fractional_avg_pool", Pool.AVG, x, heightRatio, widthRatio, options);
    }

    /** {@link #localResponseNormalization} with a radius of 5, a bias of 1, an alpha of 1 and a beta of 0.5. */
    public static Tensor localResponseNormalization(Operand x) {
        return localResponseNormalization(x, 5, 1, 1, 0.5);
    }

    /**
     * {@code x / (bias + alpha * sum)^beta}, where the sum is that of the squares of the nearest channels
     * (Krizhevsky et al., 2012).
     *
     * @param x      floats {@code [..., channels]}
     * @param radius how many channels before and after each count, from 0 to {@link Integer#MAX_VALUE}
     */
    public static Tensor localResponseNormalization(Operand x, long radius, double bias, double alpha, double beta) {
        return Composer.tensor("local_response_normalization",
                c -> Pooling.localResponse(c, c.in(0), radius, bias, alpha, beta), x);
    }
}
