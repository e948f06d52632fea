package dev.sinter.formats.onnx.schema;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.schema.TensorProto.Content;
import dev.sinter.formats.onnx.schema.TensorProto.External;
import dev.sinter.formats.onnx.schema.TensorProto.Inline;
import dev.sinter.formats.onnx.schema.TensorProto.Text;
import dev.sinter.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The elements of a tensor, as they come in one of the fields that files have for them. */
final class TensorElements {
    private final LongList bits = new LongList();
    private MemorySegment raw = MemorySegment.NULL;
    private final List<String> texts = new ArrayList<>();
    private final Map<String, String> external = new LinkedHashMap<>();
    private boolean outside;

    /** One element, in the low bits. */
    void add(long element) {
        bits.append(element);
    }

    void add(String text) {
        texts.add(text);
    }

    void raw(MemorySegment bytes) {
        raw = bytes;
    }

    Map<String, String> external() {
        return external;
    }

    void externalLocation(boolean isOutside) {
        outside = isOutside;
    }

    Content content(long elementType) {
        if (outside) {
            return new External(external);
        }
        if (elementType == ElementType.STRING) {
            return new Text(texts);
        }
        int width = ElementType.dtype(elementType).map(DType::bytes).orElse(1);
        return new Inline(raw.byteSize() > 0 ? raw : packed(width));
    }

    private MemorySegment packed(int width) {
        int count = bits.size();
        if (count > Integer.MAX_VALUE / 2 / width) {
            throw new FormatException("a tensor of " + count + " elements is too large for its field; store it as"
                    + " raw_data or outside of the file");
        }
        MemorySegment target = MemorySegment.ofArray(new byte[count * width]);
        for (int i = 0; i < count; i++) {
            for (int b = 0; b < width; b++) {
                target.set(ValueLayout.JAVA_BYTE.withOrder(ByteOrder.LITTLE_ENDIAN), (long) i * width + b,
                        (byte) (bits.at(i) >>> 8 * b));
            }
        }
        return target;
    }
}
