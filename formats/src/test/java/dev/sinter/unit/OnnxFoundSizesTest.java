package dev.sinter.unit;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.floats;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.input;
import static dev.sinter.unit.Messages.integers;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.output;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
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
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nodes whose outputs have sizes that only a run finds, and that an import bounds. */
class OnnxFoundSizesTest {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int BOOL = 9;

    /** Where a range begins and ends, and its step. */
    private static byte[] range(int dtype) {
        return model(17, graph(node("Range", List.of("a", "b", "c"), List.of("r")),
                node("Add", List.of("r", "r"), List.of("y")), input("a", dtype), input("b", dtype), input("c", dtype),
                output("y", dtype, "n")));
    }

    /** Doubles a number as long as it is below 10, at most so often as an input says, and stacks what it was before. */
    private static byte[] loop() {
        byte[] body = graph(node("Add", List.of("v", "v"), List.of("w")), node("Less", List.of("w", "ten"),
                List.of("go")), node("Identity", List.of("v"), List.of("o")), input("i", INT64), input("c", BOOL),
                input("v", FLOAT), output("go", BOOL), output("w", FLOAT), output("o", FLOAT));
        return model(17, graph(node("Loop", List.of("most", "", "x"), List.of("last", "y"), attribute("body", body)),
                floats("ten", new long[0], 10), input("most", INT64), input("x", FLOAT), output("y", FLOAT, "n")));
    }

    /** The elements of x where those of m are not 0. */
    private static byte[] gather() {
        return model(17, graph(node("NonZero", List.of("m"), List.of("i")), node("Squeeze", List.of("i", "first"),
                List.of("j")), node("Gather", List.of("x", "j"), List.of("y")), integers("first", new long[] {1}, 0),
                input("x", FLOAT, "a"), input("m", FLOAT, "b"), output("y", FLOAT, "n")));
    }

    /** The output y of a model whose inputs are in order. */
    private static final class Net implements AutoCloseable {
        private final ImportedModel imported;
        private final Session session;

        Net(byte[] model, Backend backend) {
            Graph graph = new Graph();
            imported = OnnxImport.of(OnnxModel.of(model)).withMostFound(5).into(graph);
            session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend));
        }

        NDArray run(Object... values) {
            Feeds feeds = Feeds.NONE;
            List<String> names = List.copyOf(imported.inputs().keySet());
            for (int i = 0; i < values.length; i++) {
                feeds = feeds.and(imported.input(names.get(i)), values[i]);
            }
            return session.run(feeds, imported.output("y"));
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /** That a run finds a size above its bound. */
    private static void isTooMuch(Backend backend, ThrowingCallable run) {
        assertThatThrownBy(run).isExactlyInstanceOf(GraphException.class).hasMessageMatching(backend == Backend.LLVM
                ? "(?s)run: a size that the run finds is negative or exceeds its bound\n.*"
                : "(?s).*the size \\S+ that the run finds is \\d+, which is more than the 5 that it is at most\n.*");
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void rangesOfIntegers(Backend backend) {
        try (Net net = new Net(range(INT64), backend)) {
            assertThat(net.run(2L, 9L, 3L).toLongArray()).containsExactly(4, 10, 16);
            assertThat(net.run(2L, 8L, 3L).toLongArray()).containsExactly(4, 10);
            assertThat(net.run(1L, -4L, -2L).toLongArray()).containsExactly(2, -2, -6);
            assertThat(net.run(1L, -4L, 2L).toLongArray()).isEmpty();
            isTooMuch(backend, () -> net.run(0L, 6L, 1L));
            assertThatThrownBy(() -> net.run(0L, 6L, 0L)).isExactlyInstanceOf(GraphException.class)
                    .hasMessageContaining("an integer is divided by 0");
            assertThat(net.run(0L, 5L, 1L).toLongArray()).containsExactly(0, 2, 4, 6, 8);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void rangesOfFloats(Backend backend) {
        try (Net net = new Net(range(FLOAT), backend)) {
            assertThat(net.run(1f, 2f, 0.4f).toFloatArray()).containsExactly(2, 2.8f, 3.6f);
            assertThat(net.run(1f, 1f, -0.5f).toFloatArray()).isEmpty();
            isTooMuch(backend, () -> net.run(0f, 1f, 0f));
            isTooMuch(backend, () -> net.run(0f, Float.POSITIVE_INFINITY, 1f));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void outputsOfLoopsThatEndByACondition(Backend backend) {
        try (Net net = new Net(loop(), backend)) {
            assertThat(net.run(Long.MAX_VALUE, 2f).toFloatArray()).containsExactly(2, 4, 8);
            assertThat(net.run(2L, 2f).toFloatArray()).containsExactly(2, 4);
            assertThat(net.run(0L, 2f).toFloatArray()).isEmpty();
            assertThat(net.run(5L, 0f).toFloatArray()).hasSize(5);
            isTooMuch(backend, () -> net.run(6L, 0f));
            assertThat(net.run(6L, 0.5f).toFloatArray()).containsExactly(0.5f, 1, 2, 4, 8);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void anEmptyAxisHasNothingThatIndicesFind(Backend backend) {
        try (Net net = new Net(gather(), backend)) {
            float[] none = {};
            assertThat(net.run(new float[] {5, 6, 7}, new float[] {0, 1, 1, 0}).toFloatArray()).containsExactly(6, 7);
            assertThatThrownBy(() -> net.run(none, new float[] {0, 1})).isExactlyInstanceOf(GraphException.class)
                    .hasMessageContaining("gather: there is no index along axis 0 of size 0");
            assertThat(net.run(none, none).toFloatArray()).isEmpty();
        }
    }

    @Test
    void withoutABoundTheyAreRefused() {
        for (byte[] model : List.of(range(INT64), loop())) {
            assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model)).into(new Graph()))
                    .isExactlyInstanceOf(UnsupportedException.class).hasMessageContaining("a bound with withMostFound");
        }
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(loop())).withMostFound(0))
                .isExactlyInstanceOf(FormatException.class).hasMessageContaining("at least 1, not 0");
    }
}
