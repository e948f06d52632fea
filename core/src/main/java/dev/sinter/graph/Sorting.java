package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Combination;
import dev.sinter.op.HostCall;
import dev.sinter.op.Iota;
import dev.sinter.op.Pad;
import dev.sinter.op.Project;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/** The ops of the facades that bring elements into their order, or find places in it. */
final class Sorting {
    /** Among so many sorted elements a place is found by comparing with all of them. */
    private static final int FEW = 32;

    private Sorting() {}

    private static int axis(Composer c, Node x, int given) {
        if (Composer.rank(x) == 0) {
            throw new GraphException("elements along an axis are needed, not " + c.describe(x));
        }
        return c.axis(given, Composer.rank(x), x);
    }

    /** The order of the elements along the last axis. */
    static Node order(Composer c, Node x, SortDirection direction, OptionalLong count) {
        Node call = c.add(new HostCall(new Ranking(direction, count)), x);
        return c.add(new Project(0), call);
    }

    /** The order of the elements along an axis. */
    static Node argsort(Composer c, Node x, int givenAxis, SortDirection direction) {
        List<Integer> last = behind(Composer.rank(x), axis(c, x, givenAxis));
        Node order = order(c, c.transpose(x, last), direction, OptionalLong.empty());
        return c.transpose(order, Composer.axes(x).stream().map(last::indexOf).toList());
    }

    /** All axes, one of them behind the others. */
    static List<Integer> behind(int rank, int axis) {
        List<Integer> order = new ArrayList<>();
        for (int other = 0; other < rank; other++) {
            if (other != axis) {
                order.add(other);
            }
        }
        order.add(axis);
        return order;
    }

    static Node sort(Composer c, Node x, int givenAxis, SortDirection direction) {
        int axis = axis(c, x, givenAxis);
        List<Integer> order = behind(Composer.rank(x), axis);
        Node moved = c.transpose(x, order);
        int last = Composer.rank(x) - 1;
        Node sorted = Indexed.read(c, moved, order(c, moved, direction, OptionalLong.empty()), last, last);
        return c.transpose(sorted, Composer.axes(x).stream().map(order::indexOf).toList());
    }

    /** Where each number is in a permutation. */
    static Node invert(Composer c, Node permutation) {
        if (Composer.rank(permutation) != 1 || !Composer.dtype(permutation).isInteger()) {
            throw new GraphException("a vector of integers is needed, not " + c.describe(permutation));
        }
        Dim size = Composer.shape(permutation).dim(0);
        Node checked = Indexed.checked(c, Indexed.integers(c, permutation), 0, size);
        return permuted(c, positions(c, Composer.dtype(permutation), size), checked);
    }

    /** A vector whose element i lies at place {@code places[i]}; each place occurs once. */
    static Node permuted(Composer c, Node x, Node places) {
        return Indexed.written(c, new Scatter(Combination.SET, List.of(0), 0), c.fullLike(x, 0), x, List.of(places));
    }

    static Node positions(Composer c, DType dtype, Dim size) {
        return c.add(new Iota(new TensorType(dtype, Shape.of(size)), 0));
    }

    /** The operands of a search, the values as rows of one batch with the sorted ones. */
    static void checkSearch(Composer c, Node sorted, Node values) {
        c.label("sorted", "values");
        c.sameDtype(List.of(sorted, values));
        int rank = Composer.rank(sorted);
        if (rank == 0 || rank != Composer.rank(values) || Composer.dtype(sorted) == DType.BOOL) {
            throw new GraphException("sorted numbers along the last axis, and values with the same axes before it, are"
                    + " needed: " + c.describe(sorted) + ", " + c.describe(values));
        }
    }

    /** The values, with the axes of the batch made those of the sorted ones. */
    static Node batched(Composer c, Node sorted, Node values) {
        checkSearch(c, sorted, values);
        Node fitting = values;
        for (int axis = 0; axis < Composer.rank(sorted) - 1; axis++) {
            fitting = c.same("the axes before the last differ", sorted, axis, fitting, axis);
        }
        return fitting;
    }

    /** Whether a sorted element comes before the place of a value. */
    static Node isBefore(Composer c, Node element, Node value, boolean upper) {
        return upper ? c.map(ScalarFn.NOT, c.map(ScalarFn.LT, value, element)) : c.map(ScalarFn.LT, element, value);
    }

    /** Whether there are so few sorted elements that all are compared. */
    static boolean isFew(Dim size) {
        return size.isConstant() && size.constant() <= FEW;
    }

    /** How many sorted elements come before each value. */
    static Node count(Composer c, Node sorted, Node values, boolean upper) {
        int rank = Composer.rank(values);
        List<Dim> dims = new ArrayList<>(Composer.shape(values).dims());
        dims.add(Composer.shape(sorted).dim(Composer.rank(sorted) - 1));
        Shape shape = new Shape(dims);
        List<Integer> axes = new ArrayList<>(Composer.axes(sorted));
        axes.set(axes.size() - 1, rank);
        Node value = c.stretch(values, shape, Composer.axes(values));
        Node before = isBefore(c, c.stretch(sorted, shape, axes), value, upper);
        return c.reduce(ReduceFn.SUM, c.convert(before, DType.INT64), List.of(rank));
    }

    /** One step of a search: places that grow by a step where the element there still comes before the value. */
    static Node step(Composer c, Node sorted, Node values, Node places, Node step, Dim count, boolean upper) {
        int last = Composer.rank(sorted) - 1;
        Shape shape = Composer.shape(values);
        Node next = c.map(ScalarFn.ADD, places, c.stretch(step, shape, List.of()));
        Node element = Indexed.read(c, sorted, c.map(ScalarFn.SUB, next, c.fullLike(next, 1)), last, last);
        Node size = c.stretch(c.size(count, DType.INT64), shape, List.of());
        Node goes = c.map(ScalarFn.AND, c.map(ScalarFn.LE, next, size), isBefore(c, element, values, upper));
        return c.map(ScalarFn.SELECT, goes, next, places);
    }

    /** The places of values among sorted ones, by halving. */
    static Tensor search(Tensor sorted, Tensor given, boolean upper, String op) {
        Tensor values = Composer.tensor(op, c -> batched(c, c.in(0), c.in(1)), sorted, given);
        Dim size = sorted.dim(sorted.rank() - 1);
        if (isFew(size)) {
            return Composer.tensor(op, c -> count(c, c.in(0), c.in(1), upper), sorted, values);
        }
        // Where there may be no element, one that is never compared stands behind them.
        Tensor read = size.minus(1).isNeverNegative() ? sorted : Composer.tensor("sorted", c -> {
            List<Dim> high = Shaping.zeros(sorted.rank());
            high.set(sorted.rank() - 1, Dim.ONE);
            return c.add(new Pad(Shaping.zeros(sorted.rank()), high, Collections.nCopies(sorted.rank(), 0L)), c.in(0),
                    c.scalar(sorted.dtype(), 0));
        }, sorted);
        Tensor zeros = Composer.tensor(op, c -> c.full(DType.INT64, Composer.shape(c.in(0)), 0), values);
        Tensor first = size.isConstant() ? sorted.graph().constant(Long.highestOneBit(size.constant()))
                : Control.whileLoop(sorted.graph().constant(1L), step -> Ops.lessEqual(step, length(sorted)),
                        step -> step.plus(step));
        return Control.whileLoop(List.of(zeros, first),
                carries -> Ops.greater(carries.get(1), Scalar.of(0)),
                carries -> List.of(
                        Composer.tensor(op, c -> step(c, c.in(0), c.in(1), c.in(2), c.in(3), size, upper), read, values,
                                carries.get(0), carries.get(1)),
                        Composer.tensor(op, c -> c.map(ScalarFn.SHIFT_RIGHT_LOGICAL, c.in(0), c.fullLike(c.in(0), 1)),
                                carries.get(1)))).getFirst();
    }

    private static Tensor length(Tensor sorted) {
        return Composer.tensor("size", c -> {
            Shape shape = Composer.shape(c.in(0));
            return c.size(shape.dim(shape.rank() - 1), DType.INT64);
        }, sorted);
    }
}
