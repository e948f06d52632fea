package dev.sinter.bench;

import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The variables of a net with their first values, in the order in which its layers ask for them. */
final class Weights {
    private final Graph graph;
    private final DType dtype;
    private final Map<Variable, NDArray> values = new LinkedHashMap<>();

    /**
     * No weights as yet.
     *
     * @param dtype of all of them
     */
    Weights(Graph graph, DType dtype) {
        this.graph = graph;
        this.dtype = dtype;
    }

    /** A variable with its first value, which is cast where it has another dtype. */
    Variable add(String name, NDArray first) {
        NDArray value = first.cast(dtype);
        Variable variable = graph.variable(name, zeros(value.dtype(), shape(value.sizes())));
        values.put(variable, value);
        return variable;
    }

    int count() {
        return values.size();
    }

    List<Variable> variables() {
        return List.copyOf(values.keySet());
    }

    /** The first values in the order of the variables. */
    List<NDArray> values() {
        return List.copyOf(values.values());
    }

    /** How many numbers all of them hold. */
    long elementCount() {
        return values.values().stream().mapToLong(NDArray::elementCount).sum();
    }

    /** Gives the variables their first values. */
    void load(Session session) {
        session.run(graph.initializer());
        values.forEach(session::load);
    }
}
