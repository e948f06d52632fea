package dev.sinter.bench;

import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A net that is applied to the same inputs again and again. */
abstract class InferenceTask implements ExplainedTask {
    private static final double TOLERANCE = 5e-5;

    private final Graph graph = new Graph();
    private final Weights weights = new Weights(graph, DType.FLOAT32);
    private final Map<Tensor, NDArray> inputs = new LinkedHashMap<>();

    /** What a run fetches. */
    abstract List<Tensor> results();

    /** Fails where the results are not those of plain loops on doubles. */
    abstract void verify(List<NDArray> results);

    /** A placeholder and what it is fed. */
    final Tensor input(String name, NDArray value) {
        Tensor placeholder = graph.placeholder(name, value.dtype(), shape(value.sizes()));
        inputs.put(placeholder, value);
        return placeholder;
    }

    final Weights weights() {
        return weights;
    }

    @Override
    public final Graph graph() {
        return graph;
    }

    @Override
    public final void load(Session session) {
        weights.load(session);
    }

    @Override
    public final Feeds feeds() {
        Feeds feeds = Feeds.NONE;
        for (Map.Entry<Tensor, NDArray> input : inputs.entrySet()) {
            feeds = feeds.and(input.getKey(), input.getValue());
        }
        return feeds;
    }

    @Override
    public final Fetch fetch() {
        return Fetch.fetch(results());
    }

    @Override
    public final Runnable start(Session session) {
        load(session);
        PreparedCall call = session.prepare(fetch(), inputs.keySet().toArray(Tensor[]::new));
        inputs.forEach((placeholder, value) -> call.feed(placeholder, value));
        verify(call.run().snapshot().asList());
        return call::run;
    }

    /**
     * Fails where elements differ by more than rounding makes of their size.
     *
     * @param from the first of the elements
     */
    static void requireClose(String name, NDArray computed, long from, double[] expected) {
        double size = Math.sqrt(Arrays.stream(expected).map(value -> value * value).average().orElseThrow());
        for (int i = 0; i < expected.length; i++) {
            double value = Values.get(computed, from + i);
            Values.require(Math.abs(value - expected[i]) < TOLERANCE * size,
                    name + " " + i + " is " + value + " instead of " + expected[i]);
        }
    }
}
