package dev.sinter.formats.onnx.schema;

import java.util.List;

/**
 * A graph, or the body of a branch or loop, which also sees the values around it.
 *
 * @param values what the file says of values that are neither inputs nor outputs
 */
public record GraphProto(String name, List<NodeProto> nodes, List<TensorProto> initializers,
        List<ValueInfoProto> inputs, List<ValueInfoProto> outputs, List<ValueInfoProto> values) {
    /** A graph that says nothing of its inner values. */
    public GraphProto(String name, List<NodeProto> nodes, List<TensorProto> initializers, List<ValueInfoProto> inputs,
            List<ValueInfoProto> outputs) {
        this(name, nodes, initializers, inputs, outputs, List.of());
    }
}
