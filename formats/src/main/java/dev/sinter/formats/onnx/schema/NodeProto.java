package dev.sinter.formats.onnx.schema;

import java.util.List;

/**
 * One op. An input or output whose name is the empty word is left out.
 *
 * @param overload tells functions of one name apart; mostly empty
 */
public record NodeProto(String name, String opType, String domain, String overload, List<String> inputs,
        List<String> outputs, List<AttributeProto> attributes) {
    /** The op as messages name it: with its domain where that is not the standard's. */
    public String qualifiedType() {
        return domain.isEmpty() ? opType : domain + "." + opType;
    }
}
