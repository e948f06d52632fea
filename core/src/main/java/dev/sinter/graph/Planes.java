package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.Pad;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;

/** The two planes of complex numbers while an op is composed: of one dtype and one shape. */
record Planes(Node re, Node im) {
    DType dtype() {
        return Composer.dtype(re);
    }

    Shape shape() {
        return Composer.shape(re);
    }

    int rank() {
        return Composer.rank(re);
    }

    List<Node> asList() {
        return List.of(re, im);
    }

    /** The same done to either plane. */
    Planes each(UnaryOperator<Node> plane) {
        return new Planes(plane.apply(re), plane.apply(im));
    }

    /** The planes side by side along a new axis. */
    Node stacked(Composer c, int axis) {
        List<Dim> dims = new ArrayList<>(shape().dims());
        dims.add(axis, Dim.ONE);
        Shape one = new Shape(dims);
        return c.add(new Concat(axis), c.reshape(re, one), c.reshape(im, one));
    }

    /** The planes that lie along an axis of size 2. */
    static Planes of(Composer c, Node stacked, int axis) {
        List<Dim> dims = new ArrayList<>(Composer.shape(stacked).dims());
        dims.remove(axis);
        Shape one = new Shape(dims);
        return new Planes(c.reshape(cut(c, stacked, axis, Dim.ZERO, Dim.ONE), one),
                c.reshape(cut(c, stacked, axis, Dim.ONE, Dim.ONE), one));
    }

    /** Some elements along an axis. */
    static Node cut(Composer c, Node x, int axis, Dim from, Dim count) {
        return cut(c, x, axis, from, from.plus(count), 1);
    }

    /** Every so many-th element along an axis. */
    static Node cut(Composer c, Node x, int axis, Dim from, Dim limit, long step) {
        Dim whole = Composer.shape(x).dim(axis);
        if (from.isConstant(0) && limit.equals(whole) && step == 1) {
            return x;
        }
        List<Dim> starts = Shaping.zeros(Composer.rank(x));
        List<Dim> limits = new ArrayList<>(Composer.shape(x).dims());
        List<Long> steps = new ArrayList<>(Shaping.ones(Composer.rank(x)));
        starts.set(axis, from);
        limits.set(axis, limit);
        steps.set(axis, step);
        return c.add(new Slice(starts, limits, steps), x);
    }

    /** Zeros before and after the elements along an axis. */
    static Node padded(Composer c, Node x, int axis, Dim before, Dim after) {
        return padded(c, x, axis, before, after, 0);
    }

    /** Zeros before, after and between the elements along an axis. */
    static Node padded(Composer c, Node x, int axis, Dim before, Dim after, long between) {
        if (before.isConstant(0) && after.isConstant(0) && between == 0) {
            return x;
        }
        List<Dim> low = Shaping.zeros(Composer.rank(x));
        List<Dim> high = Shaping.zeros(Composer.rank(x));
        List<Long> interior = new ArrayList<>(Collections.nCopies(Composer.rank(x), 0L));
        low.set(axis, before);
        high.set(axis, after);
        interior.set(axis, between);
        return c.add(new Pad(low, high, interior), x, c.scalar(Composer.dtype(x), 0));
    }

    /** The first elements along an axis, or zeros behind them, so that there are so many. */
    static Node fitted(Composer c, Node x, int axis, Dim count) {
        Dim whole = Composer.shape(x).dim(axis);
        if (whole.equals(count)) {
            return x;
        }
        Node first = cut(c, x, axis, Dim.ZERO, whole.min(count));
        Dim missing = count.minus(Composer.shape(first).dim(axis));
        Node filled = padded(c, first, axis, Dim.ZERO, missing.max(Dim.ZERO));
        return c.resized(filled, axis, count);
    }
}
