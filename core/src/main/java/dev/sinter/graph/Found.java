package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Combination;
import dev.sinter.op.Concat;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Iota;
import dev.sinter.op.Pad;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/** Ops whose results have sizes that the run finds. */
final class Found {
    private Found() {}

    /** The first elements along axis 0. */
    static Node prefix(Composer c, Node x, Node count) {
        c.label("x", "count");
        if (Composer.rank(x) == 0) {
            throw new GraphException(c.describe(x) + " has no axis 0");
        }
        Dim most = Composer.shape(x).dim(0);
        Sizes sizes = c.graph().sizes();
        Dim size = sizes.found(count, most, c.graph().frame()).orElseGet(() -> {
            Dim found = c.found(Carries.integer(c, "the count", count), most);
            sizes.count(count, most, found);
            return found;
        });
        return first(c, x, size);
    }

    /** The first elements along axis 0. */
    static Node first(Composer c, Node x, Dim size) {
        List<Dim> limits = new ArrayList<>(Composer.shape(x).dims());
        limits.set(0, size);
        return c.add(new Slice(Shaping.zeros(limits.size()), limits, Shaping.ones(limits.size())), x);
    }

    /** The elements that a mask is about, along one axis. */
    static Node rows(Composer c, Node x, Node mask) {
        c.label("x", "mask");
        int axes = Composer.rank(mask);
        if (Composer.dtype(mask) != DType.BOOL || axes == 0 || axes > Composer.rank(x)) {
            throw new GraphException("the mask must be a bool tensor of the first axes of x: " + c.describe(mask) + ", "
                    + c.describe(x));
        }
        Node fitting = x;
        for (int axis = 0; axis < axes; axis++) {
            fitting = c.same("the mask has other sizes than x", mask, axis, fitting, axis);
        }
        List<Dim> dims = new ArrayList<>(List.of(Composer.shape(mask).elementCount()));
        dims.addAll(Composer.shape(fitting).dims().subList(axes, Composer.rank(fitting)));
        return c.reshape(fitting, new Shape(dims));
    }

    /** Which elements are not 0, along one axis. */
    static Node flags(Composer c, Node x) {
        if (Composer.rank(x) == 0) {
            throw new GraphException(c.describe(x) + " has no axis");
        }
        Node flags = Composer.dtype(x) == DType.BOOL ? x : c.map(ScalarFn.NE, x, c.fullLike(x, 0));
        return c.reshape(flags, Shape.of(Composer.shape(x).elementCount()));
    }

    /** The position of each element, a row an element and a column an axis. */
    static Node positions(Composer c, Node x) {
        Shape shape = Composer.shape(x);
        List<Node> columns = new ArrayList<>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            columns.add(c.reshape(c.add(new Iota(new TensorType(DType.INT64, shape), axis)),
                    Shape.of(shape.elementCount(), Dim.ONE)));
        }
        return columns.size() == 1 ? columns.getFirst() : c.add(new Concat(1), columns);
    }

    /** Where a vector of flags is true: as many positions as the run finds. */
    static Node compacted(Composer c, Node flags) {
        Dim size = Composer.shape(flags).dim(0);
        Node ones = c.convert(flags, DType.INT64);
        Node before = new Cumulative(c, ones, 0, false, false).sum(ones);
        Node places = c.map(ScalarFn.SELECT, flags, c.map(ScalarFn.SUB, before, c.fullLike(before, 1)),
                c.stretch(c.size(size, DType.INT64), Shape.of(size), List.of()));
        Node positions = written(c, Sorting.positions(c, DType.INT64, size), places, size.plus(1));
        return first(c, positions, size.isConstant(0) ? size
                : c.found(c.reduce(ReduceFn.SUM, ones, List.of(0)), size));
    }

    /** A vector of zeros in which the elements of another are written to places, one after the other. */
    private static Node written(Composer c, Node x, Node places, Dim size) {
        return c.add(new Scatter(Combination.SET, List.of(0), 0), c.full(Composer.dtype(x), Shape.of(size), 0), x,
                places);
    }

    /** {@code x} with the axes of a mask, which begin at one, joined. */
    static Node joined(Composer c, Node x, Node mask, int first) {
        c.label("x", "mask");
        int axes = Composer.rank(mask);
        if (Composer.dtype(mask) != DType.BOOL || axes == 0 || first + axes > Composer.rank(x)) {
            throw new GraphException("the mask must be a bool tensor of axes of x from axis " + first + " on: "
                    + c.describe(mask) + ", " + c.describe(x));
        }
        Node fitting = x;
        for (int axis = 0; axis < axes; axis++) {
            fitting = c.same("the mask has other sizes than x", mask, axis, fitting, first + axis);
        }
        List<Dim> dims = new ArrayList<>(Composer.shape(fitting).dims().subList(0, first));
        dims.add(Composer.shape(mask).elementCount());
        dims.addAll(Composer.shape(fitting).dims().subList(first + axes, Composer.rank(fitting)));
        return c.reshape(fitting, new Shape(dims));
    }

    static Node integers(Composer c, Node x) {
        if (!Composer.dtype(x).isInteger()) {
            throw new GraphException("integers are needed, not " + c.describe(x));
        }
        return c.convert(x, DType.INT64);
    }

    private static void vector(Composer c, Node x) {
        if (Composer.rank(x) != 1) {
            throw new GraphException("a vector is needed, not " + c.describe(x));
        }
    }

    /** For each element of a vector the position of the first that equals it. */
    private static Node firstEqual(Composer c, Node x) {
        Dim size = Composer.shape(x).dim(0);
        Node order = Sorting.order(c, x, SortDirection.ASCENDING, OptionalLong.empty());
        Node sorted = Indexed.read(c, x, order, 0, 0);
        Node number = Sorting.positions(c, DType.INT64, size);
        Node previous = Indexed.read(c, sorted, c.map(ScalarFn.SUB, number, c.fullLike(number, 1)), 0, 0);
        Node begins = c.map(ScalarFn.OR, c.map(ScalarFn.EQ, number, c.fullLike(number, 0)),
                c.map(ScalarFn.NE, sorted, previous));
        Node candidates = c.map(ScalarFn.SELECT, begins, number, c.fullLike(number, 0));
        Node start = new Cumulative(c, candidates, 0, false, false).extremum(candidates, true);
        return Sorting.permuted(c, Indexed.read(c, order, start, 0, 0), order);
    }

    static List<Node> unique(Composer c, Node x) {
        vector(c, x);
        Dim size = Composer.shape(x).dim(0);
        Node first = firstEqual(c, x);
        Node isFirst = c.map(ScalarFn.EQ, first, Sorting.positions(c, DType.INT64, size));
        Node ones = c.convert(isFirst, DType.INT64);
        Node before = new Cumulative(c, ones, 0, true, false).sum(ones);
        Node firsts = compacted(c, isFirst);
        Node indices = Indexed.read(c, before, first, 0, 0);
        Node counts = c.add(new Scatter(Combination.ADD, List.of(0), 0), c.full(DType.INT32, Shape.of(size), 0),
                c.full(DType.INT32, Shape.of(size), 1), indices);
        return List.of(Indexed.read(c, x, firsts, 0, 0), c.convert(indices, DType.INT32),
                first(c, counts, Composer.shape(firsts).dim(0)));
    }

    static List<Node> difference(Composer c, Node x, Node y) {
        vector(c, x);
        vector(c, y);
        c.sameDtype(List.of(x, y));
        Dim others = Composer.shape(y).dim(0);
        Node first = firstEqual(c, c.add(new Concat(0), y, x));
        Node own = Rearranging.part(c, first, 0, others, others.plus(Composer.shape(x).dim(0)));
        Node limit = c.stretch(c.size(others, DType.INT64), Composer.shape(own), List.of());
        Node positions = compacted(c, c.map(ScalarFn.GE, own, limit));
        return List.of(Indexed.read(c, x, positions, 0, 0), c.convert(positions, DType.INT32));
    }

    static Node stitched(Composer c, List<Node> indices, List<Node> data) {
        if (indices.isEmpty() || indices.size() != data.size()) {
            throw new GraphException("as many indices as data are needed, and one at least, not " + indices.size()
                    + " and " + data.size());
        }
        c.sameDtype(data);
        List<Node> places = new ArrayList<>();
        List<Node> rows = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            Node index = integers(c, indices.get(i));
            Node values = data.get(i);
            int axes = Composer.rank(index);
            if (axes > Composer.rank(values)) {
                throw new GraphException(c.describe(index) + " are no indices of the first axes of "
                        + c.describe(values));
            }
            for (int axis = 0; axis < axes; axis++) {
                values = c.same("the data differ from their indices", index, axis, values, axis);
            }
            Dim count = Composer.shape(index).elementCount();
            List<Dim> dims = new ArrayList<>(List.of(count));
            dims.addAll(Composer.shape(values).dims().subList(axes, Composer.rank(values)));
            places.add(c.reshape(index, Shape.of(count)));
            rows.add(c.reshape(values, new Shape(dims)));
        }
        Node all = Shaping.concat(c, rows, 0);
        Node place = Shaping.concat(c, places, 0);
        Dim most = Composer.shape(place).dim(0);
        Node checked = Indexed.checked(c, place, 0, most);
        Node table = c.add(new Scatter(Combination.SET, List.of(0), 0), c.fullLike(all, 0), all, checked);
        Node last = c.map(ScalarFn.MAX, c.reduce(ReduceFn.MAX, checked, List.of(0)), c.scalar(DType.INT64, -1));
        return first(c, table, c.found(c.map(ScalarFn.ADD, last, c.scalar(DType.INT64, 1)), most));
    }

    /** An array with a row written at a place. */
    static Node write(Composer c, Node rows, Node row, Node at) {
        List<Node> operands = new ArrayList<>(List.of(rows, row, at));
        Composer.axes(rows).stream().skip(1).forEach(_ -> operands.add(c.scalar(DType.INT64, 0)));
        return c.add(new DynamicUpdateSlice(), operands);
    }

    /** A value with zeros behind its elements along axis 0; a run in which there are more than the size fails. */
    static Node padded(Composer c, Node x, Dim size) {
        Dim own = Composer.shape(x).dim(0);
        Node part = x;
        if (c.graph().sizes().isFound(own) || c.graph().sizes().isFound(size)) {
            part = first(c, x, c.found(c.size(own, DType.INT64), size));
        }
        int rank = Composer.rank(x);
        List<Dim> high = Shaping.zeros(rank);
        high.set(0, size.minus(Composer.shape(part).dim(0)));
        return c.add(new Pad(Shaping.zeros(rank), high, Collections.nCopies(rank, 0L)), part,
                c.scalar(Composer.dtype(x), 0));
    }
}
