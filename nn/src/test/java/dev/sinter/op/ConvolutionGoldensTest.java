package dev.sinter.op;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.multiply;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.nn.GradientDescent;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Convolutions, pooling and their gradients against PyTorch, in both orders of axes, on both back ends. */
final class ConvolutionGoldensTest {
    private static final WindowOptions VALID = WindowOptions.VALID;
    private static final WindowOptions SAME = WindowOptions.SAME;

    /** A golden and the options of what it holds. */
    private record Sample(String golden, WindowOptions options, long... pool) {
        boolean isDepthwise() {
            return golden.equals("conv_depthwise");
        }
    }

    private static final List<Sample> CONVOLUTIONS = List.of(new Sample("conv_valid", VALID),
            new Sample("conv_same", SAME), new Sample("conv_strided", SAME.withStrides(2)),
            new Sample("conv_apart", VALID.withStrides(3, 2)),
            new Sample("conv_dilated", VALID.withPadding(1, 2).withStrides(2, 1).withDilations(2, 3)),
            new Sample("conv_grouped", VALID.withPadding(1).withStrides(1, 2).withGroups(2)),
            new Sample("conv_depthwise", VALID.withPadding(1).withStrides(2, 1)),
            new Sample("conv_line", SAME.withStrides(2)),
            new Sample("conv_volume", VALID.withPadding(0, 1, 1).withStrides(1, 2, 1)),
            new Sample("conv_long", SAME.withStrides(3).withDilations(2)));
    private static final List<Sample> POOLS = List.of(new Sample("pool_halves", VALID.withStrides(2), 2),
            new Sample("pool_rest", VALID.withStrides(2), 2), new Sample("pool_overlapping", SAME.withStrides(2), 3),
            new Sample("pool_apart", VALID.withStrides(3, 2), 2, 1),
            new Sample("pool_dilated", VALID.withStrides(2, 1).withDilations(3, 2), 2, 3));

    /** Their options; a pool is the spatial shape that is given. */
    private static final List<Sample> TRANSPOSED = List.of(new Sample("transposed_valid", VALID),
            new Sample("transposed_strided", VALID.withPadding(1).withStrides(2, 3)),
            new Sample("transposed_same", SAME.withStrides(2, 1)),
            new Sample("transposed_given", VALID.withPadding(1).withStrides(2), 8, 5),
            new Sample("transposed_dilated", VALID.withPadding(1, 0).withStrides(2, 1).withDilations(2, 3)),
            new Sample("transposed_grouped", VALID.withPadding(1).withStrides(2, 1).withGroups(2)),
            new Sample("transposed_apart", VALID.withStrides(3, 2)),
            new Sample("transposed_line", VALID.withStrides(2)),
            new Sample("transposed_volume", VALID.withPadding(0, 1, 1).withStrides(1, 2, 1)));

    /** How a sample is computed. */
    private record Way(Backend backend, DType dtype, boolean channelsFirst, boolean isOpen) {
        String text() {
            return backend + " " + dtype + (channelsFirst ? " NCHW" : " NHWC") + (isOpen ? " open" : "");
        }
    }

    private static final List<Way> WAYS = List.of(new Way(Backend.EVAL, FLOAT64, true, false),
            new Way(Backend.EVAL, FLOAT64, false, true), new Way(Backend.LLVM, FLOAT64, true, true),
            new Way(Backend.LLVM, FLOAT32, false, false), new Way(Backend.LLVM, FLOAT32, true, false),
            new Way(Backend.LLVM, FLOAT64, false, true));

    @TestFactory
    Stream<DynamicTest> convolutions() {
        return tests(CONVOLUTIONS, ConvolutionGoldensTest::convolution);
    }

    @TestFactory
    Stream<DynamicTest> transposedConvolutions() {
        return tests(TRANSPOSED, ConvolutionGoldensTest::convolution);
    }

    @TestFactory
    Stream<DynamicTest> pools() {
        return tests(POOLS, ConvolutionGoldensTest::pool);
    }

    private interface Check {
        void of(Sample sample, Way way);
    }

    private static Stream<DynamicTest> tests(List<Sample> samples, Check check) {
        return samples.stream().flatMap(sample -> WAYS.stream().map(way -> DynamicTest.dynamicTest(
                sample.golden() + " " + way.text(), () -> check.of(sample, way))));
    }

    private static void convolution(Sample sample, Way way) {
        NnGolden golden = NnGolden.read(sample.golden());
        Graph graph = new Graph();
        NDArray given = golden.get("x", way.dtype());
        Tensor x = graph.placeholder("x", way.dtype(), shape(given, way));
        Tensor w = graph.placeholder("w", way.dtype(), shape(golden.get("w")));
        Tensor input = way.channelsFirst() ? x : transpose(x, order(given.rank(), true));
        WindowOptions options = way.channelsFirst() ? sample.options().withChannelsFirst() : sample.options();
        Tensor y;
        if (sample.isDepthwise()) {
            long[] sizes = golden.get("w").sizes();
            long channels = given.size(1);
            Tensor filter = reshape(w, Shape.shape(sizes[0], sizes[1], channels,
                    sizes[3] / channels));
            y = Nn.depthwiseConv2d(input, filter, options);
        } else if (sample.golden().startsWith("transposed")) {
            y = transposed(sample, input, w, options);
        } else {
            y = Nn.convolution(input, w, options);
        }
        y = way.channelsFirst() ? y : transpose(y, order(given.rank(), false));
        Tensor loss = reduceSum(multiply(y, constant(golden.get("weight", way.dtype()))));
        Gradients slopes = gradients(loss, x, w);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(way.backend()))) {
            Fetches results = session.run(Feeds.feed(x, given).and(w, golden.get("w", way.dtype())),
                    Fetch.fetch(y, slopes.of(x), slopes.of(w)));
            same(results.get(y), golden.get("y"), way);
            same(results.get(slopes.of(x)), golden.get("gx"), way);
            same(results.get(slopes.of(w)), golden.get("gw"), way);
        }
    }

    private static Tensor transposed(Sample sample, Tensor input, Tensor w, WindowOptions options) {
        if (sample.pool().length > 0) {
            long[] sizes = sample.pool();
            return Nn.conv2dTranspose(input, w, options.channelsFirst()
                    ? Shape.shape(UNKNOWN, UNKNOWN, sizes[0], sizes[1])
                    : Shape.shape(UNKNOWN, sizes[0], sizes[1], UNKNOWN), options);
        }
        return switch (input.shape().rank()) {
            case 3 -> Nn.conv1dTranspose(input, w, options);
            case 4 -> Nn.conv2dTranspose(input, w, options);
            default -> Nn.conv3dTranspose(input, w, options);
        };
    }

    /** A run checks that a given length has as many windows as the input has elements. */
    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void aGivenLengthMustFit(Backend backend) {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", FLOAT32, Shape.shape(1, UNKNOWN, 1));
        Tensor y = Nn.conv1dTranspose(x, constant(new float[2][1][1]), Shape.shape(1, 9, 1), SAME.withStrides(2));
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            assertThat(session.run(Feeds.feed(x, new float[1][5][1]), Fetch.fetch(y)).get(y).sizes())
                    .containsExactly(1, 9, 1);
            assertThatThrownBy(() -> session.run(Feeds.feed(x, new float[1][4][1]), Fetch.fetch(y)))
                    .isInstanceOf(GraphException.class).hasMessageContaining("conv1d_transpose");
        }
    }

    private static void pool(Sample sample, Way way) {
        NnGolden golden = NnGolden.read(sample.golden());
        Graph graph = new Graph();
        NDArray given = golden.get("x", way.dtype());
        Tensor x = graph.placeholder("x", way.dtype(), shape(given, way));
        Tensor input = way.channelsFirst() ? x : transpose(x, order(given.rank(), true));
        WindowOptions options = way.channelsFirst() ? sample.options().withChannelsFirst() : sample.options();
        List<Long> sizes = Arrays.stream(sample.pool()).boxed().toList();
        List<String> names = golden.has("mean") ? List.of("max", "mean") : List.of("max");
        for (String name : names) {
            Tensor pooled = name.equals("max") ? Nn.maxPool(input, sizes, options) : Nn.avgPool(input, sizes, options);
            Tensor y = way.channelsFirst() ? pooled : transpose(pooled, order(given.rank(), false));
            Tensor slope = gradients(reduceSum(multiply(y, constant(golden.get("weight", way.dtype())))), x).of(x);
            try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(way.backend()))) {
                Fetches results = session.run(Feeds.feed(x, given), Fetch.fetch(y, slope));
                same(results.get(y), golden.get(name), way);
                same(results.get(slope), golden.get("g" + name), way);
            }
        }
    }

    /** A net of convolutions, pooling and a dense layer has PyTorch's losses over 50 steps. */
    @ParameterizedTest
    @CsvSource({"EVAL,FLOAT64,1e-10", "LLVM,FLOAT64,1e-10", "LLVM,FLOAT32,1e-4"})
    void aNetTrainsAsInPyTorch(Backend backend, DType dtype, double tolerance) {
        NnGolden golden = NnGolden.read("conv_net");
        Graph graph = new Graph();
        Tensor h = transpose(graph.constant(golden.get("x", dtype)), 0, 2, 3, 1);
        List<Variable> weights = IntStream.range(0, 3).mapToObj(i -> graph.variable("w" + i,
                constant(golden.get("w" + i, dtype)))).toList();
        for (int i = 0; i < 2; i++) {
            h = Nn.maxPool(Nn.relu(Nn.conv2d(h, weights.get(i), SAME)), List.of(2L), VALID.withStrides(2));
        }
        Tensor scores = matmul(reshape(h, Shape.shape(8, 54)), weights.get(2));
        Tensor loss = reduceMean(Nn.sparseSoftmaxCrossEntropyWithLogits(
                graph.constant(golden.get("labels", DType.INT32)), scores));
        Operation step = new GradientDescent(0.1).minimize(loss, weights);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            session.run(graph.initializer());
            NDArray losses = golden.get("losses");
            for (int t = 0; t < losses.elementCount(); t++) {
                double actual = session.run(Fetch.fetch(loss).targets(step)).get(loss).getDouble(0);
                assertThat(actual).as("step " + t).isCloseTo(losses.getDouble(t), within(tolerance));
            }
        }
    }

    private static Shape shape(NDArray array) {
        return Shape.shape(array.sizes());
    }

    /** The shape of an input: open but for the channels, or known. */
    private static Shape shape(NDArray array, Way way) {
        return !way.isOpen() ? shape(array) : Shape.shape(IntStream.range(0, array.rank())
                .mapToLong(axis -> axis == 1 ? array.size(1) : UNKNOWN).toArray());
    }

    /** The order of axes that moves the channels to the end, or back. */
    private static int[] order(int rank, boolean toEnd) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        if (toEnd) {
            order.add(order.remove(1));
        } else {
            order.add(1, order.removeLast());
        }
        return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void same(NDArray actual, NDArray expected, Way way) {
        assertThat(actual.sizes()).containsExactly(expected.sizes());
        double tolerance = way.dtype() == FLOAT32 ? 2e-5 : 1e-12;
        for (long i = 0; i < expected.elementCount(); i++) {
            assertThat(actual.getDouble(i)).isCloseTo(expected.getDouble(i), within(tolerance));
        }
    }
}
