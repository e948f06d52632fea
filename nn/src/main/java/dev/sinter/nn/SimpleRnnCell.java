package dev.sinter.nn;

import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.zeros;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * The simple recurrent net (Elman, "Finding structure in time", 1990):
 * {@code h' = activation(x kernel + h recurrentKernel + bias)}.
 *
 * @param kernel          {@code [D, H]}
 * @param recurrentKernel {@code [H, H]}
 * @param bias            {@code [H]}
 * @param activation      what the sum passes through
 */
public record SimpleRnnCell(Variable kernel, Variable recurrentKernel, Variable bias, Activation activation)
        implements GatedCell {
    /** What the sum passes through. */
    public enum Activation { TANH, RELU }

    public SimpleRnnCell {
        CellShapes.check("simple_rnn", 1, kernel, recurrentKernel, bias);
    }

    /** A cell of float32 and tanh with new weights in a scope {@code simple_rnn}. */
    public static SimpleRnnCell of(Graph graph, long inputs, long units) {
        return of(graph, "simple_rnn", DType.FLOAT32, inputs, units, WeightInitializer.glorotUniform(),
                Activation.TANH);
    }

    /**
     * A cell with new weights, whose bias is 0.
     *
     * @param name       the scope of the weights; one that is taken gets a number
     * @param inputs     the size of an input, {@code D}
     * @param units      the size of an output, {@code H}
     * @param weights    how both kernels begin
     * @param activation what the sum passes through
     */
    public static SimpleRnnCell of(Graph graph, String name, DType dtype, long inputs, long units,
            WeightInitializer weights, Activation activation) {
        CellShapes.checkSizes("simple_rnn", inputs, units);
        return Composite.inScope(graph, name, () -> new SimpleRnnCell(
                graph.variable("kernel", weights.initialValue(graph, dtype, Shape.shape(inputs, units))),
                graph.variable("recurrent_kernel",
                        weights.initialValue(graph, dtype, Shape.shape(units, units))),
                graph.variable("bias", zeros(dtype, Shape.shape(units))), activation));
    }

    @Override
    public List<Long> stateSizes() {
        return List.of(units());
    }

    @Override
    public List<Tensor> step(Tensor product, List<Tensor> state) {
        Tensor sum = product.plus(matmul(state.getFirst(), recurrentKernel));
        return List.of(switch (activation) {
            case TANH -> Ops.tanh(sum);
            case RELU -> Nn.relu(sum);
        });
    }
}
