package dev.sinter.op;

import dev.sinter.formats.onnx.OnnxExport;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.FacadeCase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What a method of a facade makes of operands of unknown sizes where it can, to be written as an ONNX model.
 *
 * @param export the model, whose inputs are x0, x1 and so on and its outputs y0, y1 and so on
 */
record FacadeModel(Graph graph, List<Tensor> inputs, List<Tensor> results, OnnxExport export) {
    /** All families of methods. */
    static List<FacadeTest> families() {
        return List.of(new ArraysFacadeTest(), new BitsFacadeTest(), new BoxesFacadeTest(), new CommonFacadeTest(),
                new ComplexFacadeTest(), new DecompositionsFacadeTest(), new DerivativesFacadeTest(),
                new FoundFacadeTest(), new FourierFacadeTest(), new HalfGradientsFacadeTest(), new ImageFacadeTest(),
                new LinalgFacadeTest(), new MathsFacadeTest(), new NnFacadeTest(), new OrderFacadeTest(),
                new QuantizationFacadeTest(), new SignalFacadeTest(), new SpecialFacadeTest(),
                new WindowsFacadeTest());
    }

    /** The name of a method among those of all families. */
    static String name(FacadeTest family, FacadeTest.Row row) {
        return family.getClass().getSimpleName() + "/" + row.name();
    }

    static FacadeModel of(FacadeTest.Row row, FacadeCase one) {
        Graph graph = new Graph();
        OnnxExport export = OnnxExport.of(graph, _ -> NDArray.scalar(0f));
        List<Tensor> inputs = new ArrayList<>();
        for (NDArray input : one.inputs()) {
            Shape unknown = Shape.shape(LongStream.generate(() -> Shape.UNKNOWN).limit(input.rank()).toArray());
            Tensor placeholder = graph.placeholder("x" + inputs.size(), input.dtype(),
                    one.fixed() ? input.shape() : unknown);
            export = export.withInput(placeholder.name(), placeholder);
            inputs.add(placeholder);
        }
        List<Tensor> results = row.call().apply(inputs);
        for (int i = 0; i < results.size(); i++) {
            export = export.withOutput("y" + i, results.get(i));
        }
        return new FacadeModel(graph, inputs, results, export);
    }

    /** What the interpreter computes. */
    List<NDArray> run(List<NDArray> values) {
        return run(graph, inputs, results, values);
    }

    /** What the interpreter computes of values for some tensors. */
    static List<NDArray> run(Graph graph, List<Tensor> inputs, List<Tensor> results, List<NDArray> values) {
        Feeds feeds = Feeds.NONE;
        for (int i = 0; i < inputs.size(); i++) {
            feeds = feeds.and(inputs.get(i), values.get(i));
        }
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(Backend.EVAL))) {
            Fetches fetches = session.run(feeds, Fetch.fetch(results));
            return IntStream.range(0, results.size()).mapToObj(fetches::get).toList();
        }
    }
}
