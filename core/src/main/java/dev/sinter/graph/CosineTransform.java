package dev.sinter.graph;

import dev.sinter.op.Concat;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Discrete cosine transforms along the last axis, each by one Fourier transform of no more elements: types 2 and 3 of
 * the elements at even places followed by the others backwards (Makhoul, 1980), type 4 of an even length by pairs of
 * elements.
 */
final class CosineTransform {
    private final Composer c;
    private final DType dtype;
    /** The length. */
    private final Dim size;
    private final boolean orthonormal;

    private CosineTransform(Composer c, DType dtype, Dim size, boolean orthonormal) {
        this.c = c;
        this.dtype = dtype;
        this.size = size;
        this.orthonormal = orthonormal;
    }

    /** The transform of one of the types 1 to 4. */
    static Node of(Composer c, Node x, int type, boolean orthonormal) {
        Fourier.requireFloat(c, x);
        int last = Fourier.lastAxes(c, x, 1).getFirst();
        Dim size = Composer.shape(x).dim(last);
        if (type < 1 || type > 4) {
            throw new GraphException("there are types 1 to 4, not " + type);
        }
        if (type == 1 && (orthonormal || size.isConstant(1))) {
            throw new GraphException("type 1 has no orthonormal form and needs two elements: " + c.describe(x));
        }
        if (size.isConstant(0)) {
            throw new GraphException("a transform of no elements does not exist: " + c.describe(x) + " axis " + last);
        }
        List<Dim> lead = Composer.shape(x).dims().subList(0, last);
        Node rows = c.reshape(x, Shape.of(lead.stream().reduce(Dim.ONE, Dim::times), size));
        CosineTransform transform = new CosineTransform(c, Composer.dtype(x), size, orthonormal);
        return c.reshape(switch (type) {
            case 1 -> transform.first(rows);
            case 2 -> transform.second(rows);
            case 3 -> transform.third(rows);
            default -> transform.fourth(rows);
        }, Composer.shape(x));
    }

    /** The transform of rows of real numbers, or of complex ones. */
    private Planes fourier(Node stack, Dim length, Dim kept) {
        Dim rows = Composer.shape(stack).dim(0);
        Node five = c.reshape(stack, Shape.of(rows, Composer.shape(stack).dim(1), Dim.ONE, length, Dim.ONE));
        Node spectrum = new FourierAxis(c, dtype, false, length, 2, kept).of(five);
        return Planes.of(c, c.reshape(spectrum, Shape.of(rows, Dim.of(2), kept)), 1);
    }

    private Node ofRealPart(Node stack, Dim length, Dim kept) {
        Dim rows = Composer.shape(stack).dim(0);
        Node five = c.reshape(stack, Shape.of(rows, Composer.shape(stack).dim(1), Dim.ONE, length, Dim.ONE));
        return c.reshape(new FourierAxis(c, dtype, false, length, 1, kept).of(five), Shape.of(rows, kept));
    }

    private Node asStack(Node rows) {
        Shape shape = Composer.shape(rows);
        return c.reshape(rows, Shape.of(shape.dim(0), Dim.ONE, shape.dim(1)));
    }

    private Node first(Node rows) {
        Node back = reversed(Planes.cut(c, rows, 1, Dim.ONE, size.minus(2).max(Dim.ZERO)));
        Node around = c.add(new Concat(1), rows, back);
        return ofRealPart(asStack(around), Composer.shape(around).dim(1), size);
    }

    private Node reversed(Node rows) {
        return c.add(new Reverse(List.of(1)), rows);
    }

    private Node second(Node rows) {
        Dim half = size.plus(1).floorDiv(2);
        Node even = Planes.cut(c, rows, 1, Dim.ZERO, size, 2);
        Node odd = reversed(Planes.cut(c, rows, 1, Dim.ONE.min(size), size, 2));
        Node order = c.resized(c.add(new Concat(1), c.resized(even, 1, half), odd), 1, size);
        Planes spectrum = fourier(asStack(order), size, size);
        Planes turns = turns(rows);
        Node sum = c.map(ScalarFn.ADD, times(spectrum.re(), turns.re()), times(spectrum.im(), turns.im()));
        return weighted(c.map(ScalarFn.ADD, sum, sum), 0.5, Math.sqrt(0.5));
    }

    private Node third(Node rows) {
        Node x = weighted(rows, 1, Math.sqrt(0.5));
        Node other = Planes.padded(c, reversed(Planes.cut(c, x, 1, Dim.ONE.min(size), size, 1)), 1, Dim.ONE.min(size),
                Dim.ZERO);
        Node mirrored = c.resized(other, 1, size);
        Planes turns = turns(rows);
        Planes spectrum = new Planes(c.map(ScalarFn.ADD, times(x, turns.re()), times(mirrored, turns.im())),
                c.map(ScalarFn.SUB, times(mirrored, turns.re()), times(x, turns.im())));
        Node order = ofRealPart(spectrum.stacked(c, 1), size, size);
        Dim half = size.plus(1).floorDiv(2);
        Node even = Planes.cut(c, order, 1, Dim.ZERO, half);
        Node odd = reversed(Planes.cut(c, order, 1, half, size.minus(half)));
        return interleaved(even, odd, half);
    }

    /** The elements of one at even places, those of the other at odd ones. */
    private Node interleaved(Node even, Node odd, Dim half) {
        Dim rows = Composer.shape(even).dim(0);
        Shape pairs = Shape.of(rows, half, Dim.ONE);
        Node both = c.add(new Concat(2), c.reshape(even, pairs), c.reshape(Planes.fitted(c, odd, 1, half), pairs));
        return Planes.fitted(c, c.reshape(both, Shape.of(rows, half.times(2))), 1, size);
    }

    private Node fourth(Node rows) {
        Node sums = size.isConstant() && size.constant() % 2 == 0 ? ofPairs(rows) : ofTwice(rows);
        return weighted(sums, Math.sqrt(0.5), Math.sqrt(0.5));
    }

    /** The elements at odd places of a transform of type 2 of twice as many elements, half of which are 0. */
    private Node ofTwice(Node rows) {
        Node twice = Planes.padded(c, rows, 1, Dim.ZERO, size);
        Node all = new CosineTransform(c, dtype, size.times(2), false).second(twice);
        return c.resized(Planes.cut(c, all, 1, Dim.ONE, size.times(2), 2), 1, size);
    }

    private Node ofPairs(Node rows) {
        long n = size.constant();
        Dim half = Dim.of(n / 2);
        Planes pairs = new Planes(Planes.cut(c, rows, 1, Dim.ZERO, size, 2),
                Planes.cut(c, reversed(rows), 1, Dim.ZERO, size, 2));
        ComplexArithmetic arithmetic = new ComplexArithmetic(c);
        Shape shape = pairs.shape();
        Planes before = Tables.turns(c, dtype, half, -4, -1, 4, size).each(turn -> c.stretch(turn, shape, List.of(1)));
        Planes after = Tables.turns(c, dtype, half, -1, 0, 1, size).each(turn -> c.stretch(turn, shape, List.of(1)));
        Planes spectrum = fourier(arithmetic.times(pairs, before).stacked(c, 1), half, half);
        Planes turned = arithmetic.times(spectrum, after);
        Node even = arithmetic.times(turned.re(), 2);
        Node odd = reversed(arithmetic.times(turned.im(), -2));
        return interleaved(even, odd, half);
    }

    private Node times(Node x, Node y) {
        return c.map(ScalarFn.MUL, x, y);
    }

    /** {@code (cos, sin)} of {@code pi * k / (2 * size)} for each k. */
    private Planes turns(Node rows) {
        return Tables.turns(c, dtype, size, 1, 0, 2, size)
                .each(turn -> c.stretch(turn, Composer.shape(rows), List.of(1)));
    }

    /**
     * Where it is to be orthonormal, the elements times numbers over the root of the size, one for the first of a row.
     */
    private Node weighted(Node rows, double first, double rest) {
        if (!orthonormal) {
            return rows;
        }
        Node weights = Tables.isKnown(size)
                ? Tables.vector(c, dtype, size.constant(), i -> (i == 0 ? first : rest) / Math.sqrt(size.constant()))
                : computedWeights(first, rest);
        return times(rows, c.stretch(weights, Composer.shape(rows), List.of(1)));
    }

    private Node computedWeights(double first, double rest) {
        Shape vector = Shape.of(size);
        Node isFirst = c.map(ScalarFn.EQ, Tables.index(c, vector, 0), c.full(DType.INT64, vector, 0));
        Node root = c.stretch(c.map(ScalarFn.SQRT, c.size(size, dtype)), vector, List.of());
        return c.map(ScalarFn.DIV, c.map(ScalarFn.SELECT, isFirst, c.full(dtype, vector, first),
                c.full(dtype, vector, rest)), root);
    }

    /** The operand cut or filled up with zeros to a length. */
    static Node fitted(Composer c, Node x, long length) {
        if (length < 1) {
            throw new GraphException("the length " + length + " must be at least 1");
        }
        return Planes.fitted(c, x, Fourier.lastAxes(c, x, 1).getFirst(), Dim.of(length));
    }
}
