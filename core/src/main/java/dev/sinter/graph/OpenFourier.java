package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A {@link FourierAxis transform} of a length that each run gives: of a short one the product with the whole matrix,
 * which the run makes; of another a convolution with a chirp, whose length is a known number of times an open one, so
 * that all but one stage are those of a known length.
 */
record OpenFourier(Composer c, DType dtype, boolean inverse, Dim length, int outputs, Dim kept) {
    /** The greatest short length. */
    private static final long SHORT = 192;
    private static final List<Integer> RADICES = List.of(16, 16, 4);
    /** The product of the radices. */
    private static final long KNOWN = 1024;
    private static final int PLANE = 1;
    private static final int LENGTH = 3;

    /** The transform of a stack. */
    Node of(Node stack) {
        Node isShort = c.map(ScalarFn.LE, c.size(length, DType.INT64), c.scalar(DType.INT64, SHORT));
        c.joinBelow(c.graph().uniqueName("fourier"));
        Tensor x = stack.tensor();
        return Control.cond(isShort.tensor(), () -> inside(x, OpenFourier::whole),
                () -> inside(x, OpenFourier::chirped))
                .node();
    }

    private Tensor inside(Tensor x, BiFunction<OpenFourier, Node, Node> body) {
        return Composer.tensor("fourier", inner -> body.apply(new OpenFourier(inner, dtype, inverse, length, outputs,
                kept), inner.in(0)), x);
    }

    private static Dim dim(Node node, int axis) {
        return Composer.shape(node).dim(axis);
    }

    /** By the whole matrix; of a longer one, which it is not asked for, some elements. */
    private Node whole(Node stack) {
        Dim size = length.min(Dim.of(SHORT));
        Node result = new FourierAxis(c, dtype, inverse, size, outputs, kept.min(Dim.of(SHORT)))
                .direct(Planes.fitted(c, stack, LENGTH, size));
        Node scaled = inverse ? over(result, size) : result;
        return Planes.fitted(c, scaled, LENGTH, kept);
    }

    private Node over(Node x, Dim size) {
        return c.map(ScalarFn.DIV, x, c.stretch(c.size(size, dtype), Composer.shape(x), List.of()));
    }

    private Node chirped(Node stack) {
        Dim parts = length.times(2).minus(1).ceilDiv(KNOWN);
        Dim longer = parts.times(KNOWN);
        Planes chirp = chirp(Tables.index(c, Shape.of(length), 0), inverse);
        Node x = Planes.fitted(c, rotated(stack, List.of(LENGTH), chirp), LENGTH, longer);
        Node product = rotated(staged(x, parts, false), List.of(LENGTH), spectrum(parts, longer));
        Node back = Planes.cut(c, staged(product, parts, true), LENGTH, Dim.ZERO, kept);
        Planes last = chirp.each(plane -> over(Planes.cut(c, plane, 0, Dim.ZERO, kept), longer));
        Node result = rotated(back, List.of(LENGTH), inverse ? last.each(plane -> over(plane, length)) : last);
        return Planes.cut(c, result, PLANE, Dim.ZERO, Dim.of(outputs));
    }

    /** {@code exp(i pi j j / n)} of indices, or the conjugate. */
    private Planes chirp(Node index, boolean forward) {
        Node twice = c.stretch(c.size(length.times(2), DType.INT64), Composer.shape(index), List.of());
        Node square = c.map(ScalarFn.REM, c.map(ScalarFn.MUL, index, index), twice);
        return units(Tables.angle(c, square, 1, length), forward);
    }

    private Planes units(Node angle, boolean forward) {
        Node sin = c.convert(c.map(ScalarFn.SIN, angle), dtype);
        return new Planes(c.convert(c.map(ScalarFn.COS, angle), dtype), forward ? sin : c.map(ScalarFn.NEG, sin));
    }

    /** The transform of the chirp's conjugate, whose indices count from the end too. */
    private Planes spectrum(Dim parts, Dim longer) {
        Shape shape = Shape.of(longer);
        Node index = Tables.index(c, shape, 0);
        Node size = c.stretch(c.size(longer, DType.INT64), shape, List.of());
        Node distance = c.map(ScalarFn.MIN, index, c.map(ScalarFn.SUB, size, index));
        Node isInside = c.map(ScalarFn.LT, distance, c.stretch(c.size(length, DType.INT64), shape, List.of()));
        Planes chirp = chirp(distance, !inverse)
                .each(plane -> c.map(ScalarFn.SELECT, isInside, plane, c.fullLike(plane, 0)));
        Node stack = c.reshape(chirp.stacked(c, 0), Shape.of(Dim.ONE, Dim.of(2), Dim.ONE, longer, Dim.ONE));
        Node spectrum = c.reshape(staged(stack, parts, false), Shape.of(Dim.of(2), longer));
        return Planes.of(c, spectrum, 0);
    }

    /** The stages of a transform of known radices, then of an open one; not divided by the length. */
    private Node staged(Node stack, Dim parts, boolean back) {
        Dim inner = dim(stack, LENGTH + 1);
        Node x = stack;
        long done = 1;
        for (int radix : RADICES) {
            Dim left = parts.times(KNOWN / (done * radix));
            x = c.reshape(x, Shape.of(dim(x, 0), Dim.of(2), dim(x, 2), Dim.of(radix), left, inner.times(done)));
            FourierAxis stage = new FourierAxis(c, dtype, back, Dim.of(radix), 2, Dim.of(radix));
            Node y = stage.product(c.constant(stage.matrix(2, radix, 2, radix, 1)), x);
            x = rotated(y, List.of(LENGTH, LENGTH + 1), twiddles(left, radix, back));
            done *= radix;
        }
        x = c.reshape(x, Shape.of(dim(x, 0), Dim.of(2), dim(x, 2), parts, inner.times(KNOWN)));
        Node result = new FourierAxis(c, dtype, back, parts, 2, parts).direct(x);
        return c.reshape(result, Shape.of(dim(x, 0), Dim.of(2), dim(x, 2), parts.times(KNOWN), inner));
    }

    private Planes twiddles(Dim left, long radix, boolean back) {
        Shape shape = Shape.of(left, Dim.of(radix));
        Node turn = c.map(ScalarFn.MUL, Tables.index(c, shape, 0), Tables.index(c, shape, 1));
        return units(Tables.angle(c, turn, 2, left.times(radix)), back);
    }

    /** A stack times numbers that lie along some axes. */
    private Node rotated(Node x, List<Integer> axes, Planes numbers) {
        Shape shape = Composer.shape(x);
        Node re = c.stretch(numbers.re(), shape, axes);
        if (dim(x, PLANE).isConstant(1)) {
            return c.add(new Concat(PLANE), c.map(ScalarFn.MUL, x, re),
                    c.map(ScalarFn.MUL, x, c.stretch(numbers.im(), shape, axes)));
        }
        List<Integer> crossedAxes = new ArrayList<>(List.of(PLANE));
        crossedAxes.addAll(axes);
        Node crossed = new Planes(c.map(ScalarFn.NEG, numbers.im()), numbers.im()).stacked(c, 0);
        return c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, x, re),
                c.map(ScalarFn.MUL, c.add(new Reverse(List.of(PLANE)), x), c.stretch(crossed, shape, crossedAxes)));
    }
}
