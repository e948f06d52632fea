package dev.sinter.formats.onnx.schema;

import java.util.List;

/** A named attribute of a node or the default of one of a function. */
public record AttributeProto(String name, Content content) {
    /** What an attribute holds. */
    public sealed interface Content {}

    public record IntValue(long value) implements Content {}

    public record FloatValue(float value) implements Content {}

    /** Bytes that are mostly UTF-8. */
    public record StringValue(String value) implements Content {}

    public record TensorValue(TensorProto value) implements Content {}

    public record GraphValue(GraphProto value) implements Content {}

    public record Ints(List<Long> values) implements Content {}

    public record Floats(List<Float> values) implements Content {}

    public record Strings(List<String> values) implements Content {}

    /**
     * In the body of a function: the attribute of that name of the node that calls it.
     *
     * @param type the number of its kind, 0 where the file does not say it
     */
    public record Reference(String name, int type) implements Content {}

    /** Types, sparse tensors and the like, which no op here takes. */
    public record Unsupported(String kind) implements Content {}
}
