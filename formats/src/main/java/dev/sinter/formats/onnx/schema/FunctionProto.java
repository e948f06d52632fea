package dev.sinter.formats.onnx.schema;

import java.util.List;
import java.util.Map;

/**
 * An op that the file defines by others.
 *
 * @param attributes the names of attributes without a default
 * @param defaults attributes with their defaults
 */
public record FunctionProto(String name, String domain, String overload, List<String> inputs, List<String> outputs,
        List<String> attributes, List<AttributeProto> defaults, List<NodeProto> nodes, Map<String, Long> opsets) {}
