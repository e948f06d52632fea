package dev.sinter.nn;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.sign;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * Follow the regularized leader (McMahan et al., "Ad click prediction: a view from the trenches", 2013), as TensorFlow
 * 1's {@code FtrlOptimizer}: weights whose sum of gradients stays below l1 are 0.
 *
 * @param learningRate  a scalar of any float dtype
 * @param power         of the sum of squares by which the learning rate falls, at most 0; -0.5 is a root
 * @param initial       the first sum of squares, at least 0
 * @param l1            at least 0
 * @param l2            at least 0, towards 0 for ever
 * @param l2Shrinkage   at least 0: a multiple of the weight that is added to the gradient as it is used
 * @param beta          at least 0, as in the paper
 */
public record Ftrl(Operand learningRate, double power, double initial, double l1, double l2, double l2Shrinkage,
        double beta) implements Optimizer {
    /**
     * Checks the numbers.
     *
     * @throws GraphException where the learning rate is no float scalar, or another number is out of its range
     */
    public Ftrl {
        Assigns.requireRate("ftrl", learningRate);
        Assigns.requireNotNegative("ftrl", "the power, negated,", -power);
        Assigns.requireNotNegative("ftrl", "the initial sum", initial);
        Assigns.requireNotNegative("ftrl", "l1", l1);
        Assigns.requireNotNegative("ftrl", "l2", l2);
        Assigns.requireNotNegative("ftrl", "the l2 shrinkage", l2Shrinkage);
        Assigns.requireNotNegative("ftrl", "beta", beta);
    }

    /** With a root, an initial sum of 0.1 and no regularization. */
    public Ftrl(double learningRate) {
        this(Ops.constant(learningRate), -0.5, 0.1, 0, 0, 0, 0);
    }

    @Override
    public Operation apply(List<Variable> variables, List<? extends Operand> gradients) {
        return Steps.each("ftrl", variables, gradients, step -> {
            Tensor w = step.value();
            Variable squares = step.slot("accum", initial);
            Variable linear = step.slot("linear", 0);
            Tensor rate = step.number(learningRate);
            Tensor gradient = step.gradient();
            Tensor sum = step.next(squares, squares.plus(square(gradient)));
            Tensor root = powered(sum);
            Tensor used = l2Shrinkage == 0 ? gradient : gradient.plus(w.times(2 * l2Shrinkage));
            Tensor sigma = root.minus(powered(squares)).div(rate);
            Tensor next = step.next(linear, linear.plus(used).minus(sigma.times(w)));
            Tensor curvature = root.div(rate).plus(2 * l2);
            if (beta != 0) {
                curvature = curvature.plus(Ops.divide(beta, rate));
            }
            Tensor weight = sign(next).times(l1).minus(next).div(curvature);
            step.becomes(where(Ops.greater(abs(next), l1), weight, zerosLike(weight)));
        });
    }

    private Tensor powered(Operand sum) {
        return power == -0.5 ? sqrt(sum) : pow(sum, -power);
    }
}
