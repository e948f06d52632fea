package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.formats.onnx.schema.AttributeProto.FloatValue;
import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.AttributeProto.IntValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Ints;
import dev.sinter.formats.onnx.schema.AttributeProto.StringValue;
import dev.sinter.formats.onnx.schema.AttributeProto.TensorValue;
import dev.sinter.formats.onnx.schema.ElementType;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.stream.LongStream;

/** Attributes of nodes. */
final class Attributes {
    private Attributes() {}

    static AttributeProto integer(String name, long value) {
        return new AttributeProto(name, new IntValue(value));
    }

    static AttributeProto number(String name, double value) {
        return new AttributeProto(name, new FloatValue((float) value));
    }

    static AttributeProto text(String name, String value) {
        return new AttributeProto(name, new StringValue(value));
    }

    static AttributeProto integers(String name, List<? extends Number> values) {
        return new AttributeProto(name, new Ints(values.stream().map(Number::longValue).toList()));
    }

    static AttributeProto dtype(String name, DType dtype) {
        return integer(name, ElementType.number(dtype));
    }

    static AttributeProto body(String name, GraphProto body) {
        return new AttributeProto(name, new GraphValue(body));
    }

    static AttributeProto tensor(String name, NDArray value) {
        return new AttributeProto(name, new TensorValue(proto("", value)));
    }

    /** An array as a tensor of a file. */
    static TensorProto proto(String name, NDArray value) {
        return new TensorProto(name, ElementType.number(value.dtype()), LongStream.of(value.sizes()).boxed().toList(),
                new TensorProto.Inline(value.segment()));
    }
}
