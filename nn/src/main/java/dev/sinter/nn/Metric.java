package dev.sinter.nn;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A measure of all batches since the last reset. What it needs is summed in variables of the graph, in float64, so
 * that it neither loses counts nor depends on how the data is cut into batches.
 *
 * @param value     of the batches before the run
 * @param update    counts the batch of the run, and is the value with it
 * @param reset     forgets all batches
 * @param variables the sums
 */
public record Metric(Tensor value, Tensor update, Operation reset, List<Variable> variables) {
    public Metric {
        variables = List.copyOf(variables);
    }

    /**
     * A metric of sums.
     *
     * @param name     the scope of its variables; one that is taken gets a number
     * @param batch    what a batch adds to each sum, of known sizes
     * @param ofTotals makes the value of the sums, in the same order
     */
    public static Metric of(Graph graph, String name, List<Tensor> batch, Function<List<Tensor>, Tensor> ofTotals) {
        return Composite.inScope(graph, name, () -> {
            List<Variable> variables = new ArrayList<>();
            List<Tensor> before = new ArrayList<>();
            List<Tensor> after = new ArrayList<>();
            for (Tensor part : batch) {
                Variable total = graph.variable("total", Ops.zeros(part.dtype(), part.shape()));
                variables.add(total);
                before.add(total.valueAtStart());
                after.add(total.assignAdd(part));
            }
            List<GraphElement> resets = new ArrayList<>();
            variables.forEach(variable -> resets.add(variable.initializer()));
            Operation reset = Control.group(resets.getFirst(),
                    resets.subList(1, resets.size()).toArray(GraphElement[]::new));
            return new Metric(ofTotals.apply(before), ofTotals.apply(after), reset, variables);
        });
    }
}
