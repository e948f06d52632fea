package dev.sinter.examples;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.runtime.Feeds.feed;
import static dev.sinter.runtime.Fetch.fetch;
import static dev.sinter.tensor.DType.FLOAT64;
import static dev.sinter.tensor.Shape.shape;

import dev.sinter.graph.Control;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import java.util.List;
import java.util.function.Consumer;

/**
 * The square root of a number by Newton's method, {@code x' = (x + a / x) / 2}, and its first and second derivative
 * with respect to the number, through a loop whose number of iterations depends on it.
 */
public final class Newton {
    /** The relative size of a step that is too small to count. */
    private static final double TOLERANCE = 1e-14;
    private static final double[] NUMBERS = {2, 100, 1e-3, 12345.678};

    private final Graph graph = new Graph();
    private final Tensor number = graph.placeholder("number", FLOAT64, shape());
    private final List<Tensor> results;

    /** The graph of the loop and its derivatives. */
    public Newton() {
        // Derivatives converge one iteration after the value; so long it takes until a step is too small to count.
        List<Tensor> loop = Control.whileLoop(
                List.of(graph.constant(1.0), graph.constant(1.0), graph.constant(0L)),
                each -> greater(abs(each.get(1)), TOLERANCE),
                each -> {
                    Tensor guess = each.get(0);
                    Tensor next = guess.plus(number.div(guess)).times(0.5);
                    return List.of(next, next.minus(guess).div(next), each.get(2).plus(1));
                });
        Tensor root = loop.get(0);
        Tensor first = gradients(root, number).of(number);
        Tensor second = gradients(first, number).of(number);
        results = List.of(root, first, second, loop.get(2));
    }

    public Graph graph() {
        return graph;
    }

    /** The number whose root is taken, a scalar of float64 above 0. */
    public Tensor number() {
        return number;
    }

    /** The root, its first and its second derivative, and the number of iterations. */
    public List<Tensor> results() {
        return results;
    }

    /** What the results are in closed form, without the number of iterations. */
    public static List<Double> closedForm(double number) {
        double root = Math.sqrt(number);
        return List.of(root, 0.5 / root, -0.25 / (root * number));
    }

    /** Computes roots of some numbers; each line sets a result beside the closed form. */
    public static void run(SessionOptions options, Consumer<String> lines) {
        options.backend().prepare();
        Newton newton = new Newton();
        try (Session session = new Session(newton.graph, options)) {
            for (double number : NUMBERS) {
                Fetches values = session.run(feed(newton.number, number), fetch(newton.results));
                lines.accept("sqrt(" + number + ") after " + values.get(3).longValue() + " iterations");
                Beside.print(List.of("value", "d/da", "d2/da2"), values, closedForm(number), lines);
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
        Newton newton = new Newton();
        try (Session session = new Session(newton.graph)) {
            return new Explained(fetch(newton.results), feed(newton.number, 2)).text(session, stage, analyze);
        }
    }
}
