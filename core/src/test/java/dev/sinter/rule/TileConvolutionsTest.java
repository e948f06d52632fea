package dev.sinter.rule;

import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.eval.Interpreter;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Value;
import dev.sinter.op.Windows;
import dev.sinter.pass.OptimizationOptions;
import dev.sinter.pass.Optimized;
import dev.sinter.pass.Pipeline;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions in tiles give what convolutions give, as nearly as the tolerance says, and only where they may. */
class TileConvolutionsTest {
    private static final double SMALL = 2e-6;
    private static final double LARGE = 2e-5;
    private static final long CHANNELS = 28;
    private static final long MANY = 60;

    private final Random random = new Random(7);
    private final Graph graph = new Graph();

    private static OptimizationOptions options(double tolerance) {
        return OptimizationOptions.defaults().withVerification().withConvolutionTolerance(tolerance);
    }

    private Variable filter(long... sizes) {
        return graph.variable("filter", zeros(FLOAT32, shape(sizes)));
    }

    private static Function lowered(Tensor fetch, Tensor... fed) {
        return Lowering.lower(fetch.graph(), List.of(fetch), List.of(fed), List.of()).function();
    }

    private static boolean isTiled(Optimized optimized) {
        return optimized.report().toString().contains("is tiled by");
    }

    private static boolean convolves(Function function) {
        return function.values().stream().anyMatch(value -> value.op() instanceof Windows);
    }

    private NDArray normal(DType dtype, long... sizes) {
        NDArray array = NDArray.zeros(dtype, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextGaussian());
        }
        return array;
    }

    private List<NDArray> inputs(Function function, long batch) {
        List<NDArray> inputs = new ArrayList<>();
        for (Value parameter : function.parameters()) {
            var content = parameter.type() instanceof StateType state ? state.content() : parameter.tensorType();
            inputs.add(normal(content.dtype(), content.shape().dims().stream()
                    .mapToLong(dim -> dim.isConstant() ? dim.constant() : batch).toArray()));
        }
        return inputs;
    }

    /** Compares with the convolution itself, relative to the largest result. */
    private void agrees(Tensor fetch, Tensor fed, double tolerance) {
        Function function = lowered(fetch, fed);
        Optimized tiled = Pipeline.optimize(function, options(tolerance));
        assertThat(isTiled(tiled)).as(tiled.report().toString()).isTrue();
        assertThat(convolves(tiled.function())).isFalse();
        List<NDArray> inputs = inputs(function, 2);
        NDArray expected = Interpreter.run(function, inputs).getFirst();
        NDArray actual = Interpreter.run(tiled.function(), inputs).getFirst();
        assertThat(actual.sizes()).isEqualTo(expected.sizes());
        double largest = 0;
        double error = 0;
        for (long i = 0; i < expected.elementCount(); i++) {
            largest = Math.max(largest, Math.abs(expected.getDouble(i)));
            error = Math.max(error, Math.abs(expected.getDouble(i) - actual.getDouble(i)));
        }
        assertThat(error).isLessThan(tolerance * largest);
    }

    static Stream<Arguments> images() {
        return Stream.of(Arguments.of(1, 22, 26), Arguments.of(2, 16, 18), Arguments.of(1, 23, 25),
                Arguments.of(UNKNOWN, 24, 26), Arguments.of(7, 10, 13));
    }

    @ParameterizedTest
    @MethodSource("images")
    void inTilesOfTwo(long batch, long height, long width) {
        Tensor x = graph.placeholder("x", FLOAT32, shape(batch, height, width, MANY));
        agrees(Nn.conv2d(x, filter(3, 3, MANY, 56), WindowOptions.SAME), x, SMALL);
    }

    @ParameterizedTest
    @MethodSource("images")
    void inTilesOfFour(long batch, long height, long width) {
        Tensor x = graph.placeholder("x", FLOAT32, shape(batch, height, width, CHANNELS));
        agrees(Nn.conv2d(x, filter(3, 3, CHANNELS, 32), WindowOptions.VALID), x, LARGE);
    }

    @Test
    void withChannelsFirst() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(3, CHANNELS, 13, 15));
        agrees(Nn.conv2d(x, filter(3, 3, CHANNELS, 32), WindowOptions.SAME.withChannelsFirst()), x, LARGE);
    }

    @Test
    void ofAnImageThatIsPaddedByOthersThanZeros() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(1, 21, 22, CHANNELS));
        Tensor padded = Ops.pad(x, new long[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}, 5);
        agrees(Nn.conv2d(padded, filter(3, 3, CHANNELS, 32), WindowOptions.VALID), x, LARGE);
    }

    @Test
    void withAFilterThatIsComputed() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(1, 24, 24, CHANNELS));
        Tensor filter = Ops.exp(filter(3, 3, CHANNELS, 32)).times(0.125);
        agrees(Nn.conv2d(x, filter, WindowOptions.SAME), x, LARGE);
    }

    private void stays(Tensor fetch, double tolerance, Tensor... fed) {
        Optimized optimized = Pipeline.optimize(lowered(fetch, fed), options(tolerance));
        assertThat(isTiled(optimized)).isFalse();
        assertThat(convolves(optimized.function())).isTrue();
    }

    @Test
    void notWithoutATolerance() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(1, 24, 24, CHANNELS));
        stays(Nn.conv2d(x, filter(3, 3, CHANNELS, 32), WindowOptions.SAME), 1e-6, x);
    }

    @Test
    void notOtherWindows() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(1, 24, 24, CHANNELS));
        Variable filter = filter(3, 3, CHANNELS, 32);
        stays(Nn.conv2d(x, filter, WindowOptions.SAME.withStrides(2, 2)), LARGE, x);
        stays(Nn.conv2d(x, filter, WindowOptions.SAME.withDilations(2, 2)), LARGE, x);
        Variable wide = graph.variable("wide", zeros(FLOAT32, shape(5, 5, CHANNELS, 32)));
        stays(Nn.conv2d(x, wide, WindowOptions.SAME), LARGE, x);
        Variable deep = graph.variable("deep", zeros(FLOAT32, shape(3, 3, CHANNELS, 2)));
        stays(Nn.depthwiseConv2d(x, deep, WindowOptions.SAME), LARGE, x);
    }

    @Test
    void notWhereTilesMoveMoreThanTheySpare() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(1, 24, 24, 3));
        stays(Nn.conv2d(x, filter(3, 3, 3, 8), WindowOptions.SAME), LARGE, x);
    }

    @Test
    void notOtherDtypes() {
        Tensor x = graph.placeholder("x", FLOAT64, shape(1, 24, 24, CHANNELS));
        Variable filter = graph.variable("filter", zeros(FLOAT64, shape(3, 3, CHANNELS, 32)));
        stays(Nn.conv2d(x, filter, WindowOptions.SAME), LARGE, x);
    }

    @Test
    void notWithAFilterThatChanges() {
        Tensor x = graph.placeholder("x", FLOAT32, shape(1, 24, 24, CHANNELS));
        Tensor fed = graph.placeholder("fed", FLOAT32, shape(3, 3, CHANNELS, 32));
        stays(Nn.conv2d(x, fed, WindowOptions.SAME), LARGE, x, fed);
        Variable filter = filter(3, 3, CHANNELS, 32);
        Tensor loss = reduceSum(square(Nn.conv2d(x, filter, WindowOptions.SAME)));
        Tensor step = filter.assign(filter.minus(Ops.gradients(loss, filter).of(filter)));
        stays(step, LARGE, x);
    }
}
