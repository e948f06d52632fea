package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;

/** A function of each row, which takes a few passes over the row. */
final class RowsTask implements ExplainedTask {
    /** Which function it is. */
    enum Function {
        SOFTMAX("softmax"),
        /** {@code gelu(layerNorm(x)) + x}, with gelu by tanh. */
        NORM_GELU_RESIDUAL("fused");

        private final String text;

        Function(String text) {
            this.text = text;
        }

        /** The name of its workload. */
        String text() {
            return text;
        }
    }

    private static final int CHECKED_ROWS = 64;

    private final Function function;
    private final RowsShape size;
    private final Graph graph = new Graph();
    private final NDArray xValue;
    private final NDArray scaleValue;
    private final NDArray offsetValue;
    private final Tensor x;
    private final Tensor scale;
    private final Tensor offset;
    private final Tensor y;

    RowsTask(Function function, RowsShape size) {
        this.function = function;
        this.size = size;
        xValue = Values.normal(11, size.rows(), size.columns()).cast(size.dtype());
        scaleValue = Values.normal(12, size.columns()).cast(size.dtype());
        offsetValue = Values.normal(13, size.columns()).cast(size.dtype());
        x = graph.placeholder("x", size.dtype(), shape(size.rows(), size.columns()));
        scale = graph.placeholder("scale", size.dtype(), shape(size.columns()));
        offset = graph.placeholder("offset", size.dtype(), shape(size.columns()));
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
        double tolerance = size.dtype() == FLOAT64 ? 1e-13 : 1e-5;
        for (int row = 0; row < size.rows(); row += Math.ceilDiv(size.rows(), CHECKED_ROWS)) {
            double[] expected = expected(row);
            for (int i = 0; i < expected.length; i++) {
                double value = Values.get(computed, (long) row * expected.length + i);
                Values.require(Math.abs(value - expected[i]) <= tolerance * Math.max(1, Math.abs(expected[i])),
                        "element " + i + " of row " + row + " is " + value + " instead of " + expected[i]);
            }
        }
        return call::run;
    }

    private double[] expected(int row) {
        double[] values = new double[size.columns()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Values.get(xValue, (long) row * values.length + i);
        }
        return switch (function) {
            case SOFTMAX -> softmax(values);
            case NORM_GELU_RESIDUAL -> normGeluResidual(values);
        };
    }

    private static double[] softmax(double[] row) {
        double[] result = new double[row.length];
        double sum = 0;
        for (double value : row) {
            sum += Math.exp(value);
        }
        for (int i = 0; i < row.length; i++) {
            result[i] = Math.exp(row[i]) / sum;
        }
        return result;
    }

    private double[] normGeluResidual(double[] row) {
        double[] result = TransformerReference.normalized(row, scaleValue, offsetValue);
        for (int i = 0; i < row.length; i++) {
            result[i] = Gelu.TANH.of(result[i]) + row[i];
        }
        return result;
    }
}
