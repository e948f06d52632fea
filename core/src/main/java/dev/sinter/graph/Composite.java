package dev.sinter.graph;

import java.util.List;
import java.util.function.Function;

/** An op that is made of other ops of the facades: their names lie below its own, and a failure leaves nothing. */
final class Composite {
    private Composite() {}

    /** The tensor that a body makes; it may check operands with the composer, and adds no node to it. */
    static Tensor tensor(String op, Function<Composer, Tensor> body, Operand... operands) {
        return tensor(op, body, List.of(operands));
    }

    /** The tensor that a body makes of a list of operands. */
    static Tensor tensor(String op, Function<Composer, Tensor> body, List<? extends Operand> operands) {
        return tensor(Composer.graphOf(op, operands), op, body, operands);
    }

    /** The tensor that a body makes in a graph. */
    static Tensor tensor(Graph graph, String op, Function<Composer, Tensor> body, List<? extends Operand> operands) {
        return Composer.node(graph, op, op, c -> {
            try (Scope _ = graph.scopeOf(op)) {
                return body.apply(c).node();
            }
        }, operands).tensor();
    }

    /** The tensors that a body makes. */
    static List<Tensor> tensors(String op, Function<Composer, List<Tensor>> body, Operand... operands) {
        return Composer.compose(Composer.graphOf(op, List.of(operands)), op, c -> {
            try (Scope _ = c.graph().scopeOf(op)) {
                return body.apply(c);
            }
        }, List.of(operands));
    }

    /** A value without operands that a body makes of a graph. */
    static Node node(Composer c, Function<Graph, Tensor> body) {
        try (Scope _ = c.graph().scopeOf(c.op())) {
            return body.apply(c.graph()).node();
        }
    }
}
