package dev.sinter.graph;

import dev.sinter.op.Combination;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The ops of the facades that fold elements of one number together: segments, counts, histograms. */
final class Grouping {
    private Grouping() {}

    /** What becomes of the elements of a segment. */
    enum Fold {
        SUM(Combination.ADD), MEAN(Combination.ADD), SQRT_N(Combination.ADD), PROD(Combination.MUL),
        MIN(Combination.MIN), MAX(Combination.MAX);

        private final Combination how;

        Fold(Combination how) {
            this.how = how;
        }

        /** What an empty segment of an unsorted op is. */
        NDArray empty(DType dtype) {
            NDArray value = NDArray.scalar(dtype, this == PROD ? 1 : 0);
            if (how == Combination.MIN || how == Combination.MAX) {
                if (dtype.isFloat()) {
                    value.setDouble(0, how == Combination.MAX ? -dtype.largest() : dtype.largest());
                } else {
                    value.setLong(0, how == Combination.MAX ? dtype.least() : dtype.greatest());
                }
            }
            return value;
        }
    }

    /** Segments of the elements along the first axes, whose numbers are in any order; those below 0 are left out. */
    static Node unsorted(Composer c, Fold fold, Node given, Node ids, Dim count) {
        checkSegments(c, fold, given, ids);
        Node data = c.convert(given, Composer.dtype(given).accumulator());
        if (count.equals(Dim.UNKNOWN) || count.isConstant() && count.constant() < 0) {
            throw new GraphException("the number of segments is 0 or more, or the size of a tensor, not " + count);
        }
        Dim segments = c.graph().sizes().canonical(count);
        Node numbers = Indexed.integers(c, fitting(c, data, ids));
        Node zeros = c.fullLike(numbers, 0);
        Node checked = Indexed.checked(c, c.map(ScalarFn.MAX, numbers, zeros), 0, segments);
        Node dropped = c.stretch(c.size(segments, DType.INT64), Composer.shape(numbers), List.of());
        Node places = c.map(ScalarFn.SELECT, c.map(ScalarFn.LT, numbers, zeros), dropped, checked);
        Node folded = folded(c, fold, data, places, segments.plus(1));
        Node kept = Rearranging.part(c, folded, 0, Dim.ZERO, segments);
        boolean divides = fold == Fold.MEAN || fold == Fold.SQRT_N;
        return c.convert(divides ? divided(c, fold, kept, Rearranging.part(c, counts(c, places, segments.plus(1),
                Composer.dtype(data)), 0, Dim.ZERO, segments)) : kept, Composer.dtype(given));
    }

    /** Segments of the elements along axis 0, as many as the greatest of their numbers says. */
    static Node sorted(Composer c, Fold fold, Node given, Node ids) {
        checkSegments(c, fold, given, ids);
        Node data = c.convert(given, Composer.dtype(given).accumulator());
        if (Composer.rank(ids) != 1) {
            throw new GraphException("a number for each element along axis 0 is needed: " + c.describe(given) + ", "
                    + c.describe(ids));
        }
        Node numbers = Indexed.integers(c, fitting(c, data, ids));
        Dim most = Composer.shape(data).dim(0);
        Node places = Indexed.checked(c, c.op() + ", which has no more segments than elements, as unsortedSegment..."
                + " may have", numbers, 0, most);
        Node last = c.map(ScalarFn.MAX, c.reduce(ReduceFn.MAX, places, List.of(0)), c.scalar(DType.INT64, -1));
        Dim segments = c.found(c.map(ScalarFn.ADD, last, c.scalar(DType.INT64, 1)), most);
        Node folded = folded(c, fold, data, places, most.plus(1));
        Node kept = Rearranging.part(c, folded, 0, Dim.ZERO, segments);
        Node counts = Rearranging.part(c, counts(c, places, most.plus(1), counting(data)), 0, Dim.ZERO, segments);
        return c.convert(switch (fold) {
            case SUM, PROD -> kept;
            case MEAN, SQRT_N -> divided(c, fold, kept, counts);
            case MIN, MAX -> c.map(ScalarFn.SELECT, c.stretch(c.map(ScalarFn.GT, counts, c.fullLike(counts, 0)),
                    Composer.shape(kept), List.of(0)), kept, c.fullLike(kept, 0));
        }, Composer.dtype(given));
    }

    private static DType counting(Node data) {
        return Composer.dtype(data).isFloat() ? Composer.dtype(data) : DType.INT64;
    }

    private static void checkSegments(Composer c, Fold fold, Node data, Node ids) {
        c.label("data", "segmentIds");
        boolean isDivided = fold == Fold.MEAN || fold == Fold.SQRT_N;
        boolean fits = !isDivided || Composer.dtype(data).isFloat();
        if (!Composer.dtype(ids).isInteger() || Composer.dtype(data) == DType.BOOL || !fits
                || Composer.rank(ids) > Composer.rank(data) || Composer.rank(ids) == 0) {
            throw new GraphException((isDivided ? "floats" : "numbers") + " and, for their first axes, integer numbers"
                    + " of segments are needed: " + c.describe(data) + ", " + c.describe(ids));
        }
    }

    private static Node fitting(Composer c, Node data, Node ids) {
        Node fitting = ids;
        for (int axis = 0; axis < Composer.rank(ids); axis++) {
            fitting = c.same("each element has a segment", data, axis, fitting, axis);
        }
        return fitting;
    }

    private static Node folded(Composer c, Fold fold, Node data, Node places, Dim count) {
        List<Dim> dims = new ArrayList<>(List.of(count));
        dims.addAll(Composer.shape(data).dims().subList(Composer.rank(places), Composer.rank(data)));
        Node table = c.stretch(c.constant(fold.empty(Composer.dtype(data))), new Shape(dims), List.of());
        return c.add(new Scatter(fold.how, List.of(0), 0), table, data, places);
    }

    private static Node counts(Composer c, Node places, Dim count, DType dtype) {
        Node ones = c.full(dtype, Composer.shape(places), 1);
        return c.add(new Scatter(Combination.ADD, List.of(0), 0), c.full(dtype, Shape.of(count), 0), ones, places);
    }

    private static Node divided(Composer c, Fold fold, Node sums, Node counts) {
        Node some = c.map(ScalarFn.MAX, counts, c.fullLike(counts, 1));
        Node divisor = fold == Fold.SQRT_N ? c.map(ScalarFn.SQRT, some) : some;
        return c.map(ScalarFn.DIV, sums, c.stretch(divisor, Composer.shape(sums), List.of(0)));
    }

    /** How often each number from 0 on occurs, or the sum of the weights; those from a number on are left out. */
    static Node bincount(Composer c, Node values, Node weights, long size) {
        c.label("values", "weights");
        if (!Composer.dtype(values).isInteger() || size < 0 || Composer.dtype(weights) == DType.BOOL
                || Composer.rank(values) != Composer.rank(weights)) {
            throw new GraphException("integers, as many weights and a size of 0 or more are needed: "
                    + c.describe(values) + ", " + c.describe(weights) + ", " + size);
        }
        Node numbers = Indexed.integers(c, values);
        Node fitting = weights;
        for (int axis = 0; axis < Composer.rank(values); axis++) {
            fitting = c.same("each value has a weight", values, axis, fitting, axis);
        }
        Node places = Indexed.checked(c, c.map(ScalarFn.MIN, numbers, c.fullLike(numbers, size)), 0, Dim.of(size + 1));
        Node counts = c.add(new Scatter(Combination.ADD, List.of(0), 0),
                c.full(Composer.dtype(weights), Shape.shape(size + 1), 0), fitting, places);
        return Rearranging.part(c, counts, 0, Dim.ZERO, Dim.of(size));
    }

    /** How many numbers lie in each of some intervals of equal width. */
    static Node histogram(Composer c, Node values, double low, double high, long bins, DType dtype) {
        Node inside = bins(c, values, low, high, bins);
        Node places = c.reshape(inside, Shape.of(Composer.shape(inside).elementCount()));
        return counts(c, places, Dim.of(bins), dtype);
    }

    /** Which of some intervals of equal width each number is in; those outside are in the first or the last. */
    static Node bins(Composer c, Node values, double low, double high, long bins) {
        if (!Composer.dtype(values).isFloat() && !Composer.dtype(values).isInteger() || bins < 1 || !(low < high)
                || !Double.isFinite(high - low)) {
            throw new GraphException("numbers, a range and one bin or more are needed: " + c.describe(values) + ", "
                    + low + " to " + high + ", " + bins);
        }
        DType float64 = DType.FLOAT64;
        Node x = c.convert(values, Composer.dtype(values).isFloat() ? Composer.dtype(values) : float64);
        Node scaled = c.map(ScalarFn.MUL, c.map(ScalarFn.DIV, c.map(ScalarFn.SUB, x, c.fullLike(x, low)),
                c.fullLike(x, high - low)), c.fullLike(x, bins));
        Node bin = c.convert(c.map(ScalarFn.FLOOR, scaled), DType.INT64);
        return c.map(ScalarFn.MAX, c.map(ScalarFn.MIN, bin, c.fullLike(bin, bins - 1)), c.fullLike(bin, 0));
    }

    /** How often each label got each prediction: a row a label, a column a prediction. */
    static Node confusion(Composer c, Node labels, Node predictions, Node weights, long classes) {
        c.label("labels", "predictions", "weights");
        if (!Composer.dtype(labels).isInteger() || !Composer.dtype(predictions).isInteger() || classes < 1
                || Composer.rank(labels) != 1 || Composer.rank(predictions) != 1 || Composer.rank(weights) != 1) {
            throw new GraphException("vectors of integer labels and predictions, and one class or more, are needed: "
                    + c.describe(labels) + ", " + c.describe(predictions) + ", " + classes);
        }
        Node guessed = c.same("each label has a prediction", labels, 0, predictions, 0);
        Node each = c.same("each label has a weight", labels, 0, weights, 0);
        Dim size = Dim.of(classes);
        Node row = Indexed.checked(c, Indexed.integers(c, labels), 0, size);
        Node column = Indexed.checked(c, Indexed.integers(c, guessed), 1, size);
        return c.add(new Scatter(Combination.ADD, List.of(0, 1), 0),
                c.full(Composer.dtype(weights), Shape.shape(classes, classes), 0), each, row, column);
    }

    /** The coordinates of row-major positions in a shape: an axis of coordinates before those of the positions. */
    static Node unravel(Composer c, Node positions, long[] sizes) {
        if (!Composer.dtype(positions).isInteger() || sizes.length == 0 || Arrays.stream(sizes).anyMatch(n -> n < 0)) {
            throw new GraphException("integers and the sizes of some axes are needed: " + c.describe(positions) + ", "
                    + Arrays.toString(sizes));
        }
        Dim total = Shape.shape(sizes).elementCount();
        Node rest = Indexed.checked(c, Indexed.integers(c, positions), 0, total);
        List<Node> coordinates = new ArrayList<>();
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            Node size = c.fullLike(rest, Math.max(1, sizes[axis]));
            coordinates.addFirst(c.convert(c.map(ScalarFn.REM, rest, size), Composer.dtype(positions)));
            rest = c.map(ScalarFn.DIV, rest, size);
        }
        return Shaping.stack(c, coordinates, 0);
    }
}
