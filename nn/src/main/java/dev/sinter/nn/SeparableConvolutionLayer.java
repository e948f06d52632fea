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
 * A convolution of each channel of its own, then one of single pixels, a bias and an activation (Chollet, "Xception:
 * deep learning with depthwise separable convolutions", 2017).
 *
 * @param name       its scope, such as {@code separable_conv2d}
 * @param depthwise  {@code [size..., in, multiplier]}
 * @param pointwise  {@code [1..., in * multiplier, out]}
 * @param bias       {@code [out]}
 * @param windows    how windows slide
 * @param activation what the sum passes through
 */
public record SeparableConvolutionLayer(String name, Variable depthwise, Variable pointwise, Optional<Variable> bias,
        WindowOptions windows, UnaryOperator<Tensor> activation) implements Layer {
    /**
     * What the layer makes of inputs.
     *
     * @param inputs {@code [batch, spatial..., in]}, or channels first as the options say
     */
    @Override
    public Tensor apply(Operand inputs) {
        return Composite.inScope(depthwise.graph(), name, () -> {
            Tensor sums = Nn.separableConv2d(inputs, depthwise, pointwise, windows);
            return activation.apply(bias.map(added -> Nn.biasAdd(sums, added, windows.channelsFirst())).orElse(sums));
        });
    }

    @Override
    public List<Variable> variables() {
        return LayerWeights.all(bias, depthwise, pointwise);
    }
}
