package dev.sinter.graph;

import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.GraphException;
import java.util.List;

/** Norms. None of their gradients is NaN: where a norm is 0, its gradients of every order are 0. */
final class Norms {
    private Norms() {}

    static Node euclidean(Composer c, Node x, List<Integer> axes, boolean keepAxes) {
        Elementwise.floats(c, List.of(x));
        return kept(c, root(c, Elementwise.sumOfSquares(c, x, axes), 2), x, axes, keepAxes);
    }

    private static Node kept(Composer c, Node norm, Node x, List<Integer> axes, boolean keepAxes) {
        return keepAxes ? c.reshape(norm, Reductions.kept(x, axes)) : norm;
    }

    /**
     * The root of some order of what is at least 0. That of 0 is a constant: along each line through a vector of norm 0
     * every derivative after the first is 0 on both sides, and the first one changes its sign.
     */
    static Node root(Composer c, Node sum, double order) {
        Node none = c.map(ScalarFn.EQ, sum, c.fullLike(sum, 0));
        Node safe = c.map(ScalarFn.SELECT, none, c.fullLike(sum, 1), sum);
        Node root = order == 2 ? c.map(ScalarFn.SQRT, safe) : c.map(ScalarFn.POW, safe, c.fullLike(safe, 1 / order));
        return c.map(ScalarFn.SELECT, none, c.fullLike(sum, 0), root);
    }

    /** The norm of some order of vectors along one axis or all of them, or of matrices along two. */
    static Node norm(Composer c, Node x, double order, List<Integer> axes, boolean matrices,
            boolean keepAxes) {
        Elementwise.floats(c, List.of(x));
        Node size = c.map(ScalarFn.ABS, x);
        if (matrices && (order == 1 || order == Double.POSITIVE_INFINITY)) {
            int summed = order == 1 ? 0 : 1;
            int last = axes.get(1 - summed) - (summed == 0 ? 1 : 0);
            Node sums = c.reduce(ReduceFn.SUM, size, List.of(axes.get(summed)));
            return kept(c, c.reduce(ReduceFn.MAX, sums, List.of(last)), x, axes, keepAxes);
        }
        if (matrices) {
            throw new GraphException("the order " + order + " of a matrix norm is 1 or infinity; that of order 2 is"
                    + " spectralNorm(...) in module dev.sinter.linalg");
        }
        if (axes.size() != 1 && order != Double.POSITIVE_INFINITY && axes.size() != Composer.rank(x)) {
            throw new GraphException("one axis is needed for vectors, or two for matrices, not " + axes);
        }
        if (Double.isInfinite(order)) {
            ReduceFn fn = order > 0 ? ReduceFn.MAX : ReduceFn.MIN;
            return kept(c, c.reduce(fn, size, axes), x, axes, keepAxes);
        }
        if (!(order > 0)) {
            throw new GraphException("the order of a norm is greater than 0, not " + order);
        }
        if (order == 2) {
            return euclidean(c, x, axes, keepAxes);
        }
        Node sum = c.reduce(ReduceFn.SUM, order == 1 ? size : powers(c, size, order), axes);
        return kept(c, order == 1 ? sum : root(c, sum, order), x, axes, keepAxes);
    }

    /** The powers; those of 0 are constants, whose gradient would be infinite where the order is below 1. */
    private static Node powers(Composer c, Node size, double order) {
        Node none = c.map(ScalarFn.EQ, size, c.fullLike(size, 0));
        Node safe = c.map(ScalarFn.SELECT, none, c.fullLike(size, 1), size);
        return c.map(ScalarFn.SELECT, none, c.fullLike(size, 0), c.map(ScalarFn.POW, safe, c.fullLike(safe, order)));
    }

    /** What lies along axes divided by its Euclidean norm; 0 stays 0. */
    static Node normalize(Composer c, Node x, Node norm) {
        Node none = c.map(ScalarFn.EQ, norm, c.fullLike(norm, 0));
        Node divisor = c.map(ScalarFn.SELECT, none, c.fullLike(norm, 1), norm);
        return c.mapBroadcast(ScalarFn.DIV, x, divisor);
    }
}
