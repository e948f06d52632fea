package dev.sinter.nn;

import dev.sinter.graph.Tensor;
import java.util.function.UnaryOperator;

/**
 * How a layer of {@link Layers} begins, and what its result passes through.
 *
 * @param activation such as {@code Nn::relu}
 * @param useBias    whether a bias is added before that
 * @param kernel     how the weights begin that are multiplied
 * @param bias       how the bias begins
 */
public record LayerOptions(UnaryOperator<Tensor> activation, boolean useBias, WeightInitializer kernel,
        WeightInitializer bias) {
    /** No activation, a bias of zeros, and kernels of {@link WeightInitializer#glorotUniform}. */
    public static final LayerOptions DEFAULT = new LayerOptions(UnaryOperator.identity(), true,
            WeightInitializer.glorotUniform(), WeightInitializer.zeros());

    /** These options with an activation. */
    public LayerOptions withActivation(UnaryOperator<Tensor> function) {
        return new LayerOptions(function, useBias, kernel, bias);
    }

    /** These options without a bias. */
    public LayerOptions withoutBias() {
        return new LayerOptions(activation, false, kernel, bias);
    }

    /** These options with kernels that begin in a way. */
    public LayerOptions withKernel(WeightInitializer weights) {
        return new LayerOptions(activation, useBias, weights, bias);
    }

    /** These options with a bias that begins in a way. */
    public LayerOptions withBias(WeightInitializer weights) {
        return new LayerOptions(activation, true, kernel, weights);
    }
}
