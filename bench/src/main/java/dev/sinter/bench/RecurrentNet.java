package dev.sinter.bench;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.GruCell;
import dev.sinter.nn.LstmCell;
import dev.sinter.nn.Rnn;
import dev.sinter.nn.RnnCell;
import dev.sinter.nn.RnnOptions;
import dev.sinter.nn.WeightInitializer;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A training step of a recurrent net: gradient descent on the mean cross entropy of the classes that a
 * product with the last state gives. The layer is that of {@link Rnn}, as users have it. The sequences are of the
 * layout [step, batch, input].
 *
 * <p>The GRU computes what PyTorch's does with fewer weights: PyTorch's two biases of the reset and update gates only
 * add up, here they are one.
 */
final class RecurrentNet implements SizedNet {
    static final double LEARNING_RATE = 0.1;
    private static final float DEVIATION = 0.05f;
    private static final WeightInitializer ZEROS = (_, dtype, shape) -> zeros(dtype, shape);

    private final RecurrentShape sizes;
    private final Graph graph = new Graph();
    private final Tensor x;
    private final Tensor y;
    private final RnnCell cell;
    private final Variable outputWeights;
    private final Tensor loss;
    private final List<Tensor> updates = new ArrayList<>();

    /**
     * The graph.
     *
     * @param length the steps of a sequence, which may be unknown
     */
    RecurrentNet(RecurrentShape sizes, long length) {
        this.sizes = sizes;
        x = graph.placeholder("x", FLOAT32, shape(length, sizes.batch(), RecurrentShape.INPUTS));
        y = graph.placeholder("y", INT32, shape(sizes.batch()));
        cell = switch (sizes.cell()) {
            case LSTM -> LstmCell.of(graph, "lstm", FLOAT32, RecurrentShape.INPUTS, sizes.hidden(), ZEROS, 0);
            case GRU -> GruCell.of(graph, "gru", FLOAT32, RecurrentShape.INPUTS, sizes.hidden(), ZEROS,
                    GruCell.Reset.AFTER_PRODUCT);
        };
        outputWeights = graph.variable("output", zeros(FLOAT32, shape(sizes.hidden(), RecurrentShape.CLASSES)));
        Tensor state = Rnn.dynamicRnn(cell, x, RnnOptions.DEFAULT.withTimeMajor()).state(0);
        loss = reduceMean(Nn.sparseSoftmaxCrossEntropyWithLogits(y, matmul(state, outputWeights)));
        Gradients grads = gradients(loss, weights().toArray(Operand[]::new));
        for (Variable weight : weights()) {
            updates.add(weight.assign(weight.minus(grads.of(weight).times(LEARNING_RATE))));
        }
    }

    /** Sequences of that many steps. */
    @Override
    public NDArray inputs(int length) {
        return Values.normal(5, length, sizes.batch(), RecurrentShape.INPUTS);
    }

    /** The classes of the sequences. */
    @Override
    public NDArray targets(int length) {
        return Values.integers(6, RecurrentShape.CLASSES, sizes.batch());
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Tensor x() {
        return x;
    }

    @Override
    public Tensor y() {
        return y;
    }

    /** All weights: of the inputs, of the states, the biases, and of the output. */
    List<Variable> weights() {
        List<Variable> all = new ArrayList<>(cell.variables());
        all.add(outputWeights);
        return List.copyOf(all);
    }

    /** The first values of the weights in their order: random matrices, and biases of 0. */
    List<NDArray> firstWeights() {
        List<NDArray> values = new ArrayList<>();
        for (Variable weight : weights()) {
            long[] weightSizes = weight.shape().sizes();
            values.add(weightSizes.length == 1 ? NDArray.zeros(FLOAT32, weightSizes)
                    : Values.scaled(Values.normal(7 + values.size(), weightSizes), DEVIATION));
        }
        return values;
    }

    @Override
    public void loadWeights(Session session) {
        List<NDArray> values = firstWeights();
        for (int i = 0; i < values.size(); i++) {
            session.load(weights().get(i), values.get(i));
        }
    }

    /** The loss, and the updates of all weights as targets. */
    @Override
    public Fetch step() {
        return Fetch.fetch(loss).targets(updates.toArray(Tensor[]::new));
    }

    @Override
    public OptionalDouble firstLoss(int length) {
        return OptionalDouble.of(new RecurrentReference(sizes.withSteps(length), firstWeights())
                .loss(inputs(length), targets(length)));
    }
}
