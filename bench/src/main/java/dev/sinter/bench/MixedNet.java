package dev.sinter.bench;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.sigmoid;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A training step without a regular structure, to be compiled: elementwise ops, products with weights of six widths,
 * reductions along rows and their broadcasts, one after the other as dice fall. Hardly two of its kernels are alike.
 */
final class MixedNet implements ExplainedTask {
    private static final int ROWS = 32;
    private static final int FIRST_WIDTH = 64;
    private static final int[] WIDTHS = {16, 24, 32, 48, 64, 80};
    /** Of so many nodes one is of the forward pass. */
    private static final int PER_FORWARD = 4;

    private final Graph graph = new Graph();
    private final SplittableRandom dice = new SplittableRandom(1);
    private final List<Variable> weights = new ArrayList<>();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(ROWS, FIRST_WIDTH));
    private final Tensor loss;
    private final List<GraphElement> updates = new ArrayList<>();
    private int width = FIRST_WIDTH;
    private int forward;

    /** A net of about so many nodes, those of gradients and updates included. */
    MixedNet(int nodes) {
        Tensor h = x;
        while (PER_FORWARD * forward < nodes) {
            h = next(h);
        }
        loss = reduceSum(h.times(h));
        Gradients grads = gradients(loss, weights.toArray(Operand[]::new));
        weights.forEach(weight -> updates.add(weight.assign(weight.minus(grads.of(weight).times(0.01f)))));
    }

    private Tensor next(Tensor h) {
        return switch (dice.nextInt(8)) {
            case 0 -> {
                int from = width;
                width = WIDTHS[dice.nextInt(WIDTHS.length)];
                yield made(2, matmul(h, weight(from, width)));
            }
            case 1 -> made(2, h.plus(weight(1, width)));
            case 2 -> made(3, h.minus(expandDims(reduceMean(h, 1), 1)));
            case 3 -> made(5, h.div(expandDims(reduceSum(abs(h), 1), 1).plus(1f)));
            default -> switch (dice.nextInt(5)) {
                case 0 -> made(1, tanh(h));
                case 1 -> made(1, maximum(h, 0f));
                case 2 -> made(2, h.times(0.5f).plus(h));
                case 3 -> made(1, h.times(h));
                default -> made(1, sigmoid(h));
            };
        };
    }

    private Tensor made(int nodes, Tensor result) {
        forward += nodes;
        return result;
    }

    private Variable weight(int rows, int columns) {
        Variable weight = graph.variable("w" + weights.size(), zeros(FLOAT32, shape(rows, columns)));
        weights.add(weight);
        return weight;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public void load(Session session) {
        session.run(graph.initializer());
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(x, Values.uniform(1, ROWS, FIRST_WIDTH));
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(loss).targets(updates.toArray(GraphElement[]::new));
    }

    /** The nodes that a step needs, each once. */
    int nodes() {
        return Lowering.lower(graph, List.of(loss), List.of(x), updates).function().values().size();
    }

    @Override
    public Runnable start(Session session) {
        load(session);
        return () -> session.run(feeds(), fetch());
    }
}
