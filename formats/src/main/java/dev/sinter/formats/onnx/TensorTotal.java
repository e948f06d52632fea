package dev.sinter.formats.onnx;

import dev.sinter.formats.onnx.schema.ElementType;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.formats.onnx.schema.TensorProto.External;
import dev.sinter.formats.onnx.schema.TensorProto.Inline;
import dev.sinter.formats.onnx.schema.TensorProto.Text;
import dev.sinter.tensor.DType;

/**
 * What some tensors of a model amount to, by what the file says of them; numbers that are too large for a long are
 * {@link Long#MAX_VALUE}.
 *
 * @param tensors  how many there are
 * @param elements of all of them
 * @param bytes    of all of them
 */
public record TensorTotal(long tensors, long elements, long bytes) {
    static final TensorTotal NONE = new TensorTotal(0, 0, 0);

    static TensorTotal of(TensorProto tensor) {
        long elements = tensor.dims().stream().mapToLong(size -> Math.max(0, size)).reduce(1, TensorTotal::product);
        long bytes = ElementType.dtype(tensor.elementType()).map(DType::bytes).map(size -> product(elements, size))
                .orElseGet(() -> switch (tensor.content()) {
                    case Inline(var inline) -> inline.byteSize();
                    case External _, Text _ -> 0L;
                });
        return new TensorTotal(1, elements, bytes);
    }

    TensorTotal plus(TensorTotal other) {
        return new TensorTotal(tensors + other.tensors, sum(elements, other.elements), sum(bytes, other.bytes));
    }

    private static long sum(long x, long y) {
        return x + y < 0 ? Long.MAX_VALUE : x + y;
    }

    private static long product(long x, long y) {
        return Math.multiplyHigh(x, y) == 0 && x * y >= 0 ? x * y : Long.MAX_VALUE;
    }
}
