package dev.sinter.nn;

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
 * Adagrad with dual averaging (Duchi et al., 2011), for sparse linear models, as TensorFlow 1's
 * {@code AdagradDAOptimizer}: with the sums G of the gradients and a of their squares, {@code w'} is
 * {@code -learningRate * G / (sqrt(a) + l2 * learningRate * t)}, where G is nearer to 0 by {@code l1 * t}.
 *
 * @param learningRate a scalar of any float dtype
 * @param step         t, an integer scalar that counts the steps from 1: such as a variable plus 1
 * @param initial      the first sum of squares, above 0
 * @param l1           at least 0
 * @param l2           at least 0
 */
public record AdagradDA(Operand learningRate, Operand step, double initial, double l1, double l2)
        implements Optimizer {
    /**
     * Checks the numbers.
     *
     * @throws GraphException where the learning rate is no float scalar, or another number is out of its range
     */
    public AdagradDA {
        Assigns.requireRate("adagrad_da", learningRate);
        Assigns.requirePositive("adagrad_da", "the initial sum", initial);
        Assigns.requireNotNegative("adagrad_da", "l1", l1);
        Assigns.requireNotNegative("adagrad_da", "l2", l2);
        if (step.shape().rank() != 0 || !step.dtype().isInteger()) {
            throw new GraphException("adagrad_da: the step must be an integer scalar, not " + step);
        }
    }

    /** With an initial sum of 0.1 and no regularization. */
    public AdagradDA(double learningRate, Operand step) {
        this(Ops.constant(learningRate), step, 0.1, 0, 0);
    }

    @Override
    public Operation apply(List<Variable> variables, List<? extends Operand> gradients) {
        return Steps.each("adagrad_da", variables, gradients, each -> {
            Variable sum = each.slot("gradient", 0);
            Variable squares = each.slot("gradient_squared", initial);
            Tensor rate = each.number(learningRate);
            Tensor t = each.number(step);
            Tensor total = each.next(sum, sum.plus(each.gradient()));
            Tensor root = sqrt(each.next(squares, squares.plus(square(each.gradient()))));
            Tensor direction = l1 > 0 ? Steps.shrunk(total, t.times(l1)) : total;
            each.becomes(rate.unaryMinus().times(direction).div(root.plus(rate.times(t).times(l2))));
        });
    }
}
