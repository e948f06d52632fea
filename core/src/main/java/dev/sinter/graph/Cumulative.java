package dev.sinter.graph;

import dev.sinter.op.Recurrence;
import dev.sinter.op.Recurrence.Form;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.StopGradient;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The ops of the facades that fold all elements up to each along an axis. */
final class Cumulative {
    private final Composer c;
    private final int axis;
    private final boolean exclusive;
    private final boolean reverse;

    /**
     * Folds along an axis.
     *
     * @param exclusive whether an element is not folded into its own place
     * @param reverse   whether the last element is the first that is folded
     */
    Cumulative(Composer c, Node x, int axis, boolean exclusive, boolean reverse) {
        if (Composer.rank(x) == 0 || Composer.dtype(x) == DType.BOOL) {
            throw new GraphException("numbers along an axis are needed, not " + c.describe(x));
        }
        this.c = c;
        this.axis = c.axis(axis, Composer.rank(x), x);
        this.exclusive = exclusive;
        this.reverse = reverse;
    }

    Node sum(Node given) {
        return wide(given, x -> cut(c.add(new Recurrence(Form.SUM, axis), start(x, 0), turned(x))));
    }

    Node product(Node given) {
        return wide(given, x -> cut(c.add(new Recurrence(Form.PROD, axis), start(x, 1), turned(x))));
    }

    Node extremum(Node x, boolean max) {
        return cut(extremum(turned(x), max ? Form.MAX : Form.MIN));
    }

    private Node extremum(Node x, Form form) {
        return c.add(new Recurrence(form, axis), c.stretch(worst(Composer.dtype(x), form), first(x), List.of()), x);
    }

    /** What every other number replaces. */
    private Node worst(DType dtype, Form form) {
        NDArray value = NDArray.zeros(dtype);
        if (dtype.isFloat()) {
            value.setDouble(0, form == Form.MAX ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        } else {
            value.setLong(0, form == Form.MAX ? dtype.least() : dtype.greatest());
        }
        return c.constant(value);
    }

    /**
     * {@code log(sum(exp(x)))} of all up to each: sums of exponents that are less by the greatest of them, which are
     * made smaller where a greater one comes.
     */
    Node logSumExp(Node given) {
        if (!Composer.dtype(given).isFloat()) {
            throw new GraphException(c.describe(given) + " is not of a float dtype; cast(...) it");
        }
        return wide(given, this::logSums);
    }

    private Node logSums(Node given) {
        Node x = turned(given);
        Dim length = Composer.shape(x).dim(axis);
        Node greatest = c.add(new StopGradient(), extremum(x, Form.MAX));
        Node before = finite(Rearranging.part(c, greatest, axis, Dim.ZERO, length));
        Node after = finite(Rearranging.part(c, greatest, axis, Dim.ONE, length.plus(1)));
        Node shrinks = c.map(ScalarFn.EXP, c.map(ScalarFn.MIN, c.map(ScalarFn.SUB, before, after), c.fullLike(x, 0)));
        Node summand = c.map(ScalarFn.EXP, c.map(ScalarFn.SUB, x, after));
        Node sums = linear(start(x, 0), shrinks, summand);
        Node nothing = c.map(ScalarFn.EQ, sums, c.fullLike(sums, 0));
        Node some = c.map(ScalarFn.SELECT, nothing, c.fullLike(sums, 1), sums);
        return cut(c.map(ScalarFn.SELECT, nothing, c.fullLike(sums, Double.NEGATIVE_INFINITY),
                c.map(ScalarFn.ADD, c.map(ScalarFn.LOG, some), finite(greatest))));
    }

    private Node finite(Node x) {
        return c.map(ScalarFn.SELECT, c.map(ScalarFn.IS_FINITE, x), x, c.fullLike(x, 0));
    }

    private Node linear(Node first, Node factors, Node summands) {
        return c.add(new Recurrence(Form.LINEAR, axis), first, factors, summands);
    }

    private Node start(Node x, double value) {
        return c.full(Composer.dtype(x), first(x), value);
    }

    /** The shape of the first of all folds. */
    private Shape first(Node x) {
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        dims.set(axis, Dim.ONE);
        return new Shape(dims);
    }

    /** A fold in a dtype that keeps many summands or factors. */
    private Node wide(Node x, UnaryOperator<Node> fold) {
        DType dtype = Composer.dtype(x);
        return c.convert(fold.apply(c.convert(x, dtype.accumulator())), dtype);
    }

    private Node turned(Node x) {
        return reverse ? c.add(new Reverse(List.of(axis)), x) : x;
    }

    /** Without the first or the last of the folds, of which there is one more than elements. */
    private Node cut(Node folds) {
        Dim length = Composer.shape(folds).dim(axis).minus(1);
        return turned(exclusive ? Rearranging.part(c, folds, axis, Dim.ZERO, length)
                : Rearranging.part(c, folds, axis, Dim.ONE, length.plus(1)));
    }
}
