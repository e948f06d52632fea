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

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
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
     * @param shape {@code [inputs, outputs]}; of the kernel of a cell {@code [inputs, gates * units]}, of a filter
     *              {@code [size..., inputs, outputs]}
     */
    Operand initialValue(Graph graph, DType dtype, Shape shape);

    /** What the variance of values is kept of: on the way forward, on the way back, or both halfway. */
    enum Fan { IN, OUT, AVERAGE }

    /** How weights are distributed. */
    enum Distribution {
        /** Normal, drawn again beyond two standard deviations, with the variance after that. */
        TRUNCATED_NORMAL,
        /** Normal. */
        NORMAL,
        /** Evenly within a limit of 0. */
        UNIFORM
    }

    /**
     * Numbers of mean 0 and of the variance {@code scale / fan}, as {@code tf.initializers.variance_scaling}. The fans
     * of a shape {@code [size..., inputs, outputs]} are inputs and outputs times the sizes; those of a vector are its
     * size.
     *
     * @param scale above 0
     */
    static WeightInitializer varianceScaling(double scale, Fan fan, Distribution distribution) {
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new GraphException("variance_scaling: the scale must be finite and above 0 but is " + scale);
        }
        return (_, dtype, shape) -> scaled("variance_scaling", scale, fan, distribution, dtype, shape);
    }

    private static Operand scaled(String op, double scale, Fan fan, Distribution distribution, DType dtype,
            Shape shape) {
        double[] fans = fans(op, shape);
        double count = switch (fan) {
            case IN -> fans[0];
            case OUT -> fans[1];
            case AVERAGE -> (fans[0] + fans[1]) / 2;
        };
        double variance = scale / Math.max(1, count);
        return switch (distribution) {
            case UNIFORM -> randomUniform(dtype, shape, -Math.sqrt(3 * variance), Math.sqrt(3 * variance));
            case NORMAL -> randomNormal(dtype, shape, 0, Math.sqrt(variance));
            case TRUNCATED_NORMAL -> Random.truncatedNormal(dtype, shape, 0, Math.sqrt(variance) / 0.8796256610342398);
        };
    }

    /** The numbers of inputs and of outputs that an element of a weight's result and of its operand meet. */
    private static double[] fans(String op, Shape shape) {
        if (!shape.isStatic()) {
            throw new GraphException(op + ": every size of the shape must be known, not " + shape.toUserString());
        }
        int rank = shape.rank();
        if (rank < 2) {
            double size = rank == 0 ? 1 : shape.dim(0).constant();
            return new double[] {size, size};
        }
        double places = 1;
        for (int axis = 0; axis < rank - 2; axis++) {
            places *= shape.dim(axis).constant();
        }
        return new double[] {places * shape.dim(rank - 2).constant(), places * shape.dim(rank - 1).constant()};
    }

    /**
     * Uniformly distributed numbers within {@code sqrt(6 / (inputs + outputs))} of 0, which keeps the variance of
     * values and gradients (Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
     * networks", 2010). The kernel of a cell begins as one matrix, whose outputs are the columns of all gates
     * together, as in Keras: of an LSTM the limit is {@code sqrt(6 / (inputs + 4 * units))}. Of a filter
     * {@code [size..., inputs, outputs]} inputs and outputs count once for each place.
     */
    static WeightInitializer glorotUniform() {
        return (_, dtype, shape) ->
                scaled("glorot_uniform", 1, Fan.AVERAGE, Distribution.UNIFORM, dtype, shape);
    }

    /** As {@link #glorotUniform}, of truncated normal numbers. */
    static WeightInitializer glorotNormal() {
        return (_, dtype, shape) ->
                scaled("glorot_normal", 1, Fan.AVERAGE, Distribution.TRUNCATED_NORMAL, dtype, shape);
    }

    /** Of the variance {@code 2 / inputs}, for {@code relu} (He et al., "Delving deep into rectifiers", 2015). */
    static WeightInitializer heUniform() {
        return (_, dtype, shape) -> scaled("he_uniform", 2, Fan.IN, Distribution.UNIFORM, dtype, shape);
    }

    /** As {@link #heUniform}, of truncated normal numbers. */
    static WeightInitializer heNormal() {
        return (_, dtype, shape) -> scaled("he_normal", 2, Fan.IN, Distribution.TRUNCATED_NORMAL, dtype, shape);
    }

    /** Of the variance {@code 1 / inputs}, for {@code selu} (LeCun et al., "Efficient backprop", 1998). */
    static WeightInitializer lecunUniform() {
        return (_, dtype, shape) -> scaled("lecun_uniform", 1, Fan.IN, Distribution.UNIFORM, dtype, shape);
    }

    /** As {@link #lecunUniform}, of truncated normal numbers. */
    static WeightInitializer lecunNormal() {
        return (_, dtype, shape) -> scaled("lecun_normal", 1, Fan.IN, Distribution.TRUNCATED_NORMAL, dtype, shape);
    }

    /** One number everywhere. */
    static WeightInitializer constant(double value) {
        return (_, dtype, shape) -> Ops.fill(dtype, shape, value);
    }

    /** Zeros, as for biases. */
    static WeightInitializer zeros() {
        return constant(0);
    }

    /** Ones, as for scales. */
    static WeightInitializer ones() {
        return constant(1);
    }

    /** Normally distributed numbers. */
    static WeightInitializer normal(double mean, double deviation) {
        return (_, dtype, shape) -> randomNormal(dtype, shape, mean, deviation);
    }

    /** Normally distributed numbers, drawn again beyond two standard deviations. */
    static WeightInitializer truncatedNormal(double mean, double deviation) {
        return (_, dtype, shape) -> Random.truncatedNormal(dtype, shape, mean, deviation);
    }

    /** A number on the diagonal of a matrix, 0 elsewhere. */
    static WeightInitializer identity(double gain) {
        return (graph, dtype, shape) -> {
            requireMatrix("identity", shape);
            Tensor rows = graph.tensor(Ops.range(DType.INT64, shape.dim(0)));
            return oneHot(rows, shape.dim(1).constant(), dtype).times(gain);
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
     * about 5 multiply-adds an element of the matrix. Of a shape of more axes, all but the last are the rows.
     */
    static WeightInitializer orthogonal() {
        return orthogonal(1);
    }

    /** {@link #orthogonal()} times a number. */
    static WeightInitializer orthogonal(double gain) {
        return (graph, dtype, shape) -> {
            if (shape.rank() < 2 || !shape.isStatic()) {
                throw new GraphException("orthogonal: the shape must have at least two known sizes, not "
                        + shape.toUserString());
            }
            long outputs = shape.dim(shape.rank() - 1).constant();
            long inputs = outputs == 0 ? 0 : shape.elementCount().constant() / outputs;
            long rows = Math.min(inputs, outputs);
            Shape wide = Shape.shape(rows, Math.max(inputs, outputs));
            Tensor numbers = graph.tensor(randomNormal(dtype, wide));
            Tensor result = Control.scan(List.of(Ops.zeros(dtype, wide)), List.of(numbers), each -> {
                Tensor done = each.carry(0);
                Tensor row = expandDims(each.element(0), 0);
                for (int pass = 0; pass < 2; pass++) {
                    row = row.minus(matmul(Linalg.matmul(row, done, false, true), done));
                }
                row = row.times(rsqrt(reduceSum(square(row))));
                Tensor place = expandDims(oneHot(each.index(), rows, dtype), 1);
                return Step.carry(done.plus(multiply(place, row)));
            }).carry(0);
            Tensor matrix = inputs <= outputs ? result : transpose(result, 1, 0);
            return Ops.reshape(gain == 1 ? matrix : matrix.times(gain), shape);
        };
    }

    private static void requireMatrix(String op, Shape shape) {
        if (shape.rank() != 2 || !shape.isStatic()) {
            throw new GraphException(op + ": the shape must be a matrix's, two known sizes, inputs and outputs, not "
                    + shape.toUserString());
        }
    }
}
