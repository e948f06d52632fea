package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.MaxPoolGradient;
import dev.sinter.op.Pad;
import dev.sinter.op.Parameter;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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
        boolean divides = in.equals(inside.times(groups))
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
        Node filters = c.reshape(filter, split(Composer.shape(filter), convolution.axes + 1, groups));
        Node result = c.contract(positions + "bzc,a" + spatial + "zb" + positions + "->a" + spatial + "zc",
                filters, windows);
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

    /**
     * The transpose of {@link #convolve}: from the windows' side back to the side of the input. It is what flows to an
     * input of the result's shape from a convolution with the same filter and options.
     *
     * @param shape of the result, whose unknown sizes are computed; the channels are the filter's
     */
    static Node transposed(Composer c, Node x, Node filter, Optional<Shape> shape, WindowOptions options) {
        Convolution convolution = of(c, x, filter, options);
        int axes = convolution.axes;
        Node input = convolution.channelsLast(x);
        Dim groups = Dim.of(options.groups());
        Dim in = Composer.shape(input).dim(axes + 1);
        Dim filters = Composer.shape(filter).dim(axes + 1);
        if (!in.equals(filters) || !in.mod(groups).isConstant(0)) {
            throw new GraphException("channels differ: " + c.describe(x) + " has " + in + ", " + c.describe(filter)
                    + " takes " + filters + (options.groups() == 1 ? "" : " in " + options.groups() + " groups"));
        }
        List<Long> sizes = convolution.sizes(filter);
        Windows windows = convolution.op(sizes);
        List<Dim> whole = convolution.transposedShape(Composer.shape(input), shape, windows,
                Composer.shape(filter).dim(axes).times(groups));
        List<List<Dim>> around = options.amounts(whole.subList(1, axes + 1), sizes);
        List<Dim> padded = new ArrayList<>(whole);
        for (int axis = 1; axis <= axes; axis++) {
            Dim length = whole.get(axis).plus(around.get(axis - 1).getFirst()).plus(around.get(axis - 1).getLast());
            padded.set(axis, length);
            Window window = windows.windows().get(axis - 1);
            input = convolution.matching(input, x, axis, whole.get(axis), window, window.count(length));
        }
        List<Dim> start = new ArrayList<>(Collections.nCopies(axes + 2, Dim.ZERO));
        List<Node> checks = new ArrayList<>();
        for (int axis = 1; axis <= axes; axis++) {
            start.set(axis, around.get(axis - 1).getFirst());
            convolution.isLeft(Composer.shape(input).dim(axis), whole.get(axis), windows.windows().get(axis - 1),
                    around.get(axis - 1), axis - 1).ifPresent(checks::add);
        }
        return c.controlled(convolution.asGiven(c.derived(List.of(input, filter), (b, operands) -> {
            Value flowing = b.reshape(operands.get(0), split(operands.get(0).shape(), axes + 1, groups));
            Value all = b.reshape(operands.get(1), split(operands.get(1).shape(), axes + 1, groups));
            String spatial = SPATIAL.substring(0, axes);
            String positions = POSITIONS.substring(0, axes);
            Value shown = b.contract(positions + "bzc", "a" + spatial + "zc", "a" + spatial + "zb" + positions, all,
                    flowing);
            Value image = b.add(new Parameter("image", new TensorType(flowing.dtype(),
                    split(new Shape(padded), axes + 1, groups))));
            Value sums = windows.operandGradient(b, b.add(windows, image), shown);
            Value merged = b.reshape(sums, new Shape(padded));
            List<Dim> end = IntStream.range(0, axes + 2).mapToObj(i -> start.get(i).plus(whole.get(i))).toList();
            return padded.equals(whole) ? merged
                    : b.add(new Slice(start, end, Collections.nCopies(axes + 2, 1L)), merged);
        })), checks);
    }

    /** A check that an explicit padding leaves elements of a result that has windows; none where it always does. */
    private Optional<Node> isLeft(Dim windows, Dim length, Window window, List<Dim> around, int axis) {
        Dim ofOne = window.reach().plus(1).minus(around.getFirst()).minus(around.getLast());
        if (length.isConstant() || ofOne.minus(1).isNeverNegative()
                || !(options.padding() instanceof WindowOptions.Padding.Explicit)) {
            return Optional.empty();
        }
        Node left = c.size(length.max(Dim.ONE.minus(windows)), DType.INT64);
        return Optional.of(Check.of(c, "that the padding leaves elements along spatial axis " + axis,
                c.map(ScalarFn.GT, left, c.scalar(DType.INT64, 0)), List.of(left), List.of("their number"), ""));
    }

    /**
     * What flows to a filter of a shape from what flows to the result of {@link #convolve}: the sum of the products of
     * the windows and their results.
     */
    static Node filterGradient(Composer c, Node x, Node given, Shape shape, WindowOptions options) {
        c.sameDtype(List.of(x, given));
        int axes = Composer.rank(x) - 2;
        if (axes < 1 || Composer.rank(given) != axes + 2 || shape.rank() != axes + 2 || !shape.isStatic()) {
            throw new GraphException("batch, spatial axes and channels of as many axes as the known shape of the"
                    + " filter are needed: " + c.describe(x) + ", " + c.describe(given) + ", " + shape.toUserString());
        }
        Convolution convolution = new Convolution(c, options, axes);
        Dim groups = Dim.of(Math.max(1, options.groups()));
        Node input = convolution.channelsLast(x);
        Node flowing = convolution.channelsLast(given);
        Dim out = shape.dim(axes + 1);
        if (options.groups() < 1 || !Composer.shape(input).dim(axes + 1).equals(shape.dim(axes).times(groups))
                || !Composer.shape(flowing).dim(axes + 1).equals(out) || !out.mod(groups).isConstant(0)) {
            throw new GraphException("channels differ: " + c.describe(x) + ", " + c.describe(given)
                    + ", a filter of " + shape.toUserString() + " in " + options.groups() + " groups");
        }
        List<Long> sizes = shape.dims().subList(0, axes).stream().map(Dim::constant).toList();
        if (sizes.contains(0L)) {
            throw new GraphException("a filter's spatial sizes are at least 1, not " + shape.toUserString());
        }
        Node windows = convolution.windows(input, sizes);
        for (int axis = 0; axis <= axes; axis++) {
            flowing = c.same("windows differ", windows, axis, flowing, axis);
        }
        String spatial = SPATIAL.substring(0, axes);
        String positions = POSITIONS.substring(0, axes);
        if (options.groups() == 1) {
            return c.contract("a" + spatial + "b" + positions + ",a" + spatial + "c->" + positions + "bc", windows,
                    flowing);
        }
        Node results = c.reshape(flowing, split(Composer.shape(flowing), axes + 1, groups));
        return c.reshape(c.contract("a" + spatial + "zb" + positions + ",a" + spatial + "zc->" + positions + "bzc",
                windows, results), shape);
    }

    /** The input, of as many elements along an axis as the result has windows; a run checks what the graph cannot. */
    private Node matching(Node input, Node x, int axis, Dim length, Window window, Dim count) {
        Dim own = Composer.shape(input).dim(axis);
        if (length.equals(length(own, window, axis - 1))) {
            return input;
        }
        Sizes.Relation relation = c.graph().sizes().unify(count, own,
                c.op() + " at " + c.place() + ": windows of the result along axis " + axis);
        if (relation == Sizes.Relation.DIFFERENT) {
            throw new GraphException("a result of " + length + " elements has " + count + " windows, not the " + own
                    + " of " + c.describe(x) + " along spatial axis " + (axis - 1));
        }
        return relation == Sizes.Relation.EQUAL ? input : c.resized(input, axis, count);
    }

    /** The shape of a transposed convolution, channels last: what is given of it, the rest computed. */
    private List<Dim> transposedShape(Shape input, Optional<Shape> given, Windows windows, Dim channels) {
        if (given.isPresent() && given.get().rank() != axes + 2) {
            throw new GraphException("the result has rank " + (axes + 2) + ", not that of " + given.get());
        }
        List<Dim> dims = new ArrayList<>(given.map(Shape::dims)
                .orElse(Collections.nCopies(axes + 2, Dim.UNKNOWN)));
        if (options.channelsFirst()) {
            dims.add(dims.remove(1));
        }
        List<Dim> whole = new ArrayList<>(List.of(input.dim(0)));
        for (int axis = 0; axis < axes; axis++) {
            whole.add(dims.get(axis + 1).equals(Dim.UNKNOWN) ? length(input.dim(axis + 1), windows.windows().get(axis),
                    axis) : dims.get(axis + 1));
        }
        whole.add(channels);
        for (int axis : List.of(0, axes + 1)) {
            if (!dims.get(axis).equals(Dim.UNKNOWN) && !dims.get(axis).equals(whole.get(axis))) {
                throw new GraphException((axis == 0 ? "the batch" : "the number of channels") + " of the result is "
                        + whole.get(axis) + ", not " + dims.get(axis));
            }
        }
        return whole;
    }

    /** A length that has so many windows: with padding the least one, else a whole stride for each window. */
    private Dim length(Dim count, Window window, int axis) {
        Dim strides = count.times(window.stride());
        Dim more = window.reach().plus(1).minus(window.stride());
        return switch (options.padding()) {
            case WindowOptions.Padding.Same _ -> strides;
            case WindowOptions.Padding.Valid _ -> strides.plus(more.max(Dim.ZERO));
            case WindowOptions.Padding.Explicit(List<Long> before, List<Long> after) -> {
                Dim length = strides.plus(more)
                        .minus(Dim.of(WindowOptions.spread("paddings", before, axes, 0).get(axis)))
                        .minus(Dim.of(WindowOptions.spread("paddings", after, axes, 0).get(axis)));
                if (length.isConstant() && !count.isConstant(0) && length.constant() <= 0) {
                    throw new GraphException("the padding takes away more than the " + strides.plus(more)
                            + " elements that " + count + " windows reach over along spatial axis " + axis
                            + "; it must be less than that before and after together");
                }
                yield length.isNeverNegative() ? length : length.max(Dim.ZERO);
            }
        };
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
        if (Composer.dtype(x) == DType.BOOL) {
            throw new GraphException(c.describe(x) + " holds no numbers; cast(...) it and the filter");
        }
        if (options.groups() < 1) {
            throw new GraphException("groups must be at least 1, not " + options.groups());
        }
        return new Convolution(c, options, axes);
    }

    static Convolution pooling(Composer c, Node x, WindowOptions options) {
        int axes = Composer.rank(x) - 2;
        if (axes < 1 || Composer.dtype(x) == DType.BOOL) {
            throw new GraphException("numbers of batch, spatial axes and channels are needed, not " + c.describe(x));
        }
        if (options.groups() != 1) {
            throw new GraphException("pooling has no groups");
        }
        return new Convolution(c, options, axes);
    }

    List<Long> spread(List<Long> sizes) {
        return WindowOptions.spread("window sizes", sizes, axes, 1);
    }

    /** The filter's spatial sizes. */
    List<Long> sizes(Node filter) {
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

    List<Integer> positions() {
        return IntStream.range(axes + 2, 2 * axes + 2).boxed().toList();
    }

    Windows op(List<Long> sizes) {
        List<Long> strides = WindowOptions.spread("strides", options.strides(), axes, 1);
        List<Long> dilations = WindowOptions.spread("dilations", options.dilations(), axes, 1);
        return new Windows(IntStream.range(0, axes).mapToObj(i ->
                new Window(i + 1, sizes.get(i), strides.get(i), dilations.get(i))).toList());
    }

    /**
     * Windows of the input with zeros around it, of {@code [batch, spatial..., groups, in / groups]} where there are
     * several groups: what flows to windows is then a product, which it would not be behind a reshape of them.
     */
    private Node windows(Node input, List<Long> sizes) {
        Node padded = padded(input, sizes, 0);
        return c.add(op(sizes), options.groups() == 1 ? padded
                : c.reshape(padded, split(Composer.shape(padded), axes + 1, Dim.of(options.groups()))));
    }

    /** The input with a number around its spatial axes. */
    Node padded(Node input, List<Long> sizes, double filler) {
        return paddedWith(input, sizes, c.scalar(Composer.dtype(input), filler));
    }

    /** The input with a scalar around its spatial axes. */
    Node paddedWith(Node input, List<Long> sizes, Node filler) {
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
        return c.add(new Pad(low, high, Collections.nCopies(axes + 2, 0L)), input, filler);
    }

    Node channelsLast(Node x) {
        if (!options.channelsFirst()) {
            return x;
        }
        List<Integer> order = new ArrayList<>(Composer.axes(x));
        order.add(order.remove(1));
        return c.transpose(x, order);
    }

    /** A result in the order of the input's axes. */
    Node asGiven(Node result) {
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
