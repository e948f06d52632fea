package dev.sinter.nn;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * How variables follow their gradients. An optimizer makes assigns; all of them see the values at the start of a
 * run and take effect together. What it keeps between runs are variables of the graph, made by {@link #apply}; an
 * initializer of the graph that is made after it covers them.
 */
public sealed interface Optimizer permits GradientDescent, Adam {
    /**
     * One step for some variables.
     *
     * @param variables what changes, at least one, all of one graph
     * @param gradients one for each variable, of its dtype and shape
     * @return the target that carries the step out
     * @throws GraphException where variables and gradients do not belong together
     */
    Operation apply(List<Variable> variables, List<? extends Operand> gradients);

    /**
     * One step that makes a loss smaller.
     *
     * @param loss      a scalar; of a tensor of another shape it is the sum that becomes smaller
     * @param variables what changes, at least one, all of the loss's graph
     * @return the target that carries the step out
     * @throws GraphException where there is no variable, or the loss does not depend on one of them
     */
    default Operation minimize(Tensor loss, List<Variable> variables) {
        return apply(variables, Ops.gradients(List.of(loss), variables).asList());
    }
}
