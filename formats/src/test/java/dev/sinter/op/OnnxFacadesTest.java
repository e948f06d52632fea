package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.formats.FormatException;
import dev.sinter.formats.UnsupportedException;
import dev.sinter.formats.onnx.ImportedModel;
import dev.sinter.formats.onnx.OnnxExport;
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
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import dev.sinter.testkit.FacadeCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What each method of the facades makes of operands of unknown sizes, written as an ONNX model and imported again,
 * computes the same bits on the interpreter.
 */
class OnnxFacadesTest {
    private static final SessionOptions INTERPRETED = SessionOptions.DEFAULT.withBackend(Backend.EVAL);
    /** Rows for which that does not hold, with the reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "igamma_gradient", "no facade makes the primitive of the gradient, so that its function's body is imported",
            "igammac_gradient", "the same",
            "gamma_grad", "the same");

    private static List<FacadeTest> families() {
        return List.of(new ArraysFacadeTest(), new BitsFacadeTest(), new BoxesFacadeTest(), new CommonFacadeTest(),
                new ComplexFacadeTest(), new DecompositionsFacadeTest(), new DerivativesFacadeTest(),
                new FoundFacadeTest(), new FourierFacadeTest(), new HalfGradientsFacadeTest(), new ImageFacadeTest(),
                new LinalgFacadeTest(), new MathsFacadeTest(), new NnFacadeTest(), new OrderFacadeTest(),
                new QuantizationFacadeTest(), new SignalFacadeTest(), new SpecialFacadeTest(),
                new WindowsFacadeTest());
    }

    @Test
    void everyMethodComesBackBitForBit() {
        List<String> wrong = new ArrayList<>();
        Set<String> refused = new TreeSet<>();
        int compared = 0;
        for (FacadeTest family : families()) {
            for (FacadeTest.Row row : family.allRows()) {
                if (EXCEPTIONS.containsKey(row.name())) {
                    continue;
                }
                try {
                    problem(row, family.casesOf(row).getFirst()).ifPresent(text -> wrong.add(row.name() + ": " + text));
                    compared++;
                } catch (UnsupportedException unsupported) {
                    refused.add(unsupported.getMessage().contains(": Java code, ") ? row.name()
                            : unsupported.getMessage());
                } catch (FormatException | GraphException failed) {
                    wrong.add(row.name() + ": " + failed.getMessage());
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(600);
        assertThat(refused).hasSizeLessThan(80).allMatch(name -> name.matches("\\w+"));
    }

    private static Optional<String> problem(FacadeTest.Row row, FacadeCase one) {
        Graph graph = new Graph();
        OnnxExport export = OnnxExport.of(graph, _ -> NDArray.scalar(0f));
        List<Tensor> placeholders = new ArrayList<>();
        for (NDArray input : one.inputs()) {
            Shape unknown = Shape.shape(LongStream.generate(() -> Shape.UNKNOWN).limit(input.rank()).toArray());
            Tensor placeholder = graph.placeholder("x" + placeholders.size(), input.dtype(),
                    one.fixed() ? input.shape() : unknown);
            export = export.withInput(placeholder.name(), placeholder);
            placeholders.add(placeholder);
        }
        List<Tensor> results = row.call().apply(placeholders);
        for (int i = 0; i < results.size(); i++) {
            export = export.withOutput("y" + i, results.get(i));
        }
        Graph again = new Graph();
        ImportedModel net = OnnxImport.of(OnnxModel.of(export.bytes())).into(again);
        List<NDArray> expected = run(graph, placeholders, results, one.inputs());
        List<NDArray> found = run(again, List.copyOf(net.inputs().values()), List.copyOf(net.outputs().values()),
                one.inputs());
        return IntStream.range(0, results.size()).filter(i -> !isSame(expected.get(i), found.get(i)))
                .mapToObj(i -> "result " + i + " is " + found.get(i) + ", not " + expected.get(i)).findFirst();
    }

    private static List<NDArray> run(Graph graph, List<Tensor> inputs, List<Tensor> results, List<NDArray> values) {
        Feeds feeds = Feeds.NONE;
        for (int i = 0; i < inputs.size(); i++) {
            feeds = feeds.and(inputs.get(i), values.get(i));
        }
        try (Session session = new Session(graph, INTERPRETED)) {
            Fetches fetches = session.run(feeds, Fetch.fetch(results));
            return IntStream.range(0, results.size()).mapToObj(fetches::get).toList();
        }
    }

    /** Whether two arrays have the same bits, but for those of NaN. */
    private static boolean isSame(NDArray expected, NDArray found) {
        return expected.sameBits(found) || expected.dtype().isFloat() && expected.shape().equals(found.shape())
                && LongStream.range(0, expected.elementCount()).allMatch(i -> expected.getBits(i) == found.getBits(i)
                        || Double.isNaN(expected.getDouble(i)) && Double.isNaN(found.getDouble(i)));
    }
}
