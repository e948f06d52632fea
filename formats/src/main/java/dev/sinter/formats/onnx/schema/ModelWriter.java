package dev.sinter.formats.onnx.schema;

import com.google.protobuf.CodedOutputStream;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.schema.AttributeProto.FloatValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Floats;
import dev.sinter.formats.onnx.schema.AttributeProto.GraphValue;
import dev.sinter.formats.onnx.schema.AttributeProto.IntValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Ints;
import dev.sinter.formats.onnx.schema.AttributeProto.Reference;
import dev.sinter.formats.onnx.schema.AttributeProto.StringValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Strings;
import dev.sinter.formats.onnx.schema.AttributeProto.TensorValue;
import dev.sinter.formats.onnx.schema.AttributeProto.Unsupported;
import dev.sinter.formats.onnx.schema.TensorProto.External;
import dev.sinter.formats.onnx.schema.TensorProto.Inline;
import dev.sinter.formats.onnx.schema.TensorProto.Text;
import dev.sinter.formats.onnx.schema.TypeProto.Known;
import dev.sinter.formats.onnx.schema.TypeProto.Named;
import dev.sinter.formats.onnx.schema.TypeProto.Other;
import dev.sinter.formats.onnx.schema.TypeProto.Size;
import dev.sinter.formats.onnx.schema.TypeProto.TensorType;
import dev.sinter.formats.onnx.schema.TypeProto.Unknown;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** Writes messages: what {@link ModelReader} reads of them is what was written. */
public final class ModelWriter {
    private ModelWriter() {}

    /** How many bytes a model has in a file. */
    public static long size(ModelProto model) {
        return Fields.size(out -> model(out, model));
    }

    /**
     * Writes a model.
     *
     * @throws UnsupportedException for content that the records do not keep: types in attributes, and values that are
     *                              no tensors
     */
    public static void write(ModelProto model, OutputStream target) throws IOException {
        Fields.write(CodedOutputStream.newInstance(target, 1 << 16), out -> model(out, model));
    }

    /** Writes a tensor as a file of its own, as test data are kept. */
    public static void write(TensorProto tensor, OutputStream target) throws IOException {
        Fields.write(CodedOutputStream.newInstance(target, 1 << 16), out -> tensor(out, tensor));
    }

    private static void model(Fields out, ModelProto model) {
        out.varint(1, model.irVersion());
        out.optional(2, model.producerName());
        out.optional(3, model.producerVersion());
        out.message(7, inner -> graph(inner, model.graph()));
        opsets(out, 8, model.opsets());
        entries(out, 14, model.metadata());
        model.functions().forEach(function -> out.message(25, inner -> function(inner, function)));
    }

    private static void opsets(Fields out, int field, Map<String, Long> opsets) {
        opsets.forEach((domain, version) -> out.message(field, inner -> {
            inner.text(1, domain);
            inner.varint(2, version);
        }));
    }

    private static void entries(Fields out, int field, Map<String, String> entries) {
        entries.forEach((key, value) -> out.message(field, inner -> {
            inner.text(1, key);
            inner.text(2, value);
        }));
    }

    private static void graph(Fields out, GraphProto graph) {
        graph.nodes().forEach(node -> out.message(1, inner -> node(inner, node)));
        out.text(2, graph.name());
        graph.initializers().forEach(tensor -> out.message(5, inner -> tensor(inner, tensor)));
        graph.inputs().forEach(value -> out.message(11, inner -> valueInfo(inner, value)));
        graph.outputs().forEach(value -> out.message(12, inner -> valueInfo(inner, value)));
        graph.values().forEach(value -> out.message(13, inner -> valueInfo(inner, value)));
    }

    private static void node(Fields out, NodeProto node) {
        out.texts(1, node.inputs());
        out.texts(2, node.outputs());
        out.optional(3, node.name());
        out.text(4, node.opType());
        node.attributes().forEach(attribute -> out.message(5, inner -> attribute(inner, attribute)));
        out.optional(7, node.domain());
        out.optional(8, node.overload());
    }

    private static void attribute(Fields out, AttributeProto attribute) {
        out.text(1, attribute.name());
        int type = switch (attribute.content()) {
            case FloatValue(float value) -> {
                out.float32(2, value);
                yield 1;
            }
            case IntValue(long value) -> {
                out.varint(3, value);
                yield 2;
            }
            case StringValue(String value) -> {
                out.text(4, value);
                yield 3;
            }
            case TensorValue(TensorProto value) -> {
                out.message(5, inner -> tensor(inner, value));
                yield 4;
            }
            case GraphValue(GraphProto value) -> {
                out.message(6, inner -> graph(inner, value));
                yield 5;
            }
            case Floats(List<Float> values) -> {
                values.forEach(value -> out.float32(7, value));
                yield 6;
            }
            case Ints(List<Long> values) -> {
                values.forEach(value -> out.varint(8, value));
                yield 7;
            }
            case Strings(List<String> values) -> {
                out.texts(9, values);
                yield 8;
            }
            case Reference(String name, int kind) -> {
                out.text(21, name);
                yield kind;
            }
            case Unsupported(String kind) -> throw new UnsupportedException("attribute '" + attribute.name()
                    + "' of kind " + kind + " cannot be written");
        };
        out.varint(20, type);
    }

    private static void function(Fields out, FunctionProto function) {
        out.text(1, function.name());
        out.texts(4, function.inputs());
        out.texts(5, function.outputs());
        out.texts(6, function.attributes());
        function.nodes().forEach(node -> out.message(7, inner -> node(inner, node)));
        opsets(out, 9, function.opsets());
        out.text(10, function.domain());
        function.defaults().forEach(attribute -> out.message(11, inner -> attribute(inner, attribute)));
        out.optional(13, function.overload());
    }

    private static void valueInfo(Fields out, ValueInfoProto value) {
        out.text(1, value.name());
        switch (value.type()) {
            case TensorType type -> out.message(2, inner -> inner.message(1, tensor -> tensorType(tensor, type)));
            case Other(String kind) when kind.equals("none") -> { }
            case Other(String kind) -> throw new UnsupportedException("the type " + kind + " of '" + value.name()
                    + "' cannot be written");
        }
    }

    private static void tensorType(Fields out, TensorType type) {
        out.varint(1, type.elementType());
        type.dims().ifPresent(dims -> out.message(2, shape -> dims.forEach(size -> shape.message(1,
                inner -> size(inner, size)))));
    }

    private static void size(Fields out, Size size) {
        switch (size) {
            case Known(long value) -> out.varint(1, value);
            case Named(String name) -> out.text(2, name);
            case Unknown() -> { }
        }
    }

    private static void tensor(Fields out, TensorProto tensor) {
        tensor.dims().forEach(size -> out.varint(1, size));
        out.varint(2, tensor.elementType());
        out.optional(8, tensor.name());
        switch (tensor.content()) {
            case Inline inline -> out.bytes(9, inline.bytes());
            case Text(List<String> values) -> out.texts(6, values);
            case External(Map<String, String> entries) -> {
                entries(out, 13, entries);
                out.varint(14, 1);
            }
        }
    }
}
