package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.schema.AttributeProto;
import dev.sinter.formats.onnx.schema.FunctionProto;
import dev.sinter.formats.onnx.schema.GraphProto;
import dev.sinter.formats.onnx.schema.ModelProto;
import dev.sinter.formats.onnx.schema.ModelReader;
import dev.sinter.formats.onnx.schema.ModelWriter;
import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.formats.onnx.schema.TensorProto;
import dev.sinter.formats.onnx.schema.TypeProto;
import dev.sinter.formats.onnx.schema.ValueInfoProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is written is read again. */
class ModelWriterTest {
    private static byte[] written(ModelProto model) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ModelWriter.write(model, out);
        assertThat(ModelWriter.size(model)).isEqualTo(out.size());
        return out.toByteArray();
    }

    private static ModelProto read(byte[] bytes) {
        return ModelReader.model("the model", MemorySegment.ofArray(bytes));
    }

    private static ModelProto model(GraphProto graph, FunctionProto... functions) {
        return new ModelProto(9, "somebody", "1.0", Map.of("", 20L), graph, List.of(functions), Map.of("key", "value"));
    }

    private static NodeProto node(String type, AttributeProto.Content... attributes) {
        List<AttributeProto> named = java.util.stream.IntStream.range(0, attributes.length)
                .mapToObj(i -> new AttributeProto("a" + i, attributes[i])).toList();
        return new NodeProto("name", type, "domain", "overload", List.of("x", "", "y"), List.of("", "z"), named);
    }

    @Test
    void everyRecordIsReadAsItWasWritten() throws IOException {
        GraphProto body = new GraphProto("body", List.of(node("Inner")), List.of(), List.of(), List.of());
        NodeProto node = node("Outer", new AttributeProto.IntValue(-3), new AttributeProto.IntValue(0),
                new AttributeProto.FloatValue(0f), new AttributeProto.FloatValue(-1.5f),
                new AttributeProto.StringValue(""), new AttributeProto.StringValue("wörter"),
                new AttributeProto.Ints(List.of(1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE)),
                new AttributeProto.Ints(List.of()), new AttributeProto.Floats(List.of(0.5f, Float.NaN)),
                new AttributeProto.Strings(List.of("a", "")), new AttributeProto.GraphValue(body),
                new AttributeProto.TensorValue(new TensorProto("texts", 8, List.of(2L),
                        new TensorProto.Text(List.of("p", "q")))));
        ValueInfoProto input = new ValueInfoProto("x", new TypeProto.TensorType(1, Optional.of(List.of(
                new TypeProto.Known(0), new TypeProto.Known(7), new TypeProto.Named("n"), new TypeProto.Unknown()))));
        ValueInfoProto scalar = new ValueInfoProto("y", new TypeProto.TensorType(7, Optional.of(List.of())));
        ValueInfoProto ranked = new ValueInfoProto("z", new TypeProto.TensorType(11, Optional.empty()));
        TensorProto outside = new TensorProto("w", 1, List.of(3L, 4L), new TensorProto.External(Map.of("location",
                "weights", "offset", "64", "length", "48")));
        FunctionProto function = new FunctionProto("f", "own", "o", List.of("x"), List.of("y"), List.of("alpha"),
                List.of(new AttributeProto("beta", new AttributeProto.IntValue(2))),
                List.of(node("Body", new AttributeProto.Reference("alpha", 1))), Map.of("", 20L));
        ModelProto model = model(new GraphProto("graph", List.of(node), List.of(outside), List.of(input, scalar),
                List.of(ranked)), function);

        assertThat(read(written(model))).isEqualTo(model);
    }

    @Test
    void elementsKeepTheirBytes() throws IOException {
        byte[] elements = new byte[3 << 20];
        new java.util.Random(1).nextBytes(elements);
        TensorProto tensor = new TensorProto("w", 2, List.of((long) elements.length),
                new TensorProto.Inline(MemorySegment.ofArray(elements)));
        ModelProto model = model(new GraphProto("graph", List.of(), List.of(tensor), List.of(), List.of()));

        TensorProto found = read(written(model)).graph().initializers().getFirst();

        assertThat(found.dims()).isEqualTo(tensor.dims());
        assertThat(((TensorProto.Inline) found.content()).bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(elements);
    }

    @Test
    void whatTheRecordsDoNotKeepIsRefused() {
        ModelProto model = model(new GraphProto("graph", List.of(node("Outer", new AttributeProto.Unsupported("type"))),
                List.of(), List.of(), List.of()));
        assertThatThrownBy(() -> written(model)).isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("'a0' of kind type");
    }
}
