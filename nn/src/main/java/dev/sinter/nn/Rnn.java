package dev.sinter.nn;

import static dev.sinter.graph.Ops.broadcastTo;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.sequenceMask;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Control;
import dev.sinter.graph.Operand;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.nn.RnnOptions.AxisOrder;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Recurrent nets over sequences. {@code B} is the size of the batch, {@code T} the number of steps, {@code D} the
 * size of an input, {@code H} the number of units; {@code B} and {@code T} may be unknown.
 *
 * <pre>
 * RnnResult encoded = Rnn.lstm(x, 256, RnnOptions.DEFAULT.withSequenceLength(lengths));
 * </pre>
 *
 * <p>The product of the inputs and the weights is one matrix product for all steps; the loop, a
 * {@link Control#scan}, holds the product of the state alone.
 */
public final class Rnn {
    private Rnn() {}

    /**
     * A layer of {@link SimpleRnnCell} and tanh with new weights over {@code [B, T, D]}.
     *
     * @throws GraphException as {@link #simpleRnn(Tensor, long, RnnOptions)}
     */
    public static RnnResult simpleRnn(Tensor inputs, long units) {
        return simpleRnn(inputs, units, RnnOptions.DEFAULT);
    }

    /**
     * A layer of {@link SimpleRnnCell} and tanh with new weights.
     *
     * @param inputs {@code [B, T, D]}, or {@code [T, B, D]} where the options say time-major; {@code D} is known
     * @param units  {@code H}, at least 1
     * @throws GraphException where the inputs are not such, there are no units, or the options do not fit
     */
    public static RnnResult simpleRnn(Tensor inputs, long units, RnnOptions options) {
        return Composite.of(inputs.graph(), "simple_rnn", () ->
                dynamicRnn(SimpleRnnCell.of(inputs.graph(), "simple_rnn", inputs.dtype(), features(inputs), units,
                        WeightInitializer.glorotUniform(), SimpleRnnCell.Activation.TANH), inputs, options));
    }

    /**
     * A layer of {@link LstmCell} with new weights over {@code [B, T, D]}.
     *
     * @throws GraphException as {@link #lstm(Tensor, long, RnnOptions)}
     */
    public static RnnResult lstm(Tensor inputs, long units) {
        return lstm(inputs, units, RnnOptions.DEFAULT);
    }

    /**
     * A layer of {@link LstmCell} with new weights, whose forget gate begins with the bias 1.
     *
     * @param inputs {@code [B, T, D]}, or {@code [T, B, D]} where the options say time-major; {@code D} is known
     * @param units  {@code H}, at least 1
     * @throws GraphException where the inputs are not such, there are no units, or the options do not fit
     */
    public static RnnResult lstm(Tensor inputs, long units, RnnOptions options) {
        return Composite.of(inputs.graph(), "lstm", () ->
                dynamicRnn(LstmCell.of(inputs.graph(), "lstm", inputs.dtype(), features(inputs), units,
                        WeightInitializer.glorotUniform(), 1), inputs, options));
    }

    /**
     * A layer of {@link GruCell} with new weights over {@code [B, T, D]}.
     *
     * @throws GraphException as {@link #gru(Tensor, long, RnnOptions)}
     */
    public static RnnResult gru(Tensor inputs, long units) {
        return gru(inputs, units, RnnOptions.DEFAULT);
    }

    /**
     * A layer of {@link GruCell} with new weights; the reset comes after the product.
     *
     * @param inputs {@code [B, T, D]}, or {@code [T, B, D]} where the options say time-major; {@code D} is known
     * @param units  {@code H}, at least 1
     * @throws GraphException where the inputs are not such, there are no units, or the options do not fit
     */
    public static RnnResult gru(Tensor inputs, long units, RnnOptions options) {
        return Composite.of(inputs.graph(), "gru", () ->
                dynamicRnn(GruCell.of(inputs.graph(), "gru", inputs.dtype(), features(inputs), units,
                        WeightInitializer.glorotUniform(), GruCell.Reset.AFTER_PRODUCT), inputs, options));
    }

    /**
     * A cell over sequences, with the semantics of {@code tf.nn.dynamic_rnn}.
     *
     * @param inputs {@code [B, T, D]}, or {@code [T, B, D]} where the options say time-major
     * @throws GraphException where the inputs do not fit the cell, the lengths are no integers, or the initial state
     *                        is not the cell's
     */
    public static RnnResult dynamicRnn(RnnCell cell, Tensor inputs, RnnOptions options) {
        return Composite.inScope(inputs.graph(), "rnn", () -> {
            checkInputs(inputs);
            Tensor sequence = options.order() == AxisOrder.TIME_MAJOR ? inputs : transpose(inputs, 1, 0, 2);
            List<Operand> initial = initialState(List.of(cell), inputs, options);
            ScanResult scanned = scan(cell, sequence, initial, options.reverse(), options.sequenceLength());
            Tensor outputs = scanned.output(0);
            return new RnnResult(options.order() == AxisOrder.TIME_MAJOR ? outputs : transpose(outputs, 1, 0, 2),
                    scanned.carries(), cell.variables());
        });
    }

    /**
     * {@link #dynamicRnn} whose outputs are the cell's and the inputs added up, as of
     * {@code tf.nn.rnn_cell.ResidualWrapper} (Wu et al., "Google's neural machine translation system", 2016). Behind
     * the end of a sequence they are 0; states are the cell's.
     *
     * @param inputs as {@link #dynamicRnn}, with features of as many as the cell has units
     * @throws GraphException as {@link #dynamicRnn}, and where inputs and outputs are of different sizes
     */
    public static RnnResult residualRnn(RnnCell cell, Tensor inputs, RnnOptions options) {
        return Composite.of(inputs.graph(), "rnn", () -> {
            RnnResult result = dynamicRnn(cell, inputs, options);
            Tensor outputs = result.outputs();
            Dim features = inputs.dim(2);
            if (features.isConstant() && !features.equals(outputs.dim(2))) {
                throw new GraphException("rnn: residuals need as many features as the cell has units: " + inputs + ", "
                        + outputs);
            }
            boolean timeMajor = options.order() == AxisOrder.TIME_MAJOR;
            Tensor kept = options.sequenceLength().map(given -> {
                Tensor lengths = lengths(given, inputs, inputs.dim(timeMajor ? 1 : 0));
                Tensor mask = sequenceMask(lengths, inputs.dim(timeMajor ? 0 : 1));
                Tensor lasts = expandDims(timeMajor ? transpose(mask, 1, 0) : mask, 2);
                return where(lasts, inputs, zerosLike(inputs));
            }).orElse(inputs);
            return new RnnResult(outputs.plus(broadcastTo(kept, outputs.shape())), result.state(),
                    result.variables());
        });
    }

    /** The length of each sequence of a batch. */
    private static Tensor lengths(Operand given, Tensor like, Dim batch) {
        if (!given.dtype().isInteger()) {
            throw new GraphException("rnn: the sequence lengths must be integers, not " + given);
        }
        return broadcastTo(cast(like.graph().tensor(given), DType.INT64), Shape.of(batch));
    }

    /**
     * Layers, each over the outputs of the one before.
     *
     * @param inputs {@code [B, T, D]}, or {@code [T, B, D]} where the options say time-major
     * @return the outputs of the last layer, the states of all
     * @throws GraphException as {@link #dynamicRnn}, and where there is no layer
     */
    public static RnnResult stackedRnn(List<? extends RnnCell> cells, Tensor inputs, RnnOptions options) {
        return Composite.of(inputs.graph(), "rnn", () -> {
            checkInputs(inputs);
            if (cells.isEmpty()) {
                throw new GraphException("rnn: at least one layer is needed");
            }
            List<Operand> initial = initialState(cells, inputs, options);
            List<Tensor> state = new ArrayList<>();
            List<Variable> variables = new ArrayList<>();
            Tensor outputs = inputs;
            for (RnnCell cell : cells) {
                int parts = cell.stateSizes().size();
                RnnResult layer = dynamicRnn(cell, outputs,
                        options.withInitialState(initial.subList(state.size(), state.size() + parts)));
                outputs = layer.outputs();
                state.addAll(layer.state());
                variables.addAll(layer.variables());
            }
            return new RnnResult(outputs, state, variables);
        });
    }

    /**
     * Two cells over the same sequences, one from the beginning, one from the end of each (Schuster and Paliwal,
     * "Bidirectional recurrent neural networks", 1997).
     *
     * @param inputs  {@code [B, T, D]}, or {@code [T, B, D]} where the options say time-major
     * @param options with the initial states of both, the first cell's before the second's
     * @return the outputs of both, joined along the last axis; the states of the first and of the second
     * @throws GraphException as {@link #dynamicRnn}
     */
    public static RnnResult bidirectionalRnn(RnnCell forwards, RnnCell backwards, Tensor inputs,
            RnnOptions options) {
        return Composite.of(inputs.graph(), "rnn", () -> {
            checkInputs(inputs);
            List<Operand> initial = initialState(List.of(forwards, backwards), inputs, options);
            int parts = forwards.stateSizes().size();
            RnnResult first = dynamicRnn(forwards, inputs, options.withInitialState(initial.subList(0, parts)));
            RnnResult second = dynamicRnn(backwards, inputs,
                    options.reversed().withInitialState(initial.subList(parts, initial.size())));
            return new RnnResult(concat(-1, first.outputs(), second.outputs()),
                    joined(first.state(), second.state()), joined(first.variables(), second.variables()));
        });
    }

    private static ScanResult scan(RnnCell cell, Tensor sequence, List<Operand> initial, boolean reverse,
            Optional<Operand> sequenceLength) {
        ScanOptions options = reverse ? ScanOptions.DEFAULT.reversed() : ScanOptions.DEFAULT;
        Tensor products = cell.inputProduct(sequence);
        if (sequenceLength.isEmpty()) {
            return Control.scan(initial, List.of(products), options, each -> {
                List<Tensor> next = cell.step(each.element(0), each.carries());
                return Step.carry(next).output(next.getFirst());
            });
        }
        Tensor lengths = lengths(sequenceLength.get(), sequence, sequence.dim(1));
        Tensor ends = expandDims(lengths, 1);
        return Control.scan(initial, List.of(products), options.withLimit(reduceMax(lengths)), each -> {
            List<Tensor> next = cell.step(each.element(0), each.carries());
            Tensor runs = less(each.index(), ends);
            List<Tensor> kept = new ArrayList<>();
            for (int i = 0; i < next.size(); i++) {
                kept.add(where(runs, next.get(i), each.carry(i)));
            }
            return Step.carry(kept).output(where(runs, next.getFirst(), zerosLike(next.getFirst())));
        });
    }

    private static List<Operand> initialState(List<? extends RnnCell> cells, Tensor inputs, RnnOptions options) {
        Dim batch = inputs.dim(options.order() == AxisOrder.TIME_MAJOR ? 1 : 0);
        List<Operand> zeros = new ArrayList<>();
        for (RnnCell cell : cells) {
            cell.stateSizes().forEach(size -> zeros.add(zeros(cell.dtype(), Shape.of(batch, Dim.of(size)))));
        }
        if (options.initialState().isEmpty()) {
            return zeros;
        }
        if (options.initialState().size() != zeros.size()) {
            throw new GraphException("rnn: the initial state has " + options.initialState().size()
                    + " parts; the cells have " + zeros.size());
        }
        List<Operand> given = new ArrayList<>();
        for (int i = 0; i < zeros.size(); i++) {
            given.add(broadcastTo(inputs.graph().tensor(options.initialState().get(i)),
                    zeros.get(i).shape()));
        }
        return given;
    }

    private static void checkInputs(Tensor inputs) {
        if (inputs.rank() != 3) {
            throw new GraphException("rnn: inputs of three axes are needed, batch, time and features, not " + inputs);
        }
    }

    /** The size of the last axis, which a layer needs to make its weights. */
    private static long features(Tensor inputs) {
        checkInputs(inputs);
        return inputs.dim(2).asConstant().orElseThrow(() -> new GraphException(
                "rnn: the size of the last axis must be known to make weights for it: " + inputs));
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
