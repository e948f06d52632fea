package dev.sinter.unit;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Messages of ONNX files for tests, field by field. */
public final class Messages {
    private Messages() {}

    /** A field of a message. */
    @FunctionalInterface
    public interface Field {
        void write(CodedOutputStream out) throws IOException;
    }

    public static byte[] message(Field... fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            for (Field field : fields) {
                field.write(out);
            }
            out.flush();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        return bytes.toByteArray();
    }

    public static Field number(int field, long value) {
        return out -> out.writeInt64(field, value);
    }

    public static Field bytes(int field, byte[] value) {
        return out -> out.writeByteArray(field, value);
    }

    public static Field text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    public static Field all(List<Field> fields) {
        return out -> {
            for (Field field : fields) {
                field.write(out);
            }
        };
    }

    /** A model of a graph, of a version of the standard's operators. */
    public static byte[] model(long opset, byte[] graph, Field... more) {
        return message(number(1, 9), bytes(8, message(text(1, ""), number(2, opset))), bytes(7, graph),
                all(List.of(more)));
    }

    public static byte[] graph(Field... fields) {
        return message(fields);
    }

    /** A node as a field of a graph. */
    public static Field node(String type, List<String> inputs, List<String> outputs, Field... attributes) {
        return bytes(1, plainNode(type, inputs, outputs, attributes));
    }

    public static byte[] plainNode(String type, List<String> inputs, List<String> outputs, Field... attributes) {
        return message(all(inputs.stream().map(input -> text(1, input)).toList()),
                all(outputs.stream().map(output -> text(2, output)).toList()), text(4, type),
                all(List.of(attributes)));
    }

    /** An attribute as a field of a node. */
    public static Field attribute(String name, long value) {
        return bytes(5, message(text(1, name), number(3, value), number(20, 2)));
    }

    public static Field attribute(String name, float value) {
        return bytes(5, message(text(1, name), out -> out.writeFloat(2, value), number(20, 1)));
    }

    /** An attribute of several floats. */
    public static Field floatsOf(String name, float... values) {
        return bytes(5, message(text(1, name), number(20, 6), out -> {
            for (float value : values) {
                out.writeFloat(7, value);
            }
        }));
    }

    /** An attribute of several integers. */
    public static Field integersOf(String name, long... values) {
        return bytes(5, message(text(1, name), number(20, 7), all(Arrays.stream(values)
                .mapToObj(value -> number(8, value)).toList())));
    }

    public static Field attribute(String name, String value) {
        return bytes(5, message(text(1, name), text(4, value), number(20, 3)));
    }

    public static Field attribute(String name, List<String> values) {
        Field[] fields = Stream.concat(Stream.of(text(1, name), number(20, 8)),
                values.stream().map(value -> text(9, value))).toArray(Field[]::new);
        return bytes(5, message(fields));
    }

    public static Field attribute(String name, byte[] graph) {
        return bytes(5, message(text(1, name), bytes(6, graph), number(20, 5)));
    }

    public static Field input(String name, int elementType, Object... sizes) {
        return bytes(11, value(name, elementType, sizes));
    }

    public static Field output(String name, int elementType, Object... sizes) {
        return bytes(12, value(name, elementType, sizes));
    }

    /** What a graph says of a value that is neither an input nor an output. */
    public static Field inner(String name, int elementType, Object... sizes) {
        return bytes(13, value(name, elementType, sizes));
    }

    /** A value; a size is a number or a name. */
    private static byte[] value(String name, int elementType, Object... sizes) {
        byte[] shape = message(all(Arrays.stream(sizes).map(size -> bytes(1, message(size instanceof String text
                ? text(2, text) : number(1, ((Number) size).longValue())))).toList()));
        return message(text(1, name), bytes(2, message(bytes(1, message(number(1, elementType), bytes(2, shape))))));
    }

    /** Floats as an initializer. */
    public static Field floats(String name, long[] sizes, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        return bytes(5, tensor(name, 1, sizes, bytes(9, raw.array())));
    }

    /** Integers as an initializer. */
    public static Field integers(String name, long[] sizes, long... values) {
        return bytes(5, tensor(name, 7, sizes, all(Arrays.stream(values)
                .mapToObj(value -> number(7, value)).toList())));
    }

    public static byte[] tensor(String name, int elementType, long[] sizes, Field... content) {
        return message(all(Arrays.stream(sizes).mapToObj(size -> number(1, size)).toList()),
                number(2, elementType), text(8, name), all(List.of(content)));
    }
}
