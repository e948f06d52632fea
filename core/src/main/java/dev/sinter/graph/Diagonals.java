package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Concat;
import dev.sinter.op.Gather;
import dev.sinter.op.Iota;
import dev.sinter.op.Pad;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The ops that read and write diagonals, which are the last two axes' elements. */
final class Diagonals {
    private Diagonals() {}

    private static Dim dim(Node x, int fromEnd) {
        return Composer.shape(x).dim(Composer.rank(x) + fromEnd);
    }

    private static Shape withLast(Node x, int dropped, Dim... dims) {
        List<Dim> all = new ArrayList<>(Composer.shape(x).dims().subList(0, Composer.rank(x) - dropped));
        all.addAll(List.of(dims));
        return new Shape(all);
    }

    static void matrix(Composer c, Node x) {
        if (Composer.rank(x) < 2) {
            throw new GraphException("a matrix is needed: " + c.describe(x) + "; expandDims(...) adds an axis");
        }
    }

    /** The number of the column less that of the row, of each element: which diagonal it lies on. */
    private static Node diagonalNumbers(Composer c, Dim rows, Dim columns) {
        TensorType type = new TensorType(DType.INT64, Shape.of(rows, columns));
        return c.map(ScalarFn.SUB, c.add(new Iota(type, 1)), c.add(new Iota(type, 0)));
    }

    /** Where elements of the last two axes of a shape lie on diagonals between two. */
    private static Node between(Composer c, Shape shape, long lowest, long highest) {
        Node numbers = diagonalNumbers(c, shape.dim(shape.rank() - 2), shape.dim(shape.rank() - 1));
        Node mask = c.map(ScalarFn.EQ, numbers, numbers);
        if (lowest == highest) {
            mask = c.map(ScalarFn.EQ, numbers, c.fullLike(numbers, lowest));
        } else {
            if (lowest > Long.MIN_VALUE) {
                mask = c.map(ScalarFn.GE, numbers, c.fullLike(numbers, lowest));
            }
            if (highest < Long.MAX_VALUE) {
                mask = c.map(ScalarFn.AND, mask, c.map(ScalarFn.LE, numbers, c.fullLike(numbers, highest)));
            }
        }
        return c.stretch(mask, shape, List.of(shape.rank() - 2, shape.rank() - 1));
    }

    static Node bandPart(Composer c, Node x, long lower, long upper) {
        matrix(c, x);
        Node mask = between(c, Composer.shape(x), lower < 0 ? Long.MIN_VALUE : -lower,
                upper < 0 ? Long.MAX_VALUE : upper);
        return c.map(ScalarFn.SELECT, mask, x, c.fullLike(x, 0));
    }

    static Node eye(Composer c, DType dtype, Shape shape) {
        Shape matrix = new Shape(shape.dims().subList(shape.rank() - 2, shape.rank()));
        Node ones = c.map(ScalarFn.SELECT, between(c, matrix, 0, 0), c.full(dtype, matrix, 1),
                c.full(dtype, matrix, 0));
        return c.stretch(ones, shape, List.of(shape.rank() - 2, shape.rank() - 1));
    }

    /** How many elements a diagonal has. */
    private static Dim length(Dim rows, Dim columns, long diagonal) {
        return rows.plus(Math.min(diagonal, 0)).min(columns.plus(-Math.max(diagonal, 0))).max(Dim.ZERO);
    }

    /** The length of the longest of some diagonals. */
    private static Dim longest(Dim rows, Dim columns, DiagonalOptions options) {
        return rows.plus(Math.min(options.highest(), 0)).min(columns.plus(-Math.max(options.lowest(), 0)))
                .max(Dim.ZERO);
    }

    private static void inside(Composer c, Node x, DiagonalOptions options) {
        Dim rows = dim(x, -2);
        Dim columns = dim(x, -1);
        boolean below = rows.isConstant() && options.lowest() <= -rows.constant() && options.lowest() != 0;
        boolean above = columns.isConstant() && options.highest() >= columns.constant() && options.highest() != 0;
        if (below || above) {
            throw new GraphException("diagonals " + options.lowest() + " to " + options.highest() + " do not lie in "
                    + c.describe(x));
        }
    }

    static Node diagPart(Composer c, Node x, DiagonalOptions options) {
        matrix(c, x);
        inside(c, x, options);
        if (options.isOne()) {
            return one(c, x, options.lowest());
        }
        Dim length = longest(dim(x, -2), dim(x, -1), options);
        List<Node> rows = new ArrayList<>();
        for (long diagonal = options.highest(); diagonal >= options.lowest(); diagonal--) {
            Node elements = one(c, x, diagonal);
            Dim missing = length.minus(dim(elements, -1));
            Node row = filled(c, elements, missing, options.align().isRight(diagonal > 0), options.padding());
            rows.add(c.reshape(row, withLast(x, 2, Dim.ONE, length)));
        }
        return c.add(new Concat(Composer.rank(x) - 2), rows);
    }

    /** The elements of a diagonal, read at computed places of the rows laid end to end. */
    private static Node one(Composer c, Node x, long diagonal) {
        Dim rows = dim(x, -2);
        Dim columns = dim(x, -1);
        Dim length = length(rows, columns, diagonal);
        Node flat = c.reshape(x, withLast(x, 2, rows.times(columns)));
        Shape shape = Shape.of(length);
        Node steps = c.add(new Iota(new TensorType(DType.INT64, shape), 0));
        Node stride = c.stretch(c.size(columns.plus(1), DType.INT64), shape, List.of());
        Dim first = diagonal < 0 ? columns.times(-diagonal) : Dim.of(diagonal);
        Node at = c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, steps, stride),
                c.stretch(c.size(first, DType.INT64), shape, List.of()));
        if (length.isConstant(0) || rows.isConstant(0) || columns.isConstant(0)) {
            return c.full(Composer.dtype(x), withLast(x, 2, length), 0);
        }
        int axis = Composer.rank(flat) - 1;
        Node gathered = c.add(new Gather(List.of(axis), 0), flat, at);
        List<Integer> order = new ArrayList<>(IntStream.range(1, Composer.rank(gathered)).boxed().toList());
        order.add(0);
        return c.transpose(gathered, order);
    }

    private static Node filled(Composer c, Node x, Dim missing, boolean before, double padding) {
        if (missing.isConstant(0)) {
            return x;
        }
        int rank = Composer.rank(x);
        List<Dim> low = Shaping.zeros(rank);
        List<Dim> high = Shaping.zeros(rank);
        (before ? low : high).set(rank - 1, missing);
        return c.add(new Pad(low, high, Collections.nCopies(rank, 0L)), x, c.scalar(Composer.dtype(x), padding));
    }

    static Node diag(Composer c, Node diagonals, DiagonalOptions options) {
        int own = options.isOne() ? 1 : 2;
        checkRows(c, diagonals, options);
        Dim length = dim(diagonals, -1);
        Dim leastRows = length.plus(-Math.min(options.highest(), 0));
        Dim leastColumns = length.plus(Math.max(options.lowest(), 0));
        boolean square = options.rows().isEmpty() && options.columns().isEmpty();
        Dim both = length.plus(Math.max(Math.max(options.lowest(), 0), -Math.min(options.highest(), 0)));
        Dim rows = square ? both : options.rows().orElse(leastRows);
        Dim columns = square ? both : options.columns().orElse(leastColumns);
        return placed(c, diagonals, options, c.full(Composer.dtype(diagonals), withLast(diagonals, own, rows, columns),
                options.padding()));
    }

    private static void checkRows(Composer c, Node diagonals, DiagonalOptions options) {
        int own = options.isOne() ? 1 : 2;
        if (Composer.rank(diagonals) < own) {
            throw new GraphException((own == 1 ? "a vector is" : "a matrix with a row for each diagonal is")
                    + " needed: " + c.describe(diagonals));
        }
        if (own == 2 && !dim(diagonals, -2).isConstant(options.count())) {
            throw new GraphException(c.describe(diagonals) + " axis " + (Composer.rank(diagonals) - 2) + " must be "
                    + options.count() + ", the number of diagonals from " + options.lowest() + " to "
                    + options.highest());
        }
    }

    static Node setDiag(Composer c, Node x, Node diagonals, DiagonalOptions options) {
        matrix(c, x);
        c.label("x", "diagonals");
        c.sameDtype(List.of(x, diagonals));
        inside(c, x, options);
        checkRows(c, diagonals, options);
        int own = options.isOne() ? 1 : 2;
        if (Composer.rank(diagonals) != Composer.rank(x) - 2 + own) {
            throw new GraphException("leading axes differ: " + c.describe(x) + ", " + c.describe(diagonals));
        }
        Node fitting = diagonals;
        for (int axis = 0; axis < Composer.rank(x) - 2; axis++) {
            fitting = c.same("leading axes differ", x, axis, fitting, axis);
        }
        return placed(c, fitting, options, x);
    }

    /** A matrix with diagonals in place of its own. */
    private static Node placed(Composer c, Node given, DiagonalOptions options, Node matrix) {
        Dim rows = dim(matrix, -2);
        Dim columns = dim(matrix, -1);
        Dim length = longest(rows, columns, options);
        String why = c.op() + " at " + c.place() + ": the length of the diagonals";
        if (c.graph().sizes().unify(length, dim(given, -1), why) == Sizes.Relation.DIFFERENT) {
            throw new GraphException(c.describe(given) + " axis " + (Composer.rank(given) - 1) + " must be " + length
                    + ", the length of the longest diagonal from " + options.lowest() + " to " + options.highest()
                    + " of matrices of " + rows + " rows and " + columns + " columns");
        }
        Node diagonals = c.resized(given, Composer.rank(given) - 1, length);
        Shape shape = Composer.shape(matrix);
        Node result = matrix;
        for (long diagonal = options.highest(); diagonal >= options.lowest(); diagonal--) {
            Node row = options.isOne() ? diagonals : row(c, diagonals, (int) (options.highest() - diagonal));
            Dim own = length(rows, columns, diagonal);
            Dim skipped = options.align().isRight(diagonal > 0) ? length.minus(own) : Dim.ZERO;
            Node elements = sliced(c, row, skipped, skipped.plus(own));
            // Above the main diagonal an element stands in the row of its number, below it in the column.
            boolean byRow = diagonal >= 0;
            Node line = filled(c, elements, (byRow ? rows : columns).minus(own), false, 0);
            List<Integer> axes = new ArrayList<>(IntStream.range(0, shape.rank() - 2).boxed().toList());
            axes.add(shape.rank() - (byRow ? 2 : 1));
            Node mask = between(c, shape, diagonal, diagonal);
            result = c.map(ScalarFn.SELECT, mask, c.stretch(line, shape, axes), result);
        }
        return result;
    }

    private static Node row(Composer c, Node diagonals, int index) {
        int axis = Composer.rank(diagonals) - 2;
        return Shaping.index(c, diagonals, axis, index);
    }

    private static Node sliced(Composer c, Node x, Dim from, Dim to) {
        if (from.isConstant(0) && to.equals(dim(x, -1))) {
            return x;
        }
        List<Dim> starts = Shaping.zeros(Composer.rank(x));
        List<Dim> limits = new ArrayList<>(Composer.shape(x).dims());
        starts.set(Composer.rank(x) - 1, from);
        limits.set(Composer.rank(x) - 1, to);
        return c.add(new Slice(starts, limits, Shaping.ones(Composer.rank(x))), x);
    }

    static Node tensorDiag(Composer c, Node x) {
        if (Composer.rank(x) == 0) {
            throw new GraphException(c.describe(x) + " has no axis");
        }
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        dims.addAll(Composer.shape(x).dims());
        Node flat = c.reshape(x, Shape.of(Composer.shape(x).elementCount()));
        return c.reshape(diag(c, flat, DiagonalOptions.DEFAULT), new Shape(dims));
    }

    static Node tensorDiagPart(Composer c, Node given) {
        int rank = Composer.rank(given);
        if (rank == 0 || rank % 2 != 0) {
            throw new GraphException("an even number of axes, at least 2, is needed: " + c.describe(given));
        }
        Node x = given;
        for (int axis = 0; axis < rank / 2; axis++) {
            x = c.same("the first half of the sizes differs from the second", x, axis, x, axis + rank / 2);
        }
        Shape half = new Shape(Composer.shape(x).dims().subList(0, rank / 2));
        Node square = c.reshape(x, Shape.of(half.elementCount(), half.elementCount()));
        return c.reshape(one(c, square, 0), half);
    }

    static Node trace(Composer c, Node x) {
        matrix(c, x);
        if (Composer.dtype(x) == DType.BOOL) {
            throw new GraphException(c.describe(x) + " is not numeric; cast(...) it");
        }
        Node diagonal = one(c, x, 0);
        return c.reduce(ReduceFn.SUM, diagonal, List.of(Composer.rank(diagonal) - 1));
    }
}
