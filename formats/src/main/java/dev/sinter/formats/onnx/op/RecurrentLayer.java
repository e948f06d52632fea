package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Index;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.ScanResult;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A recurrent layer in one direction or two: what it does with the order of its axes, with directions, with the
 * lengths of sequences and with states. The products with the inputs are made of all elements at once.
 */
final class RecurrentLayer {
    private static final int BIAS = 3;
    private static final int LENGTHS = 4;
    private static final int STATE = 5;
    private static final int PEEPHOLES = 7;

    /**
     * A direction.
     *
     * @param recurrence the weights of the state, {@code [gates * hidden, hidden]}
     * @param bias       the sum of both biases, {@code [gates * hidden]}
     */
    record Way(Tensor recurrence, Optional<Tensor> inputBias, Optional<Tensor> recurrentBias, Optional<Tensor> bias,
            Optional<Tensor> peepholes, List<UnaryOperator<Tensor>> activations) {}

    /**
     * A cell.
     *
     * @param bias what is added to the products of the inputs
     * @param step makes a new state of the products of an element and of the state, whose first part is the output
     */
    record Cell(Optional<Tensor> bias, BiFunction<Tensor, List<Tensor>, List<Tensor>> step) {}

    private final Call call;
    private final int gates;
    private final int states;
    private final boolean batchFirst;
    private final String direction;
    private final int directions;
    private final Tensor sequence;
    private final Dim hidden;
    private final Optional<Tensor> lengths;
    private final List<List<UnaryOperator<Tensor>>> activations;

    RecurrentLayer(Call call, int gates, int states, String... activations) {
        this.call = call;
        this.gates = gates;
        this.states = states;
        this.batchFirst = call.flag("layout", false);
        this.direction = call.text("direction", "forward");
        this.directions = switch (direction) {
            case "forward", "reverse" -> 1;
            case "bidirectional" -> 2;
            case String other -> throw call.wrong("direction must be forward, reverse or bidirectional, not " + other);
        };
        this.sequence = swapped(checked(0, 3));
        this.hidden = checked(2, 3).dim(2);
        this.lengths = lengths();
        this.activations = RecurrentActivations.of(call, directions, activations);
        check();
    }

    private Tensor checked(int position, int rank) {
        Tensor x = call.input(position);
        if (x.rank() != rank) {
            throw call.wrong("input " + position + " must have " + rank + " axes, not " + x.dtype() + x.shape());
        }
        return x;
    }

    private void check() {
        fits(1, Dim.of(directions), hidden.times(gates), sequence.dim(2));
        fits(2, Dim.of(directions), hidden.times(gates), hidden);
        fits(BIAS, Dim.of(directions), hidden.times(2L * gates));
        fits(LENGTHS, sequence.dim(1));
        for (int i = 0; i < states; i++) {
            Dim first = batchFirst ? sequence.dim(1) : Dim.of(directions);
            fits(STATE + i, first, batchFirst ? Dim.of(directions) : sequence.dim(1), hidden);
        }
        if (states == 2) {
            fits(PEEPHOLES, Dim.of(directions), hidden.times(3));
        }
        long size = call.integer("hidden_size", hidden.asConstant().orElse(0));
        if (hidden.isConstant() && hidden.constant() != size) {
            throw call.wrong("hidden_size is " + size + ", but input 2 is for a state of " + hidden + " elements");
        }
    }

    private void fits(int position, Dim... dims) {
        if (!call.has(position)) {
            return;
        }
        Shape shape = call.input(position).shape();
        boolean fits = shape.rank() == dims.length;
        for (int axis = 0; fits && axis < dims.length; axis++) {
            Dim size = shape.dim(axis);
            fits = !size.isConstant() || !dims[axis].isConstant() || size.equals(dims[axis]);
        }
        if (!fits) {
            throw call.wrong("input " + position + " must have the shape " + Shape.of(dims) + ", not " + shape);
        }
    }

    /** The lengths of sequences, where they are not known to be whole. */
    private Optional<Tensor> lengths() {
        Optional<NDArray> known = call.maybeValue(LENGTHS);
        Dim all = sequence.dim(0);
        boolean whole = known.isPresent() && all.isConstant() && Arrays.stream(known.get().cast(DType.INT64)
                .toLongArray()).allMatch(length -> length == all.constant());
        return whole ? Optional.empty() : call.maybe(LENGTHS);
    }

    /** The first two axes in their other order where the batch comes first. */
    private Tensor swapped(Tensor x) {
        return batchFirst ? Ops.transpose(x, 1, 0, 2) : x;
    }

    /** The layer's outputs: of all elements, and the last states. */
    List<Tensor> outputs(Function<Way, Cell> cells) {
        List<Tensor> whole = new ArrayList<>();
        List<List<Tensor>> last = new ArrayList<>();
        for (int i = 0; i < states; i++) {
            last.add(new ArrayList<>());
        }
        for (int i = 0; i < directions; i++) {
            boolean backwards = i == 1 || direction.equals("reverse");
            ScanResult result = scanned(i, backwards, cells.apply(way(i)));
            Tensor y = result.output(0);
            whole.add(backwards && lengths.isPresent() ? Ops.reverseSequence(y, lengths.get(), 0, 1) : y);
            for (int state = 0; state < states; state++) {
                last.get(state).add(result.carry(state));
            }
        }
        List<Tensor> all = new ArrayList<>();
        Tensor y = Ops.stack(1, whole.toArray(Tensor[]::new));
        all.add(batchFirst ? Ops.transpose(y, 2, 0, 1, 3) : y);
        last.forEach(each -> all.add(swapped(Ops.stack(0, each.toArray(Tensor[]::new)))));
        return all;
    }

    private Way way(int i) {
        Optional<List<Tensor>> biases = call.maybe(BIAS).map(bias -> Ops.split(part(bias, i), 2, 0));
        return new Way(part(call.input(2), i), biases.map(List::getFirst), biases.map(List::getLast),
                biases.map(both -> both.getFirst().plus(both.getLast())),
                states == 2 ? call.maybe(PEEPHOLES).map(all -> part(all, i)) : Optional.empty(), activations.get(i));
    }

    private static Tensor part(Tensor x, int direction) {
        return Ops.slice(x, Index.at(direction), Index.ELLIPSIS);
    }

    private ScanResult scanned(int i, boolean backwards, Cell cell) {
        Tensor x = backwards && lengths.isPresent() ? Ops.reverseSequence(sequence, lengths.get(), 0, 1) : sequence;
        Dim batch = sequence.dim(1);
        Tensor flat = Ops.reshape(x, Shape.of(sequence.dim(0).times(batch), sequence.dim(2)));
        Tensor product = Linalg.matmul(flat, part(call.input(1), i), false, true);
        Tensor inputs = Ops.reshape(cell.bias().map(product::plus).orElse(product),
                Shape.of(sequence.dim(0), batch, hidden.times(gates)));
        List<Tensor> initial = new ArrayList<>();
        for (int state = 0; state < states; state++) {
            initial.add(call.maybe(STATE + state).map(given -> part(swapped(given), i)).orElseGet(() -> call.graph()
                    .tensor(Ops.zeros(sequence.dtype(), Shape.of(batch, hidden)))));
        }
        ScanOptions options = backwards && lengths.isEmpty() ? ScanOptions.DEFAULT.reversed() : ScanOptions.DEFAULT;
        return Control.scan(initial, List.of(inputs), options, each -> {
            List<Tensor> made = cell.step().apply(each.element(0), each.carries());
            if (lengths.isEmpty()) {
                return Step.carry(made).output(made.getFirst());
            }
            Tensor inside = Ops.expandDims(Ops.less(Axes.cast(each.index(), DType.INT64),
                    Axes.cast(lengths.get(), DType.INT64)), 1);
            List<Tensor> next = new ArrayList<>();
            for (int state = 0; state < states; state++) {
                next.add(Ops.where(inside, made.get(state), each.carry(state)));
            }
            return Step.carry(next).output(Ops.where(inside, made.getFirst(), Ops.zerosLike(made.getFirst())));
        });
    }
}
