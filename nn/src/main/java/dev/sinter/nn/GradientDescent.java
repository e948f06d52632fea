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

/**
 * Gradient descent, with momentum where it is not 0: {@code v' = momentum * v + gradient}, then
 * {@code w' = w - learningRate * v'}, or Nesterov's {@code w' = w - learningRate * (gradient + momentum * v')}
 * (Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013). As the optimizers
 * of TensorFlow 1 and PyTorch.
 *
 * @param learningRate a scalar of any float dtype: a constant, or a tensor that changes from run to run
 * @param momentum     from 0 to below 1
 * @param nesterov     whether the step is Nesterov's, which needs a momentum above 0
 */
public record GradientDescent(Operand learningRate, double momentum, boolean nesterov) implements Optimizer {
    /**
     * Checks the numbers.
     *
     * @throws GraphException where the learning rate is no float scalar, the momentum is out of its range, or
     *                        Nesterov's step has none
     */
    public GradientDescent {
        Assigns.requireRate("gradient_descent", learningRate);
        Assigns.requireFraction("gradient_descent", "the momentum", momentum);
        if (nesterov && momentum == 0) {
            throw new GraphException("gradient_descent: Nesterov's step needs a momentum above 0, such as 0.9");
        }
    }

    /** Plain gradient descent. */
    public GradientDescent(double learningRate) {
        this(learningRate, 0);
    }

    /** With momentum. */
    public GradientDescent(double learningRate, double momentum) {
        this(Ops.constant(learningRate), momentum, false);
    }

    @Override
    public Operation apply(List<Variable> variables, List<? extends Operand> gradients) {
        Graph graph = Assigns.graphOf("gradient_descent", variables, gradients);
        List<Tensor> assigns = new ArrayList<>();
        return Composite.inScope(graph, momentum == 0 ? "gradient_descent" : "momentum", () -> {
            for (int i = 0; i < variables.size(); i++) {
                Variable variable = variables.get(i);
                DType dtype = variable.dtype().accumulator();
                Tensor gradient = Assigns.as(graph, gradients.get(i), dtype);
                Tensor direction = gradient;
                if (momentum != 0) {
                    Variable velocity = graph.variable(variable.name(),
                            Ops.zeros(dtype, variable.shape()));
                    Tensor next = velocity.times(momentum).plus(gradient);
                    assigns.add(velocity.assign(next));
                    direction = nesterov ? next.times(momentum).plus(gradient) : next;
                }
                Tensor rate = Assigns.as(graph, learningRate, dtype);
                assigns.add(Assigns.step(variable, direction.times(rate)));
            }
            return Assigns.together(assigns);
        });
    }
}
