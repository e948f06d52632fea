package dev.sinter.nn;

import static dev.sinter.graph.Ops.rsqrt;
import static dev.sinter.graph.Ops.square;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * {@link Adagrad} whose weights come nearer to 0 after each step (Duchi and Singer, 2009), as TensorFlow 1's
 * {@code ProximalAdagradOptimizer}.
 *
 * @param learningRate a scalar of any float dtype
 * @param initial      the first sum of squares, above 0
 * @param l1           at least 0
 * @param l2           at least 0
 */
public record ProximalAdagrad(Operand learningRate, double initial, double l1, double l2) implements Optimizer {
    /**
     * Checks the numbers.
     *
     * @throws GraphException where the learning rate is no float scalar, or another number is out of its range
     */
    public ProximalAdagrad {
        Assigns.requireRate("proximal_adagrad", learningRate);
        Assigns.requirePositive("proximal_adagrad", "the initial sum", initial);
        Assigns.requireNotNegative("proximal_adagrad", "l1", l1);
        Assigns.requireNotNegative("proximal_adagrad", "l2", l2);
    }

    /** With an initial sum of 0.1, and regularization. */
    public ProximalAdagrad(double learningRate, double l1, double l2) {
        this(Ops.constant(learningRate), 0.1, l1, l2);
    }

    @Override
    public Operation apply(List<Variable> variables, List<? extends Operand> gradients) {
        return Steps.each("proximal_adagrad", variables, gradients, step -> {
            Variable sum = step.slot("sum", initial);
            Tensor next = step.next(sum, sum.plus(square(step.gradient())));
            Tensor rate = step.number(learningRate).times(rsqrt(next));
            Tensor moved = step.value().minus(step.gradient().times(rate));
            step.becomes(ProximalGradientDescent.proximal(moved, rate, l1, l2));
        });
    }
}
