package dev.sinter.nn;

import static dev.sinter.graph.Ops.rsqrt;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.square;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * Adadelta (Zeiler, "Adadelta: an adaptive learning rate method", 2012), as TensorFlow 1's {@code AdadeltaOptimizer}:
 * the step is the gradient times the root of the mean square of earlier steps, divided by that of gradients.
 *
 * @param learningRate a scalar of any float dtype, 1 in the paper
 * @param rho          what of the mean squares stays in a step, from 0 to below 1
 * @param epsilon      what is added to the mean squares, above 0
 */
public record Adadelta(Operand learningRate, double rho, double epsilon) implements Optimizer {
    /**
     * Checks the numbers.
     *
     * @throws GraphException where the learning rate is no float scalar, or another number is out of its range
     */
    public Adadelta {
        Assigns.requireRate("adadelta", learningRate);
        Assigns.requireFraction("adadelta", "rho", rho);
        Assigns.requirePositive("adadelta", "epsilon", epsilon);
    }

    /** With a rho of 0.95 and an epsilon of 1e-8. */
    public Adadelta(double learningRate) {
        this(Ops.constant(learningRate), 0.95, 1e-8);
    }

    @Override
    public Operation apply(List<Variable> variables, List<? extends Operand> gradients) {
        return Steps.each("adadelta", variables, gradients, step -> {
            Variable squares = step.slot("accum", 0);
            Variable steps = step.slot("accum_update", 0);
            Tensor mean = step.next(squares, squares.times(rho).plus(square(step.gradient()).times(1 - rho)));
            Tensor update = sqrt(steps.plus(epsilon)).times(rsqrt(mean.plus(epsilon))).times(step.gradient());
            step.next(steps, steps.times(rho).plus(square(update).times(1 - rho)));
            step.decreases(update.times(step.number(learningRate)));
        });
    }
}
