package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A discrete Fourier transform along one axis of a stack of planes {@code [batch, planes, outer, length, inner]}, where
 * there is one plane of real numbers, or one each of real and imaginary parts.
 *
 * <p>A known length is taken apart by its {@link Radices}, as in <i>Stockham's</i> form of the algorithm of Cooley and
 * Tukey: a stage is the product of a small matrix, which acts on both planes at once, with all columns, and a rotation
 * of each element; no stage moves elements. A length with a large prime factor becomes a convolution with a chirp
 * (Bluestein, 1970) of a length that has none. Of an unknown length there is {@link OpenFourier}.
 *
 * @param inverse whether the conjugate roots of unity are meant, and the result divided by the length
 * @param length  the number of elements
 * @param outputs how many planes the result has: 1 for the real parts alone
 * @param kept    how many of the first elements the result has
 */
record FourierAxis(Composer c, DType dtype, boolean inverse, Dim length, int outputs, Dim kept) {
    private static final int PLANE = 1;
    private static final int OUTER = 2;
    private static final int LENGTH = 3;
    private static final int INNER = 4;
    /** Of more columns the turns are products of two tables in place of one of the size of the array. */
    private static final long MOST_COLUMNS = 512;
    /** Of a stage {@code [batch, planes, outer, radix, rest, inner]}: the elements of one column, the columns. */
    private static final int REST = 4;
    private static final int STAGE_INNER = 5;
    /** Of a stage's result {@code [batch, planes, outer, rest, radix, inner]}. */
    private static final List<Integer> REST_AND_ROWS = List.of(3, 4);

    /** The transform of a stack. */
    Node of(Node stack) {
        if (!length.isConstant()) {
            return new OpenFourier(c, dtype, inverse, length, outputs, kept).of(stack);
        }
        if (length.constant() > Integer.MAX_VALUE) {
            throw new GraphException("a transform of " + length + " elements is too long; at most " + Integer.MAX_VALUE
                    + " are possible");
        }
        Radices radices = Radices.of(length.constant());
        if (radices.factors().isEmpty() && length.constant() > Radices.LONGEST_CHIRP) {
            throw new GraphException("a transform of " + length + " elements is too long for a length with a prime"
                    + " factor above " + Radices.GREATEST_PRIME + "; at most " + Radices.LONGEST_CHIRP
                    + " are possible");
        }
        return radices.isChirp(length.constant()) ? chirped(stack)
                : staged(stack, radices.factors(), inverse ? 1.0 / length.constant() : 1);
    }

    private static Dim dim(Node node, int axis) {
        return Composer.shape(node).dim(axis);
    }

    private Node staged(Node stack, List<Integer> radices, double scale) {
        Dim inner = dim(stack, INNER);
        long left = length.constant();
        long done = 1;
        Node x = stack;
        for (int i = 0; i < radices.size(); i++) {
            boolean last = i == radices.size() - 1;
            int radix = radices.get(i);
            left /= radix;
            x = c.reshape(x, Shape.of(dim(x, 0), dim(x, PLANE), dim(x, OUTER), Dim.of(radix), Dim.of(left),
                    inner.times(done)));
            long rows = last ? Math.ceilDiv(kept.constant(), done) : radix;
            Node matrix = c.constant(matrix(dim(x, PLANE).constant(), radix, last ? outputs : 2, rows,
                    last ? scale : 1));
            Node y = product(matrix, x);
            x = last ? y : twiddled(y, left, radix);
            done *= radix;
        }
        long computed = Math.ceilDiv(kept.constant(), done / radices.getLast()) * (done / radices.getLast());
        Node result = c.reshape(x, Shape.of(dim(x, 0), dim(x, PLANE), dim(x, OUTER), Dim.of(computed), inner));
        return Planes.cut(c, result, LENGTH, Dim.ZERO, kept);
    }

    /**
     * The products of a matrix with columns. The first stage of a transform along the last axis has its columns side by
     * side in memory instead of what lies behind them, and makes its rows so too.
     */
    Node product(Node matrix, Node x) {
        if (!dim(x, STAGE_INNER).isConstant(1) || dim(x, REST).isConstant(1)) {
            return c.contract("crdk,bcarmq->bdamkq", matrix, x);
        }
        return c.transpose(c.contract("crdk,bcarmq->bdakmq", matrix, x), List.of(0, 1, 2, 4, 3, 5));
    }

    private int sign() {
        return inverse ? 1 : -1;
    }

    /** The matrix {@code [planes, radix, outputs, rows]} of a stage. */
    NDArray matrix(long planes, int radix, long outputs, long rows, double scale) {
        DoubleTable table = new DoubleTable(dtype, planes, radix, outputs, rows);
        for (long plane = 0; plane < planes; plane++) {
            for (long j = 0; j < radix; j++) {
                for (long output = 0; output < outputs; output++) {
                    for (long k = 0; k < rows; k++) {
                        long angle = 2 * (j * k % radix);
                        double sine = sign() * RationalTurns.sin(angle, radix);
                        table.add(scale * (plane == output ? RationalTurns.cos(angle, radix)
                                : output == 1 ? sine : -sine));
                    }
                }
            }
        }
        return table.array();
    }

    /** Unit numbers: the cosines and sines of some angles. */
    private record Units(NDArray cos, NDArray sin) {
        /** What the other plane is multiplied by: negative sines for the real parts, then sines. */
        NDArray crossed() {
            long[] sizes = LongStream.concat(LongStream.of(2), LongStream.of(sin.sizes())).toArray();
            DoubleTable table = new DoubleTable(sin.dtype(), sizes);
            for (int sign = -1; sign <= 1; sign += 2) {
                for (long i = 0; i < sin.elementCount(); i++) {
                    table.add(sign * sin.getDouble(i));
                }
            }
            return table.array();
        }
    }

    /** A stage's result, each element turned by the product of its row and its column. */
    private Node twiddled(Node y, long left, long radix) {
        long near = nearRoot(left);
        if (left <= MOST_COLUMNS || near == 1) {
            return rotated(y, REST_AND_ROWS, twiddles(left, 1, radix, left * radix));
        }
        List<Dim> dims = new ArrayList<>(Composer.shape(y).dims());
        dims.set(LENGTH, Dim.of(near));
        dims.add(LENGTH, Dim.of(left / near));
        Node split = c.reshape(y, new Shape(dims));
        Planes far = stretched(twiddles(left / near, near, radix, left * radix), split, List.of(3, 5));
        Planes close = stretched(twiddles(near, 1, radix, left * radix), split, List.of(4, 5));
        Planes turns = new ComplexArithmetic(c).times(far, close);
        Node signs = c.stretch(Tables.vector(c, dtype, 2, plane -> 2 * plane - 1), Composer.shape(split),
                List.of(PLANE));
        Node other = c.map(ScalarFn.MUL, c.add(new Reverse(List.of(PLANE)), split), signs);
        return c.reshape(c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, split, turns.re()),
                c.map(ScalarFn.MUL, other, turns.im())), Composer.shape(y));
    }

    private Planes stretched(Units units, Node like, List<Integer> axes) {
        return new Planes(c.constant(units.cos()), c.constant(units.sin()))
                .each(plane -> c.stretch(plane, Composer.shape(like), axes));
    }

    /** The divisor of a number that is nearest to its root from below. */
    private static long nearRoot(long number) {
        long divisor = (long) Math.sqrt(number);
        while (number % divisor != 0) {
            divisor--;
        }
        return divisor;
    }

    /** {@code exp(i 2 pi j step k / size)} for each row {@code j} and {@code k} below the radix, or the conjugate. */
    private Units twiddles(long rows, long step, long radix, long size) {
        DoubleTable cos = new DoubleTable(dtype, rows, radix);
        DoubleTable sin = new DoubleTable(dtype, rows, radix);
        for (long j = 0; j < rows; j++) {
            for (long k = 0; k < radix; k++) {
                cos.add(RationalTurns.cos(2 * j * step * k, size));
                sin.add(sign() * RationalTurns.sin(2 * j * step * k, size));
            }
        }
        return new Units(cos.array(), sin.array());
    }

    /** A stack times unit numbers that lie along some axes. */
    private Node rotated(Node x, List<Integer> axes, Units units) {
        Shape shape = Composer.shape(x);
        Node cos = c.stretch(c.constant(units.cos()), shape, axes);
        if (dim(x, PLANE).isConstant(1)) {
            Node sin = c.stretch(c.constant(units.sin()), shape, axes);
            return c.add(new Concat(PLANE), c.map(ScalarFn.MUL, x, cos), c.map(ScalarFn.MUL, x, sin));
        }
        List<Integer> crossedAxes = new ArrayList<>(List.of(PLANE));
        crossedAxes.addAll(axes);
        Node crossed = c.stretch(c.constant(units.crossed()), shape, crossedAxes);
        return c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, x, cos),
                c.map(ScalarFn.MUL, c.add(new Reverse(List.of(PLANE)), x), crossed));
    }

    private Node chirped(Node stack) {
        long n = length.constant();
        long longer = Radices.chirpLength(n);
        Units chirp = chirp(n, 1, sign());
        Node x = Planes.padded(c, rotated(stack, List.of(LENGTH), chirp), LENGTH, Dim.ZERO, Dim.of(longer - n));
        List<Integer> radices = Radices.of(longer).factors();
        Dim all = Dim.of(longer);
        Node there = new FourierAxis(c, dtype, false, all, 2, all).staged(x, radices, 1);
        DoubleTable[] spectrum = DoubleTable.transformed(dtype, longer, j -> j < n || j > longer - n,
                j -> RationalTurns.cos(square(j, longer, n), n),
                j -> -sign() * RationalTurns.sin(square(j, longer, n), n));
        Node product = rotated(there, List.of(LENGTH), new Units(spectrum[0].array(), spectrum[1].array()));
        Node back = new FourierAxis(c, dtype, true, all, 2, kept).staged(product, radices, 1.0 / longer);
        Units last = chirp(kept.constant(), inverse ? 1.0 / n : 1, sign());
        Node result = rotated(back, List.of(LENGTH), last);
        return Planes.cut(c, result, PLANE, Dim.ZERO, Dim.of(outputs));
    }

    /** The exponents of a chirp around an index that counts from the end in the second half. */
    private static long square(long index, long longer, long n) {
        long distance = Math.min(index, longer - index);
        return distance * distance % (2 * n);
    }

    private Units chirp(long count, double scale, int sign) {
        long n = length.constant();
        DoubleTable cos = new DoubleTable(dtype, count);
        DoubleTable sin = new DoubleTable(dtype, count);
        for (long j = 0; j < count; j++) {
            long square = j * j % (2 * n);
            cos.add(scale * RationalTurns.cos(square, n));
            sin.add(scale * sign * RationalTurns.sin(square, n));
        }
        return new Units(cos.array(), sin.array());
    }

    /** The product with the whole matrix, which each run makes; not divided by the length. */
    Node direct(Node stack) {
        Shape table = Shape.of(length, kept);
        Node row = Tables.index(c, table, 0);
        Node column = Tables.index(c, table, 1);
        Node whole = c.stretch(c.size(length, DType.INT64), table, List.of());
        Node turn = c.map(ScalarFn.REM, c.map(ScalarFn.MUL, row, column), whole);
        Node angle = Tables.angle(c, turn, 2.0 * sign(), length);
        Node cosines = c.contract("jk,bcajq->bcakq", c.convert(c.map(ScalarFn.COS, angle), dtype), stack);
        Node sines = c.contract("jk,bcajq->bcakq", c.convert(c.map(ScalarFn.SIN, angle), dtype), stack);
        return dim(stack, PLANE).isConstant(1) ? ofReal(cosines, sines) : ofComplex(cosines, sines);
    }

    private Node ofReal(Node cosines, Node sines) {
        return outputs == 1 ? cosines : c.add(new Concat(PLANE), cosines, sines);
    }

    private Node ofComplex(Node cosines, Node sines) {
        Node re = c.map(ScalarFn.SUB, plane(cosines, 0), plane(sines, 1));
        return outputs == 1 ? re
                : c.add(new Concat(PLANE), re, c.map(ScalarFn.ADD, plane(cosines, 1), plane(sines, 0)));
    }

    private Node plane(Node x, int index) {
        return Planes.cut(c, x, PLANE, Dim.of(index), Dim.ONE);
    }

    /** The shape of a stack of one axis: what lies before the planes, between them and the axis, and after it. */
    static Shape stack(Shape shape, int plane, int axis) {
        List<Dim> dims = shape.dims();
        return Shape.of(count(dims.subList(0, plane)), dims.get(plane), count(dims.subList(plane + 1, axis)),
                dims.get(axis), count(dims.subList(axis + 1, dims.size())));
    }

    private static Dim count(List<Dim> dims) {
        return dims.stream().reduce(Dim.ONE, Dim::times);
    }
}
