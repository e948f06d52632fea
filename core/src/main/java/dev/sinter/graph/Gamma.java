package dev.sinter.graph;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.lessEqual;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.log1p;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.reciprocal;
import static dev.sinter.graph.Ops.rsqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.where;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;

/**
 * Gamma variables: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. A candidate is accepted
 * with a probability of at least 0.95.
 */
final class Gamma {
    private Gamma() {}

    /**
     * Variables of rate 1.
     *
     * @param alpha of a float dtype and of the result's shape
     */
    static Tensor of(Words words, Tensor alpha) {
        DType dtype = alpha.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        Shape shape = alpha.shape();
        Tensor shapes = cast(alpha, dtype);
        Tensor isSmall = less(shapes, 1);
        Tensor large = where(isSmall, shapes.plus(1), shapes);
        Tensor d = large.minus(1.0 / 3);
        Tensor scale = rsqrt(d.times(9));
        Tensor valid = logicalAnd(less(Ops.zerosLike(shapes), shapes), Ops.isFinite(shapes));
        Tensor base = Rejection.accepted(words, valid, Rejection.nan(alpha.graph(), dtype, shape), turn -> {
            Tensor normal = turn.normal(dtype, shape);
            Tensor uniform = turn.turn(0).aboveZero(dtype, shape, 0);
            Tensor t = normal.times(scale);
            Tensor inside = Ops.greater(t, -1);
            Tensor safe = where(inside, t, Ops.zerosLike(t));
            Tensor root = safe.plus(1);
            Tensor cube = square(root).times(root);
            // d (1 - v + log v) + x^2 / 2 for v = (1 + t)^3, without the difference of what is nearly equal.
            Tensor excess = log1p(safe).minus(safe).times(3).minus(square(safe).times(safe.plus(3)));
            Tensor limit = square(normal).times(0.5).plus(d.times(excess));
            return new Rejection.Candidate(d.times(cube), logicalAnd(inside, lessEqual(log(uniform), limit)));
        });
        Tensor lift = pow(words.turn(-1).aboveZero(dtype, shape, 2), reciprocal(where(isSmall, abs(shapes),
                Ops.onesLike(shapes))));
        return cast(where(isSmall, base.times(lift), base), alpha.dtype());
    }
}
