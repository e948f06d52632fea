package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.Pad;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Windows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Signals cut into frames, and put together of them. */
final class Frames {
    private Frames() {}

    /** {@code [..., samples, ...] -> [..., frames, frameLength, ...]}. */
    static Node frame(Composer c, Node given, long frameLength, long frameStep, boolean padEnd, double padValue,
            int givenAxis) {
        if (Composer.rank(given) == 0) {
            throw new GraphException("a signal along an axis is needed: " + c.describe(given));
        }
        positive("frameLength", frameLength);
        positive("frameStep", frameStep);
        int axis = c.axis(givenAxis, Composer.rank(given), given);
        Node x = padEnd ? filled(c, given, axis, frameLength, frameStep, padValue) : given;
        Node frames = c.add(new Windows(List.of(new Windows.Window(axis, frameLength, frameStep, 1))), x);
        List<Integer> order = new ArrayList<>(Composer.axes(frames));
        order.add(axis + 1, order.removeLast());
        return c.transpose(frames, order);
    }

    /** Fails unless a length is a positive multiple of a number. */
    static void requireQuarters(String what, long length, long divisor) {
        if (length < 1 || length % divisor != 0) {
            throw new GraphException(what + " " + length + " must be a multiple of " + divisor);
        }
    }

    static void positive(String what, long number) {
        if (number < 1) {
            throw new GraphException(what + " " + number + " must be at least 1");
        }
    }

    /** A signal with a value behind its end, so that a frame begins at each step. */
    private static Node filled(Composer c, Node x, int axis, long frameLength, long frameStep, double value) {
        Dim samples = Composer.shape(x).dim(axis);
        Dim reached = samples.ceilDiv(frameStep).minus(1).times(frameStep).plus(frameLength);
        List<Dim> high = Shaping.zeros(Composer.rank(x));
        high.set(axis, reached.minus(samples).max(Dim.ZERO));
        if (samples.isConstant(0)) {
            return x;
        }
        return c.add(new Pad(Shaping.zeros(high.size()), high, Collections.nCopies(high.size(), 0L)), x,
                c.scalar(Composer.dtype(x), value));
    }

    /**
     * {@code [..., frames, frameLength] -> [..., (frames - 1) * frameStep + frameLength]}. A frame is as many pieces as
     * steps cover it; the pieces lie in a matrix whose rows are shifted against each other by one place more than they
     * are long, so that its columns are what adds up.
     */
    static Node overlapAndAdd(Composer c, Node x, long frameStep) {
        positive("frameStep", frameStep);
        int last = Fourier.lastAxes(c, x, 2).getLast();
        Dim frames = Composer.shape(x).dim(last - 1);
        Dim length = Composer.shape(x).dim(last);
        Dim pieces = length.ceilDiv(frameStep);
        List<Dim> lead = Composer.shape(x).dims().subList(0, last - 1);
        Dim rows = lead.stream().reduce(Dim.ONE, Dim::times);
        Dim step = Dim.of(frameStep);
        Node whole = Planes.fitted(c, c.reshape(x, Shape.of(rows, frames, length)), 2, pieces.times(frameStep));
        Node split = c.transpose(c.reshape(whole, Shape.of(rows, frames, pieces, step)), List.of(0, 2, 1, 3));
        Dim places = frames.plus(pieces).max(Dim.ONE);
        Node padded = Planes.padded(c, split, 2, Dim.ZERO, pieces);
        Node flat = c.reshape(padded, Shape.of(rows, pieces.times(places), step));
        Node skewed = Planes.cut(c, flat, 1, Dim.ZERO, pieces.times(places.minus(1)));
        Node sum = c.reduce(ReduceFn.SUM, c.reshape(skewed, Shape.of(rows, pieces, places.minus(1), step)), List.of(1));
        Node signal = c.reshape(sum, Shape.of(rows, places.minus(1).times(frameStep)));
        Dim samples = frames.minus(1).times(frameStep).plus(length).max(Dim.ZERO);
        List<Dim> dims = new ArrayList<>(lead);
        dims.add(samples);
        return c.reshape(Planes.cut(c, signal, 1, Dim.ZERO, samples), new Shape(dims));
    }

    /** Frames whose samples are weighted by a window. */
    static Node weighted(Composer c, Node frames, Optional<WindowFunction> window, double otherwise) {
        int last = Composer.rank(frames) - 1;
        if (window.isEmpty()) {
            return otherwise == 1 ? frames : c.map(ScalarFn.MUL, frames, c.fullLike(frames, otherwise));
        }
        Node weights = c.constant(weights(window.get(), Composer.shape(frames).dim(last).constant(),
                Composer.dtype(frames)));
        return c.map(ScalarFn.MUL, frames, c.stretch(weights, Composer.shape(frames), List.of(last)));
    }

    /** The weights of a window, after a check that there are as many as there should be, and not too many. */
    static NDArray weights(WindowFunction window, long length, DType dtype) {
        positive("the window length", length);
        if (length > Tables.MOST_ELEMENTS) {
            throw new GraphException("a window of " + length + " samples is too long; at most " + Tables.MOST_ELEMENTS
                    + " are possible");
        }
        double[] weights = window.weights((int) length);
        if (weights.length != length) {
            throw new GraphException("the window gives " + weights.length + " weights for a frame of " + length);
        }
        return NDArray.of(weights).cast(dtype);
    }

    /** The four quarters of frames, folded into two for a transform of type 4. */
    static Node folded(Composer c, Node frames, long frameLength) {
        int last = Composer.rank(frames) - 1;
        Dim quarter = Dim.of(frameLength / 4);
        Node first = part(c, frames, last, 0, quarter);
        Node second = backwards(c, part(c, frames, last, 1, quarter), last);
        Node third = backwards(c, part(c, frames, last, 2, quarter), last);
        Node fourth = part(c, frames, last, 3, quarter);
        return c.add(new Concat(last), c.map(ScalarFn.SUB, c.map(ScalarFn.NEG, third), fourth),
                c.map(ScalarFn.SUB, first, second));
    }

    /**
     * Frames of twice the length: the two halves, each as it is and backwards, as the inverse of {@link #folded} wants.
     */
    static Node unfolded(Composer c, Node halves, long frameLength) {
        int last = Composer.rank(halves) - 1;
        Dim quarter = Dim.of(frameLength / 4);
        Node first = part(c, halves, last, 0, quarter);
        Node second = part(c, halves, last, 1, quarter);
        return c.add(new Concat(last), second, c.map(ScalarFn.NEG, backwards(c, second, last)),
                c.map(ScalarFn.NEG, backwards(c, first, last)), c.map(ScalarFn.NEG, first));
    }

    private static Node part(Composer c, Node x, int axis, int index, Dim count) {
        return Planes.cut(c, x, axis, count.times(index), count);
    }

    private static Node backwards(Composer c, Node x, int axis) {
        return c.add(new Reverse(List.of(axis)), x);
    }
}
