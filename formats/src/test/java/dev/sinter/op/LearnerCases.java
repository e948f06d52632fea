package dev.sinter.op;

import static dev.sinter.unit.Messages.bytes;
import static dev.sinter.unit.Messages.graph;
import static dev.sinter.unit.Messages.message;
import static dev.sinter.unit.Messages.model;
import static dev.sinter.unit.Messages.node;
import static dev.sinter.unit.Messages.number;
import static dev.sinter.unit.Messages.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxImport;
import dev.sinter.formats.onnx.OnnxModel;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import dev.sinter.unit.Messages.Field;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Models of one operator of the domain ai.onnx.ml, on both back ends and in ONNX Runtime. */
final class LearnerCases {
    static final int FLOAT = 1;
    static final int INT64 = 7;
    static final int DOUBLE = 11;
    private static final String DOMAIN = "ai.onnx.ml";

    private final OnnxRuntimeModels models;

    LearnerCases(Path folder) {
        models = new OnnxRuntimeModels(folder);
    }

    /** A model of one node of the domain, whose inputs are x0, x1 and so on, and its outputs y0 and so on. */
    static byte[] learner(String type, long version, List<Field> inputs, List<Field> outputs, Field... attributes) {
        List<String> names = IntStream.range(0, inputs.size()).mapToObj(i -> "x" + i).toList();
        List<String> results = IntStream.range(0, outputs.size()).mapToObj(i -> "y" + i).toList();
        List<Field> more = new ArrayList<>(List.of(attributes));
        more.add(text(7, DOMAIN));
        List<Field> fields = new ArrayList<>(List.of(node(type, names, results, more.toArray(Field[]::new))));
        fields.addAll(inputs);
        fields.addAll(outputs);
        return model(17, graph(fields.toArray(Field[]::new)),
                bytes(8, message(text(1, DOMAIN), number(2, version))));
    }

    static List<NDArray> run(Backend backend, byte[] model, Map<String, NDArray> values) {
        Graph graph = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.of(model)).into(graph);
        Feeds feeds = Feeds.NONE;
        for (Map.Entry<String, NDArray> value : values.entrySet()) {
            feeds = feeds.and(net.input(value.getKey()), value.getValue());
        }
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            List<Tensor> outputs = List.copyOf(net.outputs().values());
            Fetches fetches = session.run(feeds, Fetch.fetch(outputs));
            return IntStream.range(0, outputs.size()).mapToObj(fetches::get).toList();
        }
    }

    /** Adds a case, whose inputs are x0 and so on. */
    void add(String name, byte[] model, NDArray... inputs) throws IOException {
        Map<String, NDArray> values = new LinkedHashMap<>();
        for (NDArray input : inputs) {
            values.put("x" + values.size(), input);
        }
        for (Backend backend : List.of(Backend.EVAL, Backend.LLVM)) {
            models.add(name + "-" + backend, model, values, run(backend, model, values));
        }
    }

    /** That ONNX Runtime computes the same. */
    void check() throws IOException, InterruptedException {
        assertThat(models.problems()).isEmpty();
    }
}
