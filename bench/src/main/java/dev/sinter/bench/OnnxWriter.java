package dev.sinter.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Writes an ONNX model, node by node; the numbers are those of the fields in {@code onnx.proto}. */
final class OnnxWriter {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int IR_VERSION = 7;
    private static final int OPSET = 12;

    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
    private int nodes;

    /** How many nodes there are. */
    int nodes() {
        return nodes;
    }

    /** A node. */
    void node(String type, List<String> inputs, String output, byte[]... attributes) {
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        inputs.forEach(input -> node.writeBytes(text(1, input)));
        node.writeBytes(text(2, output));
        node.writeBytes(text(4, type));
        for (byte[] attribute : attributes) {
            node.writeBytes(bytes(5, attribute));
        }
        graph.writeBytes(bytes(1, node.toByteArray()));
        nodes++;
    }

    /** An attribute of one integer. */
    static byte[] attribute(String name, long value) {
        return join(text(1, name), number(3, value), number(20, 2));
    }

    /** An attribute of integers. */
    static byte[] attribute(String name, long... values) {
        byte[][] fields = Arrays.stream(values).mapToObj(value -> number(8, value)).toArray(byte[][]::new);
        return join(text(1, name), join(fields), number(20, 7));
    }

    /** An attribute that is a tensor of one float. */
    static byte[] tensor(String name, float value) {
        return join(text(1, name), bytes(5, tensor("", FLOAT, new long[] {1}, floats(value))), number(20, 4));
    }

    void floats(String name, float[] values, long... sizes) {
        graph.writeBytes(bytes(5, tensor(name, FLOAT, sizes, floats(values))));
    }

    void integers(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        graph.writeBytes(bytes(5, tensor(name, INT64, new long[] {values.length}, raw.array())));
    }

    void input(String name, long... sizes) {
        graph.writeBytes(bytes(11, value(name, sizes)));
    }

    void output(String name, long... sizes) {
        graph.writeBytes(bytes(12, value(name, sizes)));
    }

    /** Writes the file. */
    void write(Path file) {
        byte[] model = join(number(1, IR_VERSION), text(2, "sinter-bench"), bytes(8, number(2, OPSET)),
                bytes(7, join(text(2, "net"), graph.toByteArray())));
        try {
            Files.write(file, model);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static byte[] value(String name, long... sizes) {
        byte[][] dims = Arrays.stream(sizes).mapToObj(size -> bytes(1, number(1, size))).toArray(byte[][]::new);
        return join(text(1, name), bytes(2, bytes(1, join(number(1, FLOAT), bytes(2, join(dims))))));
    }

    private static byte[] tensor(String name, int elementType, long[] sizes, byte[] raw) {
        byte[][] dims = Arrays.stream(sizes).mapToObj(size -> number(1, size)).toArray(byte[][]::new);
        return join(join(dims), number(2, elementType), text(8, name), bytes(9, raw));
    }

    private static byte[] floats(float... values) {
        ByteBuffer raw = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return raw.array();
    }

    private static byte[] text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(int field, byte[] value) {
        return join(varint((long) field << 3 | 2), varint(value.length), value);
    }

    private static byte[] number(int field, long value) {
        return join(varint((long) field << 3), varint(value));
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }
}
