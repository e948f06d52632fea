package dev.sinter.formats.onnx;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.op.ImportOptions;
import dev.sinter.formats.onnx.schema.Texts;
import dev.sinter.graph.Graph;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How a model becomes a graph. Immutable; {@code with...} and {@link #bind} give others.
 *
 * <pre>{@code
 * ImportedModel net = OnnxImport.of(OnnxModel.read(file)).into(graph);
 * session.run(graph.initializer());
 * NDArray y = session.run(Feeds.feed(net.input("x"), x), net.output("y"));
 * }</pre>
 *
 * <p>Inputs become placeholders. Floats with axes among the initializers become variables, which can be trained; all
 * others become constants. What sizes and axes follow from must be known when the graph is made: it follows from
 * constants and the sizes of inputs, or from inputs that are bound to a value.
 */
public final class OnnxImport {
    /** How many operators that are missing a message lists at most. */
    private static final int LISTED = 100;

    private final OnnxModel model;
    private final Map<String, NDArray> values;
    private final Map<String, Shape> shapes;
    private final boolean frozen;
    private final ImportOptions options;

    private OnnxImport(OnnxModel model, Map<String, NDArray> values, Map<String, Shape> shapes, boolean frozen,
            ImportOptions options) {
        this.model = model;
        this.values = Map.copyOf(values);
        this.shapes = Map.copyOf(shapes);
        this.frozen = frozen;
        this.options = options;
    }

    /** The import of a model as its file has it. */
    public static OnnxImport of(OnnxModel model) {
        return new OnnxImport(model, Map.of(), Map.of(), false, ImportOptions.DEFAULT);
    }

    /** This import with a constant in the place of an input. */
    public OnnxImport bind(String input, NDArray value) {
        checkInput(input);
        Map<String, NDArray> more = new HashMap<>(values);
        more.put(input, value);
        return new OnnxImport(model, more, shapes, frozen, options);
    }

    /** This import with another shape of an input, such as one whose sizes are all known. */
    public OnnxImport withShape(String input, Shape shape) {
        checkInput(input);
        Map<String, Shape> more = new HashMap<>(shapes);
        more.put(input, shape);
        return new OnnxImport(model, values, more, frozen, options);
    }

    /** This import without variables: all parameters are constants, which are folded and cannot be trained. */
    public OnnxImport frozen() {
        return new OnnxImport(model, values, shapes, true, options);
    }

    /**
     * This import with a bound for sizes that only a run finds and nothing else bounds: the elements of a
     * {@code Range}, and the iterations of a {@code Loop} that stacks outputs. Memory is planned for so many, and a run
     * that finds more fails. Without a bound such a node is refused.
     *
     * @param count at least 1
     */
    public OnnxImport withMostFound(long count) {
        if (count < 1) {
            throw new FormatException("a bound of sizes is at least 1, not " + count);
        }
        return new OnnxImport(model, values, shapes, frozen,
                new ImportOptions(OptionalLong.of(count), options.reference()));
    }

    /**
     * This import with the rounding errors of the standard's reference, to compare with its numbers: the softmax of
     * half floats, that of attention too, rounds each step (bfloat16 are added one by one), and an inverse {@code DFT}
     * of complex numbers whose count has no prime factor above 11 adds in NumPy's order. Without it these are more
     * exact, and faster.
     */
    public OnnxImport withReferenceRounding() {
        return new OnnxImport(model, values, shapes, frozen, new ImportOptions(options.mostFound(), true));
    }

    private void checkInput(String input) {
        if (!model.inputs().contains(input)) {
            throw new FormatException(model.name() + " has no input '" + Texts.shown(input) + "'; it has "
                    + Texts.bounded(String.join(", ", model.inputs())));
        }
    }

    /** The inputs that sizes, axes and the like follow from: without a value for them most imports fail. */
    public Set<String> structuralInputs() {
        Set<String> inputs = new TreeSet<>(model.naming(() -> Structure.of(model)));
        inputs.retainAll(model.inputs());
        return inputs;
    }

    /**
     * Makes the model's ops in a graph, below the current scope.
     *
     * @throws UnsupportedException which lists all operators that are not supported, with the names of their nodes, or
     *         names the first node that uses an operator in a way that is not
     * @throws FormatException      for a model that is wrong
     */
    public ImportedModel into(Graph graph) {
        requireSupported();
        return new Importer(model, graph, values, shapes, frozen, options).run();
    }

    /**
     * Refuses a model that has operators that are not supported, before anything is made of it.
     *
     * @throws UnsupportedException which lists all of them, with the names of their nodes
     */
    public void requireSupported() {
        List<OperatorCount> missing = model.operators().stream().filter(count -> !count.supported()).toList();
        if (!missing.isEmpty()) {
            throw new UnsupportedException(model.name() + " uses operators that are not supported: "
                    + missing.stream().limit(LISTED).map(OnnxImport::line).collect(Collectors.joining())
                    + (missing.size() > LISTED ? "\n  and " + (missing.size() - LISTED) + " more" : ""));
        }
    }

    private static String line(OperatorCount count) {
        return "\n  " + Texts.shown(count.operator()) + ", " + count.count()
                + (count.count() == 1 ? " node: " : " nodes: ")
                + String.join(", ", count.nodes()) + (count.count() > count.nodes().size() ? ", ..." : "");
    }
}
