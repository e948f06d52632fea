package dev.sinter.nn;

import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import java.util.List;

/**
 * What a recurrent net gives.
 *
 * @param outputs   the output of each step, {@code [B, T, H]} or, time-major, {@code [T, B, H]}; 0 beyond the length
 *                  of a sequence
 * @param state     the parts of the state after the last step of each sequence, each {@code [B, size]}; of all layers
 *                  and directions in order
 * @param variables the weights
 */
public record RnnResult(Tensor outputs, List<Tensor> state, List<Variable> variables) {
    public RnnResult {
        state = List.copyOf(state);
        variables = List.copyOf(variables);
    }

    /**
     * A part of the state after the last step of each sequence, {@code [B, size]}.
     *
     * @param position its place among {@link #state()}: of an LSTM 0 is h and 1 is c
     * @throws IndexOutOfBoundsException where there is no such part
     */
    public Tensor state(int position) {
        return state.get(position);
    }
}
