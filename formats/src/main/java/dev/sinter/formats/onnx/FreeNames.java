package dev.sinter.formats.onnx;

import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of values that nodes and bodies use and do not define. */
final class FreeNames {
    private final Map<GraphProto, Set<String>> known = new IdentityHashMap<>();

    /** What a node needs: its inputs and what its bodies use from around them. */
    Set<String> of(NodeProto node) {
        Set<String> names = new LinkedHashSet<>(node.inputs());
        bodies(node).forEach(body -> names.addAll(of(body)));
        names.remove("");
        return names;
    }

    /** What a body uses from around it. */
    Set<String> of(GraphProto body) {
        Set<String> found = known.get(body);
        if (found == null) {
            Set<String> own = new HashSet<>();
            body.inputs().forEach(input -> own.add(input.name()));
            body.initializers().forEach(tensor -> own.add(tensor.name()));
            body.nodes().forEach(node -> own.addAll(node.outputs()));
            found = new LinkedHashSet<>();
            for (NodeProto node : body.nodes()) {
                found.addAll(of(node));
            }
            for (var output : body.outputs()) {
                found.add(output.name());
            }
            found.removeAll(own);
            known.put(body, found);
        }
        return found;
    }

    static List<GraphProto> bodies(NodeProto node) {
        return node.attributes().stream().filter(attribute -> attribute.content() instanceof GraphValue)
                .map(attribute -> ((GraphValue) attribute.content()).value()).toList();
    }
}
