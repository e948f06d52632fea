package dev.sinter.graph;

import static dev.sinter.graph.Requirements.axes;
import static dev.sinter.graph.Requirements.kept;
import static dev.sinter.graph.Requirements.requireAtLeast;
import static dev.sinter.graph.Requirements.requireFloat;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.rsqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.squaredDifference;

import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Moments and normalizations; users find them in {@link Nn}. */
abstract sealed class Normalizations extends Poolings permits Nn {
    Normalizations() {}

    /**
     * The mean and the variance of floats along axes, which are dropped unless {@code keepAxes}; of everything where
     * no axis is given.
     */
    public static Moments moments(Operand x, int[] axes, boolean keepAxes) {
        return Composite.of("moments", List.of(x), in -> {
            Tensor given = in.getFirst();
            requireFloat("x", given);
            int[] along = axes(given, axes);
            Tensor mean = reshape(reduceMean(given, along), kept(given, along));
            Tensor variance = reduceMean(squaredDifference(given, mean), along);
            Tensor left = keepAxes ? mean : reshape(mean, variance.shape());
            return new Moments(left, keepAxes ? reshape(variance, kept(given, along)) : variance);
        });
    }

    /** {@link #moments(Operand, int[], boolean)} whose axes are dropped. */
    public static Moments moments(Operand x, int... axes) {
        return moments(x, axes, false);
    }

    /**
     * {@link #moments} of elements that count by weights, which broadcast: the mean is
     * {@code sum(weights * x) / sum(weights)}.
     */
    public static Moments weightedMoments(Operand x, int[] axes, Operand weights, boolean keepAxes) {
        return Composite.of("weighted_moments", List.of(x, weights), in -> {
            requireFloat("x", in.get(0));
            Tensor zeros = Ops.zerosLike(in.get(0).times(in.get(1)));
            Tensor given = in.get(0).plus(zeros);
            Tensor weight = in.get(1).plus(zeros);
            int[] along = axes(given, axes);
            Tensor total = reduceSum(weight, along);
            Tensor mean = reduceSum(weight.times(given), along).div(total);
            Tensor centred = given.minus(reshape(mean, kept(given, along)));
            Tensor variance = reduceSum(weight.times(square(centred)), along).div(total);
            return keepAxes ? new Moments(reshape(mean, kept(given, along)), reshape(variance, kept(given, along)))
                    : new Moments(mean, variance);
        });
    }

    /** {@link #sufficientStatistics(Operand, int[], Operand, boolean)} without a shift. */
    public static Moments.Sums sufficientStatistics(Operand x, int[] axes, boolean keepAxes) {
        return statistics(List.of(x), axes, keepAxes);
    }

    /**
     * The sums from which {@link #normalizeMoments} makes moments.
     *
     * @param shift what is taken away from each element before, near the mean, so that little is lost
     */
    public static Moments.Sums sufficientStatistics(Operand x, int[] axes, Operand shift, boolean keepAxes) {
        return statistics(List.of(x, shift), axes, keepAxes);
    }

    private static Moments.Sums statistics(List<Operand> operands, int[] axes, boolean keepAxes) {
        return Composite.of("sufficient_statistics", operands, in -> {
            Tensor given = in.getFirst();
            requireFloat("x", given);
            int[] along = axes(given, axes);
            Dim count = Dim.ONE;
            for (int axis : along) {
                count = count.times(given.dim(axis));
            }
            Dim elements = count;
            Tensor counted = Composer.tensor("count", c -> c.size(elements, given.dtype()), given);
            Tensor moved = in.size() == 1 ? given : given.minus(in.get(1));
            Tensor sum = reduceSum(moved, along);
            Tensor squares = reduceSum(square(moved), along);
            Shape shape = keepAxes ? kept(moved, along) : sum.shape();
            return new Moments.Sums(counted, reshape(sum, shape), reshape(squares, shape),
                    in.size() == 1 ? Optional.empty() : Optional.of(in.get(1)));
        });
    }

    /** The moments of elements whose sums are known. */
    public static Moments normalizeMoments(Moments.Sums sums) {
        List<Operand> operands = new ArrayList<>(List.of(sums.count(), sums.sum(), sums.squares()));
        sums.shift().ifPresent(operands::add);
        return Composite.of("normalize_moments", operands, in -> {
            Tensor divisor = Ops.reciprocal(in.get(0));
            Tensor moved = in.get(1).times(divisor);
            Tensor mean = in.size() == 3 ? moved : moved.plus(in.get(3));
            return new Moments(mean, in.get(2).times(divisor).minus(square(moved)));
        });
    }

    /**
     * Layer normalization along the last axis (Ba, Kiros and Hinton, 2016):
     * {@code (x - mean) / sqrt(variance + epsilon) * scale + offset}, where the variance is the mean of the squared
     * differences to the mean.
     *
     * @param x      floats {@code [..., n]}
     * @param scale  a vector {@code [n]}
     * @param offset a vector {@code [n]}
     * @throws GraphException where the vectors do not fit, or the epsilon is negative or not finite
     */
    public static Tensor layerNorm(Operand x, Operand scale, Operand offset, double epsilon) {
        requireEpsilon("layer_norm", epsilon);
        return Composer.tensor("layer_norm", c -> {
            c.label("x", "scale", "offset");
            return Reductions.layerNorm(c, c.ins(), epsilon);
        }, x, scale, offset);
    }

    private static void requireEpsilon(String op, double epsilon) {
        if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new GraphException(op + ": epsilon must be finite and at least 0 but is " + epsilon
                    + "\n  at " + Place.here());
        }
    }

    /**
     * Root mean square normalization along the last axis (Zhang and Sennrich, 2019):
     * {@code x / sqrt(mean(x^2) + epsilon) * scale}.
     *
     * @param x     floats {@code [..., n]}
     * @param scale a vector {@code [n]}
     */
    public static Tensor rmsNorm(Operand x, Operand scale, double epsilon) {
        return Composite.tensor("rms_norm", List.of(x, scale), in -> {
            Tensor given = in.get(0);
            requireFloat("x", given);
            requireAtLeast("epsilon", epsilon, 0);
            Requirements.requireRank("the scale", in.get(1), 1, "a vector along the last axis");
            int[] last = {Requirements.axis(given, -1)};
            Tensor inverse = rsqrt(reduceMean(square(given), last).plus(epsilon));
            return given.times(reshape(inverse, kept(given, last))).times(in.get(1));
        });
    }

    /**
     * Group normalization (Wu and He, 2018): each example's channels are normalized in groups, over all spatial axes.
     *
     * @param x             floats {@code [batch, spatial..., channels]}, or channels first
     * @param groups        of which the number of channels, which is known, is a multiple
     * @param scale         a vector {@code [channels]}
     * @param offset        a vector {@code [channels]}
     * @param channelsFirst whether the channels are axis 1 and not the last one
     */
    public static Tensor groupNorm(Operand x, long groups, Operand scale, Operand offset, double epsilon,
            boolean channelsFirst) {
        return Composite.tensor("group_norm", List.of(x, scale, offset),
                in -> grouped(in.get(0), groups, in.get(1), in.get(2), epsilon, channelsFirst));
    }

    /**
     * Instance normalization (Ulyanov et al., 2016): each channel of each example is normalized over all spatial axes.
     *
     * @param x             floats {@code [batch, spatial..., channels]} of a known number of channels
     * @param channelsFirst whether the channels are axis 1 and not the last one
     */
    public static Tensor instanceNorm(Operand x, Operand scale, Operand offset, double epsilon,
            boolean channelsFirst) {
        return Composite.tensor("instance_norm", List.of(x, scale, offset), in -> {
            Tensor given = in.get(0);
            if (given.rank() < 2) {
                throw new GraphException("batch and channels are needed, not " + Requirements.describe("x", given));
            }
            Dim channels = given.dim(channelsFirst ? 1 : -1);
            return grouped(given, channels.isConstant() ? channels.constant() : 0, in.get(1), in.get(2), epsilon,
                    channelsFirst);
        });
    }

    private static Tensor grouped(Tensor x, long groups, Tensor scale, Tensor offset, double epsilon,
            boolean channelsFirst) {
        requireFloat("x", x);
        requireAtLeast("epsilon", epsilon, 0);
        int axis = channelsFirst ? 1 : x.rank() - 1;
        if (x.rank() < 2 || !x.dim(axis).isConstant() || groups < 1 || x.dim(axis).constant() % groups != 0) {
            throw new GraphException("a known number of channels, a multiple of the " + groups
                    + " groups, is needed along axis " + axis + " of " + Requirements.describe("x", x));
        }
        long channels = x.dim(axis).constant();
        List<Dim> split = new ArrayList<>(x.shape().dims());
        split.set(axis, Dim.of(groups));
        split.add(axis + 1, Dim.of(channels / groups));
        Tensor parts = reshape(x, new Shape(split));
        int[] along = IntStream.range(1, parts.rank()).filter(each -> each != axis).toArray();
        Tensor mean = reshape(reduceMean(parts, along), kept(parts, along));
        Tensor centred = parts.minus(mean);
        Tensor inverse = rsqrt(reduceMean(square(centred), along).plus(epsilon));
        Tensor normal = reshape(centred.times(reshape(inverse, kept(parts, along))), x.shape());
        return normal.times(channel("scale", scale, x, axis)).plus(channel("offset", offset, x, axis));
    }

    /** A vector that lies along an axis of a tensor. */
    private static Tensor channel(String label, Tensor vector, Tensor x, int axis) {
        Requirements.requireRank(label, vector, 1, "a vector of channels");
        if (!vector.dim(0).equals(x.dim(axis)) && vector.dim(0).isConstant() && x.dim(axis).isConstant()) {
            throw new GraphException("channels differ: " + Requirements.describe("x", x) + " axis " + axis + ", "
                    + Requirements.describe(label, vector));
        }
        List<Dim> dims = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ONE));
        dims.set(axis, vector.dim(0));
        return reshape(vector, new Shape(dims));
    }

    /**
     * Batch normalization with given moments (Ioffe and Szegedy, 2015):
     * {@code (x - mean) / sqrt(variance + epsilon) * scale + offset}, all of them vectors along the last axis, or of
     * shapes that broadcast.
     *
     * @param x floats {@code [..., channels]}
     */
    public static Tensor batchNormalization(Operand x, Operand mean, Operand variance, Operand offset, Operand scale,
            double epsilon) {
        requireEpsilon("batch_normalization", epsilon);
        return Composer.tensor("batch_normalization", c -> {
            c.label("x", "mean", "variance", "offset", "scale");
            Node variances = c.in(2);
            Node spread = c.map(ScalarFn.RSQRT, c.map(ScalarFn.ADD, variances, c.fullLike(variances, epsilon)));
            Node factor = c.mapBroadcast(ScalarFn.MUL, spread, c.in(4));
            Node shift = c.mapBroadcast(ScalarFn.SUB, c.in(3), c.mapBroadcast(ScalarFn.MUL, c.in(1), factor));
            return c.mapBroadcast(ScalarFn.ADD, c.mapBroadcast(ScalarFn.MUL, c.in(0), factor), shift);
        }, x, mean, variance, offset, scale);
    }

    /**
     * {@link #batchNormalization} of TensorFlow's first days.
     *
     * @param scaleAfter whether it is multiplied by gamma
     */
    public static Tensor batchNormWithGlobalNormalization(Operand x, Operand mean, Operand variance, Operand beta,
            Operand gamma, double epsilon, boolean scaleAfter) {
        return Composite.tensor("batch_norm_with_global_normalization", List.of(x, mean, variance, beta, gamma),
                in -> batchNormalization(in.get(0), in.get(1), in.get(2), in.get(3),
                        scaleAfter ? in.get(4) : Ops.onesLike(in.get(4)), epsilon));
    }

    /**
     * Batch normalization with the moments of the batch, for training.
     *
     * @param x             floats {@code [batch, spatial..., channels]}, or channels first
     * @param scale         a vector {@code [channels]}
     * @param offset        a vector {@code [channels]}
     * @param channelsFirst whether the channels are axis 1 and not the last one
     */
    public static FusedBatchNorm fusedBatchNorm(Operand x, Operand scale, Operand offset, double epsilon,
            boolean channelsFirst) {
        return Composite.of("fused_batch_norm", List.of(x, scale, offset), in -> {
            Tensor given = in.get(0);
            int axis = channels(given, epsilon, channelsFirst);
            int[] others = IntStream.range(0, given.rank()).filter(each -> each != axis).toArray();
            Dim count = Dim.ONE;
            for (int other : others) {
                count = count.times(given.dim(other));
            }
            Dim elements = count;
            Tensor mean = reduceMean(given, others);
            Tensor centred = given.minus(channel("mean", mean, given, axis));
            Tensor variance = reduceMean(square(centred), others);
            Tensor factor = rsqrt(variance.plus(epsilon)).times(in.get(1));
            Tensor y = centred.times(channel("scale", factor, given, axis))
                    .plus(channel("offset", in.get(2), given, axis));
            Tensor correction = Composer.tensor("correction", c -> c.map(ScalarFn.DIV,
                    c.size(elements, given.dtype()), c.map(ScalarFn.MAX,
                            c.size(elements.minus(1), given.dtype()), c.scalar(given.dtype(), 1))), given);
            return new FusedBatchNorm(y, mean, variance.times(correction));
        });
    }

    /**
     * Batch normalization with kept moments, for inference.
     *
     * @param x             floats {@code [batch, spatial..., channels]}, or channels first
     * @param scale         a vector {@code [channels]}, as offset, mean and variance are
     * @param channelsFirst whether the channels are axis 1 and not the last one
     */
    public static FusedBatchNorm fusedBatchNorm(Operand x, Operand scale, Operand offset, Operand mean,
            Operand variance, double epsilon, boolean channelsFirst) {
        return Composite.of("fused_batch_norm", List.of(x, scale, offset, mean, variance), in -> {
            Tensor given = in.get(0);
            int axis = channels(given, epsilon, channelsFirst);
            Tensor factor = rsqrt(in.get(4).plus(epsilon)).times(in.get(1));
            Tensor y = given.minus(channel("mean", in.get(3), given, axis))
                    .times(channel("scale", factor, given, axis)).plus(channel("offset", in.get(2), given, axis));
            return new FusedBatchNorm(y, in.get(3), in.get(4));
        });
    }

    private static int channels(Tensor x, double epsilon, boolean channelsFirst) {
        requireFloat("x", x);
        requireAtLeast("epsilon", epsilon, 0);
        if (x.rank() < 2) {
            throw new GraphException("batch and channels are needed, not " + Requirements.describe("x", x));
        }
        return channelsFirst ? 1 : x.rank() - 1;
    }

    /** {@code x / sqrt(max(sum(x^2), 1e-12))}, where sums go along axes, or along all. */
    public static Tensor l2Normalize(Operand x, int... axes) {
        return l2Normalize(x, axes, 1e-12);
    }

    /** {@code x / sqrt(max(sum(x^2), epsilon))}, as {@link Ops#l2Normalize(Operand, double, int...)}. */
    public static Tensor l2Normalize(Operand x, int[] axes, double epsilon) {
        return Ops.l2Normalize(x, epsilon, axes);
    }
}
