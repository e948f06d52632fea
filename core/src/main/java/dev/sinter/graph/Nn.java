package dev.sinter.graph;

import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** The functions of neural nets. */
public final class Nn {
    private Nn() {}

    /** {@code max(x, 0)}. */
    public static Tensor relu(Operand x) {
        return Composer.tensor("relu", c -> c.map(ScalarFn.MAX, c.in(0), c.fullLike(c.in(0), 0)), x);
    }

    /** {@code x} where it is positive, elsewhere {@code slope * x}. */
    public static Tensor leakyRelu(Operand x, double slope) {
        return Composer.tensor("leaky_relu", c -> c.map(ScalarFn.SELECT,
                c.map(ScalarFn.GT, c.in(0), c.fullLike(c.in(0), 0)), c.in(0),
                c.map(ScalarFn.MUL, c.in(0), c.fullLike(c.in(0), slope))), x);
    }

    /** {@code x} where it is positive, elsewhere {@code exp(x) - 1} (Clevert et al., 2015). */
    public static Tensor elu(Operand x) {
        return Composer.tensor("elu", c -> c.map(ScalarFn.SELECT,
                c.map(ScalarFn.GT, c.in(0), c.fullLike(c.in(0), 0)), c.in(0), c.map(ScalarFn.EXPM1, c.in(0))), x);
    }

    /** {@code log(1 + exp(x))}, without overflow. */
    public static Tensor softplus(Operand x) {
        return Composer.tensor("softplus", c -> softplus(c, c.in(0)), x);
    }

    private static Node softplus(Composer c, Node x) {
        return Elementwise.softplus(c, x);
    }

    /** {@code x * sigmoid(x)} (Ramachandran et al., 2017). */
    public static Tensor silu(Operand x) {
        return Composer.tensor("silu", c -> c.map(ScalarFn.MUL, c.in(0), c.map(ScalarFn.LOGISTIC, c.in(0))), x);
    }

    /** The Gaussian error linear unit {@code x / 2 erfc(-x / sqrt(2))} (Hendrycks and Gimpel, 2016). */
    public static Tensor gelu(Operand x) {
        return gelu(x, false);
    }

    /**
     * The Gaussian error linear unit (Hendrycks and Gimpel, 2016).
     *
     * @param approximate whether it is {@code x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))}, which is off by up
     *                    to 0.0005
     */
    public static Tensor gelu(Operand x, boolean approximate) {
        return Composer.tensor("gelu", c -> c.map(ScalarFn.MUL, c.in(0),
                approximate ? normalByLogistic(c, c.in(0)) : normal(c, c.in(0))), x);
    }

    /** The distribution function of the normal distribution. */
    private static Node normal(Composer c, Node x) {
        Node erfc = c.map(ScalarFn.ERFC, c.map(ScalarFn.MUL, x, c.fullLike(x, -Math.sqrt(0.5))));
        return c.map(ScalarFn.MUL, erfc, c.fullLike(x, 0.5));
    }

    private static Node normalByLogistic(Composer c, Node x) {
        double slope = 2 * Math.sqrt(2 / Math.PI);
        // Where the square is at its bound the result is x or 0 already, and no gradient is infinite times 0.
        Node square = c.map(ScalarFn.MIN, c.map(ScalarFn.MUL, x, x), c.fullLike(x, 1000));
        Node slopes = c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, square, c.fullLike(x, 0.044715 * slope)),
                c.fullLike(x, slope));
        return c.map(ScalarFn.LOGISTIC, c.map(ScalarFn.MUL, x, slopes));
    }

    /** {@code exp(x) / sum(exp(x))} along the last axis, without overflow. */
    public static Tensor softmax(Operand x) {
        return softmax(x, -1);
    }

    /** {@code exp(x) / sum(exp(x))} along an axis, without overflow. */
    public static Tensor softmax(Operand x, int axis) {
        return Composer.tensor("softmax", c -> Reductions.softmax(c, c.in(0), c.axes(c.in(0), axis)), x);
    }

    /** The logarithm of {@link #softmax} along the last axis. */
    public static Tensor logSoftmax(Operand x) {
        return logSoftmax(x, -1);
    }

    /** The logarithm of {@link #softmax} along an axis. */
    public static Tensor logSoftmax(Operand x, int axis) {
        return Composer.tensor("log_softmax", c -> Reductions.logSoftmax(c, c.in(0), c.axes(c.in(0), axis)), x);
    }

    /**
     * For each row {@code -sum(labels * log(softmax(logits)))} along the last axis, which is dropped.
     *
     * @param labels probabilities, of the shape of the logits
     */
    public static Tensor softmaxCrossEntropyWithLogits(Operand labels, Operand logits) {
        return Composer.tensor("softmax_cross_entropy_with_logits", c -> {
            c.label("labels", "logits");
            List<Node> both = c.broadcast(c.ins());
            List<Integer> last = c.axes(both.get(1), -1);
            Node product = c.map(ScalarFn.MUL, both.get(0), Reductions.logSoftmax(c, both.get(1), last));
            return c.map(ScalarFn.NEG, c.reduce(ReduceFn.SUM, product, last));
        }, labels, logits);
    }

    /**
     * The greatest elements along the last axis, in falling order, the first of equals first and NaN before all others;
     * as {@code tf.math.top_k}. Gradients flow through the values. The elements are gone through once for each of them:
     * for a few of many.
     *
     * @param x numbers {@code [..., n]}
     * @param k how many
     * @throws GraphException where there are fewer, at the latest at a run
     */
    public static TopK topK(Operand x, long k) {
        return TopK.of(x, k);
    }

    /** {@link #softmaxCrossEntropyWithLogits} whose labels are class numbers: integers of one axis less. */
    public static Tensor sparseSoftmaxCrossEntropyWithLogits(Operand labels, Operand logits) {
        return Composer.tensor("sparse_softmax_cross_entropy_with_logits", c -> {
            c.label("labels", "logits");
            Node scores = c.in(1);
            List<Integer> last = c.axes(scores, -1);
            int axis = last.getFirst();
            var depth = Composer.shape(scores).dim(axis);
            if (!depth.isConstant() || Composer.rank(c.in(0)) != axis) {
                throw new GraphException("labels of one axis less than the logits and a known number of classes"
                        + " are needed: " + c.describe(c.in(0)) + ", " + c.describe(scores));
            }
            for (int i = 0; i < axis; i++) {
                scores = c.same("shapes differ", c.in(0), i, scores, i);
            }
            Node chosen = Shaping.oneHot(c, c.in(0), depth.constant(), Composer.dtype(scores));
            Node product = c.map(ScalarFn.MUL, chosen, Reductions.logSoftmax(c, scores, last));
            return c.map(ScalarFn.NEG, c.reduce(ReduceFn.SUM, product, last));
        }, labels, logits);
    }

    /** {@code -labels * log(sigmoid(logits)) - (1 - labels) * log(1 - sigmoid(logits))}, without overflow. */
    public static Tensor sigmoidCrossEntropyWithLogits(Operand labels, Operand logits) {
        return Composer.tensor("sigmoid_cross_entropy_with_logits", c -> {
            c.label("labels", "logits");
            List<Node> both = c.broadcast(c.ins());
            return c.map(ScalarFn.SUB, softplus(c, both.get(1)), c.map(ScalarFn.MUL, both.get(0), both.get(1)));
        }, labels, logits);
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
        if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new GraphException("layer_norm: epsilon must be finite and at least 0 but is " + epsilon
                    + "\n  at " + Place.here());
        }
        return Composer.tensor("layer_norm", c -> {
            c.label("x", "scale", "offset");
            return Reductions.layerNorm(c, c.ins(), epsilon);
        }, x, scale, offset);
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
        if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new GraphException("batch_normalization: epsilon must be finite and at least 0 but is " + epsilon
                    + "\n  at " + Place.here());
        }
        return Composer.tensor("batch_normalization", c -> {
            c.label("x", "mean", "variance", "offset", "scale");
            Node variances = c.in(2);
            Node spread = c.map(ScalarFn.RSQRT, c.map(ScalarFn.ADD, variances, c.fullLike(variances, epsilon)));
            Node factor = c.mapBroadcast(ScalarFn.MUL, spread, c.in(4));
            Node shift = c.mapBroadcast(ScalarFn.SUB, c.in(3), c.mapBroadcast(ScalarFn.MUL, c.in(1), factor));
            return c.mapBroadcast(ScalarFn.ADD, c.mapBroadcast(ScalarFn.MUL, c.in(0), factor), shift);
        }, x, mean, variance, offset, scale);
    }

    /** Half the sum of the squares. */
    public static Tensor l2Loss(Operand x) {
        return Composer.tensor("l2_loss", c -> {
            Node sum = Shaping.total(c, c.map(ScalarFn.MUL, c.in(0), c.in(0)));
            return c.map(ScalarFn.MUL, sum, c.fullLike(sum, 0.5));
        }, x);
    }

    /** The sum of a tensor and a vector along its last axis. */
    public static Tensor biasAdd(Operand x, Operand bias) {
        return Composer.tensor("bias_add", c -> {
            c.label("x", "bias");
            if (Composer.rank(c.in(1)) != 1) {
                throw new GraphException("the bias is a vector, not " + c.describe(c.in(1)));
            }
            return c.mapBroadcast(ScalarFn.ADD, c.in(0), c.in(1));
        }, x, bias);
    }

    /** Elements set to 0 with a probability, the others divided by the rest (Srivastava et al., 2014). */
    public static Tensor dropout(Operand x, double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new GraphException("dropout: the rate " + rate + " is not from 0 to below 1\n  at " + Place.here());
        }
        return Composer.tensor("dropout", c -> {
            Node kept = c.graph().tensor(Random.bernoulli(Composer.shape(c.in(0)), 1 - rate)).node();
            Node scaled = c.map(ScalarFn.MUL, c.in(0), c.fullLike(c.in(0), 1 / (1 - rate)));
            return c.map(ScalarFn.SELECT, kept, scaled, c.fullLike(c.in(0), 0));
        }, x);
    }

    /**
     * Convolution (more exactly cross-correlation, as everywhere in machine learning) over one or more spatial axes.
     *
     * @param x      {@code [batch, spatial..., in]}
     * @param filter {@code [size..., in / groups, out]}, of known sizes
     * @return {@code [batch, windows..., out]}
     * @throws GraphException where ranks or channels do not fit, or an option is out of range
     */
    public static Tensor convolution(Operand x, Operand filter, WindowOptions options) {
        return Composer.tensor("convolution", c -> Convolution.convolve(c, c.in(0), c.in(1), options), x, filter);
    }

    /** {@link #convolution} along one axis: {@code [batch, width, in]} with {@code [size, in / groups, out]}. */
    public static Tensor conv1d(Operand x, Operand filter, WindowOptions options) {
        return convolution("conv1d", 1, x, filter, options);
    }

    /**
     * {@link #convolution} of images: {@code [batch, height, width, in]} with
     * {@code [height, width, in / groups, out]}.
     */
    public static Tensor conv2d(Operand x, Operand filter, WindowOptions options) {
        return convolution("conv2d", 2, x, filter, options);
    }

    /** {@link #convolution} of volumes, along three axes. */
    public static Tensor conv3d(Operand x, Operand filter, WindowOptions options) {
        return convolution("conv3d", 3, x, filter, options);
    }

    private static Tensor convolution(String name, int axes, Operand x, Operand filter, WindowOptions options) {
        return Composer.tensor(name, c -> {
            c.label("x", "filter");
            if (Composer.rank(c.in(0)) != axes + 2) {
                throw new GraphException("an input of rank " + (axes + 2) + " is needed, not " + c.describe(c.in(0)));
            }
            return Convolution.convolve(c, c.in(0), c.in(1), options);
        }, x, filter);
    }

    /**
     * Transposed convolution, from the windows' side of a {@link #convolution} back to the side of its input: what
     * flows to an input of the result's shape from a convolution with the same filter and options, as TensorFlow's
     * {@code conv2d_transpose}. Sizes are computed: with {@code SAME} padding {@code n * stride}, with {@code VALID}
     * one {@code n * stride + max(reach - stride, 0)} for windows that reach over {@code reach} elements, and
     * {@code (n - 1) * stride + reach} less an explicit one, as in PyTorch.
     *
     * @param x      {@code [batch, windows..., in]}
     * @param filter {@code [size..., out / groups, in]}, of known sizes
     * @return {@code [batch, spatial..., out]}
     * @throws GraphException where ranks or channels do not fit, or an option is out of range
     */
    public static Tensor convolutionTranspose(Operand x, Operand filter, WindowOptions options) {
        return convolutionTranspose("convolution_transpose", 0, x, filter, Optional.empty(), options);
    }

    /**
     * Transposed convolution to a given shape.
     *
     * @param shape of the result, with batch and channels; what is {@link Shape#UNKNOWN} in it is computed
     * @throws GraphException where a result of that shape has another number of windows; where the graph cannot
     *         tell, the run fails
     */
    public static Tensor convolutionTranspose(Operand x, Operand filter, Shape shape, WindowOptions options) {
        return convolutionTranspose("convolution_transpose", 0, x, filter, Optional.of(shape), options);
    }

    /** {@link #convolutionTranspose} along one axis. */
    public static Tensor conv1dTranspose(Operand x, Operand filter, WindowOptions options) {
        return convolutionTranspose("conv1d_transpose", 1, x, filter, Optional.empty(), options);
    }

    /** {@link #convolutionTranspose} along one axis, to a given shape. */
    public static Tensor conv1dTranspose(Operand x, Operand filter, Shape shape, WindowOptions options) {
        return convolutionTranspose("conv1d_transpose", 1, x, filter, Optional.of(shape), options);
    }

    /** {@link #convolutionTranspose} of images: {@code [batch, height, width, in]}. */
    public static Tensor conv2dTranspose(Operand x, Operand filter, WindowOptions options) {
        return convolutionTranspose("conv2d_transpose", 2, x, filter, Optional.empty(), options);
    }

    /** {@link #convolutionTranspose} of images, to a given shape. */
    public static Tensor conv2dTranspose(Operand x, Operand filter, Shape shape, WindowOptions options) {
        return convolutionTranspose("conv2d_transpose", 2, x, filter, Optional.of(shape), options);
    }

    /** {@link #convolutionTranspose} of volumes. */
    public static Tensor conv3dTranspose(Operand x, Operand filter, WindowOptions options) {
        return convolutionTranspose("conv3d_transpose", 3, x, filter, Optional.empty(), options);
    }

    /** {@link #convolutionTranspose} of volumes, to a given shape. */
    public static Tensor conv3dTranspose(Operand x, Operand filter, Shape shape, WindowOptions options) {
        return convolutionTranspose("conv3d_transpose", 3, x, filter, Optional.of(shape), options);
    }

    private static Tensor convolutionTranspose(String name, int axes, Operand x, Operand filter, Optional<Shape> shape,
            WindowOptions options) {
        return Composer.tensor(name, c -> {
            c.label("x", "filter");
            if (axes > 0 && Composer.rank(c.in(0)) != axes + 2) {
                throw new GraphException("an input of rank " + (axes + 2) + " is needed, not " + c.describe(c.in(0)));
            }
            return Convolution.transposed(c, c.in(0), c.in(1), shape, options);
        }, x, filter);
    }

    /**
     * The convolution of each channel with filters of its own.
     *
     * @param x      {@code [batch, height, width, in]}, or with other spatial axes
     * @param filter {@code [height, width, in, multiplier]}, of known sizes
     * @return {@code [batch, windows..., in * multiplier]}
     */
    public static Tensor depthwiseConv2d(Operand x, Operand filter, WindowOptions options) {
        return Composer.tensor("depthwise_conv2d", c -> Convolution.depthwise(c, c.in(0), c.in(1), options), x, filter);
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

    /**
     * The mean of each window of floats {@code [batch, spatial..., channels]}. What is added around the input does not
     * count.
     *
     * @param sizes of a window along each spatial axis, or along all
     */
    public static Tensor avgPool(Operand x, List<Long> sizes, WindowOptions options) {
        return Composer.tensor("avg_pool", c -> Convolution.averagePool(c, c.in(0), sizes, options), x);
    }
}
