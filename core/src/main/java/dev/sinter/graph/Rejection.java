package dev.sinter.graph;

import static dev.sinter.graph.Ops.logicalNot;
import static dev.sinter.graph.Ops.logicalOr;
import static dev.sinter.graph.Ops.reduceAll;
import static dev.sinter.graph.Ops.where;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.function.Function;

/**
 * Drawing until each element has accepted a candidate. The words of a turn depend on its number and the element alone,
 * so an element gets the same value whatever the others need. A turn computes all elements; what is accepted stays.
 */
final class Rejection {
    /** At an acceptance of one half, all turns fail with a probability of 2^-200. */
    private static final long MOST_TURNS = 200;

    private Rejection() {}

    /** Values of one turn, and where they are accepted. */
    record Candidate(Tensor value, Tensor accepted) {}

    /**
     * The first accepted candidate of each element.
     *
     * @param wanted   where candidates are drawn at all
     * @param fallback what there is elsewhere, and where no turn is accepted
     */
    static Tensor accepted(Words words, Tensor wanted, Tensor fallback, Function<Words, Candidate> turn) {
        Graph graph = wanted.graph();
        return Control.whileLoop(List.of(fallback, logicalNot(wanted), graph.constant(0L)),
                values -> logicalNot(reduceAll(values.get(1))), values -> {
                    Candidate candidate = turn.apply(words.turn(values.get(2)));
                    return List.of(where(values.get(1), values.get(0), candidate.value()),
                            logicalOr(values.get(1), candidate.accepted()), values.get(2).plus(1));
                }, WhileOptions.DEFAULT.withMaxIterations(MOST_TURNS)).getFirst();
    }

    /** What an element has whose parameter is none. */
    static Tensor nan(Graph graph, DType dtype, Shape shape) {
        return graph.tensor(Ops.fill(dtype, shape, Double.NaN));
    }
}
