package dev.sinter.formats.onnx.schema;

import java.util.List;

/** A graph, or the body of a branch or loop, which also sees the values around it. */
public record GraphProto(String name, List<NodeProto> nodes, List<TensorProto> initializers,
        List<ValueInfoProto> inputs, List<ValueInfoProto> outputs) {}
