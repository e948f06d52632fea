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
 * RMSProp (Tieleman and Hinton, 2012), as TensorFlow 1's {@code RMSPropOptimizer}: with s the mean of the squares of
 * the gradients, which starts at 1, {@code v' = momentum * v + learningRate * gradient / sqrt(s' + epsilon)}, then
 * {@code w' = w - v'}. PyTorch adds epsilon to the root, and starts with s at 0.
 *
 * @param learningRate a scalar of any float dtype
 * @param decay        what of the means stays in a step, from 0 to below 1
 * @param momentum     from 0 to below 1
 * @param epsilon      above 0
 * @param centered     whether s is the variance of the gradients: less the square of their mean (Graves, 2013)
 */
public record RmsProp(Operand learningRate, double decay, double momentum, double epsilon, boolean centered)
        implements Optimizer {
    /**
     * Checks the numbers.
     *
     * @throws GraphException where the learning rate is no float scalar, or another number is out of its range
     */
    public RmsProp {
        Assigns.requireRate("rmsprop", learningRate);
        Assigns.requireFraction("rmsprop", "the decay", decay);
        Assigns.requireFraction("rmsprop", "the momentum", momentum);
        Assigns.requirePositive("rmsprop", "epsilon", epsilon);
    }

    /** With a decay of 0.9, no momentum and an epsilon of 1e-10. */
    public RmsProp(double learningRate) {
        this(Ops.constant(learningRate), 0.9, 0, 1e-10, false);
    }

    @Override
    public Operation apply(List<Variable> variables, List<? extends Operand> gradients) {
        return Steps.each("rmsprop", variables, gradients, step -> {
            Variable squares = step.slot("rms", 1);
            Tensor gradient = step.gradient();
            Tensor spread = step.next(squares, squares.plus(square(gradient).minus(squares).times(1 - decay)));
            if (centered) {
                Variable means = step.slot("mean", 0);
                Tensor mean = step.next(means, means.plus(gradient.minus(means).times(1 - decay)));
                spread = spread.minus(square(mean));
            }
            Tensor update = step.number(learningRate).times(gradient).times(rsqrt(spread.plus(epsilon)));
            if (momentum != 0) {
                Variable velocity = step.slot("momentum", 0);
                update = step.next(velocity, velocity.times(momentum).plus(update));
            }
            step.decreases(update);
        });
    }
}
