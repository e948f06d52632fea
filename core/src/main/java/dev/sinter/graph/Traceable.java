package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Call;
import dev.sinter.op.Op;
import dev.sinter.op.Project;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Code that is traced once, as the body of a frame, and carried out wherever it is called. */
final class Traceable {
    private final Graph graph;
    private final Frame frame;
    private final List<Node> results;
    private final Closing closing;

    private Traceable(Graph graph, Frame frame, List<Node> results) {
        this.graph = graph;
        this.frame = frame;
        this.results = results;
        this.closing = new Closing(graph, List.of(new Body(graph, frame, results)));
    }

    /**
     * Traces code.
     *
     * @param name  the scope of its names
     * @param word  what its parameters are called
     * @param types the types of its parameters
     */
    static Traceable trace(Composer c, String name, String word, List<TensorType> types,
            Function<List<Tensor>, ? extends List<? extends Operand>> code) {
        Graph graph = c.graph();
        Frame frame = Frame.inside(graph.frame(), name, c.place());
        List<Node> parameters = types.stream().map(type -> frame.parameter(graph, word, type)).toList();
        List<Node> results = graph.inside(frame,
                () -> Carries.resolve(c, code.apply(Carries.tensors(parameters))));
        return new Traceable(graph, frame, results);
    }

    Frame frame() {
        return frame;
    }

    List<Node> results() {
        return results;
    }

    boolean usesStream() {
        return closing.usesStream();
    }

    /** Refuses code that writes variables. */
    void requireNoWrites(String what) {
        closing.states().stream().findFirst().ifPresent(variable -> {
            throw new GraphException(what + " writes variable \"" + variable.name() + "\" at "
                    + closing.placeOfWrite(variable) + "; write it in the body");
        });
    }

    /** Refuses code that does something beside computing its results and writing variables. */
    void requireNoEffect(String complaint) {
        if (closing.hasEffect()) {
            throw new GraphException(complaint);
        }
    }

    /** The results for some arguments, of a call that gradients compute again. */
    List<Node> callRecomputed(Composer c, String name, List<Node> arguments, NodeKind.Stream stream) {
        return call(c, name, arguments, stream, Map.of(),
                op -> new Call(name, op.regions().getFirst(), true));
    }

    /** The results for some arguments of the types that were traced. */
    List<Node> call(Composer c, String name, List<Node> arguments, NodeKind.Stream stream) {
        return call(c, name, arguments, stream, Map.of());
    }

    /** The results for some arguments, where some variables are read already. */
    List<Node> call(Composer c, String name, List<Node> arguments, NodeKind.Stream stream,
            Map<Variable, Node> reads) {
        return call(c, name, arguments, stream, reads, UnaryOperator.identity());
    }

    /** The results for some arguments of the types that the changed op takes. */
    List<Node> call(Composer c, String name, List<Node> arguments, NodeKind.Stream stream,
            UnaryOperator<Op> change) {
        return call(c, name, arguments, stream, Map.of(), change);
    }

    private List<Node> call(Composer c, String name, List<Node> arguments, NodeKind.Stream stream,
            Map<Variable, Node> reads, UnaryOperator<Op> change) {
        Op call = change.apply(new Call(name, closing.regions(results.size(), Optional.empty()).getFirst()));
        List<Node> operands = new ArrayList<>(arguments);
        operands.addAll(closing.stateOperands(arguments));
        operands.addAll(closing.captureOperands(c, stream, reads));
        Node node = c.add(call, operands);
        List<Node> after = closing.commit(c, node, results.size());
        List<Node> values = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            values.add(c.controlled(c.add(new Project(i), node), after));
        }
        return values;
    }
}
