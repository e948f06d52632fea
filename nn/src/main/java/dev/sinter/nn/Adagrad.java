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
 * Adagrad (Duchi et al., "Adaptive subgradient methods for online learning and stochastic optimization", 2011), as
 * TensorFlow 1's {@code AdagradOptimizer}: {@code a' = a + gradient^2}, then
 * {@code w' = w - learningRate * gradient / sqrt(a')}.
 *
 * @param learningRate a scalar of any float dtype
 * @param initial      the first sum of squares, above 0
 */
public record Adagrad(Operand learningRate, double initial) implements Optimizer {
    /**
     * Checks the numbers.
     *
     * @throws GraphException where the learning rate is no float scalar, or the initial sum is not above 0
     */
    public Adagrad {
        Assigns.requireRate("adagrad", learningRate);
        Assigns.requirePositive("adagrad", "the initial sum", initial);
    }

    /** With an initial sum of 0.1. */
    public Adagrad(double learningRate) {
        this(Ops.constant(learningRate), 0.1);
    }

    @Override
    public Operation apply(List<Variable> variables, List<? extends Operand> gradients) {
        return Steps.each("adagrad", variables, gradients, step -> {
            Variable sum = step.slot("sum", initial);
            Tensor next = step.next(sum, sum.plus(square(step.gradient())));
            step.decreases(step.number(learningRate).times(step.gradient()).times(rsqrt(next)));
        });
    }
}
