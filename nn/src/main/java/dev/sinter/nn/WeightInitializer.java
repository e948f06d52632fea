package dev.sinter.nn;

import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.matmul;
import static dev.sinter.graph.Ops.multiply;
import static dev.sinter.graph.Ops.oneHot;
import static dev.sinter.graph.Ops.randomNormal;
import static dev.sinter.graph.Ops.randomUniform;
import static dev.sinter.graph.Ops.rsqrt;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.zeros;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;

/** How a weight begins. */
@FunctionalInterface
public interface WeightInitializer {
    /**
     * The initial value of a weight.
     *
     * @param graph the graph of the variable
     * @param dtype a float dtype
     * @param shape {@code [inputs, outputs]}; of the kernel of a cell {@code [inputs, gates * units]}
     */
    Operand initialValue(Graph graph, DType dtype, Shape shape);

    /**
     * Uniformly distributed numbers within {@code sqrt(6 / (inputs + outputs))} of 0, which keeps the variance of
     * values and gradients (Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
     * networks", 2010). The kernel of a cell begins as one matrix, whose outputs are the columns of all gates
     * together, as in Keras: of an LSTM the limit is {@code sqrt(6 / (inputs + 4 * units))}. Of other shapes than
     * matrices it makes a {@link GraphException}.
     */
    static WeightInitializer glorotUniform() {
        return (_, dtype, shape) -> {
            requireMatrix("glorot_uniform", shape);
            double limit = Math.sqrt(6.0 / (shape.dim(0).constant() + shape.dim(1).constant()));
            return randomUniform(dtype, shape, -limit, limit);
        };
    }

    /** Uniformly distributed numbers within a limit of 0, of any shape. */
    static WeightInitializer uniform(double limit) {
        return (_, dtype, shape) -> randomUniform(dtype, shape, -limit, limit);
    }

    /**
     * Orthonormal rows, or columns where there are fewer of them, evenly distributed over all such matrices (Saxe
     * et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013): normal
     * numbers, orthogonalized row by row, each against the rows before it, twice. Takes {@code rows} steps, each of
     * about 5 multiply-adds an element of the matrix. Of other shapes than matrices it makes a
     * {@link GraphException}.
     */
    static WeightInitializer orthogonal() {
        return (graph, dtype, shape) -> {
            requireMatrix("orthogonal", shape);
            long inputs = shape.dim(0).constant();
            long outputs = shape.dim(1).constant();
            long rows = Math.min(inputs, outputs);
            Shape wide = Shape.shape(rows, Math.max(inputs, outputs));
            Tensor numbers = graph.tensor(randomNormal(dtype, wide));
            Tensor result = Control.scan(List.of(zeros(dtype, wide)), List.of(numbers), each -> {
                Tensor done = each.carry(0);
                Tensor row = expandDims(each.element(0), 0);
                for (int pass = 0; pass < 2; pass++) {
                    row = row.minus(matmul(Linalg.matmul(row, done, false, true), done));
                }
                row = row.times(rsqrt(reduceSum(square(row))));
                Tensor place = expandDims(oneHot(each.index(), rows, dtype), 1);
                return Step.carry(done.plus(multiply(place, row)));
            }).carry(0);
            return inputs <= outputs ? result : transpose(result, 1, 0);
        };
    }

    private static void requireMatrix(String op, Shape shape) {
        if (shape.rank() != 2 || !shape.isStatic()) {
            throw new GraphException(op + ": the shape must be a matrix's, two known sizes, inputs and outputs, not "
                    + shape.toUserString());
        }
    }
}
