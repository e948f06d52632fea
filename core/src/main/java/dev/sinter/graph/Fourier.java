package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Discrete Fourier transforms along some axes, of complex numbers or of real ones, of whose spectrum along the last of
 * these axes the first half is enough. Axes are normalised; with them go lengths to which the operand is cut or filled
 * up with zeros, or none.
 */
final class Fourier {
    private final Composer c;
    private final boolean inverse;

    Fourier(Composer c, boolean inverse) {
        this.c = c;
        this.inverse = inverse;
    }

    /** The transform of complex numbers. */
    Planes complex(Planes given, List<Integer> axes, List<Dim> lengths) {
        Planes x = given;
        for (int i = 0; i < lengths.size(); i++) {
            int axis = axes.get(i);
            Dim length = lengths.get(i);
            x = x.each(plane -> Planes.fitted(c, plane, axis, length));
        }
        return transformed(x, axes);
    }

    private Planes transformed(Planes x, List<Integer> axes) {
        if (axes.isEmpty()) {
            return x;
        }
        int plane = Collections.min(axes);
        Node stack = x.stacked(c, plane);
        for (int axis : axes.reversed()) {
            Dim length = x.shape().dim(axis);
            stack = along(stack, plane, axis + 1, length, 2, length);
        }
        return Planes.of(c, stack, plane);
    }

    private Node along(Node stack, int plane, int axis, Dim length, int outputs, Dim kept) {
        if (length.isConstant(0)) {
            return stack;
        }
        List<Dim> dims = new ArrayList<>(Composer.shape(stack).dims());
        Node five = c.reshape(stack, FourierAxis.stack(Composer.shape(stack), plane, axis));
        Node done = new FourierAxis(c, Composer.dtype(stack), inverse, length, outputs, kept).of(five);
        dims.set(plane, Dim.of(outputs));
        dims.set(axis, kept);
        return c.reshape(done, new Shape(dims));
    }

    /** The first half of the spectrum of real numbers along the last axis, and all of it along the others. */
    Planes ofReal(Node given, List<Integer> axes, List<Dim> lengths) {
        Node x = given;
        for (int i = 0; i < lengths.size(); i++) {
            x = Planes.fitted(c, x, axes.get(i), lengths.get(i));
        }
        int last = axes.getLast();
        Dim length = Composer.shape(x).dim(last);
        requireElements(given, length, last);
        int plane = Collections.min(axes);
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        dims.add(plane, Dim.ONE);
        Node stack = along(c.reshape(x, new Shape(dims)), plane, last + 1, length, 2, half(length));
        for (int axis : axes.subList(0, axes.size() - 1).reversed()) {
            Dim size = Composer.shape(stack).dim(axis + 1);
            stack = along(stack, plane, axis + 1, size, 2, size);
        }
        return Planes.of(c, stack, plane);
    }

    private static Dim half(Dim length) {
        return length.floorDiv(2).plus(1);
    }

    private void requireElements(Node x, Dim length, int axis) {
        if (length.isConstant(0)) {
            throw new GraphException("a spectrum of no elements does not exist: " + c.describe(x) + " axis " + axis);
        }
    }

    /** The real numbers whose spectrum begins as is given along the last axis. */
    Node toReal(Planes given, List<Integer> axes, List<Dim> lengths) {
        int last = axes.getLast();
        Dim length = lengths.isEmpty() ? given.shape().dim(last).minus(1).times(2) : lengths.getLast();
        if (length.isConstant() && length.constant() < 1) {
            throw new GraphException("there is no signal of " + length + " elements for the spectrum "
                    + c.describe(given.re()) + " axis " + last + "; fftLength(...) says how long it is");
        }
        List<Integer> others = axes.subList(0, axes.size() - 1);
        Planes x = complex(given, others, lengths.isEmpty() ? List.of() : lengths.subList(0, lengths.size() - 1))
                .each(plane -> Planes.fitted(c, plane, last, half(length)));
        Node stack = whole(x, last, length).stacked(c, last);
        Node real = along(stack, last, last + 1, length, 1, length);
        return c.reshape(real, without(real, last));
    }

    private static Shape without(Node x, int axis) {
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        dims.remove(axis);
        return new Shape(dims);
    }

    /** A spectrum from its first half: what follows is the conjugate of what precedes, in the opposite order. */
    private Planes whole(Planes half, int axis, Dim length) {
        Dim count = length.minus(1).floorDiv(2).max(Dim.ZERO);
        Planes mirrored = half.each(plane -> c.add(new Reverse(List.of(axis)),
                Planes.cut(c, plane, axis, Dim.ONE, count)));
        return new Planes(c.resized(c.add(new Concat(axis), half.re(), mirrored.re()), axis, length),
                c.resized(c.add(new Concat(axis), half.im(), c.map(ScalarFn.NEG, mirrored.im())), axis, length));
    }

    /** The last axes of something, after a check that it has as many. */
    static List<Integer> lastAxes(Composer c, Node x, int count) {
        int rank = Composer.rank(x);
        if (rank < count) {
            throw new GraphException("at least " + count + (count == 1 ? " axis is" : " axes are") + " needed: "
                    + c.describe(x));
        }
        return IntStream.range(rank - count, rank).boxed().toList();
    }

    /** Axes as users give them, each once, in the order given; all where none is. */
    static List<Integer> axes(Composer c, Node x, int... given) {
        List<Integer> axes = given.length == 0 ? Composer.axes(x)
                : IntStream.of(given).map(axis -> c.axis(axis, Composer.rank(x), x)).boxed().toList();
        if (axes.isEmpty() || new HashSet<>(axes).size() != axes.size()) {
            throw new GraphException("axes " + axes + " of " + c.describe(x)
                    + " must be at least one, and each of them another");
        }
        return axes;
    }

    /** Lengths as users give them. */
    static List<Dim> lengths(List<Integer> axes, long... given) {
        if (given.length != 0 && given.length != axes.size()) {
            throw new GraphException(given.length + " lengths are given for " + axes.size()
                    + (axes.size() == 1 ? " axis" : " axes") + "; each axis needs one");
        }
        for (long length : given) {
            if (length < 1) {
                throw new GraphException("fftLength " + length + " must be at least 1");
            }
        }
        return Arrays.stream(given).mapToObj(Dim::of).toList();
    }

    /** A tensor of a float dtype that has planes. */
    static void requireFloat(Composer c, Node x) {
        if (Composer.dtype(x) != DType.FLOAT32 && Composer.dtype(x) != DType.FLOAT64) {
            throw new GraphException("float32 or float64 is needed, not " + c.describe(x) + "; cast(...) it");
        }
    }
}
