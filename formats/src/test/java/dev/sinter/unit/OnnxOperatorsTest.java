package dev.sinter.unit;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.bytes;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.integers;
import static dev.sinter.unit.Messages.message;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.number;
import static dev.sinter.unit.Messages.output;
import static dev.sinter.unit.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Operators on inputs and with attributes that are easily treated wrongly. */
class OnnxOperatorsTest {
    private static final int FLOAT = 1;
    private static final int INT8 = 3;
    private static final int INT64 = 7;

    private static Field mode(String mode) {
        return bytes(5, message(text(1, "mode"), bytes(4, mode.getBytes(StandardCharsets.UTF_8)),
                number(20, 3)));
    }

    private static Field reduction(String reduction) {
        return bytes(5, message(text(1, "reduction"),
                bytes(4, reduction.getBytes(StandardCharsets.UTF_8)), number(20, 3)));
    }

    /** What a model of one node makes of values for its inputs, which are x, y and z. */
    private static NDArray run(Backend backend, byte[] model, Object... values) {
        Graph graph = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.of(model)).into(graph);
        Feeds feeds = Feeds.NONE;
        List<String> names = List.of("x", "y", "z");
        for (int i = 0; i < values.length; i++) {
            feeds = feeds.and(net.input(names.get(i)), values[i]);
        }
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            return session.run(feeds, net.output("o"));
        }
    }

    private static byte[] one(Field node, Field... values) {
        List<Field> fields = new ArrayList<>(List.of(node));
        fields.addAll(List.of(values));
        return model(18, graph(fields.toArray(Field[]::new)));
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void blocksBecomeDepthInBothOrders(Backend backend) {
        Field x = input("x", FLOAT, 1, 2, 2, 2);
        Field o = output("o", FLOAT, 1, 8, 1, 1);
        float[][][][] values = {{{{0, 1}, {2, 3}}, {{4, 5}, {6, 7}}}};
        assertThat(run(backend, one(node("SpaceToDepth", List.of("x"), List.of("o"), attribute("blocksize", 2)), x, o),
                (Object) values).toFloatArray()).containsExactly(0, 4, 1, 5, 2, 6, 3, 7);
        assertThat(run(backend, one(node("SpaceToDepth", List.of("x"), List.of("o"), attribute("blocksize", 2),
                mode("CRD")), x, o), (Object) values).toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void aModeThatThereIsNotIsRefused() {
        byte[] model = one(node("DepthToSpace", List.of("x"), List.of("o"), attribute("blocksize", 2), mode("RCD")),
                input("x", FLOAT, 1, 4, 1, 1), output("o", FLOAT, 1, 1, 2, 2));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model)).into(new Graph()))
                .isInstanceOf(FormatException.class).hasMessageContaining("mode must be DCR or CRD, not RCD");
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void factorsAreWrittenToIndicesThatThereAre(Backend backend) {
        byte[] model = one(node("ScatterND", List.of("x", "y", "z"), List.of("o"), reduction("mul")),
                input("x", FLOAT, 3, 5), input("y", INT64, 2, 2), input("z", FLOAT, 2), output("o", FLOAT, 3, 5));
        float[][] ones = new float[3][5];
        for (float[] row : ones) {
            Arrays.fill(row, 1);
        }
        float[] factors = {2, 3};
        NDArray right = run(backend, model, ones, new long[][] {{1, 2}, {1, 2}}, factors);
        assertThat(right.getDouble(7)).isEqualTo(6);
        assertThat(right.getDouble(8)).isEqualTo(1);
        assertThatThrownBy(() -> run(backend, model, ones, new long[][] {{0, 7}, {1, 2}}, factors))
                .isInstanceOf(GraphException.class).hasMessageContaining("7");
    }

    @Test
    void indicesOfMoreAxesThanThereAreAreRefused() {
        byte[] model = one(node("ScatterND", List.of("x", "y", "z"), List.of("o")), input("x", FLOAT, 3, 5),
                input("y", INT64, 2, 3), input("z", FLOAT, 2), output("o", FLOAT, 3, 5));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model)).into(new Graph()))
                .isInstanceOf(FormatException.class).hasMessageContaining("indices of 3 axes do not fit");
    }

    @Test
    @Timeout(20)
    void aLongRangeTakesNoTimeToImport() {
        byte[] model = one(node("Range", List.of("a", "b", "c"), List.of("o")), integers("a", new long[0], 5),
                integers("b", new long[0], 200_000_005), integers("c", new long[0], 1), output("o", INT64, "n"));
        ImportedModel net = OnnxImport.of(OnnxModel.of(model)).into(new Graph());
        assertThat(net.output("o").shape().sizes()).containsExactly(200_000_000);
    }

    @Test
    void sizesWhoseProductOverflowsAreRefused() {
        byte[] model = one(node("Col2Im", List.of("x", "s", "b"), List.of("o")),
                integers("s", new long[] {2}, 1L << 40, 1L << 40),
                integers("b", new long[] {2}, 1L << 40, 1L << 40), input("x", FLOAT, 1, 4, 1),
                output("o", FLOAT, 1, 1, 1, 1));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model)).into(new Graph()))
                .isInstanceOf(FormatException.class).hasMessageContaining("Col2Im");
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void aRemainderHasTheSignOfItsDivisor(Backend backend) {
        byte[] model = one(node("Mod", List.of("x", "y"), List.of("o")), input("x", FLOAT, 6), input("y", FLOAT, 6),
                output("o", FLOAT, 6));
        assertThat(run(backend, model, new float[] {4, -4, 4, -4, 5, -5}, new float[] {2, 2, -2, -2, -3, 3})
                .toFloatArray()).containsExactly(0f, 0f, -0f, -0f, -1, 1);
    }

    @Test
    void moreSmallestElementsThanThereAreAreRefused() {
        for (long k : new long[] {-1, 4}) {
            byte[] model = one(node("TopK", List.of("x", "k"), List.of("o", "i"), attribute("largest", 0)),
                    integers("k", new long[] {1}, k), input("x", FLOAT, 3), output("o", FLOAT, "k"));
            assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model)).into(new Graph()))
                    .isInstanceOf(FormatException.class).hasMessageContaining("k is " + k + ", and axis 0 has 3");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void powersOfIntegersAreExact(Backend backend) {
        byte[] model = one(node("Pow", List.of("x", "y"), List.of("o")), input("x", INT64, 8), input("y", INT64, 8),
                output("o", INT64, 8));
        long[] bases = {3, -7, 2, 5, -1, 1, 2, 0};
        long[] exponents = {35, 21, 62, 0, 101, 1000, -1, 70};
        assertThat(run(backend, model, bases, exponents).toLongArray()).containsExactly(50031545098999707L,
                -558545864083284007L, 1L << 62, 1, -1, 1, 0, 0);
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void meansOfShortIntegersDoNotOverflow(Backend backend) {
        byte[] model = one(node("ReduceMean", List.of("x"), List.of("o"), attribute("keepdims", 0)),
                input("x", INT8, 4), output("o", INT8));
        assertThat(run(backend, model, NDArray.of(new byte[] {100, 120, 110, 90}, 4)).getLong(0)).isEqualTo(105);
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void slicesBetweenSizesMayBeEmpty(Backend backend) {
        byte[] model = one(node("Slice", List.of("x", "n", "m"), List.of("o")),
                node("Shape", List.of("y"), List.of("n")), node("Shape", List.of("z"), List.of("m")),
                input("x", FLOAT, 6), input("y", FLOAT, "n"), input("z", FLOAT, "m"), output("o", FLOAT, "k"));
        float[] x = {0, 1, 2, 3, 4, 5};
        assertThat(run(backend, model, x, new float[1], new float[4]).toFloatArray()).containsExactly(1, 2, 3);
        assertThat(run(backend, model, x, new float[4], new float[1]).toFloatArray()).isEmpty();
        assertThat(run(backend, model, x, new float[4], new float[9]).toFloatArray()).containsExactly(4, 5);
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void aComputedPositionCountsFromTheEndWhereItIsNegative(Backend backend) {
        byte[] model = one(node("Shape", List.of("y"), List.of("n")), node("Sub", List.of("n", "three"), List.of("s")),
                node("Slice", List.of("x", "s", "most"), List.of("o")), integers("three", new long[] {1}, 3),
                integers("most", new long[] {1}, Long.MAX_VALUE), input("x", FLOAT, "k"), input("y", FLOAT, "n"),
                output("o", FLOAT, "m"));
        float[] x = {0, 1, 2, 3};
        assertThat(run(backend, model, x, new float[5]).toFloatArray()).containsExactly(2, 3);
        assertThat(run(backend, model, x, new float[3]).toFloatArray()).containsExactly(0, 1, 2, 3);
        assertThat(run(backend, model, x, new float[2]).toFloatArray()).containsExactly(3);
        assertThat(run(backend, model, x, new float[9]).toFloatArray()).isEmpty();
        assertThat(run(backend, model, new float[] {7}, new float[0]).toFloatArray()).containsExactly(7);
    }

    /** Two nodes, whose masks are the same where their seeds are. */
    private static byte[] dropouts(long first, long second) {
        return one(node("Dropout", List.of("x", "r", "t"), List.of("a", "m"), attribute("seed", first)),
                node("Dropout", List.of("x", "r", "t"), List.of("b", "n"), attribute("seed", second)),
                node("Sub", List.of("a", "b"), List.of("o")),
                bytes(5, Messages.tensor("r", FLOAT, new long[0], bytes(9, new byte[] {0, 0, 0, 63}))),
                bytes(5, Messages.tensor("t", 9, new long[0], bytes(9, new byte[] {1}))), input("x", FLOAT, 64),
                output("o", FLOAT, 64), output("m", 9, 64), output("n", 9, 64));
    }

    @Test
    void theSeedOfANodeSaysItsNumbers() {
        float[] x = new float[64];
        Arrays.fill(x, 1);
        assertThat(run(Backend.EVAL, dropouts(5, 5), x).toFloatArray()).containsOnly(0);
        assertThat(run(Backend.EVAL, dropouts(5, 6), x).toFloatArray()).contains(2, -2);
    }
}
