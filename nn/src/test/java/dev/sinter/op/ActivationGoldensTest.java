package dev.sinter.op;

import static dev.sinter.graph.Ops.gradients;
import static dev.sinter.tensor.Shape.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Tensor;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Gaussian error linear unit, exact and by tanh, and its gradient against PyTorch. */
final class ActivationGoldensTest {
    @ParameterizedTest
    @CsvSource({"EVAL,FLOAT64,1e-14", "EVAL,FLOAT32,2e-6", "LLVM,FLOAT64,1e-14", "LLVM,FLOAT32,2e-6"})
    void gelu(Backend backend, DType dtype, double tolerance) {
        NnGolden golden = NnGolden.read("gelu");
        Graph graph = new Graph();
        Tensor x = graph.placeholder("x", dtype, Shape.shape(UNKNOWN));
        Tensor exact = Nn.gelu(x);
        Tensor approximate = Nn.gelu(x, true);
        Tensor slope = gradients(exact, x).of(x);
        Tensor approximateSlope = gradients(approximate, x).of(x);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            Fetches results = session.run(Feeds.feed(x, golden.get("x", dtype)),
                    Fetch.fetch(exact, slope, approximate, approximateSlope));
            same(results.get(exact), golden.get("none"), tolerance);
            same(results.get(slope), golden.get("gnone"), tolerance);
            same(results.get(approximate), golden.get("tanh"), tolerance);
            same(results.get(approximateSlope), golden.get("gtanh"), tolerance);
        }
    }

    private static void same(NDArray actual, NDArray expected, double tolerance) {
        assertThat(actual.sizes()).containsExactly(expected.sizes());
        for (long i = 0; i < expected.elementCount(); i++) {
            double right = expected.getDouble(i);
            assertThat(actual.getDouble(i)).as("element " + i)
                    .isCloseTo(right, within(tolerance * Math.max(1, Math.abs(right))));
        }
    }
}
