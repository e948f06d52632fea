package dev.sinter.graph;

import java.util.List;

/**
 * What a {@link Control#scan scan} gives.
 *
 * @param carries what the last iteration hands on, or the initial values where there is no iteration
 * @param outputs for each output of the steps all its values along a new axis 0, at the position of the
 *                element; 0 where an iteration does not take place
 * @param last    for each value kept of the last iteration alone that value; 0 where there is no iteration
 * @param count   the number of iterations, an int64 scalar
 */
public record ScanResult(List<Tensor> carries, List<Tensor> outputs, List<Tensor> last, Tensor count) {
    public ScanResult {
        carries = List.copyOf(carries);
        outputs = List.copyOf(outputs);
        last = List.copyOf(last);
    }

    public Tensor carry(int position) {
        return carries.get(position);
    }

    public Tensor output(int position) {
        return outputs.get(position);
    }

    public Tensor last(int position) {
        return last.get(position);
    }
}
