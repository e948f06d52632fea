package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Sums, products, quotients and absolute values of complex numbers, as real ops on their planes. */
final class ComplexArithmetic {
    private final Composer c;

    ComplexArithmetic(Composer c) {
        this.c = c;
    }

    Node plus(Node x, Node y) {
        return c.map(ScalarFn.ADD, x, y);
    }

    Node minus(Node x, Node y) {
        return c.map(ScalarFn.SUB, x, y);
    }

    Node times(Node x, Node y) {
        return c.map(ScalarFn.MUL, x, y);
    }

    Node times(Node x, double y) {
        return c.map(ScalarFn.MUL, x, c.fullLike(x, y));
    }

    Node div(Node x, Node y) {
        return c.map(ScalarFn.DIV, x, y);
    }

    Node neg(Node x) {
        return c.map(ScalarFn.NEG, x);
    }

    Node choose(Node condition, Node x, Node y) {
        return c.map(ScalarFn.SELECT, condition, x, y);
    }

    Node choose(Node condition, Node x, double y) {
        return choose(condition, x, c.fullLike(x, y));
    }

    Node isGreater(Node x, double y) {
        return c.map(ScalarFn.GT, x, c.fullLike(x, y));
    }

    Node isLess(Node x, double y) {
        return c.map(ScalarFn.LT, x, c.fullLike(x, y));
    }

    Node isNegative(Node x) {
        return isLess(x, 0);
    }

    /** {@code |x|}, whose derivative at 0 is 1. */
    Node magnitude(Node x) {
        return choose(isNegative(x), neg(x), x);
    }

    Planes plus(Planes x, Planes y) {
        return new Planes(plus(x.re(), y.re()), plus(x.im(), y.im()));
    }

    Planes minus(Planes x, Planes y) {
        return new Planes(minus(x.re(), y.re()), minus(x.im(), y.im()));
    }

    Planes times(Planes x, Planes y) {
        return new Planes(minus(times(x.re(), y.re()), times(x.im(), y.im())),
                plus(times(x.re(), y.im()), times(x.im(), y.re())));
    }

    Planes square(Planes x) {
        Node cross = times(x.re(), x.im());
        return new Planes(times(minus(x.re(), x.im()), plus(x.re(), x.im())), plus(cross, cross));
    }

    /** Smith's quotient: by the ratio of the smaller part of the divisor to the larger one. */
    Planes div(Planes x, Planes y) {
        Node isWide = isWide(y);
        Node large = choose(isWide, y.re(), y.im());
        Node small = choose(isWide, y.im(), y.re());
        Node ratio = div(small, large);
        Node divisor = plus(large, times(small, ratio));
        Node first = choose(isWide, x.re(), x.im());
        Node second = choose(isWide, x.im(), x.re());
        Node im = div(minus(second, times(first, ratio)), divisor);
        return new Planes(div(plus(first, times(second, ratio)), divisor), choose(isWide, im, neg(im)));
    }

    Planes reciprocal(Planes x) {
        return div(new Planes(c.fullLike(x.re(), 1), c.fullLike(x.re(), 0)), x);
    }

    /** Whether the real part is at least as large as the imaginary one. */
    Node isWide(Planes x) {
        return c.map(ScalarFn.GE, c.map(ScalarFn.ABS, x.re()), c.map(ScalarFn.ABS, x.im()));
    }

    Node squaredAbs(Planes x) {
        return plus(times(x.re(), x.re()), times(x.im(), x.im()));
    }

    /**
     * A number scaled by a power of two so that neither its square nor that of a part that counts leaves the range.
     *
     * @param isLarge where it is scaled by {@code down}
     * @param isSmall where it is scaled by {@code up}
     */
    record Scaled(Planes x, Node isLarge, double down, Node isSmall, double up, Node isZero) {}

    Scaled scaled(Planes x) {
        boolean isSingle = x.dtype() == DType.FLOAT32;
        double down = Math.scalb(1.0, isSingle ? -70 : -600);
        double up = Math.scalb(1.0, isSingle ? 100 : 700);
        Node size = c.map(ScalarFn.MAX, c.map(ScalarFn.ABS, x.re()), c.map(ScalarFn.ABS, x.im()));
        Node isLarge = isGreater(size, Math.scalb(1.0, isSingle ? 60 : 500));
        Node isSmall = isLess(size, Math.scalb(1.0, isSingle ? -40 : -400));
        Node scale = choose(isLarge, c.fullLike(size, down), choose(isSmall, c.fullLike(size, up), 1));
        Node isZero = c.map(ScalarFn.EQ, size, c.fullLike(size, 0));
        return new Scaled(x.each(plane -> times(plane, scale)), isLarge, down, isSmall, up, isZero);
    }

    /** A function of the power of two by which a number is scaled. */
    Node ofScale(Scaled scaled, DoubleUnaryOperator function) {
        Node like = scaled.x().re();
        return choose(scaled.isLarge(), c.fullLike(like, function.applyAsDouble(scaled.down())),
                choose(scaled.isSmall(), c.fullLike(like, function.applyAsDouble(scaled.up())),
                        function.applyAsDouble(1)));
    }

    Node abs(Planes x) {
        Scaled scaled = scaled(x);
        Node root = c.map(ScalarFn.SQRT, choose(scaled.isZero(), c.fullLike(x.re(), 1), squaredAbs(scaled.x())));
        return choose(scaled.isZero(), c.fullLike(x.re(), 0), times(root, ofScale(scaled, scale -> 1 / scale)));
    }

    /** The product along axes, which are dropped: halves are multiplied until one element is left. */
    Planes product(Planes given, List<Integer> axes) {
        Planes x = given;
        for (int axis : axes.reversed()) {
            x = product(x, axis);
        }
        return x;
    }

    private Planes product(Planes given, int axis) {
        Planes x = given;
        Dim size = x.shape().dim(axis);
        if (!size.isConstant()) {
            throw new GraphException("the size of axis " + axis + " must be known for a product: "
                    + c.describe(x.re()));
        }
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        dims.set(axis, Dim.ONE);
        if (size.isConstant(0)) {
            x = new Planes(c.full(x.dtype(), new Shape(dims), 1), c.full(x.dtype(), new Shape(dims), 0));
        }
        for (long left = Math.max(1, size.constant()); left > 1; left -= left / 2) {
            x = halved(x, axis, left);
        }
        dims.remove(axis);
        return x.each(plane -> c.reshape(plane, new Shape(dims)));
    }

    private Planes halved(Planes x, int axis, long size) {
        long half = size / 2;
        Planes product = times(part(x, axis, 0, half), part(x, axis, half, half));
        if (size % 2 == 0) {
            return product;
        }
        Planes odd = part(x, axis, size - 1, 1);
        return new Planes(c.add(new Concat(axis), product.re(), odd.re()),
                c.add(new Concat(axis), product.im(), odd.im()));
    }

    private Planes part(Planes x, int axis, long from, long count) {
        return x.each(plane -> Planes.cut(c, plane, axis, Dim.of(from), Dim.of(count)));
    }
}
