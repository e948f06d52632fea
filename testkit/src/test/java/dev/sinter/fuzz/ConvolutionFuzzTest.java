package dev.sinter.fuzz;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.GradientOptions;
import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.WindowOptions;
import dev.sinter.graph.WindowOptions.Padding;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Convolutions of random sizes, strides, dilations, paddings and groups, with the gradients by input and filter and
 * what flows on from these, beside loops over all windows and their elements.
 */
final class ConvolutionFuzzTest {
    private static final int CASES = 120;

    /** Along a spatial axis. */
    private record Axis(int length, int size, int stride, int dilation, int before, int after) {
        static Axis random(SplittableRandom random) {
            int size = random.nextInt(1, 6);
            int dilation = random.nextInt(3) == 0 ? random.nextInt(1, 4) : 1;
            int before = random.nextInt(0, size + 1);
            int after = random.nextInt(0, size + 1);
            int least = Math.max(1, (size - 1) * dilation + 1 - before - after);
            return new Axis(least + random.nextInt(0, 12), size, random.nextInt(1, 4), dilation, before, after);
        }

        int windows() {
            return (length + before + after - (size - 1) * dilation - 1) / stride + 1;
        }
    }

    /** All sizes; channels are those of a group. */
    private record Case(List<Axis> axes, int batch, int groups, int in, int out, DType dtype, boolean isOpen) {
        static Case random(int seed) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Axis> axes = IntStream.range(0, random.nextInt(1, 4)).mapToObj(_ -> Axis.random(random)).toList();
            int groups = random.nextInt(3) == 0 ? random.nextInt(2, 5) : 1;
            boolean depthwise = groups > 1 && random.nextBoolean();
            return new Case(axes, random.nextInt(1, 3), groups, depthwise ? 1 : random.nextInt(1, 6),
                    depthwise ? 1 : random.nextInt(1, 20), random.nextInt(3) == 0 ? FLOAT32 : FLOAT64,
                    random.nextInt(4) == 0);
        }

        long[] input() {
            return sizes(batch, axes.stream().map(Axis::length), groups * in);
        }

        long[] result() {
            return sizes(batch, axes.stream().map(Axis::windows), groups * out);
        }

        long[] filter() {
            return LongStream.concat(axes.stream().mapToLong(Axis::size), LongStream.of(in, groups * out)).toArray();
        }

        private static long[] sizes(int first, Stream<Integer> middle, int last) {
            return Stream.concat(Stream.of(first), Stream.concat(middle, Stream.of(last)))
                    .mapToLong(Integer::longValue).toArray();
        }

        WindowOptions options() {
            return WindowOptions.VALID.withStrides(all(Axis::stride)).withDilations(all(Axis::dilation))
                    .withGroups(groups).withPadding(new Padding.Explicit(
                            Arrays.stream(all(Axis::before)).boxed().toList(),
                            Arrays.stream(all(Axis::after)).boxed().toList()));
        }

        private long[] all(java.util.function.ToLongFunction<Axis> what) {
            return axes.stream().mapToLong(what).toArray();
        }

        int taps() {
            return axes.stream().mapToInt(Axis::size).reduce(1, (x, y) -> x * y);
        }

        /** The number of the pixel that a window shows at a tap, -1 where that is padding. */
        int pixel(int window, int tap) {
            int pixel = 0;
            int distance = 1;
            int windows = window;
            int taps = tap;
            for (Axis axis : axes.reversed()) {
                int at = windows % axis.windows() * axis.stride() + taps % axis.size() * axis.dilation()
                        - axis.before();
                if (at < 0 || at >= axis.length()) {
                    return -1;
                }
                pixel += at * distance;
                distance *= axis.length();
                windows /= axis.windows();
                taps /= axis.size();
            }
            return pixel + windows * distance;
        }
    }

    /** What becomes of each product of an element of the input and one of the filter. */
    private interface Product {
        void of(int result, int input, int filter);
    }

    private static void products(Case sizes, Product product) {
        int windows = (int) (product(sizes.result()) / sizes.groups() / sizes.out());
        for (int window = 0; window < windows; window++) {
            for (int tap = 0; tap < sizes.taps(); tap++) {
                int pixel = sizes.pixel(window, tap);
                for (int c = 0; pixel >= 0 && c < sizes.groups() * sizes.out(); c++) {
                    for (int i = 0; i < sizes.in(); i++) {
                        product.of(window * sizes.groups() * sizes.out() + c,
                                pixel * sizes.groups() * sizes.in() + c / sizes.out() * sizes.in() + i,
                                (tap * sizes.in() + i) * sizes.groups() * sizes.out() + c);
                    }
                }
            }
        }
    }

    private static long product(long[] sizes) {
        return Arrays.stream(sizes).reduce(1, (x, y) -> x * y);
    }

    private static NDArray random(SplittableRandom random, DType dtype, long[] sizes) {
        NDArray array = NDArray.zeros(dtype, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextDouble(-1, 1));
        }
        return array;
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "LLVM"})
    void gradients(Backend backend) {
        for (int seed = 0; seed < CASES; seed++) {
            check(Case.random(seed), seed, backend);
        }
    }

    private static void check(Case sizes, int seed, Backend backend) {
        SplittableRandom random = new SplittableRandom(seed);
        NDArray x = random(random, sizes.dtype(), sizes.input());
        NDArray w = random(random, sizes.dtype(), sizes.filter());
        NDArray g = random(random, sizes.dtype(), sizes.result());
        double[] y = new double[(int) g.elementCount()];
        double[] ofX = new double[(int) x.elementCount()];
        double[] ofW = new double[(int) w.elementCount()];
        products(sizes, (result, input, filter) -> {
            y[result] += x.getDouble(input) * w.getDouble(filter);
            ofX[input] += g.getDouble(result) * w.getDouble(filter);
            ofW[filter] += g.getDouble(result) * x.getDouble(input);
        });
        Graph graph = new Graph();
        Tensor input = graph.placeholder("x", sizes.dtype(), open(sizes, sizes.input()));
        Tensor filter = graph.placeholder("w", sizes.dtype(), Shape.shape(sizes.filter()));
        Tensor flowing = graph.placeholder("g", sizes.dtype(), Shape.shape(sizes.result()));
        Tensor result = Nn.convolution(input, filter, sizes.options());
        Gradients back = Ops.gradients(List.of(result), List.of(input, filter),
                GradientOptions.DEFAULT.withInitial(flowing));
        // Half the squares of the input's gradient flow back to the filter: a convolution of that gradient.
        Tensor squares = Ops.reduceSum(back.of(input).times(back.of(input))).times(0.5f);
        Tensor again = Ops.gradients(squares, filter).of(filter);
        double[] ofAgain = new double[ofW.length];
        products(sizes, (r, i, f) -> ofAgain[f] += ofX[i] * g.getDouble(r));
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            Fetches found = session.run(Feeds.feed(input, x).and(filter, w).and(flowing, g),
                    Fetch.fetch(result, back.of(input), back.of(filter), again));
            same(sizes, seed, "y", found.get(result), y);
            same(sizes, seed, "x", found.get(back.of(input)), ofX);
            same(sizes, seed, "w", found.get(back.of(filter)), ofW);
            same(sizes, seed, "again", found.get(again), ofAgain);
        }
    }

    /** A shape whose batch and first length a run finds, where the case says so. */
    private static Shape open(Case sizes, long[] shape) {
        long[] open = shape.clone();
        if (sizes.isOpen()) {
            open[0] = Shape.UNKNOWN;
            open[1] = Shape.UNKNOWN;
        }
        return Shape.shape(open);
    }

    private static void same(Case sizes, int seed, String what, NDArray found, double[] expected) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        double tolerance = (sizes.dtype() == FLOAT32 ? 1e-4 : 1e-11) * Math.max(1, largest);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found.getDouble(i)).as("%s at %d of case %d: %s", what, i, seed, sizes)
                    .isCloseTo(expected[i], within(tolerance));
        }
    }
}
