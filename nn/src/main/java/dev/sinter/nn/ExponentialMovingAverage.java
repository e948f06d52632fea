package dev.sinter.nn;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Moving averages of variables (Polyak and Juditsky, 1992), as {@code tf.train.ExponentialMovingAverage}:
 * {@code average' = decay * average + (1 - decay) * variable}, from the variable's initial value on.
 *
 * @param variables what is averaged
 * @param averages  the averages, variables in the same order
 * @param update    the target that moves them towards the variables as they are at the start of its run, or behind the
 *                  control dependencies that are open where it was made
 */
public record ExponentialMovingAverage(List<Variable> variables, List<Variable> averages, Operation update) {
    public ExponentialMovingAverage {
        variables = List.copyOf(variables);
        averages = List.copyOf(averages);
    }

    /**
     * The averages of some variables.
     *
     * @param decay what of an average stays in an update, from 0 to 1
     */
    public static ExponentialMovingAverage of(List<Variable> variables, double decay) {
        return of(variables, decay, Optional.empty());
    }

    /**
     * The averages of some variables, with a decay of {@code min(decay, (1 + updates) / (10 + updates))}.
     *
     * @param updates an integer scalar, such as the number of steps
     */
    public static ExponentialMovingAverage of(List<Variable> variables, double decay, Operand updates) {
        return of(variables, decay, Optional.of(updates));
    }

    private static ExponentialMovingAverage of(List<Variable> variables, double decay, Optional<Operand> updates) {
        if (variables.isEmpty() || !(decay >= 0 && decay <= 1)) {
            throw new GraphException("exponential_moving_average: at least one variable and a decay from 0 to 1 are"
                    + " needed, not " + variables.size() + " variables and " + decay);
        }
        Graph graph = variables.getFirst().graph();
        List<Variable> averages = new ArrayList<>();
        List<Tensor> assigns = new ArrayList<>();
        return Composite.inScope(graph, "exponential_moving_average", () -> {
            Operand rate = Ops.constant(1 - decay);
            if (updates.isPresent()) {
                Tensor number = Assigns.as(graph, updates.get(), DType.FLOAT64);
                rate = Ops.subtract(1, Ops.minimum(number.plus(1).div(number.plus(10)), decay));
            }
            for (Variable variable : variables) {
                if (!variable.dtype().isFloat()) {
                    throw new GraphException("exponential_moving_average: floats are averaged, not " + variable);
                }
                Variable average = graph.variable(variable.name(), variable.initialValue());
                Tensor distance = average.minus(variable);
                assigns.add(average.assignSub(distance.times(Assigns.as(graph, rate, variable.dtype()))));
                averages.add(average);
            }
            return new ExponentialMovingAverage(variables, averages, Assigns.together(assigns));
        });
    }

    /**
     * The average of a variable.
     *
     * @throws GraphException where it is not averaged
     */
    public Variable average(Variable variable) {
        int index = variables.indexOf(variable);
        if (index < 0) {
            throw new GraphException("exponential_moving_average: " + variable + " is not averaged");
        }
        return averages.get(index);
    }
}
