package dev.sinter.op;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Control;
import dev.sinter.graph.DistortedBoxOptions;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Image;
import dev.sinter.graph.Initializer;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.FacadeCase;
import dev.sinter.testkit.ProgramCheck;
import dev.sinter.testkit.Sensitivity;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Random numbers: how many of them fall into bins whose probabilities are known, that native code draws the same, and
 * that equal seeds do so everywhere.
 */
class RandomTest {
    /** What is drawn with some parameters under a seed that is a tensor. */
    private interface Method {
        Tensor draw(Shape shape, Tensor seed, double[] p);
    }

    private static Tensor number(Tensor like, DType dtype, double value) {
        return like.graph().constant(NDArray.scalar(dtype, value));
    }

    private static Map<String, Method> methods() {
        Map<String, Method> all = new TreeMap<>();
        for (DType dtype : List.of(FLOAT32, FLOAT64)) {
            int bits = dtype.bits();
            all.put("uniform" + bits, (n, seed, p) -> Random.statelessUniform(dtype, n, seed, p[0], p[1]));
            all.put("normal" + bits, (n, seed, p) -> Random.statelessNormal(dtype, n, seed, p[0], p[1]));
            all.put("truncated_normal" + bits,
                    (n, seed, p) -> Random.statelessTruncatedNormal(dtype, n, seed, p[0], p[1]));
            all.put("exponential" + bits, (n, seed, p) -> Random.statelessExponential(dtype, n, seed, p[0]));
            all.put("laplace" + bits, (n, seed, p) -> Random.statelessLaplace(dtype, n, seed, p[0], p[1]));
            all.put("gamma" + bits, (n, seed, p) -> Random.statelessGamma(n, seed, number(seed, dtype, p[0]),
                    number(seed, dtype, p[1])));
        }
        all.put("uniform_int32", (n, seed, p) -> Random.statelessUniform(INT32, n, seed, p[0], p[1]));
        all.put("uniform_int64", (n, seed, p) -> Random.statelessUniformInt(INT64, n, seed, (long) p[0], (long) p[1]));
        all.put("parameterized_truncated_normal", (n, seed, p) -> Random.statelessParameterizedTruncatedNormal(n, seed,
                number(seed, FLOAT64, p[0]), number(seed, FLOAT64, p[1]), number(seed, FLOAT64, p[2]),
                number(seed, FLOAT64, p[3])));
        all.put("poisson", (n, seed, p) -> Random.statelessPoisson(INT64, n, seed, number(seed, FLOAT64, p[0])));
        all.put("binomial", (n, seed, p) -> Random.statelessBinomial(INT32, n, seed, number(seed, FLOAT64, p[0]),
                number(seed, FLOAT64, p[1])));
        all.put("categorical", (n, seed, p) -> Ops.reshape(Random.statelessCategorical(Ops.expandDims(
                seed.graph().constant(p), 0), n.dim(0).constant(), seed), n));
        return all;
    }

    private static double[] doubles(NDArray array) {
        double[] values = new double[(int) array.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.dtype().isFloat() ? array.getDouble(i) : array.getLong(i);
        }
        return values;
    }

    private static LoweredGraph lower(FacadeCase one, long count) {
        Graph graph = new Graph();
        double[] parameters = one.inputs().stream().mapToDouble(input -> input.getDouble(0)).toArray();
        Tensor seed = graph.constant(new long[] {17, one.name().hashCode()});
        Tensor drawn = methods().get(one.row()).draw(shape(count), seed, parameters);
        assertThat(drawn.shape()).isEqualTo(shape(count));
        return Lowering.lower(graph, List.of(drawn), List.of(), List.of());
    }

    @TestFactory
    Stream<DynamicTest> binsHoldTheirShare() {
        List<FacadeCase> cases = FacadeCase.read(RandomTest.class, "random");
        assertThat(cases.stream().map(FacadeCase::row)).containsAll(methods().keySet());
        return cases.stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> {
            int count = 20000;
            double[] drawn = doubles(Interpreter.run(lower(one, count).function(), List.of()).getFirst());
            double[] edges = doubles(one.outputs().get(0));
            double[] probabilities = doubles(one.outputs().get(1));
            int[] bins = new int[probabilities.length];
            for (double value : drawn) {
                assertThat(value).isNotNaN();
                int bin = 0;
                while (bin < edges.length && value > edges[bin]) {
                    bin++;
                }
                bins[bin]++;
            }
            double square = 0;
            for (int i = 0; i < bins.length; i++) {
                double expected = count * probabilities[i];
                square += expected == 0 ? bins[i] * 1e9 : (bins[i] - expected) * (bins[i] - expected)
                        / Math.max(expected, 1);
            }
            int degrees = bins.length - 1;
            assertThat(square).as("chi squared of %d degrees", degrees).isLessThan(degrees + 5 * Math.sqrt(2 * degrees)
                    + 5);
        }));
    }

    @TestFactory
    Stream<DynamicTest> nativeCodeDrawsTheSame() {
        ProgramCheck check = ProgramCheck.compiled(2);
        Set<String> seen = new HashSet<>();
        return FacadeCase.read(RandomTest.class, "random").stream().filter(one -> seen.add(one.row())
                || one.row().matches("poisson|binomial|gamma64")).map(one -> DynamicTest.dynamicTest(one.name(),
                () -> assertThat(check.mismatch(lower(one, 300).function(), List.of(List.of()), Sensitivity.MEASURED))
                .isEmpty())).onClose(check::close);
    }

    private static List<NDArray> run(Tensor... fetches) {
        return run(0, fetches);
    }

    private static List<NDArray> run(long number, Tensor... fetches) {
        LoweredGraph lowered = Lowering.lower(fetches[0].graph(), List.of(fetches), List.of(), List.of());
        return Interpreter.run(lowered.function(),
                lowered.usesRunNumber() ? List.of(NDArray.scalar(number)) : List.of());
    }

    @Test
    void aSeedGivesTheSameNumbersInEveryGraphAndLoop() {
        Graph graph = new Graph(99);
        Tensor seed = graph.constant(new int[] {3, -4});
        Tensor plain = Random.statelessNormal(FLOAT64, shape(4), seed);
        Tensor loop = Control.mapFn(graph.tensor(Ops.range(INT64, 2)),
                _ -> Random.statelessNormal(FLOAT64, shape(4), seed));
        Tensor other = Random.statelessNormal(FLOAT64, shape(4), new Graph().constant(new long[] {3, -4}));
        double[] values = doubles(run(plain).getFirst());
        assertThat(doubles(run(loop).getFirst())).containsExactly(DoubleStream.concat(DoubleStream.of(values),
                DoubleStream.of(values)).toArray());
        assertThat(doubles(run(other).getFirst())).containsExactly(values);
        assertThat(doubles(run(Random.statelessNormal(FLOAT64, shape(4), graph.constant(new long[] {-4, 3})))
                .getFirst())).doesNotContain(values);
    }

    @Test
    void seedsThatAreSplitOrFoldedDiffer() {
        Graph graph = new Graph();
        Tensor seed = graph.constant(new long[] {1, 2});
        Tensor split = Random.statelessSplit(seed, 50);
        assertThat(split.shape()).isEqualTo(shape(50, 2));
        Set<Double> all = new HashSet<>(DoubleStream.of(doubles(run(split).getFirst())).boxed().toList());
        for (int i = 0; i < 50; i++) {
            Tensor folded = Random.statelessFoldIn(seed, graph.constant(i));
            all.addAll(DoubleStream.of(doubles(run(folded).getFirst())).boxed().toList());
        }
        assertThat(all).hasSize(200);
        List<Tensor> seeds = Ops.unstack(split, 0);
        double[] one = doubles(run(Random.statelessUniform(FLOAT64, shape(8), seeds.get(0), 0, 1)).getFirst());
        double[] two = doubles(run(Random.statelessUniform(FLOAT64, shape(8), seeds.get(1), 0, 1)).getFirst());
        assertThat(one).doesNotContain(two);
    }

    @Test
    void freshNumbersDependOnTheRunAndTheOpsSeed() {
        Graph graph = new Graph();
        Tensor alpha = graph.constant(new double[] {0.5, 20});
        Tensor beta = graph.constant(2.0);
        Tensor first = Random.gamma(shape(3), alpha, beta);
        Tensor second = Random.gamma(shape(3), alpha, beta);
        Tensor same = Random.gamma(shape(3), alpha, beta, 5);
        Tensor again = Random.gamma(shape(3), alpha, beta, 5);
        assertThat(first.shape()).isEqualTo(shape(3, 2));
        List<NDArray> values = run(first, second, same, again);
        assertThat(doubles(values.get(0))).doesNotContain(doubles(values.get(1)));
        assertThat(doubles(values.get(2))).containsExactly(doubles(values.get(3)));
        assertThat(doubles(run(1, first).getFirst())).doesNotContain(doubles(values.getFirst()));
    }

    @Test
    void imagesAreChangedUnderASeed() {
        Graph graph = new Graph();
        NDArray values = NDArray.zeros(FLOAT64, 4, 3, 5, 3);
        for (long i = 0; i < values.elementCount(); i++) {
            values.setDouble(i, i * 7 % 180 / 180.0);
        }
        Tensor x = graph.constant(values);
        Tensor sizes = graph.constant(new int[] {400, 300, 3});
        Tensor boxes = graph.constant(new double[][] {{0.1, 0.2, 0.8, 0.9}});
        List<LongFunction<Tensor>> methods = List.of(seed -> Image.randomFlipLeftRight(x, seed),
                seed -> Image.randomFlipUpDown(x, seed), seed -> Image.randomBrightness(x, 0.5, seed),
                seed -> Image.randomContrast(x, 0.5, 2, seed), seed -> Image.randomHue(x, 0.5, seed),
                seed -> Image.randomSaturation(x, 0.5, 2, seed),
                seed -> Image.randomCrop(x, new long[] {1, 2, 2, 1}, seed),
                seed -> Image.sampleDistortedBoundingBox(sizes, boxes, DistortedBoxOptions.DEFAULT, seed).bboxes());
        for (LongFunction<Tensor> method : methods) {
            List<NDArray> drawn = run(method.apply(5), method.apply(5), method.apply(6), method.apply(7));
            assertThat(doubles(drawn.get(0))).containsExactly(doubles(drawn.get(1)));
            assertThat(List.of(doubles(drawn.get(2)), doubles(drawn.get(3)))).anySatisfy(other ->
                    assertThat(other).isNotEqualTo(doubles(drawn.get(0))));
        }
    }

    @Test
    void integersReachTheirBounds() {
        Graph graph = new Graph();
        Tensor seed = graph.constant(new long[] {8, 8});
        assertThat(doubles(run(Random.statelessUniformInt(INT64, shape(200), seed, Long.MIN_VALUE, Long.MIN_VALUE + 2))
                .getFirst())).containsOnly(Long.MIN_VALUE, Long.MIN_VALUE + 1);
        assertThat(doubles(run(Random.statelessUniformInt(INT32, shape(200), seed, Integer.MAX_VALUE,
                Integer.MAX_VALUE + 1L)).getFirst())).containsOnly(Integer.MAX_VALUE);
        double[] wide = doubles(run(Random.statelessUniformInt(INT64, shape(400), seed, Long.MIN_VALUE,
                Long.MAX_VALUE)).getFirst());
        assertThat(DoubleStream.of(wide).filter(value -> value < 0).count()).isBetween(150L, 250L);
        double[] whole = doubles(run(Random.statelessUniformFullInt(INT32, shape(400), seed)).getFirst());
        assertThat(DoubleStream.of(whole).filter(value -> value < 0).count()).isBetween(150L, 250L);
        assertThat(doubles(run(Random.statelessUniform(FLOAT32, shape(5000), seed, 1, Math.nextUp(1f))).getFirst()))
                .containsOnly(1);
    }

    @Test
    void halfFloatsAndSmallIntegersStayWithinTheirBounds() {
        Tensor seed = new Graph().constant(new long[] {8, 8});
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16)) {
            double[] unit = doubles(run(Random.statelessUniform(dtype, shape(3000), seed, 0, 1)).getFirst());
            assertThat(DoubleStream.of(unit).max().orElseThrow()).isLessThan(1).isGreaterThan(0.98);
            assertThat(DoubleStream.of(unit).average().orElseThrow()).isCloseTo(0.5,
                    org.assertj.core.api.Assertions.within(0.03));
            double[] between = doubles(run(Random.statelessUniform(dtype, shape(3000), seed, -4, -2)).getFirst());
            assertThat(DoubleStream.of(between).max().orElseThrow()).isLessThan(-2).isGreaterThan(-2.04);
            for (Tensor drawn : List.of(Random.statelessNormal(dtype, shape(3000), seed),
                    Random.statelessTruncatedNormal(dtype, shape(3000), seed, 0, 1),
                    Random.statelessLaplace(dtype, shape(3000), seed, 0, 1))) {
                assertThat(DoubleStream.of(doubles(run(drawn).getFirst())).average().orElseThrow()).isCloseTo(0,
                        org.assertj.core.api.Assertions.within(0.08));
            }
        }
        double[] bytes = doubles(run(Random.statelessUniform(DType.UINT8, shape(3000), seed, 0, 256)).getFirst());
        assertThat(new HashSet<>(DoubleStream.of(bytes).boxed().toList())).hasSize(256);
        double[] all = doubles(run(Random.statelessUniformFullInt(DType.INT8, shape(3000), seed)).getFirst());
        assertThat(new HashSet<>(DoubleStream.of(all).boxed().toList())).hasSize(256);
        assertThatThrownBy(() -> Random.statelessUniform(DType.UINT8, shape(3), seed, -1, 5)).hasMessageContaining(
                "are values of uint8");
    }

    @Test
    void shufflesArePermutationsOfEqualProbability() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", INT64, shape(Shape.UNKNOWN));
        Tensor seed = graph.placeholder("seed", INT64, shape(2));
        Tensor order = Random.statelessShuffle(x, seed);
        LoweredGraph lowered = Lowering.lower(graph, List.of(order), List.of(x, seed), List.of());
        Map<List<Double>, Integer> counts = new java.util.HashMap<>();
        for (long i = 0; i < 2400; i++) {
            double[] drawn = doubles(Interpreter.run(lowered.function(), List.of(NDArray.from(new long[] {0, 1, 2, 3}),
                    NDArray.from(new long[] {i, 5}))).getFirst());
            counts.merge(DoubleStream.of(drawn).boxed().toList(), 1, Integer::sum);
        }
        assertThat(counts).hasSize(24);
        double square = counts.values().stream().mapToDouble(n -> (n - 100) * (n - 100) / 100.0).sum();
        assertThat(square).isBetween(8.0, 52.0);
        for (long size : List.of(5000L, 65536L)) {
            NDArray many = NDArray.zeros(INT64, size);
            for (long i = 0; i < size; i++) {
                many.setLong(i, i);
            }
            double[] drawn = doubles(Interpreter.run(lowered.function(), List.of(many, NDArray.from(new long[] {7, 5})))
                    .getFirst());
            assertThat(DoubleStream.of(drawn).distinct().count()).isEqualTo(size);
            double moved = 0;
            double steps = 0;
            for (int i = 1; i < size; i++) {
                moved += Math.abs(drawn[i] - i) / size;
                steps += Math.abs(drawn[i] - drawn[i - 1]) / size;
            }
            assertThat(moved / size).isBetween(0.32, 0.35);
            assertThat(steps / size).isBetween(0.32, 0.35);
        }
        for (long size : List.of(0L, 1L, 2L)) {
            assertThat(Interpreter.run(lowered.function(), List.of(NDArray.zeros(INT64, size),
                    NDArray.from(new long[] {3, 5}))).getFirst().elementCount()).isEqualTo(size);
        }
        try (ProgramCheck check = ProgramCheck.compiled(2)) {
            NDArray many = NDArray.zeros(INT64, 50);
            for (long i = 0; i < 50; i++) {
                many.setLong(i, i);
            }
            assertThat(check.mismatch(lowered.function(), List.of(List.of(many, NDArray.from(new long[] {1, 2}))),
                    Sensitivity.MEASURED)).isEmpty();
        }
    }

    @Test
    void whatIsOutOfRangeIsNotANumber() {
        Graph graph = new Graph();
        Tensor seed = graph.constant(new long[] {8, 8});
        double[] bad = {-1, Double.NaN, Double.POSITIVE_INFINITY};
        Tensor parameters = graph.constant(bad);
        Tensor one = graph.constant(1.0);
        Tensor none = Random.statelessPoisson(INT32, shape(3), seed, parameters);
        for (Tensor drawn : List.of(Random.statelessPoisson(FLOAT64, shape(3), seed, parameters),
                Random.statelessGamma(shape(3), seed, parameters, one),
                Random.statelessBinomial(FLOAT64, shape(3), seed, parameters, one),
                Random.statelessBinomial(FLOAT64, shape(3), seed, one, parameters),
                Random.statelessParameterizedTruncatedNormal(shape(3), seed, one, one, one, one))) {
            assertThat(doubles(run(drawn).getFirst())).containsOnly(Double.NaN);
        }
        assertThat(doubles(run(none).getFirst())).containsOnly(0);
        assertThat(doubles(run(Random.statelessBinomial(INT32, shape(3), seed, graph.constant(new double[] {0, 7, 7}),
                graph.constant(new double[] {0.5, 0, 1}))).getFirst())).containsExactly(0, 0, 7);
    }

    @Test
    void sizesMayBeUnknownAndEmpty() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT64, shape(Shape.UNKNOWN));
        Tensor seed = graph.placeholder("seed", INT64, shape(Shape.UNKNOWN));
        Tensor drawn = Random.statelessGamma(x.shape(), seed, x, x);
        Tensor counts = Random.poisson(INT32, Shape.SCALAR, x);
        LoweredGraph lowered = Lowering.lower(graph, List.of(drawn, counts), List.of(x, seed), List.of());
        for (long size : List.of(0L, 1L, 3L)) {
            NDArray values = NDArray.zeros(FLOAT64, size);
            for (long i = 0; i < size; i++) {
                values.setDouble(i, 2);
            }
            List<NDArray> results = Interpreter.run(lowered.function(), List.of(values,
                    NDArray.from(new long[] {1, 2}), NDArray.scalar(0L)));
            assertThat(results.get(0).elementCount()).isEqualTo(size);
            assertThat(results.get(1).elementCount()).isEqualTo(size);
        }
    }

    @Test
    void gradientsFlowToBothParameters() {
        Graph graph = new Graph();
        Tensor alpha = graph.constant(3.0);
        Tensor beta = graph.constant(2.0);
        Tensor drawn = Random.gamma(shape(2), alpha, beta, 4);
        List<NDArray> results = run(drawn, Ops.gradients(drawn, beta).of(beta));
        double[] values = doubles(results.get(0));
        assertThat(results.get(1).getDouble(0)).isCloseTo(-(values[0] + values[1]) / 2,
                org.assertj.core.api.Assertions.within(1e-12));
        Tensor scaled = drawn.times(beta);
        Tensor first = Ops.gradients(drawn, alpha).of(alpha);
        List<NDArray> both = run(first, Ops.reduceSum(Random.gammaGrad(alpha, scaled).div(beta)));
        assertThat(both.get(0).getDouble(0)).isPositive().isCloseTo(both.get(1).getDouble(0),
                org.assertj.core.api.Assertions.within(1e-12));
        assertThatThrownBy(() -> Ops.gradients(first, alpha)).isInstanceOf(GraphException.class)
                .hasMessageContaining("the derivative of igamma by a has no gradient");
    }

    @Test
    void wrongOperandsAreNamed() {
        Graph graph = new Graph();
        Tensor seed = graph.constant(new long[] {8, 8});
        Tensor floats = graph.constant(new float[] {1, 2});
        Tensor integers = graph.constant(new int[] {1, 2, 3});
        assertThatThrownBy(() -> Random.statelessNormal(FLOAT32, shape(2), integers)).hasMessageContaining(
                "stateless_normal: the seed must be a vector of two integers, not seed int32[3]");
        assertThatThrownBy(() -> Random.statelessGamma(Shape.SCALAR, seed, floats, floats)).hasMessageContaining(
                "stateless_gamma: alpha float32[2] does not broadcast to the shape ()");
        assertThatThrownBy(() -> Random.poisson(INT32, shape(2), integers)).hasMessageContaining(
                "random_poisson: rate int32[3] is not of a float dtype");
        assertThatThrownBy(() -> Random.categorical(floats, 3)).hasMessageContaining(
                "random_categorical: floats [batch, classes] of at least one class and a number of samples");
        assertThatThrownBy(() -> Random.uniformInt(INT32, shape(2), 3, 3)).hasMessageContaining(
                "random_uniform_int: no integer is from 3 to below 3");
        assertThatThrownBy(() -> Random.uniform(INT32, shape(2), 0, 0.5)).hasMessageContaining("random_uniform:");
        assertThatThrownBy(() -> Random.uniformInt(INT32, shape(2), 0, 1L << 40)).hasMessageContaining(
                "are values of int32");
        assertThatThrownBy(() -> Random.truncatedNormal(INT32, shape(2), 0, 1)).hasMessageContaining(
                "truncated_normal: the dtype must be a float, not int32");
        Initializer fine = Random.uniformFullInt(INT64, shape(2));
        assertThat(fine.dtype()).isEqualTo(INT64);
    }
}
