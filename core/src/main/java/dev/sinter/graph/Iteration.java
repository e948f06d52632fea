package dev.sinter.graph;

import java.util.List;

/**
 * What the body of a {@link Control#scan scan} is given.
 *
 * @param index    the number of the element, an int64 scalar; it counts down where the scan is reversed
 * @param carries  what the iteration before hands on, or the initial values
 * @param elements one element of each sequence, without its axis 0
 */
public record Iteration(Tensor index, List<Tensor> carries, List<Tensor> elements) {
    public Iteration {
        carries = List.copyOf(carries);
        elements = List.copyOf(elements);
    }

    public Tensor carry(int position) {
        return carries.get(position);
    }

    public Tensor element(int position) {
        return elements.get(position);
    }
}
