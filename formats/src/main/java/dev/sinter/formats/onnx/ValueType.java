package dev.sinter.formats.onnx;

import dev.sinter.formats.onnx.schema.ElementType;
import dev.sinter.formats.onnx.schema.TypeProto;
import dev.sinter.formats.onnx.schema.TypeProto.Known;
import dev.sinter.formats.onnx.schema.TypeProto.Named;
import dev.sinter.formats.onnx.schema.TypeProto.Other;
import dev.sinter.formats.onnx.schema.TypeProto.Size;
import dev.sinter.formats.onnx.schema.TypeProto.TensorType;
import dev.sinter.formats.onnx.schema.TypeProto.Unknown;
import dev.sinter.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * What a file says of an input or output.
 *
 * @param elements what the standard calls the elements, or another kind of value: {@code float}, {@code sequence}
 * @param dtype    the elements' dtype, where Sinter has it
 * @param sizes    the sizes as the file has them: numbers, names, {@code ?} where there is neither; absent where not
 *                 even the rank is known
 */
public record ValueType(String elements, Optional<DType> dtype, Optional<List<String>> sizes) {
    public ValueType {
        sizes = sizes.map(List::copyOf);
    }

    static ValueType of(TypeProto type) {
        return switch (type) {
            case TensorType(int element, var dims) -> new ValueType(ElementType.name(element),
                    ElementType.dtype(element), dims.map(all -> all.stream().map(ValueType::text).toList()));
            case Other(String kind) -> new ValueType(kind, Optional.empty(), Optional.empty());
        };
    }

    private static String text(Size size) {
        return switch (size) {
            case Known(long value) -> value < 0 ? "?" : Long.toString(value);
            case Named(String name) -> name;
            case Unknown _ -> "?";
        };
    }

    /** {@code float32[batch, 3, ?]}; without a rank {@code float32 of unknown rank}. */
    @Override
    public String toString() {
        String name = dtype.map(DType::toString).orElse(elements);
        return sizes.map(all -> name + "[" + String.join(", ", all) + "]")
                .orElse(dtype.isPresent() ? name + " of unknown rank" : name);
    }
}
