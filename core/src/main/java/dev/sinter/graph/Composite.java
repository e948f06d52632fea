package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An op that is made of other ops of the facades: their names lie below its own, a failure names it first and leaves
 * nothing. Libraries on top of the facades make theirs so too.
 */
public final class Composite {
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

    /**
     * What a body makes of operands.
     *
     * @param op       the word of the op in names and messages
     * @param operands of one graph, to which at least one of them must belong
     * @param body     called once, now, with the operands as tensors
     */
    public static <T> T of(String op, List<? extends Operand> operands, Function<List<Tensor>, T> body) {
        return Composer.compose(Composer.graphOf(op, operands), op, c -> below(c, inner -> body.apply(tensors(inner))),
                operands);
    }

    /** The tensors that a body makes. */
    static List<Tensor> tensors(String op, Function<Composer, List<Tensor>> body, Operand... operands) {
        return Composer.compose(Composer.graphOf(op, List.of(operands)), op, c -> below(c, body), List.of(operands));
    }

    /** An operand of an op as a tensor of the graph that it must belong to. */
    static Tensor placed(String op, Operand operand) {
        return Composer.graphOf(op, List.of(operand)).tensorOf(operand);
    }

    /** What code of an op gives; its failure names the op and the user's line. */
    public static <T> T named(String op, Supplier<T> code) {
        try {
            return code.get();
        } catch (GraphException problem) {
            throw named(op, problem);
        }
    }

    private static List<Tensor> tensors(Composer c) {
        return c.ins().stream().map(Node::tensor).toList();
    }

    private static <T> T below(Composer c, Function<Composer, T> body) {
        try (Scope _ = c.graph().scopeOf(c.op())) {
            return body.apply(c);
        } catch (GraphException problem) {
            // The composer adds the line and the operands where nothing says them yet.
            throw problem.getMessage().contains("\n  at ") ? named(c.op(), problem) : problem;
        }
    }

    /** A failure with the name of the op that the user called, and the line. */
    private static GraphException named(String op, GraphException problem) {
        String message = problem.getMessage();
        String name = message.startsWith(op + ":") ? "" : op + ": ";
        String line = message.contains("\n  at ") ? "" : "\n  at " + Place.here();
        return name.isEmpty() && line.isEmpty() ? problem : new GraphException(name + message + line, problem);
    }

    /** A value without operands that a body makes of a graph. */
    static Node node(Composer c, Function<Graph, Tensor> body) {
        try (Scope _ = c.graph().scopeOf(c.op())) {
            return body.apply(c.graph()).node();
        }
    }
}
