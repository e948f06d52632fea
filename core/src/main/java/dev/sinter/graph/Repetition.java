package dev.sinter.graph;

import dev.sinter.op.Combination;
import dev.sinter.op.Concat;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Repetition of elements as often as tensors say. */
final class Repetition {
    private Repetition() {}

    /** Each element of an axis of the first operand as often as the second one says. */
    static Tensor of(Composer c, int givenAxis, Dim atMost) {
        Node x = c.in(0);
        Node counts = c.in(1);
        int axis = c.axis(givenAxis, Composer.rank(x), x);
        if (!Composer.dtype(counts).isInteger() || Composer.rank(counts) > 1 || atMost.equals(Dim.UNKNOWN)) {
            throw new GraphException("a vector of integers, or one, and a bound of their sum are needed: "
                    + c.describe(counts) + ", " + atMost);
        }
        if (Composer.shape(x).dim(axis).isConstant(0)) {
            return x.tensor();
        }
        Tensor sure = Control.withDependencies(counts.tensor(), Debugging.assertNonNegative(counts.tensor()));
        Tensor elements = Composer.tensor("elements", inner -> elements(inner, axis, atMost), x.tensor(), sure);
        return Clamped.gather(x.tensor(), elements, axis);
    }

    /** Which element each place of the result repeats: as many as repetitions before it have ended. */
    private static Node elements(Composer c, int axis, Dim atMost) {
        c.label("x", "counts");
        Node counts = Indexed.integers(c, c.in(1));
        Dim size = Composer.shape(c.in(0)).dim(axis);
        Node each = Composer.rank(counts) == 0 || Composer.shape(counts).dim(0).isConstant(1)
                ? c.stretch(c.reshape(counts, Shape.SCALAR), Shape.of(size), List.of())
                : c.same("each element is repeated a number of times", c.in(0), axis, counts, 0);
        Node ends = new Cumulative(c, each, 0, false, false).sum(each);
        Dim total = c.found(Shaping.total(c, each), atMost);
        Node ended = c.add(new Scatter(Combination.ADD, List.of(0), 0),
                c.full(DType.INT64, Shape.of(total.plus(1)), 0), c.fullLike(each, 1), ends);
        Node before = Rearranging.part(c, ended, 0, Dim.ZERO, total);
        return new Cumulative(c, before, 0, false, false).sum(before);
    }

    /** The sizes that two vectors of sizes broadcast to. */
    static Node broadcast(Composer c) {
        Node x = c.in(0);
        Node y = c.in(1);
        c.sameDtype(List.of(x, y));
        if (!Composer.dtype(x).isInteger() || Composer.rank(x) != 1 || Composer.rank(y) != 1
                || !Composer.shape(x).isStatic() || !Composer.shape(y).isStatic()) {
            throw new GraphException("vectors of integers, of known numbers of sizes, are needed: " + c.describe(x)
                    + ", " + c.describe(y));
        }
        Dim rank = Composer.shape(x).dim(0).max(Composer.shape(y).dim(0));
        List<Node> both = new ArrayList<>();
        for (Node sizes : List.of(x, y)) {
            Dim missing = rank.minus(Composer.shape(sizes).dim(0));
            both.add(missing.isConstant(0) ? sizes
                    : c.add(new Concat(0), c.full(Composer.dtype(sizes), Shape.of(missing), 1), sizes));
        }
        Node ones = c.fullLike(both.get(0), 1);
        Node stretches = c.map(ScalarFn.EQ, both.get(0), ones);
        Node fits = c.map(ScalarFn.OR, c.map(ScalarFn.EQ, both.get(0), both.get(1)),
                c.map(ScalarFn.OR, stretches, c.map(ScalarFn.EQ, both.get(1), ones)));
        Node checked = Check.of(c, "that sizes are equal or one of them is 1", fits, both, List.of("x", "y"), "");
        return c.controlled(c.map(ScalarFn.SELECT, stretches, both.get(1), both.get(0)), List.of(checked));
    }
}
