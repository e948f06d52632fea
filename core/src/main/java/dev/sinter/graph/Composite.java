package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.function.Function;

/**
 * An op that is made of other ops of the facades: their names lie below its own, a failure names it first and leaves
 * nothing.
 */
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
        return Composer.node(graph, op, op, c -> below(c, body).node(), operands).tensor();
    }

    /** The tensor that a body makes of the operands as tensors. */
    static Tensor tensor(String op, List<? extends Operand> operands, Function<List<Tensor>, Tensor> body) {
        return tensor(op, c -> body.apply(tensors(c)), operands);
    }

    /** What a body makes of the operands as tensors. */
    static <T> T of(String op, List<? extends Operand> operands, Function<List<Tensor>, T> body) {
        return Composer.compose(Composer.graphOf(op, operands), op, c -> below(c, inner -> body.apply(tensors(inner))),
                operands);
    }

    /** The tensors that a body makes. */
    static List<Tensor> tensors(String op, Function<Composer, List<Tensor>> body, Operand... operands) {
        return Composer.compose(Composer.graphOf(op, List.of(operands)), op, c -> below(c, body), List.of(operands));
    }

    private static List<Tensor> tensors(Composer c) {
        return c.ins().stream().map(Node::tensor).toList();
    }

    private static <T> T below(Composer c, Function<Composer, T> body) {
        try (Scope _ = c.graph().scopeOf(c.op())) {
            return body.apply(c);
        } catch (GraphException problem) {
            throw named(c.op(), problem);
        }
    }

    /** The failure of an op inside, which says where it is already, with the name of the op that the user called. */
    private static GraphException named(String op, GraphException problem) {
        String message = problem.getMessage();
        return !message.contains("\n  at ") || message.startsWith(op + ":") ? problem
                : new GraphException(op + ": " + message, problem);
    }

    /** A value without operands that a body makes of a graph. */
    static Node node(Composer c, Function<Graph, Tensor> body) {
        try (Scope _ = c.graph().scopeOf(c.op())) {
            return body.apply(c.graph()).node();
        }
    }
}
