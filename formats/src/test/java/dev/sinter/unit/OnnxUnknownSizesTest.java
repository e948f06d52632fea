package dev.sinter.unit;

import static dev.sinter.unit.Messages.attribute;
import static dev.sinter.unit.Messages.floats;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.inner;
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
import dev.sinter.unit.Messages.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nodes whose inputs have sizes that the file leaves open: each run decides whether they fit. */
class OnnxUnknownSizesTest {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int BOOL = 9;

    /** A model of one node with the output o, whose inputs are fed in order and keep their sizes open. */
    private static final class Net implements AutoCloseable {
        private final ImportedModel imported;
        private final Session session;

        Net(Backend backend, Field... fields) {
            Graph graph = new Graph();
            imported = OnnxImport.of(OnnxModel.of(model(20, graph(fields)))).into(graph);
            session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend));
            session.run(graph.initializer());
        }

        NDArray run(Object... values) {
            return run("o", values);
        }

        NDArray run(String output, Object... values) {
            Feeds feeds = Feeds.NONE;
            List<String> names = List.copyOf(imported.inputs().keySet());
            for (int i = 0; i < values.length; i++) {
                feeds = feeds.and(imported.input(names.get(i)), values[i]);
            }
            return session.run(feeds, imported.output(output));
        }

        @Override
        public void close() {
            session.close();
        }
    }

    private static Field x(int dtype, int rank) {
        return open("x", dtype, rank);
    }

    /** An input of sizes of names of their own. */
    private static Field open(String name, int dtype, int rank) {
        List<Object> sizes = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            sizes.add(name + "_" + axis);
        }
        return input(name, dtype, sizes.toArray());
    }

    /** Numbers from 0 on. */
    private static NDArray counting(long... sizes) {
        long count = 1;
        for (long size : sizes) {
            count *= size;
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return NDArray.of(values, sizes);
    }

    private static NDArray of(long[] sizes, float... values) {
        return NDArray.of(values, sizes);
    }

    /** That a result has sizes and elements. */
    private static void is(NDArray actual, long[] sizes, float... values) {
        assertThat(actual.sizes()).containsExactly(sizes);
        assertThat(actual.toFloatArray()).containsExactly(values);
    }

    private static long[] sizes(long... sizes) {
        return sizes;
    }

    // --- broadcasts --------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void eitherOperandStretches(Backend backend) {
        try (Net net = new Net(backend, node("Add", List.of("x", "y"), List.of("o")), x(FLOAT, 1),
                open("y", FLOAT, 2), output("o", FLOAT))) {
            is(net.run(counting(3), of(sizes(2, 1), 10, 20)), sizes(2, 3), 10, 11, 12, 20, 21, 22);
            is(net.run(of(sizes(1), 7), counting(2, 2)), sizes(2, 2), 7, 8, 9, 10);
            is(net.run(counting(2), counting(1, 2)), sizes(1, 2), 0, 2);
            assertThat(net.run(counting(0), counting(2, 1)).sizes()).containsExactly(2, 0);
            assertThatThrownBy(() -> net.run(counting(3), counting(2, 2))).isInstanceOf(GraphException.class)
                    .hasMessageContaining("sizes do not broadcast: x.0 = 3, y.1 = 2");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void threeOperandsStretch(Backend backend) {
        try (Net net = new Net(backend, node("Max", List.of("x", "y", "z"), List.of("m")),
                node("Less", List.of("x", "y"), List.of("c")), node("Where", List.of("c", "m", "z"), List.of("o")),
                x(FLOAT, 2), open("y", FLOAT, 1), open("z", FLOAT, 2), output("o", FLOAT))) {
            is(net.run(of(sizes(2, 1), 1, 5), of(sizes(3), 0, 2, 9), of(sizes(1, 1), 4)), sizes(2, 3),
                    4, 4, 9, 4, 4, 9);
            is(net.run(of(sizes(1, 1), 1), of(sizes(1), 2), counting(2, 2)), sizes(2, 2), 2, 2, 2, 3);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void sizesOfOneNameAreEqual(Backend backend) {
        try (Net net = new Net(backend, node("Mul", List.of("x", "y"), List.of("o")), input("x", FLOAT, "n"),
                input("y", FLOAT, "n"), output("o", FLOAT))) {
            assertThat(net.run(counting(3), counting(3)).toFloatArray()).containsExactly(0, 1, 4);
            assertThatThrownBy(() -> net.run(counting(3), counting(1))).isInstanceOf(GraphException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void batchesOfMatricesAndTheBiasOfAProductStretch(Backend backend) {
        try (Net net = new Net(backend, node("MatMul", List.of("x", "y"), List.of("o")), x(FLOAT, 3),
                open("y", FLOAT, 3), output("o", FLOAT))) {
            NDArray matrices = of(sizes(2, 1, 2), 1, 2, 3, 4);
            is(net.run(matrices, of(sizes(1, 2, 1), 1, 10)), sizes(2, 1, 1), 21, 43);
            is(net.run(of(sizes(1, 1, 1), 2), counting(3, 1, 1)), sizes(3, 1, 1), 0, 2, 4);
            is(net.run(matrices, of(sizes(2, 2, 1), 1, 10, 1, 1)), sizes(2, 1, 1), 21, 7);
        }
        try (Net net = new Net(backend, node("Gemm", List.of("x", "y", "z"), List.of("o")), x(FLOAT, 2),
                open("y", FLOAT, 2), open("z", FLOAT, 2), output("o", FLOAT))) {
            NDArray left = of(sizes(2, 1), 1, 2);
            NDArray right = of(sizes(1, 2), 1, 2);
            is(net.run(left, right, of(sizes(1, 2), 10, 20)), sizes(2, 2), 11, 22, 12, 24);
            is(net.run(left, right, of(sizes(2, 1), 10, 20)), sizes(2, 2), 11, 12, 22, 24);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void expandsStretchEitherWay(Backend backend) {
        try (Net net = new Net(backend, node("Shape", List.of("y"), List.of("s")),
                node("Expand", List.of("x", "s"), List.of("o")), x(FLOAT, 1), open("y", FLOAT, 1),
                output("o", FLOAT))) {
            assertThat(net.run(of(sizes(1), 5), counting(3)).toFloatArray()).containsExactly(5, 5, 5);
            assertThat(net.run(counting(3), counting(1)).toFloatArray()).containsExactly(0, 1, 2);
            assertThat(net.run(counting(3), counting(3)).toFloatArray()).containsExactly(0, 1, 2);
        }
        try (Net net = new Net(backend, node("Expand", List.of("x", "s"), List.of("o")), x(FLOAT, 2),
                integers("s", sizes(2), 1, 3), output("o", FLOAT))) {
            is(net.run(of(sizes(2, 1), 5, 6)), sizes(2, 3), 5, 5, 5, 6, 6, 6);
            assertThat(net.run(counting(1, 3)).toFloatArray()).containsExactly(0, 1, 2);
        }
    }

    @Test
    void whatOnlyARunFindsDoesNotStretch() {
        Field nonZero = node("NonZero", List.of("x"), List.of("i"));
        Field add = node("Add", List.of("i", "y"), List.of("o"));
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model(20, graph(nonZero, add, x(FLOAT, 1),
                open("y", INT64, 1), output("o", INT64))))).into(new Graph()))
                .isExactlyInstanceOf(FormatException.class)
                .hasMessageContaining("nobody knows before the run finds it");
    }

    // --- sizes that must be equal to known ones ----------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void channelsOfConvolutions(Backend backend) {
        try (Net net = new Net(backend, node("Conv", List.of("x", "w"), List.of("o")), x(FLOAT, 3),
                floats("w", sizes(1, 2, 2), 1, 1, 10, 10), output("o", FLOAT))) {
            is(net.run(counting(1, 2, 3)), sizes(1, 1, 2), 71, 93);
            assertThatThrownBy(() -> net.run(counting(1, 3, 3))).isInstanceOf(GraphException.class)
                    .hasMessageContaining("axis 1").hasMessageContaining("is 3, not 2");
        }
        try (Net net = new Net(backend, node("Conv", List.of("x", "w"), List.of("o"), attribute("group", 2)),
                x(FLOAT, 3), floats("w", sizes(2, 1, 1), 1, 10), output("o", FLOAT))) {
            is(net.run(counting(1, 2, 2)), sizes(1, 2, 2), 0, 1, 20, 30);
        }
        try (Net net = new Net(backend, node("ConvTranspose", List.of("x", "w"), List.of("o")), x(FLOAT, 3),
                floats("w", sizes(2, 1, 2), 1, 1, 10, 10), output("o", FLOAT))) {
            is(net.run(counting(1, 2, 2)), sizes(1, 1, 3), 20, 51, 31);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void coordinatesOfPositions(Backend backend) {
        try (Net net = new Net(backend, node("AffineGrid", List.of("x", "s"), List.of("o")), x(FLOAT, 3),
                integers("s", sizes(4), 1, 1, 1, 2), output("o", FLOAT))) {
            is(net.run(of(sizes(1, 2, 3), 1, 0, 0, 0, 1, 3)), sizes(1, 1, 2, 2), -0.5f, 3, 0.5f, 3);
        }
        try (Net net = new Net(backend, node("GridSample", List.of("x", "y"), List.of("o"),
                attribute("align_corners", 1)), x(FLOAT, 4), open("y", FLOAT, 4), output("o", FLOAT))) {
            is(net.run(counting(1, 1, 2, 2), of(sizes(1, 1, 2, 2), 1, -1, 0, 0)), sizes(1, 1, 1, 2), 1, 1.5f);
            assertThatThrownBy(() -> net.run(counting(1, 1, 2, 2), counting(1, 1, 1, 3)))
                    .isInstanceOf(GraphException.class).hasMessageContaining("is 3, not 2");
        }
        try (Net net = new Net(backend, node("RoiAlign", List.of("x", "y", "z"), List.of("o")), x(FLOAT, 4),
                open("y", FLOAT, 2), open("z", INT64, 1), output("o", FLOAT))) {
            is(net.run(NDArray.of(new float[] {5, 5, 5, 5}, 1, 1, 2, 2), of(sizes(1, 4), 0, 0, 2, 2),
                    new long[] {0}), sizes(1, 1, 1, 1), 5);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void boxesAndBlocks(Backend backend) {
        try (Net net = new Net(backend, node("NonMaxSuppression", List.of("x", "y", "most"), List.of("o")),
                x(FLOAT, 3), open("y", FLOAT, 3), integers("most", sizes(1), 2), output("o", INT64))) {
            assertThat(net.run(of(sizes(1, 2, 4), 0, 0, 1, 1, 5, 5, 6, 6), of(sizes(1, 1, 2), 1, 2)).toLongArray())
                    .containsExactly(0, 0, 1, 0, 0, 0);
        }
        try (Net net = new Net(backend, node("Col2Im", List.of("x", "i", "b"), List.of("o")), x(FLOAT, 3),
                integers("i", sizes(2), 1, 3), integers("b", sizes(2), 1, 2), output("o", FLOAT))) {
            is(net.run(of(sizes(1, 2, 2), 1, 2, 10, 20)), sizes(1, 1, 1, 3), 1, 12, 20);
            assertThatThrownBy(() -> net.run(counting(1, 2, 3))).isInstanceOf(GraphException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void tuplesOfIndices(Backend backend) {
        NDArray tuples = NDArray.of(new long[] {1, -1, 0, 0}, 2, 2);
        try (Net net = new Net(backend, node("GatherND", List.of("x", "y"), List.of("o")), x(FLOAT, 2),
                open("y", INT64, 2), output("o", FLOAT, "n"))) {
            assertThat(net.run(counting(2, 3), tuples).toFloatArray()).containsExactly(5, 0);
        }
        try (Net net = new Net(backend, node("ScatterND", List.of("x", "y", "z"), List.of("o")), x(FLOAT, 2),
                open("y", INT64, 2), open("z", FLOAT, 1), output("o", FLOAT))) {
            is(net.run(counting(2, 3), tuples, of(sizes(2), 8, 9)), sizes(2, 3), 9, 1, 2, 3, 4, 8);
        }
        isUnsupported("a last axis of a known size", node("GatherND", List.of("x", "y"), List.of("o")), x(FLOAT, 2),
                open("y", INT64, 2), output("o", FLOAT));
    }

    // --- sizes that say how many outputs or axes there are -----------------------------------------------------

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void partsOfAnUnknownSize(Backend backend) {
        try (Net net = new Net(backend, node("Split", List.of("x"), List.of("a", "b", "c"),
                attribute("num_outputs", 3)), x(FLOAT, 1), output("a", FLOAT), output("b", FLOAT),
                output("c", FLOAT))) {
            assertThat(net.run("a", counting(8)).toFloatArray()).containsExactly(0, 1, 2);
            assertThat(net.run("b", counting(8)).toFloatArray()).containsExactly(3, 4, 5);
            assertThat(net.run("c", counting(8)).toFloatArray()).containsExactly(6, 7);
            assertThat(net.run("c", counting(4)).toFloatArray()).isEmpty();
            assertThat(net.run("b", counting(1)).toFloatArray()).isEmpty();
            assertThat(net.run("c", counting(6)).toFloatArray()).containsExactly(4, 5);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void theRankOfTheOutputSaysWhatIsSqueezed(Backend backend) {
        try (Net net = new Net(backend, node("Squeeze", List.of("x"), List.of("o")), input("x", FLOAT, "n", 1),
                output("o", FLOAT, "n"))) {
            assertThat(net.run(counting(3, 1)).sizes()).containsExactly(3);
            assertThat(net.run(counting(1, 1)).sizes()).containsExactly(1);
        }
        try (Net net = new Net(backend, node("Squeeze", List.of("x"), List.of("s")),
                node("Neg", List.of("s"), List.of("o")), input("x", FLOAT, "n", 3, "m"), output("o", FLOAT),
                inner("s", FLOAT, 3))) {
            assertThat(net.run(counting(1, 3, 1)).toFloatArray()).containsExactly(-0f, -1, -2);
            assertThatThrownBy(() -> net.run(counting(2, 3, 1))).isInstanceOf(GraphException.class)
                    .hasMessageContaining("is 2, not 1");
        }
        Field squeeze = node("Squeeze", List.of("x"), List.of("o"));
        isUnsupported("which axes of float32[x.0,1] have the size 1", squeeze, input("x", FLOAT, "n", 1),
                output("o", FLOAT));
        isUnsupported("which axes", squeeze, x(FLOAT, 3), output("o", FLOAT, "a", "b"));
    }

    @ParameterizedTest
    @EnumSource(value = Backend.class, names = {"EVAL", "LLVM"})
    void aConditionShorterThanWhatItSelectsOf(Backend backend) {
        try (Net net = new Net(backend, node("Compress", List.of("x", "y"), List.of("o")), x(FLOAT, 2),
                open("y", BOOL, 1), output("o", FLOAT))) {
            assertThat(net.run(counting(2, 2), new boolean[] {false, true, true}).toFloatArray())
                    .containsExactly(1, 2);
            assertThat(net.run(counting(1, 2), new boolean[] {true, true}).toFloatArray()).containsExactly(0, 1);
            assertThatThrownBy(() -> net.run(counting(1, 2), new boolean[] {true, true, true}))
                    .isInstanceOf(GraphException.class);
        }
    }

    @Test
    void branchesOfOtherShapes() {
        byte[] one = graph(node("Identity", List.of("x"), List.of("a")), output("a", FLOAT));
        byte[] two = graph(node("Concat", List.of("x", "x"), List.of("a"), attribute("axis", 0)), output("a", FLOAT));
        isUnsupported("output 0 has the shape [2,3] in one branch and [4,3] in the other",
                node("If", List.of("c"), List.of("o"), attribute("then_branch", one), attribute("else_branch", two)),
                input("x", FLOAT, 2, 3), input("c", BOOL), output("o", FLOAT));
    }

    private static void isUnsupported(String what, Field... fields) {
        assertThatThrownBy(() -> OnnxImport.of(OnnxModel.of(model(20, graph(fields)))).into(new Graph()))
                .isExactlyInstanceOf(UnsupportedException.class).hasMessageContaining(what);
    }
}
