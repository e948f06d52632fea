package dev.sinter.nn;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A convolution along one to three axes, or a transposed one, a bias and an activation.
 *
 * @param name       its scope, such as {@code conv2d}
 * @param kernel     {@code [size..., in / groups, out]}, of a transposed one {@code [size..., out / groups, in]}
 * @param bias       {@code [out]}
 * @param windows    how windows slide
 * @param transposed whether it is the transpose, whose sizes are those of {@code Nn.convolutionTranspose}
 * @param activation what the sum passes through
 */
public record ConvolutionLayer(String name, Variable kernel, Optional<Variable> bias, WindowOptions windows,
        boolean transposed, UnaryOperator<Tensor> activation) implements Layer {
    /**
     * What the layer makes of inputs.
     *
     * @param inputs {@code [batch, spatial..., in]}, or channels first as the options say
     */
    @Override
    public Tensor apply(Operand inputs) {
        return Composite.inScope(kernel.graph(), name, () -> {
            Tensor sums = transposed ? Nn.convolutionTranspose(inputs, kernel, windows)
                    : Nn.convolution(inputs, kernel, windows);
            return activation.apply(bias.map(added -> Nn.biasAdd(sums, added, windows.channelsFirst())).orElse(sums));
        });
    }

    @Override
    public List<Variable> variables() {
        return LayerWeights.all(bias, kernel);
    }
}
