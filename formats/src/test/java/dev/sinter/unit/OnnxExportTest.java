package dev.sinter.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxExport;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs as models. */
class OnnxExportTest {
    private final Graph graph = new Graph();

    private static Session session(Graph graph) {
        return new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL));
    }

    private static NDArray again(byte[] model, NDArray x) {
        return again(OnnxModel.of(model), x);
    }

    private static NDArray again(OnnxModel model, NDArray x) {
        Graph graph = new Graph();
        ImportedModel net = OnnxImport.of(model).into(graph);
        try (Session session = session(graph)) {
            session.run(graph.initializer());
            return session.run(Feeds.feed(net.input("x"), x), net.output("y"));
        }
    }

    @Test
    void anExportedNetComputesTheSameBitsWhenItIsImported(@TempDir Path folder) {
        Tensor x = graph.placeholder("x", DType.FLOAT32, Shape.shape(Shape.UNKNOWN, 3));
        Variable w = graph.variable("w", Random.normal(DType.FLOAT32, Shape.shape(3, 4), 0, 1, 1));
        Variable b = graph.variable("b", Random.normal(DType.FLOAT32, Shape.shape(4), 0, 1, 2));
        Tensor y = Nn.softmax(Ops.tanh(Ops.matmul(x, w).plus(b)));
        NDArray input = NDArray.of(new float[] {1, 2, 3, -1, 0, 0.5f}, 2, 3);
        try (Session session = session(graph)) {
            session.run(graph.initializer());
            OnnxExport export = OnnxExport.of(graph, session::value).withInput("x", x).withOutput("y", y)
                    .withMetadata("purpose", "test");
            export.write(folder.resolve("net.onnx"));
            NDArray expected = session.run(Feeds.feed(x, input), y);

            OnnxModel model = OnnxModel.read(folder.resolve("net.onnx"));

            assertThat(model.inputs()).containsExactly("x");
            assertThat(model.outputs()).containsExactly("y");
            assertThat(model.opsets()).containsEntry("", 20L);
            assertThat(model.metadata()).isEqualTo(Map.of("purpose", "test"));
            assertThat(OnnxImport.of(model).into(new Graph()).variables()).containsOnlyKeys("w", "b");
            assertThat(again(export.bytes(), input).sameBits(expected)).isTrue();
        }
    }

    @Test
    void anyTensorCanBeAnInputAndAnInputCanBeAnOutput() {
        Tensor x = graph.placeholder("x", DType.FLOAT32, Shape.shape(2));
        Tensor middle = Ops.exp(x);
        Tensor y = middle.plus(1f);
        byte[] model = OnnxExport.of(graph, _ -> NDArray.scalar(0f)).withInput("x", middle).withInput("unused", x)
                .withOutput("y", y).withOutput("same", middle).withOutput("twice", y).bytes();
        assertThat(OnnxModel.of(model).inputs()).containsExactly("x", "unused");
        assertThat(OnnxModel.of(model).outputs()).isEqualTo(List.of("y", "same", "twice"));
        assertThat(again(model, NDArray.of(1f, 2f)).toFloatArray()).containsExactly(2, 3);
    }

    @Test
    void whatOnnxLacksIsAFunctionWhichSinterKnows() {
        Tensor x = graph.placeholder("x", DType.FLOAT64, Shape.shape(3));
        byte[] model = OnnxExport.of(graph, _ -> NDArray.scalar(0f)).withInput("x", x)
                .withOutput("y", Ops.lgamma(Ops.expm1(x))).bytes();
        assertThat(OnnxModel.of(model).opsets()).containsEntry("dev.sinter", 1L);
        NDArray input = NDArray.of(1e-9, 0.5, 3);
        try (Session session = session(graph)) {
            NDArray expected = session.run(Feeds.feed(x, input), Ops.lgamma(Ops.expm1(x)));
            assertThat(again(model, input).sameBits(expected)).isTrue();
        }
    }

    @Test
    void theGradientOfAProductOfUnknownSizeIsImportedAgain() {
        Tensor x = graph.placeholder("x", DType.FLOAT32, Shape.shape(Shape.UNKNOWN, Shape.UNKNOWN));
        Tensor gradient = Ops.gradients(Ops.reduceSum(Ops.reduceProd(x, 1)), x).get(0);
        byte[] model = OnnxExport.of(graph, _ -> NDArray.scalar(0f)).withInput("x", x).withOutput("y", gradient)
                .bytes();
        NDArray input = NDArray.of(new float[] {1, 2, 3, 4, 0, 6}, 2, 3);
        assertThat(again(model, input).toFloatArray()).containsExactly(6, 3, 2, 0, 24, 0);
    }

    @Test
    void tensorsThatDoNotFitLieBesideTheModel(@TempDir Path folder) throws IOException {
        Tensor x = graph.placeholder("x", DType.FLOAT32, Shape.shape(2, 40));
        Variable w = graph.variable("w", Random.normal(DType.FLOAT32, Shape.shape(40, 30), 0, 1, 1));
        Variable v = graph.variable("v", Random.normal(DType.FLOAT32, Shape.shape(30, 100), 0, 1, 2));
        Variable b = graph.variable("b", Random.normal(DType.FLOAT32, Shape.shape(100), 0, 1, 3));
        Tensor y = Ops.matmul(Ops.matmul(x, w), v).plus(b);
        NDArray input = NDArray.full(DType.FLOAT32, 0.5, 2, 40);
        try (Session session = session(graph)) {
            session.run(graph.initializer());
            OnnxExport export = OnnxExport.of(graph, session::value).withInput("x", x).withOutput("y", y);
            NDArray expected = session.run(Feeds.feed(x, input), y);
            Path file = folder.resolve("net.onnx");
            Path data = folder.resolve("net.onnx.data");
            export.withMostBytes(20_000).write(file);
            assertThat(data).doesNotExist();
            assertThat(OnnxModel.read(file).parameters().bytes()).isEqualTo(4 * (1200 + 3000 + 100));
            export.withMostBytes(10_000).write(file);
            // The first ends within a second page of 4096 bytes; b stays in the model.
            assertThat(data).hasSize(2 * 4096 + 12_000);
            assertThat(Files.size(file)).isLessThan(1500);
            assertThat(again(OnnxModel.read(file), input).sameBits(expected)).isTrue();
            assertThat(again(export.withMostBytes(0).bytes(), input).sameBits(expected)).isTrue();
        }
    }
}
