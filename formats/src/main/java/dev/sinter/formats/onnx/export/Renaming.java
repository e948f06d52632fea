package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.NodeProto;
import java.util.List;
import java.util.Map;

/** Other names for some values, bodies included. */
record Renaming(Map<String, String> names) {
    static Renaming of(Map<String, String> names) {
        return new Renaming(names);
    }

    List<NodeProto> all(List<NodeProto> nodes) {
        return nodes.stream().map(this::node).toList();
    }

    private NodeProto node(NodeProto node) {
        List<String> outputs = allNames(node.outputs());
        return new NodeProto(outputs.getFirst(), node.opType(), node.domain(), node.overload(), allNames(node.inputs()),
                outputs, node.attributes().stream().map(this::attribute).toList());
    }

    private List<String> allNames(List<String> values) {
        return values.stream().map(name -> names.getOrDefault(name, name)).toList();
    }

    private AttributeProto attribute(AttributeProto attribute) {
        return attribute.content() instanceof GraphValue(GraphProto body) ? new AttributeProto(attribute.name(),
                new GraphValue(new GraphProto(body.name(), all(body.nodes()), body.initializers(), body.inputs(),
                        body.outputs()))) : attribute;
    }
}
