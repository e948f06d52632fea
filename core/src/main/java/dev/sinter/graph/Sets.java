package dev.sinter.graph;

import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.logicalNot;
import static dev.sinter.graph.Ops.notEqual;
import static dev.sinter.graph.Ops.where;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Iota;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Sets of integers, one a row along the last axis, as {@code tf.sets}. How many elements a set has differs from row to
 * row; rows have room for the most that there may be. No gradient flows.
 *
 * @param values integers {@code [..., room]}: the elements of each set once, in rising order, and 0 behind them
 * @param sizes  how many elements each set has, int32 {@code [...]}
 */
public record Sets(Tensor values, Tensor sizes) {
    /**
     * The sets of what rows hold.
     *
     * @param x integers {@code [..., n]}; what repeats counts once
     * @return sets with room for n elements
     * @throws GraphException where these are no integers, or there is no axis
     */
    public static Sets of(Operand x) {
        return Composite.of("sets", List.of(x), in -> {
            if (!x.dtype().isInteger() || in.getFirst().rank() == 0) {
                throw new GraphException("integers [..., n] are needed, not "
                        + Requirements.describe("x", in.getFirst()));
            }
            Tensor sorted = Ops.sort(in.getFirst());
            Tensor isOther = notEqual(sorted, Ops.roll(sorted, 1, -1));
            return compacted(sorted, Ops.logicalOr(isOther, isFirst(sorted)));
        });
    }

    /**
     * What both of two sets have, with room for as many elements as these sets have room for.
     *
     * @throws GraphException where dtypes or the axes before the last differ
     */
    public Sets intersection(Sets other) {
        return combined("set_intersection", other, (x, y) -> compacted(x.values, logicalAnd(x.inside(), x.isIn(y))));
    }

    /**
     * What these sets have and others do not, with room for as many elements as these sets have room for.
     *
     * @throws GraphException where dtypes or the axes before the last differ
     */
    public Sets difference(Sets other) {
        return combined("set_difference", other,
                (x, y) -> compacted(x.values, logicalAnd(x.inside(), logicalNot(x.isIn(y)))));
    }

    /**
     * What one of two sets has, with room for as many elements as both have room for.
     *
     * @throws GraphException where dtypes or the axes before the last differ
     */
    public Sets union(Sets other) {
        return combined("set_union", other, (x, y) -> compacted(Ops.concat(-1, x.values, y.values),
                Ops.concat(-1, x.inside(), logicalAnd(y.inside(), logicalNot(y.isIn(x))))));
    }

    private Sets combined(String op, Sets other, BinaryOperator<Sets> combination) {
        return Composite.of(op, List.of(values, sizes, other.values, other.sizes),
                in -> combination.apply(new Sets(in.get(0), in.get(1)), new Sets(in.get(2), in.get(3))));
    }

    private static Tensor isFirst(Tensor x) {
        return Composer.tensor("first", c -> {
            Node place = c.add(new Iota(new TensorType(DType.INT64, Composer.shape(c.in(0))),
                    Composer.rank(c.in(0)) - 1));
            return c.map(ScalarFn.EQ, place, c.fullLike(place, 0));
        }, x);
    }

    private Dim room() {
        return values.dim(-1);
    }

    private Tensor inside() {
        return Ops.sequenceMask(sizes, room());
    }

    /** Whether each of these elements is one of other sets. */
    private Tensor isIn(Sets other) {
        Tensor rising = where(other.inside(), other.values, greatest(other.values));
        Tensor below = Ops.lowerBound(rising, values);
        // What fills a row up comes behind the greatest element, which may equal it.
        return logicalAnd(Ops.less(below, Ops.expandDims(other.sizes, -1)),
                Ops.less(below, Ops.upperBound(rising, values)));
    }

    /** The sets of those elements that are kept; no two of one row are equal. */
    private static Sets compacted(Tensor values, Tensor kept) {
        Tensor sorted = Ops.sort(where(kept, values, greatest(values)));
        Tensor sizes = Ops.reduceSum(Ops.cast(kept, DType.INT32), -1);
        Tensor inside = Ops.sequenceMask(sizes, values.dim(-1));
        return new Sets(where(inside, sorted, Ops.zerosLike(sorted)), sizes);
    }

    private static Tensor greatest(Tensor like) {
        NDArray scalar = NDArray.zeros(like.dtype());
        scalar.setLong(0, like.dtype().greatest());
        return like.graph().constant(scalar);
    }
}
