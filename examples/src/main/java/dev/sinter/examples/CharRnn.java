package dev.sinter.examples;

import static dev.sinter.graph.Ops.argMax;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.oneHot;
import static dev.sinter.graph.Ops.randomUniform;
import static dev.sinter.graph.Ops.sequenceMask;
import static dev.sinter.graph.Ops.tensordot;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.nn.ClippedGradients.clipByGlobalNorm;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.DType.INT32;
import static dev.sinter.tensor.DType.INT64;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.Adam;
import dev.sinter.nn.Losses;
import dev.sinter.nn.LstmCell;
import dev.sinter.nn.Rnn;
import dev.sinter.nn.RnnOptions;
import dev.sinter.nn.RnnResult;
import dev.sinter.nn.WeightInitializer;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.FloatText;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A model of a text, character by character: an LSTM reads a sequence and says at each place which character
 * follows. It is trained with Adam on ragged batches, whose size and length no program depends on.
 */
public final class CharRnn {
    /** The number of units that the command line trains. */
    public static final int UNITS = 128;
    private static final double LEARNING_RATE = 3e-3;
    private static final double CLIP_NORM = 1;

    private final Graph graph;
    private final Tensor inputs;
    private final Tensor labels;
    private final Tensor lengths;
    private final LstmCell cell;
    private final Variable outputKernel;
    private final Variable outputBias;
    private final Tensor loss;
    private final Operation update;
    private final int alphabet;

    /**
     * The graph of a training step.
     *
     * @param alphabet the number of different characters
     * @param units    the number of elements of the LSTM's output
     * @param seed     of the initial weights
     */
    public CharRnn(int alphabet, int units, long seed) {
        this.alphabet = alphabet;
        graph = new Graph(seed);
        inputs = graph.placeholder("inputs", INT32, shape(UNKNOWN, UNKNOWN));
        labels = graph.placeholder("labels", INT32, inputs.shape());
        lengths = graph.placeholder("lengths", INT32, shape(UNKNOWN));
        cell = LstmCell.of(graph, alphabet, units);
        outputKernel = graph.variable("output/kernel",
                WeightInitializer.glorotUniform().initialValue(graph, FLOAT32, shape(units, alphabet)));
        outputBias = graph.variable("output/bias", zeros(FLOAT32, shape(alphabet)));

        RnnResult read = Rnn.dynamicRnn(cell, oneHot(inputs, alphabet, FLOAT32),
                RnnOptions.DEFAULT.withTimeMajor().withSequenceLength(lengths));
        Tensor logits = tensordot(read.outputs(), outputKernel, new int[] {-1}, new int[] {0}).plus(outputBias);
        Tensor mask = transpose(sequenceMask(lengths, inputs.dim(0)), 1, 0);
        loss = Losses.sparseSoftmaxCrossEntropy(labels, logits, mask);

        List<Tensor> gradients = gradients(List.of(loss), weights()).asList();
        update = new Adam(LEARNING_RATE).apply(weights(), clipByGlobalNorm(gradients, CLIP_NORM).gradients());
    }

    public Graph graph() {
        return graph;
    }

    /** What is trained: the weights of the LSTM, then kernel and bias of the output. */
    public List<Variable> weights() {
        List<Variable> all = new ArrayList<>(cell.variables());
        all.addAll(List.of(outputKernel, outputBias));
        return all;
    }

    /** The mean of {@code -log p} of the characters that follow, in nats, a scalar. */
    public Tensor loss() {
        return loss;
    }

    /** A training step, which returns the loss before it. */
    public Fetch step() {
        return fetch(loss).targets(update);
    }

    /** A batch as what a step is fed. */
    public Feeds feeds(TextBatches.Batch batch) {
        return feed(inputs, batch.inputs()).and(labels, batch.labels()).and(lengths, batch.lengths());
    }

    /**
     * Characters drawn one after another from what the model says of the next one, beginning with the first of the
     * alphabet: one loop that carries the state and the last character.
     *
     * @param count how many
     * @return {@code int64[count]}
     */
    public Tensor sample(int count) {
        // A tensor, which says to which graph the loop belongs.
        List<Operand> initial = new ArrayList<>(List.of(graph.tensor(zeros(INT64, shape(1)))));
        cell.stateSizes().forEach(size -> initial.add(zeros(FLOAT32, shape(1, size))));
        return Control.scan(initial, List.of(), ScanOptions.DEFAULT.withLength(count), each -> {
            Tensor product = cell.inputProduct(oneHot(each.carry(0), alphabet, FLOAT32));
            List<Tensor> state = cell.step(product, each.carries().subList(1, each.carries().size()));
            Tensor logits = matmul(state.getFirst(), outputKernel).plus(outputBias);
            // The largest of logits with noise of Gumbel's distribution is a draw from their softmax.
            Tensor uniform = graph.tensor(randomUniform(FLOAT32, shape(1, alphabet), 1e-7, 1 - 2e-7));
            Tensor drawn = argMax(logits.minus(log(log(uniform).unaryMinus())), -1);
            List<Tensor> next = new ArrayList<>(List.of(drawn));
            next.addAll(state);
            return Step.carry(next).output(drawn);
        }).output(0);
    }

    /**
     * How a training goes.
     *
     * @param steps   how many steps to take
     * @param seed    of the weights and of the batches
     * @param batch   how many sequences a batch has, at least 1
     * @param units   the number of elements of the LSTM's output
     * @param sample  how many characters to draw in the end
     * @param session what executes the graph
     */
    public record Training(int steps, long seed, int batch, int units, int sample, SessionOptions session) {}

    /**
     * Trains a model of a text.
     *
     * @param lines gets the loss of each step, before the step's update, then what is drawn, if anything
     * @throws GraphException where the text has fewer than two characters, or native code is asked for and cannot
     *                        be had
     */
    public static void train(String text, Training training, Consumer<String> lines) {
        training.session().backend().prepare();
        TextBatches batches = new TextBatches(text, training.seed());
        CharRnn net = new CharRnn(batches.alphabetSize(), training.units(), training.seed());
        try (Session session = new Session(net.graph, training.session())) {
            session.run(net.graph.initializer());
            for (int step = 0; step < training.steps(); step++) {
                Fetches out = session.run(net.feeds(batches.next(training.batch())), net.step());
                lines.accept(FloatText.of(out.get(net.loss).floatValue()));
            }
            if (training.sample() > 0) {
                NDArray drawn = session.run(net.sample(training.sample()));
                lines.accept(batches.text(drawn.toLongArray()));
            }
        }
    }

    /**
     * Says how a training step is carried out on a batch of 64, of the printable characters of ASCII.
     *
     * @param analyze whether steps are timed; for the stage {@code plan}
     * @param stage   {@code plan}, or another stage that {@link Session#text} knows
     */
    public static String explain(String stage, boolean analyze) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            text.append((char) (' ' + i * i % 95));
        }
        TextBatches batches = new TextBatches(text.toString(), 0);
        CharRnn net = new CharRnn(batches.alphabetSize(), UNITS, 0);
        try (Session session = new Session(net.graph)) {
            session.run(net.graph.initializer());
            return new Explained(net.step(), net.feeds(batches.next(64))).text(session, stage, analyze);
        }
    }
}
