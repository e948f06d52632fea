package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Random numbers that depend on a seed alone, a vector of two integers: in every run, loop and graph, on every back end
 * and for every number of threads the same. Users find them in {@link Random}.
 *
 * <p>One seed serves one op: two ops that are given the same draw related numbers. {@link #statelessSplit} makes
 * several seeds of one, {@link #statelessFoldIn} one of a seed and a number, as of a step of training. A generator with
 * a state, as {@code tf.random.Generator}, is a variable that holds a seed:
 *
 * {@snippet :
 * Variable state = graph.variable("generator", Ops.constant(new long[] {1, 2}));
 * List<Tensor> seeds = Ops.unstack(Random.statelessSplit(state, 2), 0);
 * Tensor noise = Random.statelessNormal(DType.FLOAT32, Shape.shape(3), seeds.get(0));
 * Tensor next = state.assign(seeds.get(1));
 * }
 */
abstract sealed class StatelessRandom permits Random {
    StatelessRandom() {}

    /** Evenly distributed numbers from {@code low} to below {@code high}: floats, or integers. */
    public static Tensor statelessUniform(DType dtype, Shape shape, Operand seed, double low, double high) {
        String op = "stateless_uniform";
        return Distributions.stateless(op, shape, seed, Distributions.uniform(op, dtype, shape, low, high));
    }

    /** Evenly distributed integers from {@code low} to below {@code high}, as of {@link Random#uniformInt}. */
    public static Tensor statelessUniformInt(DType dtype, Shape shape, Operand seed, long low, long high) {
        String op = "stateless_uniform_int";
        return Distributions.stateless(op, shape, seed, Distributions.integers(op, dtype, shape, low, high));
    }

    /** Every value of an integer dtype with equal probability. */
    public static Tensor statelessUniformFullInt(DType dtype, Shape shape, Operand seed) {
        String op = "stateless_uniform_full_int";
        return Distributions.stateless(op, shape, seed, Distributions.allIntegers(op, dtype, shape));
    }

    /** Normally distributed numbers, as of {@link Random#normal(DType, Shape, double, double)}. */
    public static Tensor statelessNormal(DType dtype, Shape shape, Operand seed, double mean, double deviation) {
        String op = "stateless_normal";
        return Distributions.stateless(op, shape, seed, Distributions.normal(op, dtype, shape, mean, deviation));
    }

    /** Normally distributed numbers of mean 0 and deviation 1. */
    public static Tensor statelessNormal(DType dtype, Shape shape, Operand seed) {
        return statelessNormal(dtype, shape, seed, 0, 1);
    }

    /** Normally distributed numbers within two deviations, which are not negative, of their mean. */
    public static Tensor statelessTruncatedNormal(DType dtype, Shape shape, Operand seed, double mean,
            double deviation) {
        String op = "stateless_truncated_normal";
        return Distributions.stateless(op, shape, seed,
                Distributions.truncatedNormal(op, dtype, shape, mean, deviation));
    }

    /** Bools that are true with a probability. */
    public static Tensor statelessBernoulli(Shape shape, Operand seed, double probability) {
        String op = "stateless_bernoulli";
        return Distributions.stateless(op, shape, seed, Distributions.bernoulli(op, shape, probability));
    }

    /** Exponentially distributed numbers of mean {@code 1 / rate}. */
    public static Tensor statelessExponential(DType dtype, Shape shape, Operand seed, double rate) {
        String op = "stateless_exponential";
        return Distributions.stateless(op, shape, seed, Distributions.exponential(op, dtype, shape, rate));
    }

    /** Numbers of Laplace's distribution, as of {@link Random#laplace(DType, Shape, double, double)}. */
    public static Tensor statelessLaplace(DType dtype, Shape shape, Operand seed, double mean, double scale) {
        String op = "stateless_laplace";
        return Distributions.stateless(op, shape, seed, Distributions.laplace(op, dtype, shape, mean, scale));
    }

    /** Normally distributed numbers between bounds, as of {@link Random#parameterizedTruncatedNormal}. */
    public static Tensor statelessParameterizedTruncatedNormal(Shape shape, Operand seed, Operand means,
            Operand deviations, Operand lowest, Operand highest) {
        return Sampling.truncatedNormal("stateless_parameterized_truncated_normal", shape, Optional.of(seed),
                Optional.empty(), List.of(means, deviations, lowest, highest));
    }

    /**
     * Gamma variables of shape {@code alpha} and rate {@code beta}, as of {@link Random#gamma}.
     *
     * @param shape of the result; {@code alpha} and {@code beta} broadcast to it
     */
    public static Tensor statelessGamma(Shape shape, Operand seed, Operand alpha, Operand beta) {
        return Sampling.gamma("stateless_gamma", shape, Optional.of(seed), Optional.empty(), alpha, beta);
    }

    /** Poisson variables, as of {@link Random#poisson}; the rates broadcast to the shape. */
    public static Tensor statelessPoisson(DType dtype, Shape shape, Operand seed, Operand rate) {
        return Sampling.poisson("stateless_poisson", dtype, shape, Optional.of(seed), Optional.empty(), rate);
    }

    /** Binomial variables, as of {@link Random#binomial}; counts and probabilities broadcast to the shape. */
    public static Tensor statelessBinomial(DType dtype, Shape shape, Operand seed, Operand counts,
            Operand probabilities) {
        return Sampling.binomial("stateless_binomial", dtype, shape, Optional.of(seed), Optional.empty(), counts,
                probabilities);
    }

    /** Numbers of classes, as of {@link Random#categorical}. */
    public static Tensor statelessCategorical(Operand logits, long samples, Operand seed) {
        return Sampling.categorical("stateless_categorical", logits, samples, Optional.of(seed), Optional.empty());
    }

    /** The elements along axis 0 in a random order, as of {@link Random#shuffle(Operand)}. */
    public static Tensor statelessShuffle(Operand x, Operand seed) {
        return Sampling.shuffled("stateless_shuffle", x, Optional.of(seed), Optional.empty());
    }

    /** {@link #statelessCategorical} under its older name. */
    public static Tensor statelessMultinomial(Operand logits, long samples, Operand seed) {
        return statelessCategorical(logits, samples, seed);
    }

    /**
     * Several seeds of one: {@code int64[count, 2]}, each of which serves as a seed.
     *
     * @param count at least 1
     */
    public static Tensor statelessSplit(Operand seed, long count) {
        String op = "stateless_split";
        if (count < 1) {
            throw new GraphException(op + ": a seed is split into at least one, not " + count + "\n  at "
                    + Place.here());
        }
        Shape shape = Shape.shape(count, 2);
        return Distributions.stateless(op, shape, seed, (c, draws) -> draws.turn(c, -2).all(c, DType.INT64, shape));
    }

    /**
     * A seed that depends on another one and on a number.
     *
     * @param data an integer scalar
     * @return {@code int64[2]}
     */
    public static Tensor statelessFoldIn(Operand seed, Operand data) {
        return Composer.tensor("stateless_fold_in", c -> {
            c.label("seed", "data");
            Node number = c.in(1);
            if (!Composer.dtype(number).isInteger() || Composer.rank(number) != 0) {
                throw new GraphException("what is folded in is an integer scalar, not " + c.describe(number));
            }
            Shape two = Shape.shape(2);
            return Draws.ofSeed(c, c.in(0)).turn(c, -3).turn(c, c.convert(number, DType.INT64))
                    .all(c, DType.INT64, two);
        }, seed, data);
    }
}
