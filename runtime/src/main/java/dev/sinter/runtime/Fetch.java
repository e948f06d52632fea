package dev.sinter.runtime;

import dev.sinter.graph.Graph;
import dev.sinter.graph.GraphElement;
import dev.sinter.graph.Initializer;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Operation;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run computes and carries out: {@code fetch(loss).targets(newW1, newW2)}. A fetch is returned; a target
 * is carried out and returns nothing. Immutable.
 */
public final class Fetch {
    /** A tensor, or the name of one. */
    private sealed interface Item {
        record Of(Operand operand) implements Item {}

        record Named(String name) implements Item {}
    }

    private final List<Item> fetches;
    private final List<GraphElement> targets;
    private final List<String> targetNames;

    private Fetch(List<Item> fetches, List<GraphElement> targets, List<String> targetNames) {
        this.fetches = List.copyOf(fetches);
        this.targets = List.copyOf(targets);
        this.targetNames = List.copyOf(targetNames);
    }

    /** Tensors or variables, in order; one may stand several times. */
    public static Fetch fetch(Operand... operands) {
        return fetch(List.of(operands));
    }

    /** Tensors or variables, in order; one may stand several times. */
    public static Fetch fetch(List<? extends Operand> operands) {
        return new Fetch(operands.stream().map(operand -> (Item) new Item.Of(operand)).toList(), List.of(),
                List.of());
    }

    /** Tensors or variables by their names. */
    public static Fetch fetch(String... names) {
        return new Fetch(Stream.of(names).map(name -> (Item) new Item.Named(name)).toList(), List.of(), List.of());
    }

    /** Nothing but targets. */
    public static Fetch nothing() {
        return new Fetch(List.of(), List.of(), List.of());
    }

    /** This, and more to carry out. */
    public Fetch targets(GraphElement... more) {
        List<GraphElement> all = new ArrayList<>(targets);
        all.addAll(List.of(more));
        return new Fetch(fetches, all, targetNames);
    }

    /** This, and more to carry out, by name. */
    public Fetch targets(String... names) {
        List<String> all = new ArrayList<>(targetNames);
        all.addAll(List.of(names));
        return new Fetch(fetches, targets, all);
    }

    /** The tensors that are returned. */
    List<Tensor> tensors(Graph graph) {
        return fetches.stream().map(item -> switch (item) {
            case Item.Of(Operand operand) -> tensor(operand);
            case Item.Named(String name) -> {
                if (find(graph, name) instanceof Tensor tensor) {
                    yield tensor;
                }
                throw new GraphException("fetch: \"" + name + "\" has no value; make it a target");
            }
        }).toList();
    }

    /** What is carried out besides. */
    List<GraphElement> elements(Graph graph) {
        if (targetNames.isEmpty()) {
            return targets;
        }
        List<GraphElement> all = new ArrayList<>(targets);
        targetNames.forEach(name -> all.add(find(graph, name)));
        return List.copyOf(all);
    }

    private static GraphElement find(Graph graph, String name) {
        return graph.find(name).orElseThrow(
                () -> new GraphException("fetch: the graph has no tensor or operation called \"" + name + "\""));
    }

    static Tensor tensor(Operand operand) {
        return switch (operand) {
            case Tensor tensor -> tensor;
            case Variable variable -> variable.valueAtStart();
            case Initializer initializer -> throw new GraphException("fetch: " + initializer
                    + " belongs to no graph; place it with graph.tensor(...)");
            default -> throw new GraphException("fetch: a number belongs to no graph");
        };
    }

    static Fetch of(GraphElement element) {
        return switch (element) {
            case Tensor tensor -> fetch(tensor);
            case Operation operation -> nothing().targets(operation);
        };
    }
}
