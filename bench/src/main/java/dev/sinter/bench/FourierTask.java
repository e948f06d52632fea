package dev.sinter.bench;

import static dev.sinter.tensor.DType.FLOAT32;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Complex;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Signal;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.PreparedCall;
import dev.sinter.runtime.Session;
import dev.sinter.tensor.NDArray;

/** The Fourier transform of rows of complex numbers, whose planes are fed. */
final class FourierTask implements ExplainedTask {
    /** How many numbers are transformed in all, or nearly so many. */
    private static final int ELEMENTS = 1 << 20;
    private static final int CHECKED = 3;
    private static final double TOLERANCE = 1e-5;

    private final int rows;
    private final int length;
    private final Graph graph = new Graph();
    private final Complex x;
    private final Complex y;
    private final NDArray real;
    private final NDArray imag;

    /** Transforms of a length. */
    FourierTask(int length) {
        this.length = length;
        rows = ELEMENTS / length;
        x = Complex.placeholder(graph, "x", FLOAT32, shape(rows, length));
        y = Signal.fft(x);
        real = Values.normal(21, rows, length);
        imag = Values.normal(22, rows, length);
    }

    /** Each number is read and written once. */
    static Cost cost(int length) {
        return Cost.ofBytes(4.0 * Float.BYTES * (ELEMENTS / length) * length);
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Feeds feeds() {
        return Feeds.feed(x.real(), real).and(x.imag(), imag);
    }

    @Override
    public Fetch fetch() {
        return Fetch.fetch(y.real(), y.imag());
    }

    @Override
    public Runnable start(Session session) {
        PreparedCall call = session.prepare(fetch(), x.real(), x.imag()).feed(x.real(), real).feed(x.imag(), imag);
        call.run();
        for (int i = 0; i < CHECKED; i++) {
            check(call, (rows - 1) * i / (CHECKED - 1), (length - 1) * i / (CHECKED - 1));
        }
        return call::run;
    }

    private void check(PreparedCall call, int row, int frequency) {
        double re = 0;
        double im = 0;
        long start = (long) row * length;
        for (int j = 0; j < length; j++) {
            double angle = 2 * Math.PI * ((long) j * frequency % length) / length;
            double a = Values.get(real, start + j);
            double b = Values.get(imag, start + j);
            re += a * Math.cos(angle) + b * Math.sin(angle);
            im += b * Math.cos(angle) - a * Math.sin(angle);
        }
        double off = Math.hypot(Values.get(call.result(0), start + frequency) - re,
                Values.get(call.result(1), start + frequency) - im);
        Values.require(off <= TOLERANCE * Math.sqrt(length),
                "frequency " + frequency + " of row " + row + " is off by " + off);
    }
}
