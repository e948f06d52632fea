package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Random numbers: a function of the graph's seed, the op's seed (by default its number among the graph's
 * random ops), the number of the run and the element's index, so that equal programs give equal numbers
 * (Philox 4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). The numbers of the
 * {@code stateless} methods depend on a seed alone.
 *
 * <p>Words are the same bits on every back end and for every number of threads; floats made of them may differ between
 * back ends by units in the last place. No op, whatever it draws, changes what another one draws. No gradient flows to
 * a parameter unless a method says so.
 */
public final class Random extends StatelessRandom {
    private Random() {}

    /**
     * What makes random numbers fresh, for generators of one's own: an {@code int64} scalar. Outside of all bodies it
     * is the number of the run, from 0 on, as the session has committed them; an iteration of a loop and a call of a
     * function have numbers of their own.
     */
    public static Initializer runNumber() {
        return new Initializer("run_number", DType.INT64, Shape.SCALAR, Composer::stream);
    }

    /**
     * Normally distributed numbers.
     *
     * @param deviation the standard deviation; where it is 0 all numbers are the mean
     * @throws GraphException where the deviation is negative, as NumPy and PyTorch refuse it; TensorFlow mirrors the
     *                        numbers
     */
    public static Initializer normal(DType dtype, Shape shape, double mean, double deviation) {
        return normal(dtype, shape, mean, deviation, Optional.empty());
    }

    /** Normally distributed numbers under a seed of one's own. */
    public static Initializer normal(DType dtype, Shape shape, double mean, double deviation, long opSeed) {
        return normal(dtype, shape, mean, deviation, Optional.of(opSeed));
    }

    /** Evenly distributed numbers from {@code low} to below {@code high}: floats, or integers. */
    public static Initializer uniform(DType dtype, Shape shape, double low, double high) {
        return uniform(dtype, shape, low, high, Optional.empty());
    }

    /** Evenly distributed numbers from {@code low} to below {@code high} under a seed of one's own. */
    public static Initializer uniform(DType dtype, Shape shape, double low, double high, long opSeed) {
        return uniform(dtype, shape, low, high, Optional.of(opSeed));
    }

    /**
     * Evenly distributed integers from {@code low} to below {@code high}. Probabilities differ by less than 2^-63 of
     * themselves for up to 2^32 values, and by less than 2^-64 for any number of values.
     */
    public static Initializer uniformInt(DType dtype, Shape shape, long low, long high) {
        return integers(dtype, shape, low, high, Optional.empty());
    }

    /** {@link #uniformInt(DType, Shape, long, long)} under a seed of one's own. */
    public static Initializer uniformInt(DType dtype, Shape shape, long low, long high, long opSeed) {
        return integers(dtype, shape, low, high, Optional.of(opSeed));
    }

    /** Every value of an integer dtype with equal probability. */
    public static Initializer uniformFullInt(DType dtype, Shape shape) {
        return allIntegers(dtype, shape, Optional.empty());
    }

    /** Every value of an integer dtype with equal probability, under a seed of one's own. */
    public static Initializer uniformFullInt(DType dtype, Shape shape, long opSeed) {
        return allIntegers(dtype, shape, Optional.of(opSeed));
    }

    /**
     * Normally distributed numbers within two deviations of their mean.
     *
     * @param deviation the standard deviation before numbers are left out, not negative
     */
    public static Initializer truncatedNormal(DType dtype, Shape shape, double mean, double deviation) {
        return truncatedNormal(dtype, shape, mean, deviation, Optional.empty());
    }

    /** Normally distributed numbers within two deviations of their mean, under a seed of one's own. */
    public static Initializer truncatedNormal(DType dtype, Shape shape, double mean, double deviation, long opSeed) {
        return truncatedNormal(dtype, shape, mean, deviation, Optional.of(opSeed));
    }

    /** Bools that are true with a probability. */
    public static Initializer bernoulli(Shape shape, double probability) {
        return bernoulli(shape, probability, Optional.empty());
    }

    /** Bools that are true with a probability, under a seed of one's own. */
    public static Initializer bernoulli(Shape shape, double probability, long opSeed) {
        return bernoulli(shape, probability, Optional.of(opSeed));
    }

    /** Exponentially distributed numbers of mean {@code 1 / rate}. */
    public static Initializer exponential(DType dtype, Shape shape, double rate) {
        return exponential(dtype, shape, rate, Optional.empty());
    }

    /** Exponentially distributed numbers of mean {@code 1 / rate}, under a seed of one's own. */
    public static Initializer exponential(DType dtype, Shape shape, double rate, long opSeed) {
        return exponential(dtype, shape, rate, Optional.of(opSeed));
    }

    /**
     * Numbers of Laplace's distribution: exponential on both sides of their mean.
     *
     * @param scale the mean distance from the mean, not negative
     */
    public static Initializer laplace(DType dtype, Shape shape, double mean, double scale) {
        return laplace(dtype, shape, mean, scale, Optional.empty());
    }

    /** Numbers of Laplace's distribution, under a seed of one's own. */
    public static Initializer laplace(DType dtype, Shape shape, double mean, double scale, long opSeed) {
        return laplace(dtype, shape, mean, scale, Optional.of(opSeed));
    }

    /**
     * Normally distributed numbers between bounds; NaN where a deviation is not positive or no number is between.
     *
     * @param shape      of the result; the other operands, floats of one dtype, broadcast to it
     * @param means      of the variables without bounds
     * @param deviations of the variables without bounds
     */
    public static Tensor parameterizedTruncatedNormal(Shape shape, Operand means, Operand deviations, Operand lowest,
            Operand highest) {
        return Sampling.truncatedNormal("parameterized_truncated_normal", shape, Optional.empty(), Optional.empty(),
                List.of(means, deviations, lowest, highest));
    }

    /** {@link #parameterizedTruncatedNormal(Shape, Operand, Operand, Operand, Operand)} under a seed of one's own. */
    public static Tensor parameterizedTruncatedNormal(Shape shape, Operand means, Operand deviations, Operand lowest,
            Operand highest, long opSeed) {
        return Sampling.truncatedNormal("parameterized_truncated_normal", shape, Optional.empty(),
                Optional.of(opSeed), List.of(means, deviations, lowest, highest));
    }

    /**
     * Gamma variables of shape {@code alpha} and rate {@code beta}; NaN where {@code alpha} is not positive. Gradients
     * flow to both, to {@code alpha} that of {@link #gammaGrad} and only of first order.
     *
     * @param shape what is drawn for each parameter: the result's shape is this one, then that of both together
     * @param alpha positive floats
     * @param beta  positive floats of the same dtype
     */
    public static Tensor gamma(Shape shape, Operand alpha, Operand beta) {
        return Sampling.gamma("random_gamma", Sampling.shape(shape, alpha, beta), Optional.empty(), Optional.empty(),
                alpha, beta);
    }

    /** {@link #gamma(Shape, Operand, Operand)} under a seed of one's own. */
    public static Tensor gamma(Shape shape, Operand alpha, Operand beta, long opSeed) {
        return Sampling.gamma("random_gamma", Sampling.shape(shape, alpha, beta), Optional.empty(),
                Optional.of(opSeed), alpha, beta);
    }

    /**
     * Poisson variables; where a rate is negative or not finite, NaN in a float dtype and 0 in another.
     *
     * @param dtype of the result
     * @param shape what is drawn for each rate: the result's shape is this one, then that of the rates
     * @param rate  floats from 0 on
     */
    public static Tensor poisson(DType dtype, Shape shape, Operand rate) {
        return Sampling.poisson("random_poisson", dtype, Sampling.shape(shape, rate), Optional.empty(),
                Optional.empty(), rate);
    }

    /** {@link #poisson(DType, Shape, Operand)} under a seed of one's own. */
    public static Tensor poisson(DType dtype, Shape shape, Operand rate, long opSeed) {
        return Sampling.poisson("random_poisson", dtype, Sampling.shape(shape, rate), Optional.empty(),
                Optional.of(opSeed), rate);
    }

    /**
     * Binomial variables: how many of so many trials succeed. Where a parameter is out of range, NaN in a float dtype
     * and 0 in another.
     *
     * @param dtype         of the result
     * @param shape         of the result; the other operands broadcast to it
     * @param counts        floats from 0 on, of which the whole part counts
     * @param probabilities floats from 0 to 1, of the same dtype
     */
    public static Tensor binomial(DType dtype, Shape shape, Operand counts, Operand probabilities) {
        return Sampling.binomial("random_binomial", dtype, shape, Optional.empty(), Optional.empty(), counts,
                probabilities);
    }

    /** {@link #binomial(DType, Shape, Operand, Operand)} under a seed of one's own. */
    public static Tensor binomial(DType dtype, Shape shape, Operand counts, Operand probabilities, long opSeed) {
        return Sampling.binomial("random_binomial", dtype, shape, Optional.empty(), Optional.of(opSeed), counts,
                probabilities);
    }

    /**
     * Numbers of classes, drawn with the probabilities {@code softmax(logits)}.
     *
     * @param logits floats {@code [batch, classes]}; negative infinity stands for probability 0
     * @return {@code int64[batch, samples]}
     */
    public static Tensor categorical(Operand logits, long samples) {
        return Sampling.categorical("random_categorical", logits, samples, Optional.empty(), Optional.empty());
    }

    /** {@link #categorical(Operand, long)} under a seed of one's own. */
    public static Tensor categorical(Operand logits, long samples, long opSeed) {
        return Sampling.categorical("random_categorical", logits, samples, Optional.empty(), Optional.of(opSeed));
    }

    /** {@link #categorical(Operand, long)} under its older name. */
    public static Tensor multinomial(Operand logits, long samples) {
        return categorical(logits, samples);
    }

    /**
     * The elements along axis 0 in a random order. Up to 4096 elements have each order with the same probability; an
     * order of more of them is one of 2^64. Gradients flow to the elements.
     */
    public static Tensor shuffle(Operand x) {
        return Sampling.shuffled("random_shuffle", x, Optional.empty(), Optional.empty());
    }

    /** {@link #shuffle(Operand)} under a seed of one's own. */
    public static Tensor shuffle(Operand x, long opSeed) {
        return Sampling.shuffled("random_shuffle", x, Optional.empty(), Optional.of(opSeed));
    }

    /**
     * Places of indices in random orders of {@code 0} to {@code maxIndex}, as {@code tf.random_index_shuffle}: each
     * seed and each greatest index give one order, none of which is ever written down. The numbers are TensorFlow's,
     * but where its cipher is a bit too short for the greatest index: a power of 4 from 65536 on.
     *
     * @param index    integers from 0 to the greatest index
     * @param seed     integers {@code [..., 3]}, or {@code [..., 2]} as {@code tf.random.experimental.index_shuffle}
     * @param maxIndex the greatest index, of the dtype of the indices; all three broadcast
     * @throws GraphException at a run where an index is outside
     */
    public static Tensor indexShuffle(Operand index, Operand seed, Operand maxIndex) {
        return indexShuffle(index, seed, maxIndex, 4);
    }

    /**
     * {@link #indexShuffle(Operand, Operand, Operand)} by so many rounds of the cipher.
     *
     * @param rounds even, at least 4
     */
    public static Tensor indexShuffle(Operand index, Operand seed, Operand maxIndex, int rounds) {
        return Composer.tensor("random_index_shuffle", c -> IndexShuffle.of(c, rounds), index, seed, maxIndex);
    }

    /**
     * How a gamma variable of rate 1 changes with its shape parameter, as {@code tf.raw_ops.RandomGammaGrad}: the
     * derivative of the quantile function at the variable (Figurnov et al., "Implicit reparameterization gradients",
     * 2018). It has no gradient itself.
     *
     * @param alpha  positive floats
     * @param sample what was drawn, of the same dtype; both broadcast
     */
    public static Tensor gammaGrad(Operand alpha, Operand sample) {
        return Composer.tensor("random_gamma_grad", c -> {
            c.label("alpha", "sample");
            List<Node> both = c.broadcast(c.ins());
            if (!Composer.dtype(both.getFirst()).isFloat()) {
                throw new GraphException("floats are needed, not " + c.describe(both.getFirst()));
            }
            return c.derived(both, (b, in) -> GammaGradient.slope(b, in.get(0), in.get(1)));
        }, alpha, sample);
    }

    static Initializer normal(DType dtype, Shape shape, double mean, double deviation, Optional<Long> opSeed) {
        String op = "random_normal";
        return Distributions.fresh(op, dtype, shape, opSeed,
                Distributions.normal(op, dtype, shape, mean, deviation));
    }

    static Initializer uniform(DType dtype, Shape shape, double low, double high, Optional<Long> opSeed) {
        String op = "random_uniform";
        return Distributions.fresh(op, dtype, shape, opSeed, Distributions.uniform(op, dtype, shape, low, high));
    }

    private static Initializer integers(DType dtype, Shape shape, long low, long high, Optional<Long> opSeed) {
        String op = "random_uniform_int";
        return Distributions.fresh(op, dtype, shape, opSeed, Distributions.integers(op, dtype, shape, low, high));
    }

    private static Initializer allIntegers(DType dtype, Shape shape, Optional<Long> opSeed) {
        String op = "random_uniform_full_int";
        return Distributions.fresh(op, dtype, shape, opSeed, Distributions.allIntegers(op, dtype, shape));
    }

    private static Initializer truncatedNormal(DType dtype, Shape shape, double mean, double deviation,
            Optional<Long> opSeed) {
        String op = "truncated_normal";
        return Distributions.fresh(op, dtype, shape, opSeed,
                Distributions.truncatedNormal(op, dtype, shape, mean, deviation));
    }

    private static Initializer bernoulli(Shape shape, double probability, Optional<Long> opSeed) {
        return Distributions.fresh("random_bernoulli", DType.BOOL, shape, opSeed,
                Distributions.bernoulli("random_bernoulli", shape, probability));
    }

    private static Initializer exponential(DType dtype, Shape shape, double rate, Optional<Long> opSeed) {
        String op = "random_exponential";
        return Distributions.fresh(op, dtype, shape, opSeed, Distributions.exponential(op, dtype, shape, rate));
    }

    private static Initializer laplace(DType dtype, Shape shape, double mean, double scale, Optional<Long> opSeed) {
        String op = "random_laplace";
        return Distributions.fresh(op, dtype, shape, opSeed, Distributions.laplace(op, dtype, shape, mean, scale));
    }
}
