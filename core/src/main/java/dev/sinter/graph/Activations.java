package dev.sinter.graph;

import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.GraphException;
import java.util.List;

/** Functions that layers end with; users find them in {@link Nn}. */
abstract sealed class Activations permits CrossEntropies {
    private static final double SELU_SCALE = 1.0507009873554805;
    private static final double SELU_ALPHA = 1.6732632423543772;

    Activations() {}

    /** {@code max(x, 0)}, whose gradient at 0 is 0. */
    public static Tensor relu(Operand x) {
        return Composer.tensor("relu", c -> relu(c, c.in(0)), x);
    }

    static Node relu(Composer c, Node x) {
        return c.map(ScalarFn.MAX, c.fullLike(x, 0), x);
    }

    /** {@code min(max(x, 0), 6)} (Krizhevsky, 2010). */
    public static Tensor relu6(Operand x) {
        return Composer.tensor("relu6", c -> relu6(c, c.in(0)), x);
    }

    private static Node relu6(Composer c, Node x) {
        return c.map(ScalarFn.MIN, c.fullLike(x, 6), relu(c, x));
    }

    /** {@code relu(x)} and {@code relu(-x)} one after the other along the last axis (Shang et al., 2016). */
    public static Tensor crelu(Operand x) {
        return crelu(x, -1);
    }

    /** {@code relu(x)} and {@code relu(-x)} one after the other along an axis (Shang et al., 2016). */
    public static Tensor crelu(Operand x, int axis) {
        return Composer.tensor("crelu", c -> Shaping.concat(c,
                List.of(relu(c, c.in(0)), relu(c, c.map(ScalarFn.NEG, c.in(0)))), axis), x);
    }

    /** {@code relu(x w + bias)}. */
    public static Tensor reluLayer(Operand x, Operand w, Operand bias) {
        return Composite.tensor("relu_layer", List.of(x, w, bias),
                in -> relu(xwPlusB(in.get(0), in.get(1), in.get(2))));
    }

    /** {@code x w + bias} of matrices {@code [batch, in]}, {@code [in, out]} and a vector {@code [out]}. */
    public static Tensor xwPlusB(Operand x, Operand w, Operand bias) {
        return Composite.tensor("xw_plus_b", List.of(x, w, bias),
                in -> biasAdd(Ops.matmul(in.get(0), in.get(1)), in.get(2)));
    }

    /** The sum of a tensor and a vector along its last axis. */
    public static Tensor biasAdd(Operand x, Operand bias) {
        return biasAdd(x, bias, false);
    }

    /**
     * The sum of a tensor and a vector along its channels.
     *
     * @param channelsFirst whether the channels are axis 1 ({@code NCHW}) and not the last one ({@code NHWC})
     */
    public static Tensor biasAdd(Operand x, Operand bias, boolean channelsFirst) {
        return Composer.tensor("bias_add", c -> {
            c.label("x", "bias");
            if (Composer.rank(c.in(1)) != 1) {
                throw new GraphException("the bias is a vector, not " + c.describe(c.in(1)));
            }
            if (!channelsFirst) {
                return c.mapBroadcast(ScalarFn.ADD, c.in(0), c.in(1));
            }
            int axis = c.axis(1, Composer.rank(c.in(0)), c.in(0));
            c.sameDtype(c.ins());
            Node fitting = c.same("sizes differ", c.in(0), axis, c.in(1), 0);
            return c.map(ScalarFn.ADD, c.in(0), c.stretch(fitting, Composer.shape(c.in(0)), List.of(axis)));
        }, x, bias);
    }

    /** {@link #leakyRelu(Operand, double)} with a slope of 0.2. */
    public static Tensor leakyRelu(Operand x) {
        return leakyRelu(x, 0.2);
    }

    /** {@code x} where it is positive, elsewhere {@code slope * x} (Maas et al., 2013). */
    public static Tensor leakyRelu(Operand x, double slope) {
        return Composer.tensor("leaky_relu", c -> c.map(ScalarFn.SELECT,
                c.map(ScalarFn.GT, c.in(0), c.fullLike(c.in(0), 0)), c.in(0),
                c.map(ScalarFn.MUL, c.in(0), c.fullLike(c.in(0), slope))), x);
    }

    /** {@code x} where it is positive, elsewhere {@code slope * x}, of slopes that broadcast (He et al., 2015). */
    public static Tensor prelu(Operand x, Operand slope) {
        return Composer.tensor("prelu", c -> {
            c.label("x", "slope");
            List<Node> both = c.broadcast(c.ins());
            return c.map(ScalarFn.SELECT, c.map(ScalarFn.GT, both.get(0), c.fullLike(both.get(0), 0)), both.get(0),
                    c.map(ScalarFn.MUL, both.get(0), both.get(1)));
        }, x, slope);
    }

    /** {@code x} where it is not negative, elsewhere {@code exp(x) - 1} (Clevert et al., 2015). */
    public static Tensor elu(Operand x) {
        return elu(x, 1);
    }

    /** {@code x} where it is not negative, elsewhere {@code alpha * (exp(x) - 1)}; at 0 the gradient is 1. */
    public static Tensor elu(Operand x, double alpha) {
        return Composer.tensor("elu", c -> elu(c, c.in(0), alpha), x);
    }

    private static Node elu(Composer c, Node x, double alpha) {
        Node below = c.map(ScalarFn.EXPM1, x);
        return c.map(ScalarFn.SELECT, c.map(ScalarFn.GE, x, c.fullLike(x, 0)), x,
                alpha == 1 ? below : c.map(ScalarFn.MUL, below, c.fullLike(x, alpha)));
    }

    /** The scaled {@link #elu} that keeps a mean of 0 and a variance of 1 (Klambauer et al., 2017). */
    public static Tensor selu(Operand x) {
        return Composer.tensor("selu", c -> {
            Node elu = elu(c, c.in(0), SELU_ALPHA);
            return c.map(ScalarFn.MUL, elu, c.fullLike(elu, SELU_SCALE));
        }, x);
    }

    /** {@code log(1 + exp(x))}, without overflow, as {@link Ops#softplus}. */
    public static Tensor softplus(Operand x) {
        return Ops.softplus(x);
    }

    static Node softplus(Composer c, Node x) {
        return Elementwise.softplus(c, x);
    }

    /** {@code log(sigmoid(x))}, without overflow, as {@link Ops#logSigmoid}. */
    public static Tensor logSigmoid(Operand x) {
        return Ops.logSigmoid(x);
    }

    /** {@code x / (1 + abs(x))}, as {@link Ops#softsign}. */
    public static Tensor softsign(Operand x) {
        return Ops.softsign(x);
    }

    /** {@code x * sigmoid(x)} (Ramachandran et al., 2017). */
    public static Tensor silu(Operand x) {
        return Composer.tensor("silu", c -> c.map(ScalarFn.MUL, c.in(0), c.map(ScalarFn.LOGISTIC, c.in(0))), x);
    }

    /** {@code x * sigmoid(beta * x)}. */
    public static Tensor silu(Operand x, double beta) {
        return Composer.tensor("silu", c -> c.map(ScalarFn.MUL, c.in(0), c.map(ScalarFn.LOGISTIC,
                c.map(ScalarFn.MUL, c.in(0), c.fullLike(c.in(0), beta)))), x);
    }

    /** The other name of {@link #silu(Operand)}. */
    public static Tensor swish(Operand x) {
        return silu(x);
    }

    /** {@code relu6(x + 3) / 6} (Howard et al., 2019). */
    public static Tensor hardSigmoid(Operand x) {
        return Composer.tensor("hard_sigmoid", c -> hardSigmoid(c, c.in(0)), x);
    }

    private static Node hardSigmoid(Composer c, Node x) {
        Node clipped = relu6(c, c.map(ScalarFn.ADD, x, c.fullLike(x, 3)));
        return c.map(ScalarFn.MUL, clipped, c.fullLike(x, 1.0 / 6));
    }

    /** {@code x * relu6(x + 3) / 6} (Howard et al., 2019). */
    public static Tensor hardSwish(Operand x) {
        return Composer.tensor("hard_swish", c -> c.map(ScalarFn.MUL, c.in(0), hardSigmoid(c, c.in(0))), x);
    }

    /** {@code x * tanh(softplus(x))} (Misra, 2019). */
    public static Tensor mish(Operand x) {
        return Composer.tensor("mish", c -> c.map(ScalarFn.MUL, c.in(0),
                c.map(ScalarFn.TANH, softplus(c, c.in(0)))), x);
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

    /** The hyperbolic tangent, as {@link Ops#tanh}. */
    public static Tensor tanh(Operand x) {
        return Ops.tanh(x);
    }

    /** {@code 1 / (1 + exp(-x))}, as {@link Ops#sigmoid}. */
    public static Tensor sigmoid(Operand x) {
        return Ops.sigmoid(x);
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

    /** The part of the elements that are 0, a float32 scalar, as {@link Ops#zeroFraction}. */
    public static Tensor zeroFraction(Operand x) {
        return Ops.zeroFraction(x);
    }

    /** Half the sum of the squares. */
    public static Tensor l2Loss(Operand x) {
        return Composer.tensor("l2_loss", c -> {
            Node sum = c.reduce(ReduceFn.SUM, c.map(ScalarFn.MUL, c.in(0), c.in(0)), Composer.axes(c.in(0)));
            return c.map(ScalarFn.MUL, sum, c.fullLike(sum, 0.5));
        }, x);
    }
}
