package dev.sinter.nn;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * Gradient descent whose weights come nearer to 0 after each step (Duchi and Singer, "Efficient learning using
 * forward-backward splitting", 2009), as TensorFlow 1's {@code ProximalGradientDescentOptimizer}.
 *
 * @param learningRate a scalar of any float dtype
 * @param l1           at least 0
 * @param l2           at least 0
 */
public record ProximalGradientDescent(Operand learningRate, double l1, double l2) implements Optimizer {
    /**
     * Checks the numbers.
     *
     * @throws GraphException where the learning rate is no float scalar, or another number is below 0
     */
    public ProximalGradientDescent {
        Assigns.requireRate("proximal_gradient_descent", learningRate);
        Assigns.requireNotNegative("proximal_gradient_descent", "l1", l1);
        Assigns.requireNotNegative("proximal_gradient_descent", "l2", l2);
    }

    /** With regularization. */
    public ProximalGradientDescent(double learningRate, double l1, double l2) {
        this(Ops.constant(learningRate), l1, l2);
    }

    @Override
    public Operation apply(List<Variable> variables, List<? extends Operand> gradients) {
        return Steps.each("proximal_gradient_descent", variables, gradients, step -> {
            Tensor rate = step.number(learningRate);
            Tensor moved = step.value().minus(step.gradient().times(rate));
            step.becomes(proximal(moved, rate, l1, l2));
        });
    }

    /** The weight that is near to another one and has a small norm. */
    static Tensor proximal(Tensor moved, Tensor rate, double l1, double l2) {
        Tensor near = l1 > 0 ? Steps.shrunk(moved, rate.times(l1)) : moved;
        return l2 > 0 ? near.div(rate.times(l2).plus(1)) : near;
    }
}
