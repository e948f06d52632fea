package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Concat;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Iota;
import dev.sinter.op.Pad;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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

    /** As many zeros and one row more, so that there is a place behind the last row. */
    static Node roomBehind(Composer c, Node rows) {
        List<Dim> dims = new ArrayList<>(Composer.shape(rows).dims());
        dims.set(0, dims.getFirst().plus(1));
        return c.full(Composer.dtype(rows), new Shape(dims), 0);
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
