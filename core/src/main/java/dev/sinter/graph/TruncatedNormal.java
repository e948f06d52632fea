package dev.sinter.graph;

import static dev.sinter.graph.Ops.erfc;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.negative;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.tensor.DType;

/**
 * Normal variables between bounds, computed in float64 by their quantiles. Beyond {@value #FAR} deviations, where
 * probabilities leave the range of float64, the density is that of a Rayleigh variable, which differs there by less
 * than a thousandth.
 */
final class TruncatedNormal {
    private static final double FAR = 35;

    private TruncatedNormal() {}

    /** Variables for float64 parameters of one shape; NaN where a deviation is not positive or no number is between. */
    static Tensor of(Words words, Tensor mean, Tensor deviation, Tensor lowest, Tensor highest) {
        Tensor from = lowest.minus(mean).div(deviation);
        Tensor to = highest.minus(mean).div(deviation);
        // What lies above the mean is mirrored: probabilities are exact near 0.
        Tensor isMirrored = greater(from, 0);
        Tensor low = where(isMirrored, negative(to), from);
        Tensor high = where(isMirrored, negative(from), to);
        Tensor unit = words.inside(DType.FLOAT64, mean.shape(), 0);
        Tensor isFar = less(high, -FAR);
        Tensor near = maximum(minimum(quantile(unit, probability(low), probability(high)), high), low);
        Tensor rest = Ops.subtract(1, exp(square(high).minus(square(low)).times(0.5)));
        Tensor far = negative(sqrt(square(high).minus(log(Ops.subtract(1, unit.times(rest))).times(2))));
        Tensor standard = where(isFar, far, near);
        Tensor drawn = where(isMirrored, negative(standard), standard).times(deviation).plus(mean);
        Tensor isValid = logicalAnd(greater(deviation, zerosLike(deviation)), less(lowest, highest));
        Tensor none = drawn.graph().constant(Double.NaN);
        return where(isValid, minimum(maximum(drawn, lowest), highest), none);
    }

    private static Tensor probability(Tensor bound) {
        return erfc(bound.times(-Math.sqrt(0.5))).times(0.5);
    }

    private static Tensor quantile(Tensor unit, Tensor low, Tensor high) {
        Tensor p = low.plus(unit.times(high.minus(low)));
        Tensor smaller = maximum(minimum(p, Ops.subtract(1, p)), Double.MIN_NORMAL);
        return Composer.tensor("quantile", c -> NormalQuantile.of(c, c.in(0), c.in(1)), p.minus(0.5), smaller);
    }
}
