package dev.sinter.nn;

import dev.sinter.graph.Control;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * How variables follow their gradients. An optimizer makes assigns; all of them see the values at the start of a
 * run and take effect together. What it keeps between runs are variables of the graph, made by {@link #apply}; an
 * initializer of the graph that is made after it covers them.
 */
public sealed interface Optimizer permits GradientDescent, Adam, Adagrad, AdagradDA, Adadelta, RmsProp, Ftrl,
        ProximalGradientDescent, ProximalAdagrad {
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

    /**
     * One step that makes a loss smaller and is counted.
     *
     * @param globalStep an integer scalar that counts the steps: at the start of the first run it is 0
     */
    default Operation minimize(Tensor loss, List<Variable> variables, Variable globalStep) {
        if (globalStep.shape().rank() != 0 || !globalStep.dtype().isInteger()) {
            throw new GraphException("minimize: the global step must be an integer scalar, not " + globalStep);
        }
        Tensor one = Ops.onesLike(globalStep);
        return Control.group(minimize(loss, variables), globalStep.assignAdd(one));
    }

    /**
     * One step that makes a loss smaller along gradients that are changed first:
     * {@code minimize(loss, weights, all -> ClippedGradients.clipByGlobalNorm(all, 1).gradients())}.
     *
     * @param change makes one tensor of each gradient, in their order
     */
    default Operation minimize(Tensor loss, List<Variable> variables, UnaryOperator<List<Tensor>> change) {
        return apply(variables, change.apply(Ops.gradients(List.of(loss), variables).asList()));
    }
}
