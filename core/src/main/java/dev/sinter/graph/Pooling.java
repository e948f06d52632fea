package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Iota;
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

/** Functions of windows beside the greatest element and the mean. */
final class Pooling {
    private Pooling() {}

    /** The greatest elements, and the first places where they are. */
    static List<Node> maxWithPlaces(Composer c, Node x, List<Long> sizes, WindowOptions options,
            boolean includeBatch) {
        Convolution pooling = Convolution.pooling(c, x, options);
        List<Long> all = pooling.spread(sizes);
        Node greatest = Convolution.maxPool(c, x, sizes, options);
        Node input = pooling.channelsLast(x);
        Node shown = c.add(pooling.op(all), pooling.padded(input, all, Composer.dtype(x).lowest()));
        Node best = Reductions.restore(c, c.reduce(ReduceFn.MAX, shown, pooling.positions()), shown,
                pooling.positions());
        Node found = c.map(ScalarFn.EQ, shown, best);
        if (Composer.dtype(x).isFloat()) {
            found = c.map(ScalarFn.OR, found, c.map(ScalarFn.IS_NAN, shown));
        }
        Shape shape = Composer.shape(input);
        List<Dim> counted = new ArrayList<>(shape.dims());
        if (!includeBatch) {
            counted.set(0, Dim.ONE);
        }
        Node place = c.full(DType.INT64, new Shape(counted), 0);
        Dim step = Dim.ONE;
        for (int axis = counted.size() - 1; axis >= 0; axis--) {
            Node along = iota(c, new Shape(counted), axis);
            place = c.map(ScalarFn.ADD, place, c.map(ScalarFn.MUL, along,
                    c.stretch(c.size(step, DType.INT64), new Shape(counted), List.of())));
            step = step.times(counted.get(axis));
        }
        Node places = c.stretch(c.add(pooling.op(all), pooling.paddedWith(place, all, c.size(
                shape.elementCount(), DType.INT64))), Composer.shape(shown), Composer.axes(shown));
        Node none = c.full(DType.INT64, Composer.shape(shown), Long.MAX_VALUE);
        Node first = c.reduce(ReduceFn.MIN, c.map(ScalarFn.SELECT, found, places, none), pooling.positions());
        return List.of(c.called(greatest, "output"), c.called(pooling.asGiven(first), "argmax"));
    }

    /** The index along an axis as each element. */
    static Node iota(Composer c, Shape shape, int axis) {
        return c.add(new Iota(new TensorType(DType.INT64, shape), axis));
    }

    /** The greatest sums of windows and a filter. */
    static Node dilation(Composer c, Node x, Node filter, WindowOptions options) {
        c.label("x", "filter");
        c.sameDtype(List.of(x, filter));
        Convolution pooling = Convolution.pooling(c, x, options);
        Node input = pooling.channelsLast(x);
        int axes = Composer.rank(x) - 2;
        if (!Composer.dtype(x).isFloat() || Composer.rank(filter) != axes + 1) {
            throw new GraphException("floats and a filter of spatial axes and channels are needed: " + c.describe(x)
                    + ", " + c.describe(filter));
        }
        List<Long> sizes = pooling.sizes(filter);
        Node fitting = c.same("channels differ", input, axes + 1, filter, axes);
        Node shown = c.add(pooling.op(sizes), pooling.padded(input, sizes, Composer.dtype(x).lowest()));
        Node sums = c.map(ScalarFn.ADD, shown, c.add(new Broadcast(Composer.shape(shown),
                IntStream.range(axes + 1, 2 * axes + 2).boxed().toList()), c.transpose(fitting, turned(axes))));
        return pooling.asGiven(c.reduce(ReduceFn.MAX, sums, pooling.positions()));
    }

    /** The order that lays the last of some spatial axes and channels first. */
    private static List<Integer> turned(int axes) {
        List<Integer> order = new ArrayList<>(List.of(axes));
        IntStream.range(0, axes).forEach(order::add);
        return order;
    }

    /** Each element divided by a power of the sum of the squares of its neighbours along the last axis. */
    static Node localResponse(Composer c, Node x, long radius, double bias, double alpha, double beta) {
        int rank = Composer.rank(x);
        if (rank == 0 || !Composer.dtype(x).isFloat()) {
            throw new GraphException("floats with channels along the last axis are needed, not " + c.describe(x));
        }
        if (radius < 0 || radius > Integer.MAX_VALUE) {
            throw new GraphException("the radius must be from 0 to " + Integer.MAX_VALUE + ", not " + radius);
        }
        List<Dim> around = Shaping.zeros(rank);
        around.set(rank - 1, Dim.of(radius));
        Node padded = c.add(new Pad(around, around, Collections.nCopies(rank, 0L)), c.map(ScalarFn.MUL, x, x),
                c.scalar(Composer.dtype(x), 0));
        Node near = c.add(new Windows(List.of(new Window(rank - 1, 2 * radius + 1, 1, 1))), padded);
        Node sum = c.reduce(ReduceFn.SUM, near, List.of(rank));
        Node scaled = c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, sum, c.fullLike(x, alpha)), c.fullLike(x, bias));
        return c.map(ScalarFn.MUL, x, beta == 0.5 ? c.map(ScalarFn.RSQRT, scaled)
                : c.map(ScalarFn.POW, scaled, c.fullLike(x, -beta)));
    }
}
