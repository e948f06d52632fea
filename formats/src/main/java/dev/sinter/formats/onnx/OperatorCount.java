package dev.sinter.formats.onnx;

import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.FunctionProto;
import dev.sinter.formats.onnx.schema.ModelProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.Texts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How often an operator occurs in a model.
 *
 * @param operator  its name, with its domain where that is not the standard's
 * @param supported whether a graph can be made of it
 * @param nodes     the names of the first few nodes
 */
public record OperatorCount(String operator, long count, boolean supported, List<String> nodes) {
    private static final int NODES = 5;

    /** All operators of a model, in the order of the file. */
    static List<OperatorCount> of(ModelProto model) {
        Map<String, OperatorCount> counts = new LinkedHashMap<>();
        Library library = Library.of(model);
        count(library, model.opsets(), model.graph().nodes(), counts);
        for (FunctionProto function : model.functions()) {
            count(library, function.opsets(), function.nodes(), counts);
        }
        return List.copyOf(counts.values());
    }

    private static void count(Library library, Map<String, Long> opsets, List<NodeProto> nodes,
            Map<String, OperatorCount> counts) {
        for (NodeProto node : nodes) {
            boolean supported = library.find(node, opsets).isPresent();
            counts.merge(node.qualifiedType(), new OperatorCount(node.qualifiedType(), 1, supported,
                    List.of(title(node))), OperatorCount::with);
            node.attributes().forEach(attribute -> {
                if (attribute.content() instanceof GraphValue(var body)) {
                    count(library, opsets, body.nodes(), counts);
                }
            });
        }
    }

    private OperatorCount with(OperatorCount other) {
        List<String> both = nodes.size() == NODES ? nodes
                : Stream.concat(nodes.stream(), other.nodes.stream()).limit(NODES).toList();
        return new OperatorCount(operator, count + other.count, supported && other.supported, both);
    }

    /** What messages call a node: its name or, where it has none, those of its first outputs. */
    static String title(NodeProto node) {
        return !node.name().isEmpty() ? Texts.shown(node.name()) : "-> " + node.outputs().stream().limit(NODES)
                .map(Texts::shown).collect(Collectors.joining(", ")) + (node.outputs().size() > NODES ? ", ..." : "");
    }
}
