package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Tensor;
import java.util.List;

/** Makes a node's outputs of its inputs and attributes. */
@FunctionalInterface
public interface Translation {
    /** The outputs in order; those that nobody wants may be left out at the end. */
    List<Tensor> outputs(Call call);

    /** A translation that has one output. */
    @FunctionalInterface
    interface Single {
        Tensor output(Call call);
    }
}
