package dev.sinter.bench;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.sigmoid;
import static dev.sinter.graph.Ops.split;
import static dev.sinter.graph.Ops.subtract;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Control;
import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A training step of a recurrent net: gradient descent on the mean cross entropy of the classes that a
 * product with the last state gives. The sequences are of the layout [step, batch, input].
 */
final class RecurrentNet implements SizedNet {
    static final double LEARNING_RATE = 0.1;
    private static final float DEVIATION = 0.05f;

    private final RecurrentShape sizes;
    private final Graph graph = new Graph();
    private final Tensor x;
    private final Tensor y;
    private final Variable inputWeights;
    private final Variable stateWeights;
    private final List<Variable> biases = new ArrayList<>();
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
        int hidden = sizes.hidden();
        int columns = sizes.columns();
        x = graph.placeholder("x", FLOAT32, shape(length, sizes.batch(), RecurrentShape.INPUTS));
        y = graph.placeholder("y", INT32, shape(sizes.batch()));
        inputWeights = graph.variable("w", zeros(FLOAT32, shape(RecurrentShape.INPUTS, columns)));
        stateWeights = graph.variable("u", zeros(FLOAT32, shape(hidden, columns)));
        outputWeights = graph.variable("o", zeros(FLOAT32, shape(hidden, RecurrentShape.CLASSES)));
        Tensor state = switch (sizes.cell()) {
            case LSTM -> lstm();
            case GRU -> gru();
        };
        loss = reduceMean(Nn.sparseSoftmaxCrossEntropyWithLogits(y, matmul(state, outputWeights)));
        Gradients grads = gradients(loss, weights().toArray(Operand[]::new));
        for (Variable weight : weights()) {
            updates.add(weight.assign(weight.minus(grads.of(weight).times(LEARNING_RATE))));
        }
    }

    private Variable bias(String name) {
        Variable bias = graph.variable(name, zeros(FLOAT32, shape(sizes.columns())));
        biases.add(bias);
        return bias;
    }

    private Operand zeroState() {
        return zeros(FLOAT32, shape(sizes.batch(), sizes.hidden()));
    }

    private Tensor lstm() {
        Variable b = bias("b");
        ScanResult scan = Control.scan(List.of(zeroState(), zeroState()), List.of(x), each -> {
            Tensor sum = matmul(each.element(0), inputWeights)
                    .plus(matmul(each.carry(0), stateWeights)).plus(b);
            List<Tensor> gates = split(sum, 4, 1);
            Tensor c = sigmoid(gates.get(1)).times(each.carry(1))
                    .plus(sigmoid(gates.get(0)).times(tanh(gates.get(2))));
            return Step.carry(sigmoid(gates.get(3)).times(tanh(c)), c);
        });
        return scan.carry(0);
    }

    private Tensor gru() {
        Variable inputBias = bias("b");
        Variable stateBias = bias("c");
        ScanResult scan = Control.scan(List.of(zeroState()), List.of(x), each -> {
            Tensor h = each.carry(0);
            List<Tensor> inputs = split(matmul(each.element(0), inputWeights).plus(inputBias), 3, 1);
            List<Tensor> states = split(matmul(h, stateWeights).plus(stateBias), 3, 1);
            Tensor reset = sigmoid(inputs.get(0).plus(states.get(0)));
            Tensor update = sigmoid(inputs.get(1).plus(states.get(1)));
            Tensor candidate = tanh(inputs.get(2).plus(reset.times(states.get(2))));
            return Step.carry(subtract(1, update).times(candidate).plus(update.times(h)));
        });
        return scan.carry(0);
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

    /** All weights: of the inputs, of the states, of the output, and the biases. */
    List<Variable> weights() {
        List<Variable> all = new ArrayList<>(List.of(inputWeights, stateWeights, outputWeights));
        all.addAll(biases);
        return List.copyOf(all);
    }

    /** The first values of the weights in their order. */
    List<NDArray> firstWeights() {
        List<NDArray> values = new ArrayList<>();
        for (Variable weight : weights()) {
            values.add(biases.contains(weight) ? NDArray.zeros(FLOAT32, sizes.columns())
                    : Values.scaled(Values.normal(7 + values.size(), weight.shape().sizes()), DEVIATION));
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
