package dev.sinter.nn;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.List;

/** What optimizers have in common. */
final class Assigns {
    private Assigns() {}

    /** The graph of the variables; refuses lists that do not belong together. */
    static Graph graphOf(String optimizer, List<Variable> variables, List<? extends Operand> gradients) {
        if (variables.isEmpty() || variables.size() != gradients.size()) {
            throw new GraphException(optimizer + ": a gradient is needed for each variable, and at least one variable;"
                    + " there are " + variables.size() + " variables and " + gradients.size() + " gradients");
        }
        return variables.getFirst().graph();
    }

    /** A scalar as a tensor of a dtype. */
    static Tensor scalar(Graph graph, Operand value, DType dtype) {
        Tensor placed = Operands.tensor(graph, value);
        return placed.dtype() == dtype ? placed : Ops.cast(placed, dtype);
    }

    /** All assigns as one target. */
    static Operation together(List<Tensor> assigns) {
        return Control.group(assigns.getFirst(), assigns.subList(1, assigns.size()).toArray(GraphElement[]::new));
    }
}
