package dev.sinter.unit;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.bytes;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.message;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.number;
import static dev.sinter.unit.Messages.output;
import static dev.sinter.unit.Messages.tensor;
import static dev.sinter.unit.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxExport;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Operators with a seed draw the numbers of NumPy 2.4. */
class OnnxRandomTest {
    private static final int FLOAT = 1;
    private static final int BOOL = 9;
    private static final int DOUBLE = 11;

    private final Graph graph = new Graph();

    private ImportedModel imported(Field... fields) {
        return OnnxImport.of(OnnxModel.of(model(22, graph(fields)))).into(graph);
    }

    private Session session(Backend backend) {
        return new Session(graph, SessionOptions.DEFAULT.withBackend(backend));
    }

    private static Field real(String name, float value) {
        return bytes(5, message(text(1, name), out -> out.writeFloat(2, value), number(20, 1)));
    }

    private static Field sizes(long... values) {
        return bytes(5, message(text(1, "shape"), Messages.all(Arrays.stream(values).mapToObj(value -> number(8, value))
                .toList()), number(20, 7)));
    }

    private static Field dropout(long seed) {
        return node("Dropout", List.of("x", "r", "t"), List.of("y", "m"), attribute("seed", seed));
    }

    /** The ratio 0.5, and true. */
    private static Field training() {
        return Messages.all(List.of(bytes(5, tensor("r", FLOAT, new long[0], bytes(9, new byte[] {0, 0, 0, 63}))),
                bytes(5, tensor("t", BOOL, new long[0], bytes(9, new byte[] {1})))));
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void evenlyDistributedNumbers(Backend backend) {
        Tensor y = imported(node("RandomUniform", List.of(), List.of("y"), sizes(10, 100), real("seed", 3),
                attribute("dtype", DOUBLE)), output("y", DOUBLE, 10, 100)).output("y");
        try (Session session = session(backend)) {
            NDArray first = session.run(y);
            assertThat(first.getDouble(0)).isEqualTo(0.5507979025745755);
            assertThat(first.getDouble(1)).isEqualTo(0.7081478226181048);
            assertThat(first.getDouble(999)).isEqualTo(0.12469375978064023);
            assertThat(session.run(y).sameBits(first)).isTrue();
            NDArray third = session.run(y);
            assertThat(third.getDouble(0)).isEqualTo(0.15579545074191647);
            assertThat(third.getDouble(999)).isEqualTo(0.7119876762150833);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void normallyDistributedNumbers(Backend backend) {
        ImportedModel net = imported(node("RandomNormalLike", List.of("x"), List.of("y"), real("seed", 7),
                real("scale", 2), real("mean", 1), attribute("dtype", DOUBLE)), input("x", FLOAT, "n"),
                output("y", DOUBLE, "n"));
        try (Session session = session(backend)) {
            assertThat(session.run(Feeds.feed(net.input("x"), new float[5]), net.output("y")).toDoubleArray())
                    .containsExactly(new double[] {4.381051407600712, 0.06812525891833443, 1.0656403273571688,
                        1.8150325659930155, -0.5778460572514772}, Offset.offset(1e-14));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void boolsOfProbabilities(Backend backend) {
        ImportedModel net = imported(node("Bernoulli", List.of("x"), List.of("y"), real("seed", 7),
                attribute("dtype", BOOL)), input("x", DOUBLE, "n"), output("y", BOOL, "n"));
        try (Session session = session(backend)) {
            double[] probabilities = {0.1, 0.5, 0.9, 0, 1, 0.7, 0.3, 0.501, 0.2, 0.8};
            assertThat(session.run(Feeds.feed(net.input("x"), probabilities), net.output("y")).toBooleanArray())
                    .containsExactly(false, true, true, false, true, true, false, true, false, true);
            assertThatThrownBy(() -> session.run(Feeds.feed(net.input("x"), new double[] {0.5, 1.5}), net.output("y")))
                    .isInstanceOf(GraphException.class).hasMessageContaining("element 1 is 1.5");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void gradientsFlowThroughTheMaskOfTheRun(Backend backend) {
        ImportedModel net = imported(dropout(5), training(), input("x", FLOAT, "n", 4), output("y", FLOAT, "n", 4),
                output("m", BOOL, "n", 4));
        Tensor x = net.input("x");
        Tensor gradient = Ops.gradients(Ops.reduceSum(net.output("y")), x).get(0);
        Feeds ones = Feeds.feed(x, new float[][] {{1, 1, 1, 1}, {1, 1, 1, 1}});
        try (Session session = session(backend)) {
            float[] first = {0, 2, 0, 2, 0, 2, 2, 2};
            for (float[] kept : new float[][] {first, first, {0, 0, 2, 2, 0, 0, 0, 0}}) {
                Fetches results = session.run(ones, Fetch.fetch(net.output("y"), gradient, net.output("m")));
                assertThat(results.get(0).toFloatArray()).containsExactly(kept);
                assertThat(results.get(1).toFloatArray()).containsExactly(kept);
                assertThat(results.get(2).cast(DType.INT32).toIntArray())
                        .containsExactly(IntStream.range(0, 8).map(i -> (int) kept[i] / 2).toArray());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void seedsMayHaveMoreBitsThanNumpyTakes(Backend backend) {
        ImportedModel net = imported(dropout((1L << 32) + 5), training(), input("x", FLOAT, 8), output("y", FLOAT, 8));
        try (Session session = session(backend)) {
            assertThat(session.run(Feeds.feed(net.input("x"), new float[] {1, 1, 1, 1, 1, 1, 1, 1}), net.output("y"))
                    .toFloatArray()).containsExactly(0, 0, 2, 0, 2, 2, 2, 2);
        }
    }

    @Test
    void whatIsDrawnCannotBeWritten() {
        ImportedModel net = imported(dropout(5), training(), input("x", FLOAT, 8), output("y", FLOAT, 8));
        try (Session session = session(Backend.EVAL)) {
            assertThatThrownBy(() -> OnnxExport.of(graph, session::value).withInput("x", net.input("x"))
                    .withOutput("y", net.output("y")).bytes()).isInstanceOf(UnsupportedException.class)
                    .hasMessageContaining("random numbers of a run cannot be");
        }
    }
}
