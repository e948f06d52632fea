package dev.sinter.bench;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.FLOAT64;

import dev.sinter.graph.GradientOptions;
import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;

/** A convolution whose input and filter are fed, or its gradients by both from a fed one of its result. */
final class ConvTask implements ExplainedTask {
    /** What rows are called that take gradients. */
    static final String GRADIENTS = "-grad";
    private static final long CHECKED = 101;
    private static final double TOLERANCE = 1e-4;

    private final ConvShape shape;
    private final boolean gradients;
    private final Graph graph = new Graph();
    private final Tensor x;
    private final Tensor filter;
    private final Tensor flowing;
    private final Tensor y;
    private final NDArray xValue;
    private final NDArray filterValue;
    private final NDArray flowingValue;
    private final Fetch fetch;

    ConvTask(ConvShape shape, boolean gradients) {
        this.shape = shape;
        this.gradients = gradients;
        x = graph.placeholder("x", shape.dtype(), Shape.shape(shape.input()));
        filter = graph.placeholder("filter", shape.dtype(), Shape.shape(shape.filter()));
        flowing = graph.placeholder("flowing", shape.dtype(), Shape.shape(shape.result()));
        y = Nn.convolution(x, filter, shape.options());
        xValue = value(31, shape.input());
        filterValue = value(32, shape.filter());
        flowingValue = value(33, shape.result());
        if (gradients) {
            Gradients back = gradients(List.of(y), List.of(x, filter), GradientOptions.DEFAULT.withInitial(flowing));
            fetch = Fetch.fetch(back.of(x), back.of(filter));
        } else {
            fetch = Fetch.fetch(y);
        }
    }

    private NDArray value(long seed, long[] sizes) {
        NDArray normal = Values.normal(seed, sizes);
        return shape.dtype() == FLOAT32 ? normal : normal.cast(shape.dtype());
    }

    /** One product for each element of each window, and with gradients one for each of them. */
    static Cost cost(ConvShape shape, boolean gradients) {
        Cost cost = Cost.ofFlops((gradients ? 2 : 1) * shape.flops());
        return shape.dtype() == FLOAT64 ? cost.inFloat64() : cost;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Feeds feeds() {
        Feeds operands = Feeds.feed(x, xValue).and(filter, filterValue);
        return gradients ? operands.and(flowing, flowingValue) : operands;
    }

    @Override
    public Fetch fetch() {
        return fetch;
    }

    @Override
    public Runnable start(Session session) {
        PreparedCall call = gradients ? session.prepare(fetch, x, filter, flowing).feed(flowing, flowingValue)
                : session.prepare(fetch, x, filter);
        call.feed(x, xValue).feed(filter, filterValue).run();
        NDArray computed = gradients
                ? session.run(Feeds.feed(x, xValue).and(filter, filterValue), Fetch.fetch(y)).get(y)
                : call.result(0);
        double scale = Math.sqrt((double) shape.taps() * shape.in() / shape.groups());
        for (long i = 0; i < computed.elementCount(); i += computed.elementCount() / CHECKED) {
            double expected = expected(i);
            Values.require(Math.abs(computed.getDouble(i) - expected) <= TOLERANCE * scale,
                    "element " + i + " is " + computed.getDouble(i) + " instead of " + expected);
        }
        if (gradients) {
            double slope = product(computed, flowingValue);
            double size = TOLERANCE * scale * Math.sqrt(computed.elementCount());
            checkSlope("x", slope, product(call.result(0), xValue), size);
            checkSlope("the filter", slope, product(call.result(1), filterValue), size);
        }
        return call::run;
    }

    /** A convolution is linear in both operands: its product with what flows is that of either with its gradient. */
    private static void checkSlope(String of, double expected, double slope, double tolerance) {
        Values.require(Math.abs(slope - expected) <= tolerance,
                "the slope along " + of + " is " + slope + " instead of " + expected);
    }

    private static double product(NDArray a, NDArray b) {
        double sum = 0;
        for (long i = 0; i < a.elementCount(); i++) {
            sum += a.getDouble(i) * b.getDouble(i);
        }
        return sum;
    }

    /** An element of the result. */
    private double expected(long index) {
        int channels = shape.in() / shape.groups();
        int channel = (int) (index % shape.out());
        int first = channel / (shape.out() / shape.groups()) * channels;
        double sum = 0;
        for (int tap = 0; tap < shape.taps(); tap++) {
            long pixel = pixel(index / shape.out(), tap);
            for (int i = 0; pixel >= 0 && i < channels; i++) {
                sum += xValue.getDouble(pixel * shape.in() + first + i)
                        * filterValue.getDouble(((long) tap * channels + i) * shape.out() + channel);
            }
        }
        return sum;
    }

    /** The number of the pixel that a window shows at a tap, -1 where that is padding. */
    private long pixel(long window, int tap) {
        long pixel = 0;
        long distance = 1;
        long windows = window;
        int taps = tap;
        for (int axis = shape.spatial().size() - 1; axis >= 0; axis--) {
            int count = shape.windows().get(axis);
            int length = shape.spatial().get(axis);
            long at = windows % count * shape.stride() + (long) taps % shape.size() * shape.dilation()
                    - shape.padding();
            if (at < 0 || at >= length) {
                return -1;
            }
            pixel += at * distance;
            distance *= length;
            windows /= count;
            taps /= shape.size();
        }
        return pixel + windows * distance;
    }
}
