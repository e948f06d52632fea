package dev.sinter.nn;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/** What optimizers have in common. */
final class Assigns {
    private Assigns() {}

    /** The graph of the variables; refuses gradients that do not belong to them. */
    static Graph graphOf(String optimizer, List<Variable> variables, List<? extends Operand> gradients) {
        if (variables.isEmpty() || variables.size() != gradients.size()) {
            throw new GraphException(optimizer + ": a gradient is needed for each variable, and at least one variable;"
                    + " there are " + variables.size() + " variables and " + gradients.size() + " gradients");
        }
        for (int i = 0; i < variables.size(); i++) {
            Operand gradient = gradients.get(i);
            if (gradient.dtype() != variables.get(i).dtype() || differ(gradient.shape(), variables.get(i).shape())) {
                throw new GraphException(optimizer + ": a gradient must have the dtype and the shape of its variable: "
                        + variables.get(i) + " and " + gradient);
            }
        }
        return variables.getFirst().graph();
    }

    /** Whether two shapes are known to differ; a size that is not yet known is checked by the runs. */
    private static boolean differ(Shape first, Shape second) {
        return first.rank() != second.rank() || IntStream.range(0, first.rank()).anyMatch(axis ->
                first.dim(axis).isConstant() && !first.dim(axis).equals(second.dim(axis)));
    }

    /** Refuses a learning rate that is not a float scalar. */
    static void requireRate(String optimizer, Operand learningRate) {
        if (learningRate.shape().rank() != 0 || !learningRate.dtype().isFloat()) {
            throw new GraphException(optimizer + ": the learning rate must be a scalar of a float dtype, not "
                    + learningRate);
        }
    }

    /** Refuses a number that is not from 0 to below 1. */
    static void requireFraction(String optimizer, String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new GraphException(optimizer + ": " + what + " must be at least 0 and below 1 but is " + value);
        }
    }

    /**
     * A variable less a step, which is of the dtype that sums of the variable's have: what is less than the last place
     * of a half float is rounded once.
     */
    static Tensor step(Variable variable, Tensor step) {
        DType dtype = variable.dtype();
        return !dtype.isHalf() ? variable.assignSub(step)
                : variable.assign(Ops.cast(Ops.cast(variable, step.dtype()).minus(step), dtype));
    }

    /** Refuses a number that is not finite and above 0. */
    static void requirePositive(String optimizer, String what, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new GraphException(optimizer + ": " + what + " must be finite and above 0 but is " + value);
        }
    }

    /** Refuses a number that is not finite, or below 0. */
    static void requireNotNegative(String optimizer, String what, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new GraphException(optimizer + ": " + what + " must be finite and at least 0 but is " + value);
        }
    }

    /** An operand as a tensor of a dtype. */
    static Tensor as(Graph graph, Operand value, DType dtype) {
        Tensor placed = graph.tensor(value);
        return placed.dtype() == dtype ? placed : Ops.cast(placed, dtype);
    }

    /** All assigns as one target. */
    static Operation together(List<Tensor> assigns) {
        return Control.group(assigns.getFirst(), assigns.subList(1, assigns.size()).toArray(GraphElement[]::new));
    }
}
