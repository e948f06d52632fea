package dev.sinter.formats.onnx.schema;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * A tensor of a file.
 *
 * @param elementType a number of {@link ElementType}
 */
public record TensorProto(String name, int elementType, List<Long> dims, Content content) {
    /** Where the elements are. */
    public sealed interface Content {}

    /** Elements in C order, each little-endian, half floats as their bits, a bool in one byte. */
    public record Inline(MemorySegment bytes) implements Content {}

    /** Elements in a file beside the model's, by the entries {@code location}, {@code offset} and {@code length}. */
    public record External(Map<String, String> entries) implements Content {}

    /** Strings. */
    public record Text(List<String> values) implements Content {}
}
