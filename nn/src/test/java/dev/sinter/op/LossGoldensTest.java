package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.nn.Losses;
import dev.sinter.nn.Losses.Reduction;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Fetch;
import dev.sinter.runtime.Fetches;
import dev.sinter.runtime.Session;
import dev.sinter.runtime.SessionOptions;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses against those of {@code tf.losses}, on both back ends. */
final class LossGoldensTest {
    private static final NnGolden GOLDEN = NnGolden.read("losses");
    private static final Reduction DEFAULT = Reduction.SUM_BY_NONZERO_WEIGHTS;

    private final Graph graph = new Graph();

    private Tensor given(String name) {
        return graph.constant(GOLDEN.get(name));
    }

    private Tensor integers(String name) {
        return graph.constant(GOLDEN.get(name, DType.INT64));
    }

    private Map<String, Tensor> losses() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        Tensor labels = given("labels");
        Tensor predictions = given("predictions");
        Tensor weights = given("weights");
        Tensor bits = given("bits");
        Tensor logits = given("logits");
        Tensor rows = given("rows");
        Tensor examples = Ops.reshape(rows, Shape.shape(4));
        Map<String, Reduction> reductions = Map.of("none", Reduction.NONE, "sum", Reduction.SUM, "mean",
                Reduction.MEAN, "batch", Reduction.SUM_OVER_BATCH_SIZE, "nonzero", DEFAULT);
        reductions.forEach((key, reduction) ->
                all.put("weighted." + key, Losses.computeWeightedLoss(labels, weights, reduction)));
        all.put("absolute_difference.plain", Losses.absoluteDifference(labels, predictions));
        all.put("absolute_difference.weighted", Losses.absoluteDifference(labels, predictions, weights, DEFAULT));
        all.put("mean_squared_error.plain", Losses.meanSquaredError(labels, predictions));
        all.put("mean_squared_error.weighted", Losses.meanSquaredError(labels, predictions, weights, DEFAULT));
        all.put("hinge.plain", Losses.hingeLoss(bits, logits));
        all.put("hinge.weighted", Losses.hingeLoss(bits, logits, weights, DEFAULT));
        all.put("huber.plain", Losses.huberLoss(labels.times(3), predictions, 0.7));
        all.put("huber.weighted", Losses.huberLoss(labels.times(3), predictions, 0.7, weights, DEFAULT));
        all.put("log.plain", Losses.logLoss(bits, predictions, 1e-3));
        all.put("log.weighted", Losses.logLoss(bits, predictions, 1e-3, weights, DEFAULT));
        Operand one = Ops.constant(1.0);
        all.put("sigmoid.plain", Losses.sigmoidCrossEntropy(bits, logits, 0.2, one, DEFAULT));
        all.put("sigmoid.weighted", Losses.sigmoidCrossEntropy(bits, logits, 0.2, weights, DEFAULT));
        all.put("cosine.plain", Losses.cosineDistance(labels, predictions, 1));
        all.put("cosine.weighted", Losses.cosineDistance(labels, predictions, 1, rows, DEFAULT));
        all.put("pairwise.plain", Losses.meanPairwiseSquaredError(labels, predictions, one));
        all.put("pairwise.weighted", Losses.meanPairwiseSquaredError(labels, predictions, rows));
        all.put("softmax.plain", Losses.softmaxCrossEntropy(given("ones"), logits, 0.1, one, DEFAULT));
        all.put("softmax.weighted", Losses.softmaxCrossEntropy(given("ones"), logits, 0, examples, DEFAULT));
        all.put("sparse.weighted",
                Losses.sparseSoftmaxCrossEntropy(integers("numbers"), logits, examples, DEFAULT));
        return all;
    }

    @ParameterizedTest
    @CsvSource({"EVAL", "LLVM"})
    void lossesAreTensorFlows(Backend backend) {
        Map<String, Tensor> losses = losses();
        List<Tensor> fetches = new ArrayList<>(losses.values());
        Tensor total = Losses.totalLoss(fetches);
        Tensor average = Losses.computeAverageLoss(given("labels"), given("weights"), 8);
        fetches.add(total);
        fetches.add(average);
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            Fetches values = session.run(Fetch.fetch(fetches));
            losses.forEach((name, loss) -> assertThat(RnnGoldensTest.distance(values.get(loss), GOLDEN.get(name)))
                    .as(name).isLessThan(1e-6));
            double sum = 0;
            for (Tensor loss : losses.values()) {
                for (double each : values.get(loss).toDoubleArray()) {
                    sum += each;
                }
            }
            assertThat(values.get(total).item()).isCloseTo(sum, within(1e-12));
            assertThat(values.get(average).item() * 8)
                    .isCloseTo(GOLDEN.get("weighted.sum").item(), within(1e-6));
        }
    }
}
