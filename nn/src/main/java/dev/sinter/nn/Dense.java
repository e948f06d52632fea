package dev.sinter.nn;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A layer in which every output depends on every input: {@code activation(x kernel + bias)}.
 *
 * @param kernel     {@code [inputs, units]}
 * @param bias       {@code [units]}
 * @param activation what the sum passes through
 */
public record Dense(Variable kernel, Optional<Variable> bias, UnaryOperator<Tensor> activation) implements Layer {
    /**
     * Checks the weights.
     *
     * @throws GraphException where they do not fit each other
     */
    public Dense {
        if (kernel.shape().rank() != 2) {
            throw new GraphException("dense: the kernel must be [inputs, units], not " + kernel);
        }
        Variable weights = kernel;
        bias.ifPresent(added -> CellShapes.require("dense", "bias", added, weights.dtype(),
                Shape.of(weights.shape().dim(1))));
    }

    /**
     * A layer with new weights in a scope {@code dense}.
     *
     * @param inputs the size of the last axis of what it is applied to
     * @param units  the size of the last axis of what it gives
     */
    public static Dense of(Graph graph, DType dtype, long inputs, long units, LayerOptions options) {
        CellShapes.checkSizes("dense", inputs, units);
        return Composite.inScope(graph, "dense", () ->
                new Dense(graph.variable("kernel", options.kernel().initialValue(graph, dtype,
                        Shape.shape(inputs, units))), LayerWeights.bias(graph, dtype, units, options),
                        options.activation()));
    }

    /**
     * What the layer makes of inputs.
     *
     * @param inputs {@code [..., inputs]}
     * @return {@code [..., units]}
     */
    @Override
    public Tensor apply(Operand inputs) {
        return Composite.inScope(kernel.graph(), "dense", () -> {
            Tensor product = CellShapes.product(inputs, kernel);
            return activation.apply(bias.map(added -> Nn.biasAdd(product, added)).orElse(product));
        });
    }

    @Override
    public List<Variable> variables() {
        return LayerWeights.all(bias, kernel);
    }
}
