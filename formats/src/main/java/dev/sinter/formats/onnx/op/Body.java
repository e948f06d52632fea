package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Tensor;
import java.util.List;

/** The body of a branch or a loop. */
public interface Body {
    /** How many inputs it has. */
    int inputs();

    /** How many outputs it has. */
    int outputs();

    /** Its outputs, made of tensors for its inputs where the graph is now. */
    List<Tensor> make(List<Tensor> inputs);
}
