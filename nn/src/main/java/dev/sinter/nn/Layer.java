package dev.sinter.nn;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import java.util.List;

/** A function with weights of its own, which may be applied several times. {@link Layers} makes and applies them. */
public sealed interface Layer permits Dense, ConvolutionLayer, SeparableConvolutionLayer {
    /** What the layer makes of inputs, which have the dtype of its weights. */
    Tensor apply(Operand inputs);

    /** The weights, the bias last. */
    List<Variable> variables();
}
