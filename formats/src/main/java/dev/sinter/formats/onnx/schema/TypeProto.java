package dev.sinter.formats.onnx.schema;

import java.util.List;
import java.util.Optional;

/** The type of a value. */
public sealed interface TypeProto {
    /**
     * A dense tensor.
     *
     * @param elementType a number of {@link ElementType}
     * @param dims the sizes; absent where not even the rank is known
     */
    record TensorType(int elementType, Optional<List<Size>> dims) implements TypeProto {}

    /** Another type, by its name: sequence, map, optional, sparse tensor, or none at all. */
    record Other(String kind) implements TypeProto {}

    /** The size of one axis. */
    sealed interface Size {}

    record Known(long value) implements Size {}

    /** A size that is the same wherever its name occurs. */
    record Named(String name) implements Size {}

    record Unknown() implements Size {}
}
