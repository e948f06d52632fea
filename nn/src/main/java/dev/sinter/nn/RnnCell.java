package dev.sinter.nn;

import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import java.util.List;

/**
 * One step of a recurrent net over its weights, for {@link Rnn#dynamicRnn}. What depends on the inputs alone is
 * apart, so that it is computed for all steps at once before the loop.
 *
 * <p>In the shapes here {@code B} is the size of the batch, {@code D} that of an input and {@code H} the number of
 * units.
 */
public interface RnnCell {
    /** The number of elements of an output, {@code H}. */
    long units();

    /** The number of elements of each part of the state; the first part is the output, {@code H}. */
    List<Long> stateSizes();

    /** The dtype of inputs, states and weights. */
    DType dtype();

    /** The weights, in the order in which {@link RnnResult#variables} lists them. */
    List<Variable> variables();

    /**
     * What a step needs of its inputs: products with the weights, biases added.
     *
     * @param inputs {@code [..., D]}
     * @return {@code [..., P]}, for a {@code P} of the cell's own
     */
    Tensor inputProduct(Operand inputs);

    /**
     * One step.
     *
     * @param product an {@link #inputProduct}, {@code [B, P]}
     * @param state   the parts of the state, each {@code [B, size]}
     * @return the parts of the next state; the first is the output, {@code [B, H]}
     */
    List<Tensor> step(Tensor product, List<Tensor> state);
}
