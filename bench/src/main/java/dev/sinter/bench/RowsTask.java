package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;

/** A function of each of 4096 rows of 1024 floats, which takes a few passes over the row. */
final class RowsTask implements ExplainedTask {
    /** Which function it is. */
    enum Function {
        SOFTMAX,
        /** {@code gelu(layerNorm(x)) + x}, with gelu by tanh. */
        NORM_GELU_RESIDUAL
    }

    private static final int ROWS = 4096;
    private static final int COLUMNS = 1024;
    private static final int CHECKED_ROWS = 61;
    private static final double TOLERANCE = 1e-5;

    /** Each element is read and written once. */
    static final Cost COST = Cost.ofBytes(2.0 * Float.BYTES * ROWS * COLUMNS);

    private final Function function;
    private final Graph graph = new Graph();
    private final Tensor x = graph.placeholder("x", FLOAT32, shape(ROWS, COLUMNS));
    private final Tensor scale = graph.placeholder("scale", FLOAT32, shape(COLUMNS));
    private final Tensor offset = graph.placeholder("offset", FLOAT32, shape(COLUMNS));
    private final NDArray xValue = Values.normal(11, ROWS, COLUMNS);
    private final NDArray scaleValue = Values.normal(12, COLUMNS);
    private final NDArray offsetValue = Values.normal(13, COLUMNS);
    private final Tensor y;

    RowsTask(Function function) {
        this.function = function;
        y = switch (function) {
            case SOFTMAX -> Nn.softmax(x);
            case NORM_GELU_RESIDUAL -> Gelu.TANH.of(Nn.layerNorm(x, scale, offset, TransformerLayers.EPSILON)).plus(x);
        };
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Feeds feeds() {
        Feeds rows = Feeds.feed(x, xValue);
        return switch (function) {
            case SOFTMAX -> rows;
            case NORM_GELU_RESIDUAL -> rows.and(scale, scaleValue).and(offset, offsetValue);
        };
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(y);
    }

    @Override
    public Runnable start(Session session) {
        PreparedCall call = switch (function) {
            case SOFTMAX -> session.prepare(fetch(), x);
            case NORM_GELU_RESIDUAL -> session.prepare(fetch(), x, scale, offset)
                    .feed(scale, scaleValue).feed(offset, offsetValue);
        };
        NDArray computed = call.feed(x, xValue).run().result(0);
        for (int row = 0; row < ROWS; row += CHECKED_ROWS) {
            double[] expected = expected(row);
            for (int i = 0; i < COLUMNS; i++) {
                double value = Values.get(computed, (long) row * COLUMNS + i);
                Values.require(Math.abs(value - expected[i]) <= TOLERANCE * Math.max(1, Math.abs(expected[i])),
                        "element " + i + " of row " + row + " is " + value + " instead of " + expected[i]);
            }
        }
        return call::run;
    }

    private double[] expected(int row) {
        double[] values = new double[COLUMNS];
        for (int i = 0; i < COLUMNS; i++) {
            values[i] = Values.get(xValue, (long) row * COLUMNS + i);
        }
        return switch (function) {
            case SOFTMAX -> softmax(values);
            case NORM_GELU_RESIDUAL -> normGeluResidual(values);
        };
    }

    private static double[] softmax(double[] row) {
        double[] result = new double[COLUMNS];
        double sum = 0;
        for (double value : row) {
            sum += Math.exp(value);
        }
        for (int i = 0; i < COLUMNS; i++) {
            result[i] = Math.exp(row[i]) / sum;
        }
        return result;
    }

    private double[] normGeluResidual(double[] row) {
        double[] result = TransformerReference.normalized(row, scaleValue, offsetValue);
        for (int i = 0; i < COLUMNS; i++) {
            result[i] = Gelu.TANH.of(result[i]) + row[i];
        }
        return result;
    }
}
