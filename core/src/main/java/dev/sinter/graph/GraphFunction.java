package dev.sinter.graph;

import dev.sinter.ir.Substitution;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A part of a graph that is written once and used in several places: its code is traced when it is made, and
 * {@link #call} puts what was traced to use. Sizes that its parameters leave unknown may differ from call to
 * call. What it takes from around it, such as weights, is the same in every call; variables are read, and
 * those that it writes are written, at each call. Random ops in it draw other numbers in each call.
 */
public final class GraphFunction {
    private final Graph graph;
    private final Frame outer;
    private final String name;
    private final Traceable code;
    private final Set<Symbol> own;

    private GraphFunction(Graph graph, Frame outer, String name, Traceable code, Set<Symbol> own) {
        this.graph = graph;
        this.outer = outer;
        this.name = name;
        this.code = code;
        this.own = own;
    }

    static GraphFunction trace(Graph graph, String name, List<TensorSpec> parameters,
            Function<List<Tensor>, ? extends List<? extends Operand>> code) {
        Graph.checkName("function", name);
        return Composer.compose(graph, name, c -> {
            String base = graph.uniqueName(name);
            Set<Symbol> own = new LinkedHashSet<>();
            List<TensorType> types = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
                Shape shape = parameters.get(i).shape();
                List<Dim> dims = new ArrayList<>();
                for (int axis = 0; axis < shape.rank(); axis++) {
                    Dim dim = shape.dim(axis);
                    if (dim.equals(Dim.UNKNOWN)) {
                        dim = Dim.symbol(Graph.symbolName(base + "/" + i, axis));
                        own.addAll(dim.symbols());
                    }
                    dims.add(dim);
                }
                types.add(new TensorType(parameters.get(i).dtype(), new Shape(dims)));
            }
            Traceable traced = Traceable.trace(c, base, "argument", types, code);
            if (traced.results().isEmpty()) {
                throw new GraphException("a function must give a result");
            }
            return new GraphFunction(graph, graph.frame(), base, traced, own);
        }, List.of());
    }

    /** What code makes of some tensors, as a call that gradients compute again. */
    static List<Tensor> checkpoint(List<? extends Operand> xs, Function<List<Tensor>, ? extends List<? extends Operand>>
            code) {
        String op = "checkpoint";
        return Composer.compose(Composer.graphOf(op, xs), op, c -> {
            c.label(Carries.labels("argument", xs.size()).toArray(String[]::new));
            String base = c.graph().uniqueName(op);
            Traceable traced = Traceable.trace(c, base, "argument",
                    c.ins().stream().map(Node::tensorType).toList(), code);
            if (traced.results().isEmpty()) {
                throw new GraphException("the function must give a result");
            }
            traced.requireNoEffect("gradients compute the function again, and it has an effect; take the host call"
                    + " out of it");
            NodeKind.Stream stream = traced.usesStream()
                    ? new NodeKind.Stream(0, c.graph().opSeed(Optional.empty()) + 1) : Closing.ITSELF;
            List<Node> results = traced.callRecomputed(c, base, c.ins(), stream);
            results.forEach(result -> c.called(result, results.size() == 1 ? "" : "result"));
            c.joinBelow(base);
            return Carries.tensors(results);
        }, xs);
    }

    /** The unique name with its scopes. */
    public String name() {
        return name;
    }

    /** The results for some arguments: {@code cell.call(x, h)}. */
    public List<Tensor> call(Operand... arguments) {
        return call(List.of(arguments));
    }

    /**
     * The results for some arguments.
     *
     * @throws GraphException where the number of arguments, a dtype or a size is not that of the parameter
     */
    public List<Tensor> call(List<? extends Operand> arguments) {
        return Composer.compose(graph, "call", c -> {
            c.label(Carries.labels("argument", arguments.size()).toArray(String[]::new));
            if (!graph.frame().sees(outer)) {
                throw new GraphException("the function \"" + name + "\" belongs to " + outer
                        + " and cannot be called outside of it; make it outside");
            }
            List<Node> given = new ArrayList<>(c.ins());
            Map<Symbol, Dim> sizes = sizes(c, given);
            NodeKind.Stream stream = code.usesStream()
                    ? new NodeKind.Stream(0, graph.opSeed(Optional.empty()) + 1) : Closing.ITSELF;
            List<Node> results = code.call(c, name, given, stream, op -> new Substitution(
                    dim -> dim.substitute(symbol -> sizes.getOrDefault(symbol, Dim.ofSymbol(symbol))))
                    .apply(op));
            results.forEach(result -> c.called(result, results.size() == 1 ? "" : "result"));
            c.joinBelow(graph.uniqueName(name.substring(name.lastIndexOf('/') + 1)));
            return Carries.tensors(results);
        }, arguments);
    }

    /** The values of the function's own sizes in a call, whose arguments get the shapes that they imply. */
    private Map<Symbol, Dim> sizes(Composer c, List<Node> arguments) {
        List<Node> parameters = code.frame().parameters();
        if (arguments.size() != parameters.size()) {
            throw new GraphException("the function \"" + name + "\" takes "
                    + Carries.count(parameters.size(), "argument", "arguments") + ", not "
                    + arguments.size());
        }
        Map<Symbol, Dim> sizes = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            Node argument = arguments.get(i);
            Node parameter = parameters.get(i);
            if (Composer.dtype(argument) != Composer.dtype(parameter)
                    || Composer.rank(argument) != Composer.rank(parameter)) {
                throw mismatch(c, argument, parameter);
            }
            for (int axis = 0; axis < Composer.rank(argument); axis++) {
                Dim wanted = Composer.shape(parameter).dim(axis);
                Dim actual = Composer.shape(argument).dim(axis);
                Optional<Symbol> free = wanted.asSymbol().filter(own::contains)
                        .filter(symbol -> !sizes.containsKey(symbol));
                if (free.isPresent()) {
                    sizes.put(free.get(), actual);
                    continue;
                }
                Dim expected = wanted.substitute(symbol -> sizes.getOrDefault(symbol, Dim.ofSymbol(symbol)));
                if (graph.sizes().unify(expected, actual, c.op() + " of \"" + name + "\" at " + c.place()
                        + ": " + c.describe(argument) + " axis " + axis) == Sizes.Relation.DIFFERENT) {
                    throw mismatch(c, argument, parameter);
                }
                arguments.set(i, c.resized(arguments.get(i), axis, graph.sizes().canonical(expected)));
            }
        }
        return sizes;
    }

    private GraphException mismatch(Composer c, Node argument, Node parameter) {
        return new GraphException("the function \"" + name + "\" takes "
                + Composer.text(parameter.tensorType())
                + ", not " + c.describe(argument) + (Composer.dtype(argument) == Composer.dtype(parameter)
                        ? "" : "; cast(...) it"));
    }

    /** {@code GraphFunction("cell")}. */
    @Override
    public String toString() {
        return "GraphFunction(\"" + name + "\")";
    }
}
