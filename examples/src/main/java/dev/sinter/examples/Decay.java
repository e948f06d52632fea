package dev.sinter.examples;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.clipByValue;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.lessEqual;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.pow;
import static dev.sinter.graph.Ops.divide;
import static dev.sinter.graph.Ops.stopGradient;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Control;
import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The differential equation {@code y' = -k y} from {@code y(0) = 1} to a time, by steps whose size follows an
 * estimate of the error (Bogacki and Shampine, "A 3(2) pair of Runge-Kutta formulas", 1989), and the derivatives of
 * the last value with respect to the time and to k, through as many steps as that takes. Steps that are too large are
 * taken back.
 */
public final class Decay {
    /** The error that a step may make, relative to the value. */
    private static final double TOLERANCE = 1e-10;
    private static final double[][] CASES = {{1, 1}, {0.5, 3}, {4, 2.5}};

    private final Graph graph = new Graph();
    private final Tensor rate = graph.placeholder("rate", FLOAT64, shape());
    private final Tensor time = graph.placeholder("time", FLOAT64, shape());
    private final List<Tensor> results;

    /** The graph of the loop and its derivatives. */
    public Decay() {
        List<Tensor> loop = Control.whileLoop(
                List.of(graph.constant(0.0), graph.constant(1.0), graph.constant(1e-3), graph.constant(0L)),
                each -> less(each.get(0), time),
                each -> step(each.get(0), each.get(1), each.get(2), each.get(3)));
        Tensor end = loop.get(1);
        Gradients first = gradients(end, time, rate);
        Tensor byTime = gradients(first.of(time), time).of(time);
        Tensor byRate = gradients(first.of(rate), rate).of(rate);
        results = List.of(end, first.of(time), byTime, first.of(rate), byRate, loop.get(3));
    }

    /** One step from t, and the size of the next. The last step ends at the time, on which its size depends. */
    private List<Tensor> step(Tensor t, Tensor y, Tensor size, Tensor count) {
        UnaryOperator<Tensor> slope = at -> at.times(rate).unaryMinus();
        Tensor rest = time.minus(t);
        Tensor h = minimum(size, rest);
        Tensor k1 = slope.apply(y);
        Tensor k2 = slope.apply(y.plus(h.times(k1).times(0.5)));
        Tensor k3 = slope.apply(y.plus(h.times(k2).times(0.75)));
        Tensor next = y.plus(h.times(k1.times(2.0 / 9).plus(k2.times(1.0 / 3)).plus(k3.times(4.0 / 9))));
        Tensor k4 = slope.apply(next);
        Tensor error = abs(h.times(k1.times(-5.0 / 72).plus(k2.times(1.0 / 12)).plus(k3.times(1.0 / 9))
                .plus(k4.times(-1.0 / 8)))).div(abs(y));
        Tensor accepted = lessEqual(error, graph.constant(TOLERANCE));
        Tensor factor = clipByValue(pow(divide(TOLERANCE, maximum(error, 1e-30)), 1.0 / 3).times(0.9), 0.2, 5);
        Tensor reached = where(lessEqual(rest, size), time, t.plus(h));
        return List.of(where(accepted, reached, t), where(accepted, next, y), stopGradient(h.times(factor)),
                count.plus(1));
    }

    public Graph graph() {
        return graph;
    }

    /** The rate k, a scalar of float64. */
    public Tensor rate() {
        return rate;
    }

    /** The time at which the equation is solved, a scalar of float64. */
    public Tensor time() {
        return time;
    }

    /** The value, its first and second derivatives by the time, those by the rate, and the number of iterations. */
    public List<Tensor> results() {
        return results;
    }

    /** What the results are in closed form, without the number of iterations. */
    public static List<Double> closedForm(double rate, double time) {
        double value = Math.exp(-rate * time);
        return List.of(value, -rate * value, rate * rate * value, -time * value, time * time * value);
    }

    /** Solves the equation for some rates and times; each line sets a result beside the closed form. */
    public static void run(SessionOptions options, Consumer<String> lines) {
        options.backend().prepare();
        Decay decay = new Decay();
        try (Session session = new Session(decay.graph, options)) {
            for (double[] pair : CASES) {
                Fetches values = session.run(feed(decay.rate, pair[0]).and(decay.time, pair[1]),
                        fetch(decay.results));
                lines.accept("exp(-" + pair[0] + " * " + pair[1] + ") after " + values.get(5).longValue()
                        + " iterations");
                Beside.print(List.of("value", "d/dT", "d2/dT2", "d/dk", "d2/dk2"), values,
                        closedForm(pair[0], pair[1]), lines);
            }
        }
    }

    /**
     * Says how that is carried out.
     *
     * @param analyze whether runs are timed; for the stage {@code plan}
     * @param stage   {@code plan}, or another stage that {@link Session#text} knows
     */
    public static String explain(String stage, boolean analyze) {
        Decay decay = new Decay();
        try (Session session = new Session(decay.graph)) {
            return new Explained(fetch(decay.results), feed(decay.rate, 1).and(decay.time, 1))
                    .text(session, stage, analyze);
        }
    }
}
