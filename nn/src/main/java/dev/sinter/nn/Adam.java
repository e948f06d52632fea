package dev.sinter.nn;

import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.subtract;

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
 * Adam (Kingma and Ba, "Adam: a method for stochastic optimization", 2015), in the order of the paper's section 2
 * that TensorFlow 1's {@code AdamOptimizer} computes. At step t, counted from 1:
 *
 * <pre>
 * m' = beta1 * m + (1 - beta1) * gradient
 * v' = beta2 * v + (1 - beta2) * gradient^2
 * w' = w - learningRate * sqrt(1 - beta2^t) / (1 - beta1^t) * m' / (sqrt(v') + epsilon)
 * </pre>
 *
 * <p>The epsilon is the paper's epsilon hat; PyTorch adds its own to {@code sqrt(v' / (1 - beta2^t))}. Powers of the
 * betas are kept in float64 for all dtypes, the means of half floats in float32.
 *
 * @param learningRate a scalar of any float dtype: a constant, or a tensor that changes from run to run
 * @param beta1        what of the mean m stays in a step, from 0 to below 1
 * @param beta2        what of the mean square v stays in a step, from 0 to below 1
 * @param epsilon      what is added to the square root of v, at least 0
 */
public record Adam(Operand learningRate, double beta1, double beta2, double epsilon) implements Optimizer {
    /**
     * Checks the numbers.
     *
     * @throws GraphException where the learning rate is no float scalar, or another number is out of its range
     */
    public Adam {
        Assigns.requireRate("adam", learningRate);
        Assigns.requireFraction("adam", "beta1", beta1);
        Assigns.requireFraction("adam", "beta2", beta2);
        if (!(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new GraphException("adam: epsilon must be finite and at least 0 but is " + epsilon);
        }
    }

    /** With betas of 0.9 and 0.999 and an epsilon of 1e-8. */
    public Adam(double learningRate) {
        this(Ops.constant(learningRate), 0.9, 0.999, 1e-8);
    }

    @Override
    public Operation apply(List<Variable> variables, List<? extends Operand> gradients) {
        Graph graph = Assigns.graphOf("adam", variables, gradients);
        List<Tensor> assigns = new ArrayList<>();
        return Composite.inScope(graph, "adam", () -> {
            Variable power1 = graph.variable("beta1_power", Ops.constant(beta1));
            Variable power2 = graph.variable("beta2_power", Ops.constant(beta2));
            Tensor rate = Assigns.as(graph, learningRate, DType.FLOAT64)
                    .times(sqrt(subtract(1, power2))).div(subtract(1, power1));
            for (int i = 0; i < variables.size(); i++) {
                Variable variable = variables.get(i);
                DType dtype = variable.dtype().accumulator();
                Tensor gradient = Assigns.as(graph, gradients.get(i), dtype);
                Operand zeros = Ops.zeros(dtype, variable.shape());
                Variable mean = graph.variable(variable.name() + "/m", zeros);
                Variable meanSquare = graph.variable(variable.name() + "/v", zeros);
                Tensor m = mean.times(beta1).plus(gradient.times(1 - beta1));
                Tensor v = meanSquare.times(beta2).plus(square(gradient).times(1 - beta2));
                Tensor update = Assigns.as(graph, rate, dtype).times(m).div(sqrt(v).plus(epsilon));
                assigns.add(mean.assign(m));
                assigns.add(meanSquare.assign(v));
                assigns.add(Assigns.step(variable, update));
            }
            assigns.add(power1.assign(power1.times(beta1)));
            assigns.add(power2.assign(power2.times(beta2)));
            return Assigns.together(assigns);
        });
    }
}
