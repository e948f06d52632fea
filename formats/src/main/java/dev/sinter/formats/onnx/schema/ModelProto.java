package dev.sinter.formats.onnx.schema;

import java.util.List;
import java.util.Map;

/**
 * A file.
 *
 * @param opsets the version of the operators of each domain; the domain of the standard's own is the empty word
 */
public record ModelProto(long irVersion, String producerName, String producerVersion, Map<String, Long> opsets,
        GraphProto graph, List<FunctionProto> functions, Map<String, String> metadata) {}
