package dev.sinter.nn;

import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.sigmoid;
import static dev.sinter.graph.Ops.slice;
import static dev.sinter.graph.Ops.split;
import static dev.sinter.graph.Ops.tanh;
import static dev.sinter.graph.Ops.zeros;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * The gated recurrent unit (Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical
 * machine translation", 2014). With {@code [Ur Uz Un] = recurrentKernel} and {@code [r z n] = x kernel + bias}:
 *
 * <pre>
 * r' = sigmoid(r + h Ur)
 * z' = sigmoid(z + h Uz)
 * n' = tanh(n + r' * (h Un + candidateBias))     reset after the product
 * n' = tanh(n + (r' * h) Un)                     reset before it
 * h' = (1 - z') * n' + z' * h
 * </pre>
 *
 * <p>The reset after the product is that of cuDNN, PyTorch and Keras by default; it takes one product a step. The
 * reset before it is that of the paper and of TensorFlow 1's {@code GRUCell}. The gates lie in the order reset,
 * update, candidate, as in PyTorch (Keras has z, r, n). PyTorch's and Keras' two biases of r and z only add up; here
 * they are one.
 *
 * @param kernel          {@code [D, 3H]}
 * @param recurrentKernel {@code [H, 3H]}
 * @param bias            {@code [3H]}
 * @param candidateBias   {@code [H]}; present where the reset comes after the product
 */
public record GruCell(Variable kernel, Variable recurrentKernel, Variable bias, Optional<Variable> candidateBias)
        implements GatedCell {
    private static final int GATES = 3;

    /** Where the reset gate acts. */
    public enum Reset {
        /** On the product of the state and the recurrent kernel: PyTorch, cuDNN, Keras. */
        AFTER_PRODUCT,
        /** On the state: the paper, TensorFlow 1. */
        BEFORE_PRODUCT
    }

    public GruCell {
        CellShapes.check("gru", GATES, kernel, recurrentKernel, bias);
        candidateBias.ifPresent(given -> CellShapes.require("gru", "candidate's bias", given, kernel.dtype(),
                Shape.of(recurrentKernel.shape().dim(0))));
    }

    /** A cell of float32 with new weights in a scope {@code gru}; the reset comes after the product. */
    public static GruCell of(Graph graph, long inputs, long units) {
        return of(graph, "gru", DType.FLOAT32, inputs, units, WeightInitializer.glorotUniform(),
                Reset.AFTER_PRODUCT);
    }

    /**
     * A cell with new weights, whose biases are 0.
     *
     * @param name    the scope of the weights; one that is taken gets a number
     * @param inputs  the size of an input, {@code D}
     * @param units   the size of an output, {@code H}
     * @param weights how both kernels begin
     * @param reset   where the reset gate acts
     */
    public static GruCell of(Graph graph, String name, DType dtype, long inputs, long units,
            WeightInitializer weights, Reset reset) {
        CellShapes.checkSizes("gru", inputs, units);
        return Composite.inScope(graph, name, () -> new GruCell(
                graph.variable("kernel", weights.initialValue(graph, dtype, Shape.shape(inputs, GATES * units))),
                graph.variable("recurrent_kernel",
                        weights.initialValue(graph, dtype, Shape.shape(units, GATES * units))),
                graph.variable("bias", zeros(dtype, Shape.shape(GATES * units))),
                reset == Reset.BEFORE_PRODUCT ? Optional.empty()
                        : Optional.of(graph.variable("candidate_bias", zeros(dtype, Shape.shape(units))))));
    }

    @Override
    public List<Long> stateSizes() {
        return List.of(units());
    }

    @Override
    public List<Variable> variables() {
        return candidateBias.map(given -> List.of(kernel, recurrentKernel, bias, given))
                .orElse(List.of(kernel, recurrentKernel, bias));
    }

    @Override
    public List<Tensor> step(Tensor product, List<Tensor> state) {
        Tensor h = state.getFirst();
        List<Tensor> x = split(product, GATES, -1);
        Tensor update;
        Tensor candidate;
        if (candidateBias.isPresent()) {
            List<Tensor> u = split(matmul(h, recurrentKernel), GATES, -1);
            Tensor reset = sigmoid(x.get(0).plus(u.get(0)));
            update = sigmoid(x.get(1).plus(u.get(1)));
            candidate = tanh(x.get(2).plus(reset.times(u.get(2).plus(candidateBias.get()))));
        } else {
            long units = units();
            List<Tensor> gates = split(matmul(h, columns(0, 2 * units)), 2, -1);
            Tensor reset = sigmoid(x.get(0).plus(gates.get(0)));
            update = sigmoid(x.get(1).plus(gates.get(1)));
            candidate = tanh(x.get(2).plus(matmul(reset.times(h), columns(2 * units, units))));
        }
        return List.of(candidate.plus(update.times(h.minus(candidate))));
    }

    private Tensor columns(long begin, long count) {
        return slice(recurrentKernel, new long[] {0, begin}, new long[] {units(), count});
    }
}
