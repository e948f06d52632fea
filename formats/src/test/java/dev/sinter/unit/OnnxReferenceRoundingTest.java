package dev.sinter.unit;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.output;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With the rounding of the standard's reference, results are NumPy's bit for bit, but for signs of zeros. */
class OnnxReferenceRoundingTest {
    private static final int FLOAT = 1;
    private static final int HALF = 10;
    private static final int BRAIN = 16;

    /** What {@code make_rounding.py} wrote. */
    static Stream<List<String>> lines() throws IOException {
        try (InputStream in = Objects.requireNonNull(OnnxReferenceRoundingTest.class.getResourceAsStream(
                "reference-rounding.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
                    .map(line -> List.of(line.split(" "))).toList().stream();
        }
    }

    /** The numbers that the script's formula gives. */
    private static float[] numbers(int count, int step, int modulus, float divisor) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (i * step % modulus - modulus / 2) / divisor;
        }
        return numbers;
    }

    private static NDArray run(OnnxImport model, NDArray x, Backend backend) {
        Graph graph = new Graph();
        ImportedModel net = model.into(graph);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            return session.run(Feeds.feed(net.input("x"), x), net.output("y"));
        }
    }

    private static OnnxImport imported(Field node, int type, Object... sizes) {
        return OnnxImport.of(OnnxModel.of(model(22, graph(node, input("x", type, sizes), output("y", type, sizes)))));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void theBitsOfNumPy(List<String> line) {
        if (line.getFirst().equals("softmax")) {
            softmax(line);
        } else {
            inverse(line);
        }
    }

    private static void inverse(List<String> line) {
        int size = Integer.parseInt(line.get(1));
        float[] parts = new float[2 * size];
        float[] real = numbers(size, 37, 101, 8);
        float[] imag = numbers(size, 53, 89, 8);
        IntStream.range(0, 2 * size).forEach(i -> parts[i] = i % 2 == 0 ? real[i / 2] : imag[i / 2]);
        OnnxImport model = imported(node("DFT", List.of("x"), List.of("y"), attribute("inverse", 1)), FLOAT, 1, size,
                2);
        int[] expected = line.stream().skip(2).mapToInt(bits -> Integer.parseUnsignedInt(bits, 16)).toArray();
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            float[] found = run(model.withReferenceRounding(), NDArray.of(parts, 1, size, 2), backend).toFloatArray();
            int[] bits = IntStream.range(0, found.length).map(i -> Float.floatToRawIntBits(found[i] + 0f)).toArray();
            int[] wanted = Arrays.stream(expected).map(one -> one == Integer.MIN_VALUE ? 0 : one).toArray();
            assertThat(bits).as("%s", backend).isEqualTo(wanted);
        }
    }

    private static void softmax(List<String> line) {
        DType dtype = line.get(1).equals("float16") ? DType.FLOAT16 : DType.BFLOAT16;
        int axis = Integer.parseInt(line.get(2));
        long[] sizes = axis == 1 ? new long[] {2, 150, 2} : new long[] {2, 2, 150};
        OnnxImport model = imported(node("Softmax", List.of("x"), List.of("y"), attribute("axis", (long) axis)),
                dtype == DType.FLOAT16 ? HALF : BRAIN, sizes[0], sizes[1], sizes[2]);
        NDArray x = NDArray.of(numbers(600, 37, 101, 32), sizes).cast(dtype);
        long[] expected = line.stream().skip(3).mapToLong(bits -> Long.parseLong(bits, 16)).toArray();
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            NDArray found = run(model.withReferenceRounding(), x, backend);
            assertThat(LongStream.range(0, 600).map(i -> found.getBits(i) & 0xffff).toArray()).as("%s", backend)
                    .isEqualTo(expected);
        }
    }

    /** Without it, sums of bfloat16 do not end where the next one is rounded away. */
    @Test
    void sintersOwnSoftmaxIsMoreExact() {
        OnnxImport model = imported(node("Softmax", List.of("x"), List.of("y")), BRAIN, 1, 1000);
        NDArray x = NDArray.of(new float[1000], 1, 1000).cast(DType.BFLOAT16);
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            assertThat(run(model, x, backend).getDouble(0)).isBetween(0.999e-3, 1.001e-3);
            assertThat(run(model.withReferenceRounding(), x, backend).getDouble(0)).isEqualTo(1 / 256.0);
        }
    }
}
