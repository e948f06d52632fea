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
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.unit.Messages.Field;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operators of nets for images, of unknown sizes and with wrong attributes. */
class OnnxVisionTest {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private final Graph graph = new Graph();

    private ImportedModel imported(byte[] model) {
        return OnnxImport.of(OnnxModel.of(model)).into(graph);
    }

    private static byte[] resize(Object size, float scale, Field... attributes) {
        return model(19, graph(
                node("Resize", List.of("x", "", "scales"), List.of("y"), attributes),
                floats("scales", new long[] {2}, 1, scale), input("x", FLOAT, "batch", size),
                output("y", FLOAT, "batch", "out")));
    }

    private NDArray run(ImportedModel net, Object x) {
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            session.run(graph.initializer());
            return session.run(Feeds.NONE.and(net.input("x"), x), net.output("y"));
        }
    }

    @Test
    void aWholeFactorOfNearestRepeatsAnAxisOfUnknownSize() {
        ImportedModel net = imported(resize("width", 3));
        assertThat(run(net, new float[][] {{1, 2}}).toFloatArray()).containsExactly(1, 1, 1, 2, 2, 2);
        assertThat(run(net, new float[][] {{5}, {6}}).toFloatArray()).containsExactly(5, 5, 5, 6, 6, 6);
    }

    @Test
    void aBatchOfUnknownSizeIsEnlarged() {
        ImportedModel net = imported(resize(2, 2, attribute("mode", "linear")));
        assertThat(run(net, new float[][] {{0, 4}, {8, 4}}).toFloatArray())
                .containsExactly(0, 1, 3, 4, 8, 7, 5, 4);
    }

    @Test
    void whatIsEnlargedHasAGradient() {
        ImportedModel net = imported(resize(2, 2, attribute("mode", "linear")));
        Tensor gradient = Ops.gradients(Ops.reduceSum(net.output("y")), net.input("x")).get(0);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            session.run(graph.initializer());
            assertThat(session.run(Feeds.NONE.and(net.input("x"), new float[][] {{0, 4}}), gradient).toFloatArray())
                    .containsExactly(2, 2);
        }
    }

    @Test
    void anAxisOfUnknownSizeThatNeedsAKnownOneIsNamed() {
        byte[] model = resize("width", 1.5f, attribute("mode", "cubic"));
        assertThatThrownBy(() -> imported(model)).isInstanceOf(UnsupportedException.class)
                .hasMessageContaining("axis 1 of").hasMessageContaining("must have a known size");
    }

    @Test
    void attributesThatAreNoneAreListed() {
        byte[] model = resize(2, 2, attribute("coordinate_transformation_mode", "middle"));
        assertThatThrownBy(() -> imported(model)).isInstanceOf(FormatException.class)
                .hasMessageContaining("coordinate_transformation_mode must be one of half_pixel,")
                .hasMessageContaining("not 'middle'");
    }

    @Test
    void factorsThatAreNoneAreRejected() {
        for (float scale : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY, 1e30f}) {
            assertThatThrownBy(() -> imported(resize(2, scale))).as("scale %s", scale)
                    .isInstanceOf(FormatException.class).hasMessageContaining("cannot be resized");
        }
    }

    private static byte[] gridSample(Object... grid) {
        return model(20, graph(node("GridSample", List.of("x", "grid"), List.of("y")),
                input("x", FLOAT, 1, 1, "h", "w"), input("grid", FLOAT, grid), output("y", FLOAT, 1, 1, "a", "b")));
    }

    @Test
    void aGridReadsImagesOfUnknownSizes() {
        ImportedModel net = imported(gridSample(1, "a", "b", 2));
        float[][][][] x = {{{{1, 2}, {3, 4}}}};
        float inf = Float.POSITIVE_INFINITY;
        float[][][][] grid = {{{{0, 0}, {-0.5f, -0.5f}, {0.5f, -0.5f}, {inf, 0}, {Float.NaN, 0}, {1e30f, -inf}}}};
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            assertThat(session.run(Feeds.NONE.and(net.input("x"), x).and(net.input("grid"), grid), net.output("y"))
                    .toFloatArray()).containsExactly(2.5f, 1, 2, 0, 0, 0);
        }
    }

    @Test
    void aGridOfTheWrongShapeIsRejected() {
        assertThatThrownBy(() -> imported(gridSample(1, 3, 3, 3))).isInstanceOf(FormatException.class)
                .hasMessageContaining("a grid [n, out..., axes]");
    }

    @Test
    void noBoxIsChosenWhereNoneMayBe() {
        ImportedModel net = imported(model(11, graph(
                node("NonMaxSuppression", List.of("boxes", "x", "most"), List.of("y")),
                integers("most", new long[] {1}, 0), floats("boxes", new long[] {1, 1, 4}, 0, 0, 1, 1),
                input("x", FLOAT, 1, 1, 1), output("y", INT64, "found", 3))));
        assertThat(run(net, new float[][][] {{{1}}}).shape()).isEqualTo(Shape.shape(0, 3));
    }

    @Test
    void blocksThatDoNotFitAreRejected() {
        byte[] model = model(18, graph(node("Col2Im", List.of("x", "size", "block"), List.of("y")),
                integers("size", new long[] {2}, 5, 5), integers("block", new long[] {2}, 1, 5),
                input("x", FLOAT, 1, 5, 4), output("y", FLOAT, 1, 1, 5, 5)));
        assertThatThrownBy(() -> imported(model)).isInstanceOf(FormatException.class)
                .hasMessageContaining("does not hold blocks [1, 5]");
    }

    @Test
    void theAxisOfPartsIsNotTransformed() {
        byte[] model = model(20, graph(node("DFT", List.of("x", "", "axis"), List.of("y")),
                integers("axis", new long[] {}, -1), input("x", FLOAT, 1, 5, 1), output("y", FLOAT, 1, 5, 2)));
        assertThatThrownBy(() -> imported(model)).isInstanceOf(FormatException.class)
                .hasMessageContaining("which is not transformed");
    }
}
