package dev.sinter.error;

import static dev.sinter.tensor.DType.BOOL;
import static dev.sinter.tensor.DType.FLOAT16;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.DType.UINT8;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The random ops say what is wrong with their parameters, shapes and seeds. */
final class RandomErrorsTest {
    private static final Shape PAIR = shape(2);

    private final Graph graph = new Graph();
    private final Tensor seed = graph.placeholder("seed", INT64, PAIR);
    private final Tensor three = graph.placeholder("three", FLOAT32, shape(3));
    private final Tensor integers = graph.placeholder("integers", INT32, shape(3));

    private Tensor given(DType dtype, long... sizes) {
        return graph.placeholder("given", dtype, shape(sizes));
    }

    private static void fails(ThrowingCallable code, String... parts) {
        assertThatThrownBy(code).isInstanceOf(GraphException.class).hasMessageContainingAll(parts)
                .hasMessageContaining("at RandomErrorsTest.java:");
    }

    @Test
    void dtypes() {
        fails(() -> Random.normal(INT32, PAIR, 0, 1), "random_normal: the dtype must be a float, not int32");
        fails(() -> Random.uniform(BOOL, PAIR, 0, 1), "random_uniform: the dtype must be a float, not bool");
        fails(() -> Random.truncatedNormal(INT32, PAIR, 0, 1), "truncated_normal: the dtype must be a float");
        fails(() -> Random.exponential(INT32, PAIR, 1), "random_exponential: the dtype must be a float");
        fails(() -> Random.laplace(INT32, PAIR, 0, 1), "random_laplace: the dtype must be a float");
        fails(() -> Random.uniformInt(FLOAT32, PAIR, 0, 5), "random_uniform_int: the dtype must be an integer");
        fails(() -> Random.uniformFullInt(BOOL, PAIR), "random_uniform_full_int: the dtype must be an integer");
        fails(() -> Random.poisson(BOOL, PAIR, three), "random_poisson: counts are numbers, not bool");
        fails(() -> Random.binomial(BOOL, shape(3), three, three), "random_binomial: counts are numbers, not bool");
        fails(() -> Random.poisson(INT32, PAIR, integers), "random_poisson: rate int32[3] is not of a float dtype");
        fails(() -> Random.gamma(PAIR, integers, integers), "random_gamma: alpha int32[3] is not of a float dtype");
        fails(() -> Random.gamma(PAIR, three, given(FLOAT64, 3)),
                "random_gamma: dtypes differ: alpha float32[3], beta float64[3]; cast(...) one of them");
        fails(() -> Random.parameterizedTruncatedNormal(shape(3), integers, three, three, three),
                "parameterized_truncated_normal: dtypes differ: means int32[3], deviations float32[3]");
    }

    @Test
    void numbers() {
        fails(() -> Random.normal(FLOAT32, PAIR, Double.NaN, 1), "random_normal: the mean is finite, not NaN");
        fails(() -> Random.truncatedNormal(FLOAT16, PAIR, 0, Double.POSITIVE_INFINITY),
                "truncated_normal: the deviation is finite and not below 0, not Infinity");
        fails(() -> Random.laplace(FLOAT32, PAIR, 0, Double.NaN), "random_laplace: the scale is finite and");
        String spread = "is finite and not below 0, not -1.0";
        fails(() -> Ops.randomNormal(FLOAT32, PAIR, 0, -1), "random_normal: the deviation " + spread);
        fails(() -> Random.normal(FLOAT32, PAIR, 0, -1, 7), "random_normal: the deviation " + spread);
        fails(() -> Random.statelessNormal(FLOAT16, PAIR, seed, 0, -1), "stateless_normal: the deviation " + spread);
        fails(() -> Random.truncatedNormal(FLOAT32, PAIR, 0, -1), "truncated_normal: the deviation " + spread);
        fails(() -> Random.statelessTruncatedNormal(FLOAT32, PAIR, seed, 0, -1),
                "stateless_truncated_normal: the deviation " + spread);
        fails(() -> Random.laplace(FLOAT32, PAIR, 0, -1), "random_laplace: the scale " + spread);
        fails(() -> Random.uniform(FLOAT32, PAIR, 1, 0), "random_uniform: numbers lie between finite bounds, the lower"
                + " one first, which differ by a float32, not between 1.0 and 0.0");
        fails(() -> Random.uniform(FLOAT32, PAIR, Double.NaN, 1), "not between NaN and 1.0");
        fails(() -> Random.uniform(FLOAT16, PAIR, 0, 1e6), "which differ by a float16");
        fails(() -> Random.uniform(FLOAT32, PAIR, -3e38, 3e38), "which differ by a float32");
        fails(() -> Random.uniform(INT32, PAIR, 0, 0.5),
                "random_uniform: integers lie between integers, not between 0.0 and 0.5");
        fails(() -> Random.uniform(INT32, PAIR, 5, 5), "random_uniform: no integer is from 5 to below 5");
        fails(() -> Random.uniformInt(UINT8, PAIR, 0, 257),
                "random_uniform_int: not all integers from 0 to below 257 are values of uint8");
        for (double probability : new double[] {-0.1, 2, Double.NaN}) {
            fails(() -> Random.bernoulli(PAIR, probability),
                    "random_bernoulli: a probability is from 0 to 1, not " + probability);
            fails(() -> Random.statelessBernoulli(PAIR, seed, probability), "stateless_bernoulli: a probability");
        }
        for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            fails(() -> Random.exponential(FLOAT32, PAIR, rate),
                    "random_exponential: the rate is finite and above 0, not " + rate);
        }
    }

    @Test
    void shapes() {
        fails(() -> Random.normal(FLOAT32, shape(UNKNOWN), 0, 1),
                "random_normal: the shape (?,) has an unknown size; take it from a tensor's shape()");
        fails(() -> Random.gamma(shape(UNKNOWN), three, three), "random_gamma: the shape (?, 3) has an unknown size");
        fails(() -> Random.statelessUniform(FLOAT32, shape(UNKNOWN), seed, 0, 1), "stateless_uniform: the shape (?,)");
        fails(() -> Random.gamma(PAIR, three, given(FLOAT32, 2)),
                "random_gamma: alpha float32[3] does not broadcast to the shape (2, 2)");
        fails(() -> Random.binomial(INT32, PAIR, given(FLOAT32), three),
                "random_binomial: probabilities float32[3] does not broadcast to the shape (2,)");
        fails(() -> Random.parameterizedTruncatedNormal(PAIR, three, three, three, three),
                "parameterized_truncated_normal: means float32[3] does not broadcast to the shape (2,)");
        fails(() -> Random.statelessPoisson(INT32, Shape.SCALAR, seed, three),
                "stateless_poisson: rate float32[3] does not broadcast to the shape ()");
        String categorical = "random_categorical: floats [batch, classes] of at least one class and a number of samples"
                + " from 0 on are needed, not ";
        fails(() -> Random.categorical(three, 2), categorical + "logits float32[3] and 2");
        fails(() -> Random.multinomial(given(FLOAT32, 2, 4), -2), categorical + "logits float32[2,4] and -2");
        fails(() -> Random.categorical(given(FLOAT32, 2, 0), 2), categorical + "logits float32[2,0] and 2");
        fails(() -> Random.categorical(given(INT32, 2, 4), 2), categorical + "logits int32[2,4] and 2");
        fails(() -> Random.shuffle(given(FLOAT32)), "random_shuffle: x float32[] has no axis 0");
        fails(() -> Random.statelessSplit(seed, 0), "stateless_split: a seed is split into at least one, not 0");
        fails(() -> Random.statelessFoldIn(seed, three),
                "stateless_fold_in: what is folded in is an integer scalar, not data float32[3]");
    }

    @Test
    void seeds() {
        List<Function<Tensor, Object>> all = List.of(x -> Random.statelessUniform(FLOAT32, PAIR, x, 0, 1),
                x -> Random.statelessUniformInt(INT32, PAIR, x, 0, 9),
                x -> Random.statelessUniformFullInt(INT32, PAIR, x),
                x -> Random.statelessNormal(FLOAT32, PAIR, x),
                x -> Random.statelessTruncatedNormal(FLOAT32, PAIR, x, 0, 1),
                x -> Random.statelessBernoulli(PAIR, x, 0.5),
                x -> Random.statelessExponential(FLOAT32, PAIR, x, 1),
                x -> Random.statelessLaplace(FLOAT32, PAIR, x, 0, 1),
                x -> Random.statelessParameterizedTruncatedNormal(shape(3), x, three, three, three, three),
                x -> Random.statelessGamma(shape(3), x, three, three),
                x -> Random.statelessPoisson(INT32, shape(3), x, three),
                x -> Random.statelessBinomial(INT32, shape(3), x, three, three),
                x -> Random.statelessCategorical(given(FLOAT32, 2, 4), 3, x), x -> Random.statelessShuffle(three, x),
                x -> Random.statelessSplit(x, 2), x -> Random.statelessFoldIn(x, given(INT32)));
        String needed = ": the seed must be a vector of two integers, not seed ";
        for (Function<Tensor, Object> method : all) {
            fails(() -> method.apply(integers), "stateless_", needed + "int32[3]");
            fails(() -> method.apply(given(FLOAT32, 2)), "stateless_", needed + "float32[2]");
        }
    }
}
