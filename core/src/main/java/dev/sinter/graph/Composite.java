package dev.sinter.graph;

import dev.sinter.tensor.GraphException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An op that is made of other ops of the facades: a failure names it first, with the user's line, and leaves nothing in
 * the graph. The names of the others lie below its own, or are those that its code gives. Libraries on top of the
 * facades make theirs so too.
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
    public static Tensor placed(String op, Operand operand) {
        return Composer.graphOf(op, List.of(operand)).tensor(operand);
    }

    /**
     * What code of an op makes in a graph, under names that the code gives.
     *
     * @param op   the word of the op in messages
     * @param code called once, now
     */
    public static <T> T of(Graph graph, String op, Supplier<T> code) {
        return Composer.compose(graph, op, c -> naming(c, code), List.of());
    }

    /**
     * What code of an op makes in the graph of its operands, under names that the code gives.
     *
     * @param operands of one graph, to which at least one of them must belong; they need not be all
     */
    public static <T> T of(String op, List<? extends Operand> operands, Supplier<T> code) {
        return of(Composer.graphOf(op, operands), op, code);
    }

    /**
     * What code makes in a {@link Graph#scope scope} of a graph.
     *
     * @param name of the scope, and in messages; one that is taken gets a number
     * @param code called once, now
     */
    public static <T> T inScope(Graph graph, String name, Supplier<T> code) {
        Graph.checkName("scope", name);
        return of(graph, name, () -> {
            try (Scope _ = graph.scope(name)) {
                return code.get();
            }
        });
    }

    /** What code of an op gives that makes at most one op; its failure names the op and the user's line. */
    static <T> T named(String op, Supplier<T> code) {
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
            return naming(c, () -> body.apply(c));
        }
    }

    private static <T> T naming(Composer c, Supplier<T> code) {
        try {
            return code.get();
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
