package dev.sinter.nn;

import static dev.sinter.graph.Ops.divide;
import static dev.sinter.graph.Ops.isFinite;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.where;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;

/**
 * Gradients whose norm is bounded (Pascanu et al., "On the difficulty of training recurrent neural networks", 2013).
 *
 * @param gradients  in the order of what was clipped
 * @param globalNorm the norm of all of them before, a scalar
 */
public record ClippedGradients(List<Tensor> gradients, Tensor globalNorm) {
    public ClippedGradients {
        gradients = List.copyOf(gradients);
    }

    /**
     * Scales all gradients by one number where their common norm is above a bound, as
     * {@code tf.clip_by_global_norm}. Where the norm is infinite or NaN, all become NaN.
     *
     * @param gradients at least one, of one float dtype
     * @param clipNorm  the bound, finite and above 0
     * @throws GraphException where there is no gradient, their dtypes differ, or the bound is out of its range
     */
    public static ClippedGradients clipByGlobalNorm(List<? extends Operand> gradients, double clipNorm) {
        if (!(clipNorm > 0 && clipNorm < Double.POSITIVE_INFINITY)) {
            throw new GraphException("clip_by_global_norm: the bound must be finite and above 0 but is " + clipNorm);
        }
        Tensor norm = globalNorm(gradients);
        DType dtype = norm.dtype();
        Tensor scale = where(isFinite(norm), divide(clipNorm, maximum(norm, clipNorm)),
                Ops.fill(dtype, norm.shape(), Double.NaN));
        List<Tensor> clipped = new ArrayList<>();
        gradients.forEach(gradient -> clipped.add(gradient.times(scale)));
        return new ClippedGradients(clipped, norm);
    }

    /**
     * The square root of the sum of all squares, a scalar.
     *
     * @param gradients at least one, of one float dtype
     * @throws GraphException where there is none, or their dtypes differ
     */
    public static Tensor globalNorm(List<? extends Operand> gradients) {
        if (gradients.isEmpty()) {
            throw new GraphException("global_norm: at least one gradient is needed");
        }
        DType dtype = gradients.getFirst().dtype();
        for (Operand gradient : gradients) {
            if (gradient.dtype() != dtype || !dtype.isFloat()) {
                throw new GraphException("global_norm: the gradients must have one float dtype: "
                        + gradients.getFirst() + " and " + gradient);
            }
        }
        Tensor sum = reduceSum(square(gradients.getFirst()));
        for (Operand gradient : gradients.subList(1, gradients.size())) {
            sum = sum.plus(reduceSum(square(gradient)));
        }
        return sqrt(sum);
    }
}
