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
        return switch (operand) {
            case Tensor tensor -> tensor;
            case Initializer initializer -> graph.tensor(initializer);
            default -> Ops.identity(operand);
        };
    }
}
