package dev.sinter.bench;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Nn.AttentionOptions;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention of 8 heads of depth 64 over one sequence, or its gradients by queries, keys and values, whose scores are
 * many times as large as all that goes in and comes out.
 */
final class AttentionTask implements ExplainedTask {
    /** What is computed of it. */
    enum Variant {
        ALL(""), CAUSAL("-causal"), GRADIENTS("-grad");

        private final String suffix;

        Variant(String suffix) {
            this.suffix = suffix;
        }

        /** How the name of its workload ends. */
        String suffix() {
            return suffix;
        }
    }

    private static final int HEADS = 8;
    private static final int DEPTH = 64;
    private static final int CHECKED_ROWS = 97;
    private static final double TOLERANCE = 1e-4;

    private final int length;
    private final Variant variant;
    private final Graph graph = new Graph();
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<NDArray> values = new ArrayList<>();
    private final List<Tensor> results = new ArrayList<>();

    AttentionTask(int length, Variant variant) {
        this.length = length;
        this.variant = variant;
        for (String name : List.of("queries", "keys", "values")) {
            inputs.add(graph.placeholder(name, FLOAT32, shape(1, HEADS, length, DEPTH)));
            values.add(Values.normal(inputs.size(), 1, HEADS, length, DEPTH));
        }
        Tensor mixed = Nn.scaledDotProductAttention(inputs.get(0), inputs.get(1), inputs.get(2),
                variant == Variant.CAUSAL ? AttentionOptions.DEFAULT.withCausal() : AttentionOptions.DEFAULT);
        results.add(mixed);
        if (variant == Variant.GRADIENTS) {
            Gradients back = gradients(reduceSum(mixed.times(mixed)), inputs.toArray(Tensor[]::new));
            inputs.forEach(input -> results.add(back.of(input)));
        }
    }

    /** Two products, and with gradients the five of the way back; what a mask hides is not counted less. */
    static Cost cost(int length, Variant variant) {
        return Cost.ofFlops(2.0 * (variant == Variant.GRADIENTS ? 7 : 2) * HEADS * DEPTH * length * length);
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(inputs.get(0), values.get(0)).and(inputs.get(1), values.get(1))
                .and(inputs.get(2), values.get(2));
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(results);
    }

    @Override
    public Runnable start(Session session) {
        PreparedCall call = session.prepare(fetch(), inputs.toArray(Tensor[]::new));
        for (int i = 0; i < inputs.size(); i++) {
            call.feed(inputs.get(i), values.get(i));
        }
        NDArray computed = call.run().result(0);
        for (int row = 0; row < HEADS * length; row += CHECKED_ROWS) {
            double[] expected = expected(row / length, row % length);
            for (int i = 0; i < DEPTH; i++) {
                double value = Values.get(computed, (long) row * DEPTH + i);
                Values.require(Math.abs(value - expected[i]) <= TOLERANCE,
                        "element " + i + " of row " + row + " is " + value + " instead of " + expected[i]);
            }
        }
        return call::run;
    }

    private double[] expected(int head, int query) {
        int keys = variant == Variant.CAUSAL ? query + 1 : length;
        double[] shares = new double[keys];
        double sum = 0;
        for (int key = 0; key < keys; key++) {
            double score = 0;
            for (int i = 0; i < DEPTH; i++) {
                score += at(0, head, query, i) * at(1, head, key, i);
            }
            shares[key] = Math.exp(score / Math.sqrt(DEPTH));
            sum += shares[key];
        }
        double[] mixed = new double[DEPTH];
        for (int key = 0; key < keys; key++) {
            for (int i = 0; i < DEPTH; i++) {
                mixed[i] += shares[key] / sum * at(2, head, key, i);
            }
        }
        return mixed;
    }

    private double at(int input, int head, int row, int i) {
        return Values.get(values.get(input), ((long) head * length + row) * DEPTH + i);
    }
}
