package dev.sinter.graph;

import dev.sinter.op.CustomGradient;
import dev.sinter.op.MaxPoolGradient;
import dev.sinter.op.Pad;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Convolution and pooling: windows of the input, contracted with a filter or reduced. Sums go through the channels of a
 * pixel, then through the pixels of a window, as the input lies in memory: the filter comes first.
 */
final class Convolution {
    /** Letters of spatial axes and of the positions in windows. */
    private static final String SPATIAL = "defghijklm";
    private static final String POSITIONS = "opqrstuvwx";

    private final Composer c;
    private final WindowOptions options;
    private final int axes;

    private Convolution(Composer c, WindowOptions options, int axes) {
        this.c = c;
        this.options = options;
        this.axes = axes;
    }

    /** The convolution of {@code [batch, spatial..., in]} with {@code [size..., in / groups, out]}. */
    static Node convolve(Composer c, Node x, Node filter, WindowOptions options) {
        Convolution convolution = of(c, x, filter, options);
        Node input = convolution.channelsLast(x);
        List<Long> sizes = convolution.sizes(filter);
        Dim in = Composer.shape(input).dim(convolution.axes + 1);
        Dim groups = Dim.of(options.groups());
        Dim inside = Composer.shape(filter).dim(convolution.axes);
        Dim out = Composer.shape(filter).dim(convolution.axes + 1);
        boolean divides = options.groups() >= 1 && in.equals(inside.times(groups))
                && out.mod(groups).isConstant(0);
        if (!divides) {
            throw new GraphException("channels differ: " + c.describe(x) + " has " + in + ", " + c.describe(filter)
                    + " takes " + inside + (options.groups() == 1 ? "" : " in each of " + options.groups()
                    + " groups and gives " + out));
        }
        Node windows = convolution.windows(input, sizes);
        String spatial = SPATIAL.substring(0, convolution.axes);
        String positions = POSITIONS.substring(0, convolution.axes);
        if (options.groups() == 1) {
            return convolution.asGiven(c.contract(positions + "bc,a" + spatial + "b" + positions + "->a" + spatial
                    + "c", filter, windows));
        }
        Node grouped = c.reshape(windows, split(Composer.shape(windows), convolution.axes + 1, groups));
        Node filters = c.reshape(filter, split(Composer.shape(filter), convolution.axes + 1, groups));
        Node result = c.contract(positions + "bzc,a" + spatial + "zb" + positions + "->a" + spatial + "zc",
                filters, grouped);
        return convolution.asGiven(c.reshape(result, merged(Composer.shape(result), convolution.axes + 1)));
    }

    /** The convolution of each channel of its own: {@code [size..., in, multiplier]} gives in * multiplier channels. */
    static Node depthwise(Composer c, Node x, Node filter, WindowOptions options) {
        if (options.groups() != 1) {
            throw new GraphException("a depthwise convolution has no groups: each channel is one");
        }
        Convolution convolution = of(c, x, filter, options);
        Node input = convolution.channelsLast(x);
        if (!Composer.shape(input).dim(convolution.axes + 1).equals(Composer.shape(filter).dim(convolution.axes))) {
            throw new GraphException("channels differ: " + c.describe(x) + ", " + c.describe(filter) + " axis "
                    + convolution.axes);
        }
        Node windows = convolution.windows(input, convolution.sizes(filter));
        String spatial = SPATIAL.substring(0, convolution.axes);
        String positions = POSITIONS.substring(0, convolution.axes);
        Node result = c.contract(positions + "bc,a" + spatial + "b" + positions + "->a" + spatial + "bc",
                filter, windows);
        return convolution.asGiven(c.reshape(result, merged(Composer.shape(result), convolution.axes + 1)));
    }

    /** The greatest element of each window. */
    static Node maxPool(Composer c, Node x, List<Long> sizes, WindowOptions options) {
        Convolution pooling = pooling(c, x, options);
        double count = pooling.spread(sizes).stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
        if (count > Integer.MAX_VALUE) {
            throw new GraphException("a window of " + sizes + " has more than " + Integer.MAX_VALUE + " elements");
        }
        Node padded = pooling.padded(pooling.channelsLast(x), pooling.spread(sizes), Composer.dtype(x).lowest());
        Windows windows = pooling.op(pooling.spread(sizes));
        Node greatest = c.reduce(ReduceFn.MAX, c.add(windows, padded), pooling.positions());
        return pooling.asGiven(c.add(new CustomGradient("max_pool", new MaxPoolGradient(windows)), greatest, padded));
    }

    /** The mean of each window, without what is added around the input. */
    static Node averagePool(Composer c, Node x, List<Long> sizes, WindowOptions options) {
        Convolution pooling = pooling(c, x, options);
        if (!Composer.dtype(x).isFloat()) {
            throw new GraphException("floats are needed, not " + c.describe(x));
        }
        Node input = pooling.channelsLast(x);
        List<Long> all = pooling.spread(sizes);
        Node sums = c.reduce(ReduceFn.SUM, pooling.windows(input, all), pooling.positions());
        List<Dim> lengths = Composer.shape(input).dims().subList(1, pooling.axes + 1);
        boolean isInside = options.amounts(lengths, all).stream().flatMap(List::stream).allMatch(Dim.ZERO::equals);
        if (isInside) {
            double count = all.stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
            return pooling.asGiven(c.map(ScalarFn.MUL, sums, c.fullLike(sums, 1.0 / count)));
        }
        List<Dim> ones = new ArrayList<>(Composer.shape(input).dims());
        ones.set(0, Dim.ONE);
        ones.set(pooling.axes + 1, Dim.ONE);
        Node counts = c.reduce(ReduceFn.SUM, pooling.windows(c.full(Composer.dtype(x), new Shape(ones), 1), all),
                pooling.positions());
        return pooling.asGiven(c.map(ScalarFn.DIV, sums, c.stretch(counts, Composer.shape(sums), Composer.axes(sums))));
    }

    private static Convolution of(Composer c, Node x, Node filter, WindowOptions options) {
        c.label("x", "filter");
        c.sameDtype(List.of(x, filter));
        int axes = Composer.rank(x) - 2;
        if (axes < 1 || axes > SPATIAL.length() || Composer.rank(filter) != axes + 2) {
            throw new GraphException("an input of batch, spatial axes and channels and a filter of as many axes are"
                    + " needed: " + c.describe(x) + ", " + c.describe(filter));
        }
        return new Convolution(c, options, axes);
    }

    private static Convolution pooling(Composer c, Node x, WindowOptions options) {
        int axes = Composer.rank(x) - 2;
        if (axes < 1 || Composer.dtype(x) == DType.BOOL) {
            throw new GraphException("numbers of batch, spatial axes and channels are needed, not " + c.describe(x));
        }
        if (options.groups() != 1) {
            throw new GraphException("pooling has no groups");
        }
        return new Convolution(c, options, axes);
    }

    private List<Long> spread(List<Long> sizes) {
        return WindowOptions.spread("window sizes", sizes, axes, 1);
    }

    /** The filter's spatial sizes. */
    private List<Long> sizes(Node filter) {
        List<Long> sizes = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            Dim size = Composer.shape(filter).dim(axis);
            if (!size.isConstant() || size.isConstant(0)) {
                throw new GraphException("a filter's spatial sizes are known and at least 1: " + c.describe(filter));
            }
            sizes.add(size.constant());
        }
        return sizes;
    }

    private List<Integer> positions() {
        return IntStream.range(axes + 2, 2 * axes + 2).boxed().toList();
    }

    private Windows op(List<Long> sizes) {
        List<Long> strides = WindowOptions.spread("strides", options.strides(), axes, 1);
        List<Long> dilations = WindowOptions.spread("dilations", options.dilations(), axes, 1);
        return new Windows(IntStream.range(0, axes).mapToObj(i ->
                new Window(i + 1, sizes.get(i), strides.get(i), dilations.get(i))).toList());
    }

    /** Windows of the input with zeros around it. */
    private Node windows(Node input, List<Long> sizes) {
        return c.add(op(sizes), padded(input, sizes, 0));
    }

    /** The input with a number around its spatial axes. */
    private Node padded(Node input, List<Long> sizes, double filler) {
        List<List<Dim>> amounts = options.amounts(Composer.shape(input).dims().subList(1, axes + 1), sizes);
        if (amounts.stream().flatMap(List::stream).allMatch(Dim.ZERO::equals)) {
            return input;
        }
        List<Dim> low = new ArrayList<>(Collections.nCopies(axes + 2, Dim.ZERO));
        List<Dim> high = new ArrayList<>(low);
        for (int axis = 0; axis < axes; axis++) {
            low.set(axis + 1, amounts.get(axis).getFirst());
            high.set(axis + 1, amounts.get(axis).getLast());
        }
        return c.add(new Pad(low, high, Collections.nCopies(axes + 2, 0L)), input,
                c.scalar(Composer.dtype(input), filler));
    }

    private Node channelsLast(Node x) {
        if (!options.channelsFirst()) {
            return x;
        }
        List<Integer> order = new ArrayList<>(Composer.axes(x));
        order.add(order.remove(1));
        return c.transpose(x, order);
    }

    /** A result in the order of the input's axes. */
    private Node asGiven(Node result) {
        if (!options.channelsFirst()) {
            return result;
        }
        List<Integer> order = new ArrayList<>(Composer.axes(result));
        order.add(1, order.removeLast());
        return c.transpose(result, order);
    }

    private static Shape split(Shape shape, int axis, Dim groups) {
        List<Dim> dims = new ArrayList<>(shape.dims());
        dims.set(axis, shape.dim(axis).isConstant() && groups.isConstant()
                ? Dim.of(shape.dim(axis).constant() / groups.constant()) : shape.dim(axis).floorDiv(groups));
        dims.add(axis, groups);
        return new Shape(dims);
    }

    /** A shape whose axis has become one with the axis behind it. */
    private static Shape merged(Shape shape, int axis) {
        List<Dim> dims = new ArrayList<>(shape.dims());
        dims.set(axis, dims.get(axis).times(dims.remove(axis + 1)));
        return new Shape(dims);
    }
}
