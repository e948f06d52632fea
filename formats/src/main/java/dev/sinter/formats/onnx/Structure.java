package dev.sinter.formats.onnx;

import dev.sinter.formats.onnx.Library.Known;
import dev.sinter.formats.onnx.Library.Meaning;
import dev.sinter.formats.onnx.Library.Own;
import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.FunctionProto;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The values that sizes, axes and the like follow from: they are to be known when the graph is made. What only gives
 * its shape to them is none of them.
 */
final class Structure {
    private static final Set<String> OF_SHAPES = Set.of("Shape", "Size");
    private static final int DEPTH = 100;

    /** A function, and whether its outputs are marked. */
    private record Marking(FunctionProto function, boolean all) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Marking(var own, boolean marked) && own == function && marked == all;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(function) + (all ? 1 : 0);
        }
    }

    private final Library library;
    private final Map<Marking, Set<String>> functions = new HashMap<>();
    private final FreeNames names = new FreeNames();

    private Structure(Library library) {
        this.library = library;
    }

    /** The names of such values of a model's graph, around its bodies. */
    static Set<String> of(OnnxModel model) {
        GraphProto graph = model.graph();
        return new Structure(Library.of(model.proto())).marked(graph.nodes(),
                graph.outputs().stream().map(ValueInfoProto::name).toList(), Set.of(), model.opsets(), 0);
    }

    /** The marked names among the values of some nodes, where some of their results are marked already. */
    private Set<String> marked(List<NodeProto> nodes, Collection<String> outputs, Set<String> results,
            Map<String, Long> opsets, int depth) {
        Set<String> marked = new HashSet<>(results);
        for (NodeProto node : NodeOrder.of(nodes, outputs, names).reversed()) {
            mark(node, opsets, marked, depth);
        }
        return marked;
    }

    private Set<String> inside(FunctionProto function, boolean all, int depth) {
        Marking marking = new Marking(function, all);
        Set<String> found = functions.get(marking);
        if (found == null) {
            found = marked(function.nodes(), function.outputs(), all ? Set.copyOf(function.outputs()) : Set.of(),
                    function.opsets(), depth);
            functions.put(marking, found);
        }
        return found;
    }

    private void mark(NodeProto node, Map<String, Long> opsets, Set<String> marked, int depth) {
        boolean all = node.outputs().stream().anyMatch(marked::contains);
        Optional<Meaning> meaning = library.find(node, opsets);
        if (meaning.isEmpty() || depth > DEPTH) {
            return;
        }
        switch (meaning.get()) {
            case Known(var operator, long _) -> {
                operator.structure().stream().filter(position -> position < node.inputs().size())
                        .forEach(position -> marked.add(node.inputs().get(position)));
                all &= !OF_SHAPES.contains(operator.name());
            }
            case Own(FunctionProto function) -> {
                Set<String> inside = inside(function, all, depth + 1);
                for (int i = 0; i < Math.min(node.inputs().size(), function.inputs().size()); i++) {
                    if (inside.contains(function.inputs().get(i))) {
                        marked.add(node.inputs().get(i));
                    }
                }
                all = false;
            }
        }
        for (var attribute : node.attributes()) {
            if (attribute.content() instanceof GraphValue(GraphProto body)) {
                List<String> results = body.outputs().stream().map(ValueInfoProto::name).toList();
                Set<String> inside = marked(body.nodes(), results, all ? Set.copyOf(results) : Set.of(), opsets,
                        depth + 1);
                all |= body.inputs().stream().anyMatch(input -> inside.contains(input.name()));
                names.of(body).stream().filter(inside::contains).forEach(marked::add);
            }
        }
        if (all) {
            marked.addAll(names.of(node));
        }
    }
}
