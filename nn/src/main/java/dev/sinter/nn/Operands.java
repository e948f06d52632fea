package dev.sinter.nn;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Initializer;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;

/** Operands as tensors of a graph. */
final class Operands {
    private Operands() {}

    static Tensor tensor(Graph graph, Operand operand) {
        if (operand instanceof Initializer initializer) {
            return graph.tensor(initializer);
        }
        return operand instanceof Tensor tensor ? tensor : Ops.identity(operand);
    }
}
