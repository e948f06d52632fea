package dev.sinter.grad;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.add;
import static dev.sinter.graph.Ops.broadcastTo;
import static dev.sinter.graph.Ops.clipByValue;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.divide;
import static dev.sinter.graph.Ops.einsum;
import static dev.sinter.graph.Ops.erf;
import static dev.sinter.graph.Ops.erfc;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.gather;
import static dev.sinter.graph.Ops.gatherNd;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.pad;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.reduceLogSumExp;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceProd;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reduceVariance;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.reverse;
import static dev.sinter.graph.Ops.rsqrt;
import static dev.sinter.graph.Ops.sigmoid;
import static dev.sinter.graph.Ops.slice;
import static dev.sinter.graph.Ops.split;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.stack;
import static dev.sinter.graph.Ops.stopGradient;
import static dev.sinter.graph.Ops.stridedSlice;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.tensordot;
import static dev.sinter.graph.Ops.tensorScatterNdAdd;
import static dev.sinter.graph.Ops.tile;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Control;
import dev.sinter.graph.GradientOptions;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Philox;
import dev.sinter.unit.Evaluation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of graphs against finite differences in a random direction, in float64, first and second order. */
class GraphGradientsTest {
    private static final double STEP = 1e-5;

    /** A function of float64[3,4] and float64[4,2], both between 0.2 and 1.8. */
    private record Case(String name, boolean second, Function<List<Tensor>, Tensor> function) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case smooth(String name, Function<List<Tensor>, Tensor> function) {
        return new Case(name, true, function);
    }

    private static Case of(String name, Function<Tensor, Tensor> function) {
        return new Case(name, true, in -> function.apply(in.getFirst()));
    }

    static Stream<Case> cases() {
        return Stream.of(
                smooth("matmul", in -> matmul(in.get(0), in.get(1))),
                smooth("matmul of transposed", in -> Linalg.matmul(in.get(1), in.get(0), true, true)),
                smooth("matmul of batches", in -> matmul(stack(0, in.get(0), tanh(in.get(0))),
                        expandDims(in.get(1), 0))),
                smooth("einsum", in -> einsum("ij,jk,ij->k", in.get(0), in.get(1), exp(in.get(0)))),
                smooth("einsum that sums alone", in -> einsum("ij,jk->i", in.get(0), in.get(1))),
                smooth("tensordot", in -> tensordot(in.get(0), in.get(1), new int[] {1}, new int[] {0})),
                smooth("a net", in -> square(sigmoid(matmul(tanh(in.get(0)), in.get(1))).minus(1))),
                smooth("rows", in -> in.get(0).times(reduceSum(in.get(1), 1))),
                smooth("powers", in -> pow(in.get(0), reduceMean(in.get(1)))),
                of("softmax", Nn::softmax),
                of("log softmax", x -> Nn.logSoftmax(x, 0)),
                of("cross entropy", x -> Nn.softmaxCrossEntropyWithLogits(Nn.softmax(x.times(2)), x)),
                of("sigmoid cross entropy", x -> Nn.sigmoidCrossEntropyWithLogits(square(x), x)),
                of("sparse cross entropy", x -> Nn.sparseSoftmaxCrossEntropyWithLogits(
                        constant(new int[] {1, 0, 3}), x)),
                of("softplus", x -> Nn.softplus(x.minus(1.01))),
                of("gelu", x -> Nn.gelu(x.minus(1.01))),
                of("gelu by tanh", x -> Nn.gelu(x, true)),
                of("erf", x -> erf(x.minus(1.01))),
                of("erfc", x -> square(erfc(x))),
                of("silu", Nn::silu),
                of("elu", x -> Nn.elu(x.minus(1.01))),
                of("leaky relu", x -> square(Nn.leakyRelu(x.minus(1.01), 0.1))),
                of("relu", x -> square(Nn.relu(x.minus(1.01)))),
                of("l2 loss", Nn::l2Loss),
                of("log sum exp", x -> reduceLogSumExp(x, 1)),
                of("variance", x -> reduceVariance(x, 0)),
                of("layer norm of rows", x -> x.minus(broadcastTo(expandDims(reduceMean(x, 1), 1), shape(3, 4)))
                        .times(expandDims(rsqrt(reduceVariance(x, 1).plus(1e-3)), 1))),
                of("layer norm", x -> Nn.layerNorm(x, reduceSum(x, 0), reduceMax(x, 0), 1e-3)),
                of("product", x -> reduceProd(x, 1)),
                of("maximum", x -> square(reduceMax(x, 1))),
                of("concat", x -> square(concat(1, x, exp(x), x))),
                of("split", x -> split(x, 2, 1).get(0).times(split(x, 2, 1).get(1))),
                of("slice", x -> square(slice(x, new long[] {1, 0}, new long[] {-1, 3}))),
                of("strided slice", x -> exp(stridedSlice(x, new long[] {2, 0}, new long[] {-4, 4},
                        new long[] {-1, 2}))),
                of("pad", x -> exp(pad(x, new long[][] {{1, 0}, {0, 2}}, 3))),
                of("tile", x -> square(tile(x, 2, 3).plus(concat(0, tile(x, 1, 3), tile(exp(x), 1, 3))))),
                of("transpose and reshape", x -> matmul(transpose(x), reshape(exp(x), shape(3, 4)))),
                of("reverse", x -> x.times(reverse(x, 0, 1))),
                of("gather", x -> square(gather(x, constant(new int[] {2, 0, 2})))),
                of("gather along rows", x -> square(gather(x, constant(new int[][] {{1, 1}, {0, 2}, {3, 3}}), 1, 1))),
                of("gather of columns", x -> square(gather(exp(x), constant(new int[] {3, 0, 3}), -1))),
                of("gather of tuples", x -> square(gatherNd(x, constant(new int[][] {{2, 1}, {0, 0}, {2, 1}})))),
                of("scatter", x -> square(tensorScatterNdAdd(x, constant(new int[][] {{2}, {0}, {2}}), exp(x)))),
                of("gather of one", x -> square(gather(x, constant(1)))),
                of("scan", x -> Control.scan(reduceMean(x, 0), x, (state, row) -> tanh(state.times(row)))),
                of("while", x -> Control.whileLoop(x, value -> Ops.less(reduceSum(value), 30), value -> value.times(x)
                        .plus(0.5))),
                of("cond", x -> Control.cond(greater(reduceSum(x), 3), () -> exp(x), () -> x)),
                of("vectorized map", x -> Control.vectorizedMap(x, row -> square(Nn.softmax(row)))),
                of("where", x -> where(greater(x, 1.01), log(x), sqrt(x))),
                of("clip", x -> square(clipByValue(x, 0.511, 1.511))),
                of("abs", x -> square(abs(x.minus(1.01)))),
                of("quotients", x -> divide(1, x).plus(x.div(exp(x))).minus(x.rem(10.0)).plus(x.unaryMinus())),
                of("maximum of both", x -> square(maximum(x, exp(x.unaryMinus()).times(2)))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreeWithFiniteDifferences(Case tested) {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT64, shape(3, 4));
        Tensor y = graph.placeholder("y", FLOAT64, shape(4, 2));
        Map<Tensor, NDArray> at = new HashMap<>(Map.of(x, values(1, 3, 4), y, values(2, 4, 2)));
        Map<Tensor, NDArray> direction = Map.of(x, values(3, 3, 4), y, values(4, 4, 2));

        Tensor result = tested.function().apply(List.of(x, y));
        Tensor loss = reduceSum(result.times(constant(values(5, result.shape().sizes()))));
        Tensor slope = slope(loss, direction);
        check(loss, slope, at, direction);
        if (tested.second()) {
            check(slope, slope(slope, direction), at, direction);
        }
    }

    /** The derivative of a scalar in a direction. */
    private static Tensor slope(Tensor loss, Map<Tensor, NDArray> direction) {
        List<Tensor> xs = new ArrayList<>(direction.keySet());
        List<Tensor> gradients = gradients(List.of(loss), xs, dev.sinter.graph.GradientOptions.DEFAULT
                .withUnconnected(dev.sinter.graph.GradientOptions.Unconnected.ZEROS)).asList();
        Tensor slope = loss.graph().tensor(fill(FLOAT64, shape(), 0));
        for (int i = 0; i < xs.size(); i++) {
            slope = add(slope, reduceSum(gradients.get(i).times(constant(direction.get(xs.get(i))))));
        }
        return slope;
    }

    private static void check(Tensor loss, Tensor slope, Map<Tensor, NDArray> at, Map<Tensor, NDArray> direction) {
        double expected = (Evaluation.of(loss, moved(at, direction, STEP)).item()
                - Evaluation.of(loss, moved(at, direction, -STEP)).item()) / (2 * STEP);
        double actual = Evaluation.of(slope, at).item();
        assertThat(actual).isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
    }

    private static Map<Tensor, NDArray> moved(Map<Tensor, NDArray> at, Map<Tensor, NDArray> direction, double step) {
        Map<Tensor, NDArray> moved = new HashMap<>();
        at.forEach((tensor, value) -> {
            NDArray array = NDArray.zeros(FLOAT64, value.sizes());
            for (long i = 0; i < array.elementCount(); i++) {
                array.setDouble(i, value.getDouble(i) + step * direction.get(tensor).getDouble(i));
            }
            moved.put(tensor, array);
        });
        return moved;
    }

    /** Numbers between 0.2 and 1.8. */
    private static NDArray values(int seed, long... sizes) {
        NDArray array = NDArray.zeros(FLOAT64, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, 0.2 + 1.6 * (Philox.word(i, 0, seed, 0, 0) & 0xFFFFFFFFL) * 0x1p-32);
        }
        return array;
    }

    /** The gradient of a net whose batch size is unknown, at several sizes. */
    @ParameterizedTest
    @MethodSource("batches")
    void holdForUnknownSizes(int batch) {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT64, shape(UNKNOWN, 4));
        Tensor w = graph.placeholder("w", FLOAT64, shape(4, 2));
        Tensor loss = reduceMean(Nn.logSoftmax(matmul(x, w)).times(stopGradient(matmul(x, w))));
        NDArray gradient = Evaluation.of(gradients(loss, x).of(x),
                Map.of(x, values(1, batch, 4), w, values(2, 4, 2)));
        assertThat(gradient.sizes()).containsExactly(batch, 4);
    }

    static Stream<Integer> batches() {
        return Stream.of(0, 1, 7);
    }

    /** Equal constants are one value of the tensor IR, but two xs. */
    @Test
    void equalConstantsAreApart() {
        Graph graph = new Graph();
        Tensor first = graph.constant(2.0);
        Tensor second = graph.constant(2.0);
        Tensor unused = graph.constant(2.0);
        Tensor y = first.times(second).times(5.0);
        assertThat(Evaluation.of(gradients(y, first).of(first)).getDouble(0)).isEqualTo(10);
        assertThat(Evaluation.of(gradients(List.of(y), List.of(unused), GradientOptions.DEFAULT
                .withUnconnected(GradientOptions.Unconnected.ZEROS)).get(0)).getDouble(0)).isZero();
    }
}
