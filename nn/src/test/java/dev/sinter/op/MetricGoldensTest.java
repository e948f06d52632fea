package dev.sinter.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.graph.Graph;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.nn.Metric;
import dev.sinter.nn.Metrics;
import dev.sinter.nn.Metrics.Curve;
import dev.sinter.nn.Metrics.Summation;
import dev.sinter.runtime.Backend;
import dev.sinter.runtime.Feeds;
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

/** Metrics against the updates of {@code tf.metrics} over two batches, on both back ends. */
final class MetricGoldensTest {
    private static final NnGolden GOLDEN = NnGolden.read("metrics");
    private static final double[] LIMITS = {0.2, 0.5, 0.8};
    private static final Operand ONE = Ops.constant(1.0);

    private final Graph graph = new Graph();
    private final Map<String, Tensor> fed = new LinkedHashMap<>();

    private Tensor fed(String name) {
        return fed.computeIfAbsent(name, key -> graph.placeholder(key, DType.FLOAT64, key.equals("rows")
                ? Shape.shape(Shape.UNKNOWN) : key.equals("labels") ? Shape.shape(4, 3)
                : Shape.shape(Shape.UNKNOWN, Shape.UNKNOWN)));
    }

    private Tensor integers(String name) {
        return Ops.cast(fed(name), DType.INT64);
    }

    /** What is measured on the best classes themselves is the same as on the scores that they have. */
    private static String golden(String name) {
        return name.replace("_top_k", "_k");
    }

    private Map<String, Metric> metrics() {
        Map<String, Metric> all = new LinkedHashMap<>();
        Tensor labels = fed("labels");
        Tensor predictions = fed("predictions");
        Tensor weights = fed("weights");
        Tensor bits = fed("bits");
        Tensor guesses = fed("guesses");
        Tensor rows = fed("rows");
        all.put("mean", Metrics.mean(labels, weights));
        all.put("mean_tensor", Metrics.meanTensor(labels, weights));
        all.put("accuracy", Metrics.accuracy(fed("classes"), fed("classified"), weights));
        all.put("mean_absolute_error", Metrics.meanAbsoluteError(labels, predictions, weights));
        all.put("mean_squared_error", Metrics.meanSquaredError(labels, predictions, weights));
        all.put("root_mean_squared_error", Metrics.rootMeanSquaredError(labels, predictions, ONE));
        all.put("mean_relative_error", Metrics.meanRelativeError(labels, predictions, bits, weights));
        all.put("mean_cosine_distance", Metrics.meanCosineDistance(labels, predictions, 1, ONE));
        all.put("percentage_below", Metrics.percentageBelow(labels, 0.4, weights));
        all.put("true_positives", Metrics.truePositives(bits, guesses, weights));
        all.put("true_negatives", Metrics.trueNegatives(bits, guesses, weights));
        all.put("false_positives", Metrics.falsePositives(bits, guesses, weights));
        all.put("false_negatives", Metrics.falseNegatives(bits, guesses, weights));
        all.put("precision", Metrics.precision(bits, guesses, weights));
        all.put("recall", Metrics.recall(bits, guesses, weights));
        all.put("true_positives_at", Metrics.truePositivesAtThresholds(bits, predictions, LIMITS, weights));
        all.put("true_negatives_at", Metrics.trueNegativesAtThresholds(bits, predictions, LIMITS, weights));
        all.put("false_positives_at", Metrics.falsePositivesAtThresholds(bits, predictions, LIMITS, weights));
        all.put("false_negatives_at", Metrics.falseNegativesAtThresholds(bits, predictions, LIMITS, weights));
        all.put("precision_at", Metrics.precisionAtThresholds(bits, predictions, LIMITS, weights));
        all.put("recall_at", Metrics.recallAtThresholds(bits, predictions, LIMITS, weights));
        all.put("auc", Metrics.auc(bits, predictions, weights, 200, Curve.ROC, Summation.TRAPEZOIDAL));
        all.put("auc_pr", Metrics.auc(bits, predictions, ONE, 20, Curve.PR, Summation.TRAPEZOIDAL));
        all.put("auc_minoring", Metrics.auc(bits, predictions, ONE, 20, Curve.ROC, Summation.MINORING));
        all.put("auc_majoring", Metrics.auc(bits, predictions, ONE, 20, Curve.ROC, Summation.MAJORING));
        all.put("sensitivity", Metrics.sensitivityAtSpecificity(bits, predictions, 0.6, weights, 50));
        all.put("specificity", Metrics.specificityAtSensitivity(bits, predictions, 0.6, weights, 50));
        all.put("mean_iou", Metrics.meanIou(integers("classes"), integers("classified"), 4, weights));
        all.put("mean_per_class_accuracy",
                Metrics.meanPerClassAccuracy(integers("classes"), integers("classified"), 4, weights));
        Tensor scores = fed("scores");
        all.put("precision_at_k", Metrics.precisionAtK(integers("several"), scores, 2, rows));
        Tensor best = Ops.cast(Nn.topK(scores, 2).indices(), DType.INT64);
        all.put("precision_at_top_k", Metrics.precisionAtTopK(integers("several"), best, 2, rows));
        all.put("recall_at_top_k", Metrics.recallAtTopK(integers("repeated"), best, 2, rows));
        all.put("recall_at_k", Metrics.recallAtK(integers("repeated"), scores, 2, rows));
        all.put("average_precision_at_k", Metrics.averagePrecisionAtK(integers("several"), scores, 3, rows));
        return all;
    }

    private Feeds batch(int number) {
        Feeds feeds = Feeds.NONE;
        for (Map.Entry<String, Tensor> entry : fed.entrySet()) {
            feeds = feeds.and(entry.getValue(), GOLDEN.get(entry.getKey() + "." + number));
        }
        return feeds;
    }

    @ParameterizedTest
    @CsvSource({"EVAL", "LLVM"})
    void updatesAreTensorFlows(Backend backend) {
        Map<String, Metric> metrics = metrics();
        List<Tensor> updates = new ArrayList<>();
        List<Tensor> values = new ArrayList<>();
        metrics.values().forEach(metric -> updates.add(metric.update()));
        metrics.values().forEach(metric -> values.add(metric.value()));
        try (Session session = new Session(graph, SessionOptions.DEFAULT.withBackend(backend))) {
            session.run(graph.initializer());
            for (int number = 0; number < 2; number++) {
                Fetches results = session.run(batch(number), Fetch.fetch(updates));
                int batch = number;
                metrics.forEach((name, metric) -> assertThat(RnnGoldensTest.distance(
                        results.get(metric.update()), GOLDEN.get(golden(name) + "." + batch))).as(name)
                        .isLessThan(2e-6));
            }
            Fetches kept = session.run(Fetch.fetch(values));
            metrics.forEach((name, metric) -> assertThat(RnnGoldensTest.distance(kept.get(metric.value()),
                    GOLDEN.get(golden(name) + ".1"))).as(name).isLessThan(2e-6));
            session.run(metrics.get("mean").reset());
            Fetches again = session.run(batch(1), Fetch.fetch(metrics.get("mean").update(),
                    metrics.get("mean").value()));
            assertThat(again.get(1).item()).isZero();
            assertThat(again.get(0).item()).isNotZero();
        }
    }
}
