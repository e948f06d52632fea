package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxExport;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Gradients;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Random;
import dev.sinter.graph.Tensor;
import dev.sinter.graph.Variable;
import dev.sinter.graph.WindowOptions;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.FacadeCase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ONNX Runtime computes with exported models. */
class OnnxRuntimeTest {
    private static final SessionOptions INTERPRETED = SessionOptions.DEFAULT.withBackend(Backend.EVAL);
    private static final int CLASSES = 5;

    @TempDir
    private Path folder;

    private static NDArray numbers(java.util.Random random, long... sizes) {
        NDArray array = NDArray.zeros(DType.FLOAT32, sizes);
        for (long i = 0; i < array.elementCount(); i++) {
            array.setDouble(i, random.nextGaussian());
        }
        return array;
    }

    /** A net of convolutions, whose last values but one are another output. */
    private static byte[] net() {
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", DType.FLOAT32, Shape.shape(Shape.UNKNOWN, 12, 12, 1));
        Variable filter = graph.variable("filter", Random.normal(DType.FLOAT32, Shape.shape(3, 3, 1, 8), 0, 0.3, 1));
        Variable bias = graph.variable("bias", Ops.zeros(DType.FLOAT32, Shape.shape(8)));
        Variable deep = graph.variable("deep", Random.normal(DType.FLOAT32, Shape.shape(288, 16), 0, 0.1, 2));
        Variable last = graph.variable("last", Random.normal(DType.FLOAT32, Shape.shape(16, 10), 0, 0.3, 3));
        Tensor image = Nn.relu(Nn.biasAdd(Nn.conv2d(x, filter, WindowOptions.SAME), bias));
        Tensor pooled = Nn.maxPool2d(image, List.of(2L, 2L), WindowOptions.VALID.withStrides(2, 2));
        Tensor features = Nn.relu(Ops.matmul(Ops.reshape(pooled, Shape.shape(Shape.UNKNOWN, 288)), deep));
        try (Session session = new Session(graph, INTERPRETED)) {
            session.run(graph.initializer());
            return OnnxExport.of(graph, session::value).withInput("x", x).withOutput("features", features)
                    .withOutput("y", Nn.softmax(Ops.matmul(features, last))).bytes();
        }
    }

    @Test
    void aModelThatWasImportedAndTrainedComputesTheSame() throws IOException, InterruptedException {
        Graph graph = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.of(net())).into(graph);
        Tensor features = net.value("features");
        Variable w = graph.variable("new/w", Random.normal(DType.FLOAT32, Shape.shape(16, CLASSES), 0, 0.1, 7));
        Variable b = graph.variable("new/b", Ops.zeros(DType.FLOAT32, Shape.shape(CLASSES)));
        Tensor logits = Ops.matmul(features, w).plus(b);
        Tensor labels = graph.placeholder("labels", DType.INT64, Shape.shape(Shape.UNKNOWN));
        Tensor loss = Ops.reduceMean(Nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits));
        List<Variable> trained = new ArrayList<>(List.of(w, b));
        trained.addAll(List.of(net.variable("filter"), net.variable("bias"), net.variable("deep")));
        Gradients gradients = Ops.gradients(loss, trained.toArray(Variable[]::new));
        Tensor[] steps = trained.stream().map(each -> each.assignSub(gradients.of(each).times(0.05f)))
                .toArray(Tensor[]::new);
        java.util.Random random = new java.util.Random(1);
        OnnxRuntimeModels models = new OnnxRuntimeModels(folder);
        try (Session session = new Session(graph)) {
            session.run(graph.initializer());
            float first = 0;
            float last = 0;
            for (int step = 0; step < 100; step++) {
                NDArray batch = numbers(random, 16, 12, 12, 1);
                long[] label = new long[16];
                for (int i = 0; i < batch.elementCount(); i++) {
                    label[i / 144] = i / 144 % CLASSES;
                    batch.setDouble(i, batch.getDouble(i) * 0.3 + (i % 12 / 2 == i / 144 % CLASSES ? 1 : 0));
                }
                last = session.run(Feeds.feed(net.input("x"), batch).and(labels, label),
                        Fetch.fetch(List.of(loss)).targets(steps)).get(0).floatValue();
                first = step == 0 ? last : first;
            }
            assertThat(last).isLessThan(first / 2);
            NDArray value = numbers(random, 3, 12, 12, 1);
            OnnxExport export = OnnxExport.of(graph, session::value).withInput("x", net.input("x"))
                    .withOutput("y", logits);
            List<NDArray> wanted = List.of(session.run(Feeds.feed(net.input("x"), value), logits));
            models.add("inside", export, Map.of("x", value), wanted);
            models.add("apart", export.withMostBytes(0), Map.of("x", value), wanted);
            assertThat(folder.resolve("apart/model.onnx.data")).exists();
            assertThat(Files.size(folder.resolve("apart/model.onnx"))).isLessThan(20_000);
        }
        assertThat(models.problems()).isEmpty();
    }

    @Test
    void methodsOfTheFacadesComputeTheSame() throws IOException, InterruptedException {
        OnnxRuntimeModels models = new OnnxRuntimeModels(folder);
        int added = 0;
        for (FacadeTest family : FacadeModel.families()) {
            for (FacadeTest.Row row : family.allRows()) {
                FacadeCase one = family.casesOf(row).getFirst();
                boolean takesAll = Stream.concat(one.inputs().stream(), one.outputs().stream())
                        .allMatch(value -> OnnxRuntimeModels.hasType(value.dtype()));
                if (!takesAll) {
                    continue;
                }
                FacadeModel model = FacadeModel.of(row, one);
                List<NDArray> operands = one.inputs().stream().map(value -> inRange(row, value, one)).toList();
                Map<String, NDArray> values = new LinkedHashMap<>();
                for (NDArray operand : operands) {
                    values.put("x" + values.size(), operand);
                }
                try {
                    models.add(FacadeModel.name(family, row), model.export(), values, model.run(operands));
                    added++;
                } catch (UnsupportedException unsupported) {
                    assertThat(unsupported).hasMessageContaining(": Java code, ");
                }
            }
        }
        Map<String, String> problems = models.problems();
        Set<String> missing = problems.keySet().stream().filter(name -> isLacking(problems.get(name)))
                .collect(Collectors.toCollection(TreeSet::new));
        problems.keySet().removeAll(missing);
        assertThat(problems).isEmpty();
        assertThat(missing).isEqualTo(notImplemented());
        assertThat(added).isGreaterThan(700);
    }

    private static boolean isLacking(String problem) {
        return problem.contains("NOT_IMPLEMENTED") || problem.contains("data type is not supported with ScatterND");
    }

    /** The names of models that need a kernel which ONNX Runtime lacks. */
    private static Set<String> notImplemented() throws IOException {
        try (InputStream file = OnnxRuntimeTest.class.getResourceAsStream("/onnx-runtime-not-implemented.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /**
     * The operand of a row; of one that makes integers of floats from 0 to 1 without those that are out of their range,
     * as ONNX leaves open what these become.
     */
    private static NDArray inRange(FacadeTest.Row row, NDArray operand, FacadeCase one) {
        DType result = one.outputs().getFirst().dtype();
        if (!row.name().startsWith("convert/") || !operand.dtype().isFloat() || result.isFloat()) {
            return operand;
        }
        NDArray clipped = NDArray.zeros(operand.dtype(), operand.sizes());
        for (long i = 0; i < operand.elementCount(); i++) {
            clipped.setDouble(i, Math.clamp(operand.getDouble(i), result.isUnsigned() ? 0 : -1, 1));
        }
        return clipped;
    }
}
