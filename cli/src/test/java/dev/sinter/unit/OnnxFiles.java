package dev.sinter.unit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small ONNX files, field by field. */
public final class OnnxFiles {
    public static final int FLOAT = 1;
    public static final int INT64 = 7;
    public static final int BOOL = 9;

    private OnnxFiles() {}

    /** A model of version 17 of the operators, whose graph has some fields. */
    public static Path model(Path file, byte[]... graph) {
        return write(file, join(number(1, 9), text(2, "hand"), bytes(8, number(2, 17)), bytes(7, join(graph))));
    }

    /** {@code y = relu(x w)} for any number of rows of two. */
    public static Path linear(Path file) {
        return model(file, node("MatMul", List.of("x", "w"), List.of("m")), node("Relu", List.of("m"), List.of("y")),
                floats("w", new long[] {2, 2}, 1, 2, 3, -4), input("x", FLOAT, "batch", 2),
                output("y", FLOAT, "batch", 2));
    }

    /** {@code y = reshape(x, shape)}. */
    public static Path reshape(Path file) {
        return model(file, node("Reshape", List.of("x", "shape"), List.of("y")), input("x", FLOAT, 6),
                input("shape", INT64, 2), output("y", FLOAT, "a", "b"));
    }

    /** The even numbers below the number of elements of x that are not 0. */
    public static Path range(Path file) {
        return model(file, node("NonZero", List.of("x"), List.of("i")), node("Size", List.of("i"), List.of("n")),
                node("Range", List.of("zero", "n", "two"), List.of("y")), integer("zero", 0), integer("two", 2),
                input("x", FLOAT, "size"), output("y", INT64, "count"));
    }

    public static byte[] node(String type, List<String> inputs, List<String> outputs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        inputs.forEach(input -> out.writeBytes(text(1, input)));
        outputs.forEach(output -> out.writeBytes(text(2, output)));
        out.writeBytes(text(4, type));
        return bytes(1, out.toByteArray());
    }

    /**
     * {@code y} is the inverse transform of 10 complex numbers, {@code [1, 10, 2]}: of 0, 10 and so on to 90 the
     * imaginary part of element 5 is 0, and {@code 1.9e-7} as NumPy computes it.
     */
    public static Path inverseTransform(Path file) {
        byte[] inverse = bytes(5, join(text(1, "inverse"), number(3, 1), number(20, 2)));
        return model(file, bytes(1, join(text(1, "x"), text(2, "y"), text(4, "DFT"), inverse)),
                input("x", FLOAT, 1, 10, 2), output("y", FLOAT, 1, 10, 2));
    }

    public static byte[] floats(String name, long[] sizes, float... values) {
        return bytes(5, tensor(name, sizes, values));
    }

    private static byte[] integer(String name, long value) {
        return bytes(5, join(number(2, INT64), number(7, value), text(8, name)));
    }

    /** A tensor, as a file of test data is one. */
    public static byte[] tensor(String name, long[] sizes, float... values) {
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putFloat(value);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long size : sizes) {
            out.writeBytes(number(1, size));
        }
        return join(out.toByteArray(), number(2, FLOAT), text(8, name), bytes(9, raw.array()));
    }

    /** A list of bools as a file of its own. */
    public static byte[] bools(String name, boolean... values) {
        byte[] raw = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            raw[i] = (byte) (values[i] ? 1 : 0);
        }
        return join(number(1, values.length), number(2, BOOL), text(8, name), bytes(9, raw));
    }

    public static byte[] input(String name, int elementType, Object... sizes) {
        return bytes(11, value(name, elementType, sizes));
    }

    public static byte[] output(String name, int elementType, Object... sizes) {
        return bytes(12, value(name, elementType, sizes));
    }

    /** A value; a size is a number or a name, and unknown where that is empty. */
    private static byte[] value(String name, int elementType, Object... sizes) {
        ByteArrayOutputStream shape = new ByteArrayOutputStream();
        for (Object size : sizes) {
            shape.writeBytes(bytes(1, size instanceof Integer known ? number(1, known) : text(2, (String) size)));
        }
        return join(text(1, name), bytes(2, bytes(1, join(number(1, elementType), bytes(2, shape.toByteArray())))));
    }

    public static Path write(Path file, byte[] content) {
        try {
            return Files.write(file, content);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
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
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
