package dev.sinter.graph;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;

/**
 * What a parameter of a {@link GraphFunction} takes.
 *
 * @param dtype the dtype
 * @param shape the sizes; each {@link Shape#UNKNOWN} one may differ from call to call
 */
public record TensorSpec(DType dtype, Shape shape) {
    public static TensorSpec of(DType dtype, Shape shape) {
        return new TensorSpec(dtype, shape);
    }
}
