package dev.sinter.nn;

import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.sigmoid;
import static dev.sinter.graph.Ops.split;
import static dev.sinter.graph.Ops.tanh;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Long short-term memory with a forget gate and without peepholes (Hochreiter and Schmidhuber, "Long short-term
 * memory", 1997; Gers et al., "Learning to forget: continual prediction with LSTM", 2000):
 *
 * <pre>
 * [i f g o] = x kernel + h recurrentKernel + bias
 * c' = sigmoid(f) * c + sigmoid(i) * tanh(g)
 * h' = sigmoid(o) * tanh(c')
 * </pre>
 *
 * <p>The gates lie in the order input, forget, candidate, output, as PyTorch, cuDNN and Keras have them (the
 * {@code LSTMCell} of TensorFlow 1 has i, g, f, o). The state is (h, c).
 *
 * @param kernel          {@code [D, 4H]}
 * @param recurrentKernel {@code [H, 4H]}
 * @param bias            {@code [4H]}
 */
public record LstmCell(Variable kernel, Variable recurrentKernel, Variable bias) implements GatedCell {
    private static final int GATES = 4;

    public LstmCell {
        CellShapes.check("lstm", GATES, kernel, recurrentKernel, bias);
    }

    /** A cell of float32 with new weights in a scope {@code lstm}, whose forget gate has the bias 1. */
    public static LstmCell of(Graph graph, long inputs, long units) {
        return of(graph, "lstm", DType.FLOAT32, inputs, units, WeightInitializer.glorotUniform(), 1);
    }

    /**
     * A cell with new weights.
     *
     * @param name       the scope of the weights; one that is taken gets a number
     * @param inputs     the size of an input, {@code D}
     * @param units      the size of an output, {@code H}
     * @param weights    how both kernels begin
     * @param forgetBias how the bias of the forget gate begins, the others being 0; 1 lets gradients flow from the
     *                   start (Jozefowicz et al., "An empirical exploration of recurrent network architectures",
     *                   2015). It is a part of the bias; TensorFlow 1 adds it in each step instead.
     */
    public static LstmCell of(Graph graph, String name, DType dtype, long inputs, long units,
            WeightInitializer weights, double forgetBias) {
        CellShapes.checkSizes("lstm", inputs, units);
        NDArray bias = NDArray.zeros(dtype, GATES * units);
        for (long i = units; i < 2 * units; i++) {
            bias.setDouble(i, forgetBias);
        }
        return Composite.inScope(graph, name, () -> new LstmCell(
                graph.variable("kernel", weights.initialValue(graph, dtype, Shape.shape(inputs, GATES * units))),
                graph.variable("recurrent_kernel",
                        weights.initialValue(graph, dtype, Shape.shape(units, GATES * units))),
                graph.variable("bias", constant(bias))));
    }

    @Override
    public List<Long> stateSizes() {
        return List.of(units(), units());
    }

    @Override
    public List<Tensor> step(Tensor product, List<Tensor> state) {
        List<Tensor> gates = split(product.plus(matmul(state.get(0), recurrentKernel)), GATES, -1);
        Tensor kept = sigmoid(gates.get(1)).times(state.get(1));
        Tensor cell = kept.plus(sigmoid(gates.get(0)).times(tanh(gates.get(2))));
        return List.of(sigmoid(gates.get(3)).times(tanh(cell)), cell);
    }
}
