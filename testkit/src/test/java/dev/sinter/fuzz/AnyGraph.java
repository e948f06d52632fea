package dev.sinter.fuzz;

import dev.sinter.graph.GraphElement;
import dev.sinter.graph.Initializer;
import dev.sinter.graph.LoweredGraph;
import dev.sinter.graph.Lowering;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.ir.Failures;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.DefineSize;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.testkit.Sensitivity;
import dev.sinter.testkit.Tolerance;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a facade's method makes of arguments of any kind, and values for the placeholders among these. */
final class AnyGraph {
    /** Of an intermediate tensor, where unknown sizes count as 1. */
    private static final double MOST_ELEMENTS = 20_000;
    private static final int MOST_FETCHES = 8;
    /** The failure of a run by the interpreter for which there is not memory enough. */
    private static final String TOO_LARGE = "too large";
    /** Where noise is not measured. */
    private static final Tolerance ROUNDED = new Tolerance(64, true, 1e-12);

    private final AnyArguments arguments;
    private final String text;
    private final List<Tensor> fetches;
    private final List<GraphElement> targets;
    private final LoweredGraph lowered;

    private AnyGraph(AnyArguments arguments, String text, List<Tensor> fetches, List<GraphElement> targets) {
        this.arguments = arguments;
        this.text = text;
        this.fetches = fetches;
        this.targets = targets;
        this.lowered = Lowering.lower(arguments.graph(), fetches, List.copyOf(arguments.feeds().keySet()), targets);
    }

    /** The graph of a call of a method; none where the call fails, gives nothing to run or too large a tensor. */
    static Optional<AnyGraph> of(Method method, long seed) {
        AnyArguments arguments = AnyArguments.of(method, seed);
        Object[] drawn;
        Object made;
        try {
            drawn = arguments.forParameters(method);
            Object[] given = drawn;
            Object result = AnyArguments.value(() -> method.invoke(null, given));
            made = result instanceof Initializer value ? arguments.graph().tensor(value) : result;
        } catch (GraphException refused) {
            return Optional.empty();
        }
        List<Tensor> fetches = new ArrayList<>();
        AnyArguments.collect(made, fetches);
        List<GraphElement> targets = made instanceof Operation operation ? List.of(operation) : List.of();
        if (fetches.isEmpty() && targets.isEmpty() || arguments.isHuge()) {
            return Optional.empty();
        }
        AnyGraph graph = new AnyGraph(arguments, AnyArguments.text(drawn),
                fetches.subList(0, Math.min(MOST_FETCHES, fetches.size())), targets);
        return values(graph.lowered.function()).allMatch(AnyGraph::isSmall) ? Optional.of(graph) : Optional.empty();
    }

    private static Stream<Value> values(Function function) {
        return function.values().stream().flatMap(value -> Stream.concat(Stream.of(value),
                value.op().regions().stream().flatMap(region -> values(region.function()))));
    }

    private static boolean isSmall(Value value) {
        return !(value.type() instanceof TensorType type) || type.shape().dims().stream()
                .mapToDouble(AnyGraph::size).reduce(1, (x, y) -> x * y) <= MOST_ELEMENTS;
    }

    private static double size(Dim dim) {
        try {
            return Math.max(1, dim.evaluate(_ -> 1));
        } catch (GraphException tooLarge) {
            return Double.POSITIVE_INFINITY;
        }
    }

    /** What became of a run: results, or its failure. */
    private record Outcome(List<NDArray> results, String failure) {}

    /**
     * What became of both runs.
     *
     * @param difference how native code differs from the interpreter, which runs the graph as it is; empty where it
     *                   does not
     * @param gives      whether there are elements, or ops that give nothing, and neither run failed
     */
    record Comparison(Optional<String> difference, boolean gives) {}

    /** Runs the graph by the interpreter and in native code. */
    Comparison compare() {
        Outcome expected = outcome(SessionOptions.DEFAULT.withBackend(Backend.EVAL).unoptimized());
        Outcome found = outcome(SessionOptions.DEFAULT.withBackend(Backend.LLVM).withThreads(2));
        Optional<String> wrong = expected.failure().equals(TOO_LARGE)
                || found.failure().equals(TOO_LARGE) && sizesAreFound() ? Optional.empty()
                : expected.failure().isEmpty() && found.failure().isEmpty()
                ? mismatch(expected.results(), found.results())
                : areSame(expected.failure(), found.failure()) ? Optional.empty()
                : Optional.of("expected failure: " + expected.failure() + "\n  found failure: " + found.failure());
        boolean gives = expected.failure().isEmpty() && found.failure().isEmpty()
                && (!targets.isEmpty() || expected.results().stream().anyMatch(result -> result.elementCount() > 0));
        return new Comparison(wrong.map(why -> why + "\n  of " + text + "\n  fed " + arguments.feeds()), gives);
    }

    /** Whether a run finds a size, for whose bound native code takes memory. */
    private boolean sizesAreFound() {
        return values(lowered.function()).anyMatch(value -> value.op() instanceof DefineSize);
    }

    private Outcome outcome(SessionOptions options) {
        Feeds feeds = Feeds.NONE;
        for (Tensor feed : lowered.feeds()) {
            feeds = feeds.and(feed, arguments.feeds().get(feed));
        }
        try (Session session = new Session(arguments.graph(), options)) {
            if (!arguments.graph().variables().isEmpty()) {
                session.run(arguments.graph().initializer());
            }
            Fetch fetch = Fetch.fetch(fetches).targets(targets.toArray(GraphElement[]::new));
            return new Outcome(session.run(feeds, fetch).asList(), "");
        } catch (GraphException failure) {
            return new Outcome(List.of(), failure.getMessage());
        } catch (OutOfMemoryError large) {
            return new Outcome(List.of(), TOO_LARGE);
        }
    }

    /**
     * Whether failures are the same but for rounding, or may differ: which of several comes first is not said, and
     * native code does not say the numbers of a size that exceeds its bound.
     */
    private boolean areSame(String expected, String found) {
        List<Value> failing = values(lowered.function()).filter(Failures::canFail).toList();
        return unrounded(expected).equals(unrounded(found)) || !expected.isEmpty() && !found.isEmpty()
                && (failing.size() > 1 || failing.stream().anyMatch(value -> value.op() instanceof DefineSize));
    }

    private static String unrounded(String message) {
        return message.replaceAll("\\d+\\.\\d+(E-?\\d+)?", "#");
    }

    private Optional<String> mismatch(List<NDArray> expected, List<NDArray> found) {
        if (Tolerance.EXACT.mismatch(expected, found).isEmpty()) {
            return Optional.empty();
        }
        Function function = lowered.function();
        if (!arguments.graph().variables().isEmpty()
                || function.values().stream().anyMatch(value -> !value.op().regions().isEmpty())) {
            return ROUNDED.mismatch(expected, found);
        }
        List<NDArray> inputs = new ArrayList<>(lowered.feeds().stream().map(arguments.feeds()::get).toList());
        if (lowered.usesRunNumber()) {
            inputs.add(NDArray.scalar(0L));
        }
        return Sensitivity.MEASURED.mismatch(function, inputs, expected, found);
    }
}
