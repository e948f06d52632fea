package dev.sinter.nn;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.argMax;
import static dev.sinter.graph.Ops.broadcastTo;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.equal;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.logicalNot;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.onesLike;
import static dev.sinter.graph.Ops.reduceMean;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.slice;
import static dev.sinter.graph.Ops.sqrt;
import static dev.sinter.graph.Ops.squaredDifference;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.graph.Composite;
import dev.sinter.graph.Graph;
import dev.sinter.graph.Linalg;
import dev.sinter.graph.Nn;
import dev.sinter.graph.Operand;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.op.ReduceFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * Measures of many batches, under the names of {@code tf.metrics}; labels come first. Values are float64. Weights
 * broadcast to what they weigh; a metric without them counts everything once.
 */
public final class Metrics {
    private static final double EPSILON = 1e-7;
    private static final int MOST_THRESHOLDS = 1 << 16;

    private Metrics() {}

    /** How the curve's area is summed. */
    public enum Summation {
        /** Of trapezoids. */
        TRAPEZOIDAL,
        /** Of rectangles below the curve. */
        MINORING,
        /** Of rectangles above it. */
        MAJORING
    }

    /** Which curve's area is meant. */
    public enum Curve {
        /** The rate of true positives over that of false positives. */
        ROC,
        /** Precision over recall. */
        PR
    }

    private static Tensor wide(Operand x) {
        return x.dtype() == DType.FLOAT64 ? Composite.placed("metrics", x) : cast(x, DType.FLOAT64);
    }

    /** Weights of the shape of what they weigh. */
    private static Tensor spread(Operand weights, Tensor like) {
        return broadcastTo(wide(like.graph().tensor(weights)), like.shape());
    }

    private static Operand one() {
        return Ops.constant(1.0);
    }

    /** The quotient, 0 where the divisor is 0. */
    private static Tensor ratio(Tensor x, Tensor y) {
        Tensor isZero = equal(y, zerosLike(y));
        return where(isZero, zerosLike(x), x.div(where(isZero, onesLike(y), y)));
    }

    /** The mean of all elements. */
    public static Metric mean(Operand values) {
        return mean(values, one());
    }

    /** The mean of all elements, weighted. */
    public static Metric mean(Operand values, Operand weights) {
        return Composite.of("mean", List.of(values), () -> mean("mean", wide(values), weights));
    }

    private static Metric mean(String name, Tensor values, Operand weights) {
        Tensor each = spread(weights, values);
        return Metric.of(values.graph(), name, List.of(reduceSum(values.times(each)), reduceSum(each)),
                totals -> ratio(totals.get(0), totals.get(1)));
    }

    /** The mean of each element over the batches: of values of known sizes. */
    public static Metric meanTensor(Operand values, Operand weights) {
        return Composite.of("mean_tensor", List.of(values), () -> {
            Tensor given = wide(values);
            if (!given.shape().isStatic()) {
                throw new GraphException("every size of the values must be known, not " + values);
            }
            Tensor each = spread(weights, given);
            return Metric.of(given.graph(), "mean_tensor", List.of(given.times(each), each),
                    totals -> ratio(totals.get(0), totals.get(1)));
        });
    }

    /** The part of the predictions that equal their labels. */
    public static Metric accuracy(Operand labels, Operand predictions) {
        return accuracy(labels, predictions, one());
    }

    /** The part of the predictions that equal their labels, weighted. */
    public static Metric accuracy(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("accuracy", List.of(labels, predictions), () ->
                mean("accuracy", wide(equal(predictions, labels)), weights));
    }

    /** The mean of {@code abs(predictions - labels)}. */
    public static Metric meanAbsoluteError(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("mean_absolute_error", List.of(labels, predictions), () ->
                mean("mean_absolute_error", abs(wide(predictions).minus(wide(labels))), weights));
    }

    /** The mean of {@code (predictions - labels)^2}. */
    public static Metric meanSquaredError(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("mean_squared_error", List.of(labels, predictions), () ->
                mean("mean_squared_error", squaredDifference(wide(predictions), wide(labels)), weights));
    }

    /** The root of the mean of {@code (predictions - labels)^2}. */
    public static Metric rootMeanSquaredError(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("root_mean_squared_error", List.of(labels, predictions), () -> {
            Tensor squares = squaredDifference(wide(predictions), wide(labels));
            Tensor each = spread(weights, squares);
            return Metric.of(squares.graph(), "root_mean_squared_error",
                    List.of(reduceSum(squares.times(each)), reduceSum(each)),
                    totals -> sqrt(ratio(totals.get(0), totals.get(1))));
        });
    }

    /** The mean of {@code abs(labels - predictions) / normalizer}, 0 where the normalizer is 0. */
    public static Metric meanRelativeError(Operand labels, Operand predictions, Operand normalizer,
            Operand weights) {
        return Composite.of("mean_relative_error", List.of(labels, predictions), () -> {
            Tensor distance = abs(wide(labels).minus(wide(predictions)));
            return mean("mean_relative_error", ratio(distance, spread(normalizer, distance)), weights);
        });
    }

    /** 1 less the mean of the sums of products along an axis; labels and predictions are of length 1 along it. */
    public static Metric meanCosineDistance(Operand labels, Operand predictions, int axis, Operand weights) {
        return Composite.of("mean_cosine_distance", List.of(labels, predictions), () -> {
            Tensor products = Ops.reduce(ReduceFn.SUM, wide(predictions).times(wide(labels)), new int[] {axis}, true);
            Tensor each = spread(weights, products);
            return Metric.of(products.graph(), "mean_cosine_distance",
                    List.of(reduceSum(products.times(each)), reduceSum(each)),
                    totals -> Ops.subtract(1, ratio(totals.get(0), totals.get(1))));
        });
    }

    /** The part of the values that are below a threshold. */
    public static Metric percentageBelow(Operand values, double threshold, Operand weights) {
        return Composite.of("percentage_below", List.of(values), () ->
                mean("percentage_below", wide(less(wide(values), threshold)), weights));
    }

    /** The number of true positives, true negatives, false positives or false negatives. */
    private static Metric count(String name, Operand labels, boolean label, Operand predictions, boolean prediction,
            Operand weights) {
        return Metric.of(graphOf(predictions), name,
                List.of(counted(labels, label, predictions, prediction, weights)), List::getFirst);
    }

    private static Graph graphOf(Operand x) {
        return Composite.placed("metrics", x).graph();
    }

    private static Tensor counted(Operand labels, boolean label, Operand predictions, boolean prediction,
            Operand weights) {
        Tensor isLabel = cast(labels, DType.BOOL);
        Tensor isPrediction = cast(predictions, DType.BOOL);
        Tensor both = wide(logicalAnd(label ? isLabel : logicalNot(isLabel),
                prediction ? isPrediction : logicalNot(isPrediction)));
        return reduceSum(both.times(spread(weights, both)));
    }

    /** The weight of the predictions that are true where their labels are. */
    public static Metric truePositives(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("true_positives", List.of(labels, predictions), () ->
                count("true_positives", labels, true, predictions, true, weights));
    }

    /** The weight of the predictions that are false where their labels are. */
    public static Metric trueNegatives(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("true_negatives", List.of(labels, predictions), () ->
                count("true_negatives", labels, false, predictions, false, weights));
    }

    /** The weight of the predictions that are true where their labels are not. */
    public static Metric falsePositives(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("false_positives", List.of(labels, predictions), () ->
                count("false_positives", labels, false, predictions, true, weights));
    }

    /** The weight of the predictions that are false where their labels are not. */
    public static Metric falseNegatives(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("false_negatives", List.of(labels, predictions), () ->
                count("false_negatives", labels, true, predictions, false, weights));
    }

    /** The part of the true predictions whose labels are true; 0 where there is none. */
    public static Metric precision(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("precision", List.of(labels, predictions), () ->
                Metric.of(graphOf(predictions), "precision", List.of(
                        counted(labels, true, predictions, true, weights),
                        counted(labels, false, predictions, true, weights)),
                        totals -> ratio(totals.get(0), totals.get(0).plus(totals.get(1)))));
    }

    /** The part of the true labels whose predictions are true; 0 where there is none. */
    public static Metric recall(Operand labels, Operand predictions, Operand weights) {
        return Composite.of("recall", List.of(labels, predictions), () ->
                Metric.of(graphOf(predictions), "recall", List.of(
                        counted(labels, true, predictions, true, weights),
                        counted(labels, true, predictions, false, weights)),
                        totals -> ratio(totals.get(0), totals.get(0).plus(totals.get(1)))));
    }

    /** The weights of true and false positives and negatives at each of some thresholds. */
    private record Confusion(Tensor truePositives, Tensor falseNegatives, Tensor trueNegatives,
            Tensor falsePositives) {
        /** Predictions above a threshold are positive. */
        static Confusion of(Operand labels, Operand predictions, double[] thresholds, Operand weights) {
            Tensor scores = wide(predictions);
            Tensor flat = reshape(scores, Shape.of(scores.shape().elementCount(), Dim.ONE));
            Tensor isTrue = reshape(cast(labels, DType.BOOL), flat.shape());
            Tensor each = reshape(spread(weights, scores), flat.shape());
            Tensor limits = reshape(scores.graph().constant(thresholds), Shape.shape(1, thresholds.length));
            Tensor isAbove = greater(flat, limits);
            Tensor positive = wide(isTrue).times(each);
            Tensor negative = wide(logicalNot(isTrue)).times(each);
            Tensor above = wide(isAbove);
            Tensor below = wide(logicalNot(isAbove));
            return new Confusion(reduceSum(above.times(positive), 0), reduceSum(below.times(positive), 0),
                    reduceSum(below.times(negative), 0), reduceSum(above.times(negative), 0));
        }

        List<Tensor> all() {
            return List.of(truePositives, falseNegatives, trueNegatives, falsePositives);
        }
    }

    private static Metric atThresholds(String name, Operand labels, Operand predictions, double[] thresholds,
            Operand weights, Function<Confusion, Tensor> value) {
        if (thresholds.length == 0) {
            throw new GraphException("at least one threshold is needed");
        }
        Confusion batch = Confusion.of(labels, predictions, thresholds, weights);
        return Metric.of(batch.truePositives().graph(), name, batch.all(), totals ->
                value.apply(new Confusion(totals.get(0), totals.get(1), totals.get(2), totals.get(3))));
    }

    /** The weights of true positives at some thresholds, {@code float64[n]}. */
    public static Metric truePositivesAtThresholds(Operand labels, Operand predictions, double[] thresholds,
            Operand weights) {
        return Composite.of("true_positives_at_thresholds", List.of(labels, predictions), () ->
                atThresholds("true_positives", labels, predictions, thresholds, weights, Confusion::truePositives));
    }

    /** The weights of false negatives at some thresholds, {@code float64[n]}. */
    public static Metric falseNegativesAtThresholds(Operand labels, Operand predictions, double[] thresholds,
            Operand weights) {
        return Composite.of("false_negatives_at_thresholds", List.of(labels, predictions), () ->
                atThresholds("false_negatives", labels, predictions, thresholds, weights, Confusion::falseNegatives));
    }

    /** The weights of true negatives at some thresholds, {@code float64[n]}. */
    public static Metric trueNegativesAtThresholds(Operand labels, Operand predictions, double[] thresholds,
            Operand weights) {
        return Composite.of("true_negatives_at_thresholds", List.of(labels, predictions), () ->
                atThresholds("true_negatives", labels, predictions, thresholds, weights, Confusion::trueNegatives));
    }

    /** The weights of false positives at some thresholds, {@code float64[n]}. */
    public static Metric falsePositivesAtThresholds(Operand labels, Operand predictions, double[] thresholds,
            Operand weights) {
        return Composite.of("false_positives_at_thresholds", List.of(labels, predictions), () ->
                atThresholds("false_positives", labels, predictions, thresholds, weights, Confusion::falsePositives));
    }

    /** The precision at some thresholds, {@code float64[n]}. */
    public static Metric precisionAtThresholds(Operand labels, Operand predictions, double[] thresholds,
            Operand weights) {
        return Composite.of("precision_at_thresholds", List.of(labels, predictions), () ->
                atThresholds("precision", labels, predictions, thresholds, weights, each -> each.truePositives()
                        .div(each.truePositives().plus(each.falsePositives()).plus(EPSILON))));
    }

    /** The recall at some thresholds, {@code float64[n]}. */
    public static Metric recallAtThresholds(Operand labels, Operand predictions, double[] thresholds,
            Operand weights) {
        return Composite.of("recall_at_thresholds", List.of(labels, predictions), () ->
                atThresholds("recall", labels, predictions, thresholds, weights, each -> each.truePositives()
                        .div(each.truePositives().plus(each.falseNegatives()).plus(EPSILON))));
    }

    /** Numbers from a little below 0 to a little above 1, at equal distances. */
    private static double[] thresholds(int count) {
        if (count < 2) {
            throw new GraphException("at least 2 thresholds are needed, not " + count);
        }
        if (count > MOST_THRESHOLDS) {
            throw new GraphException("at most " + MOST_THRESHOLDS + " thresholds are possible, not " + count);
        }
        double[] thresholds = DoubleStream.iterate(0, i -> i + 1).limit(count).map(i -> i / (count - 1)).toArray();
        thresholds[0] = -EPSILON;
        thresholds[count - 1] = 1 + EPSILON;
        return thresholds;
    }

    /** The area under the ROC curve at 200 thresholds, of trapezoids. */
    public static Metric auc(Operand labels, Operand predictions) {
        return auc(labels, predictions, one(), 200, Curve.ROC, Summation.TRAPEZOIDAL);
    }

    /**
     * The area under a curve of points at some thresholds.
     *
     * @param labels      numbers or bools; what is not 0 is true
     * @param predictions from 0 to 1, of the shape of the labels
     * @param thresholds  how many, from 2 to 65,536
     */
    public static Metric auc(Operand labels, Operand predictions, Operand weights, int thresholds, Curve curve,
            Summation summation) {
        return Composite.of("auc", List.of(labels, predictions), () -> {
            double small = 1e-6;
            return atThresholds("auc", labels, predictions, thresholds(thresholds), weights, each -> {
                Tensor hits = each.truePositives().plus(small);
                Tensor recall = hits.div(each.truePositives().plus(each.falseNegatives()).plus(small));
                Tensor x = switch (curve) {
                    case ROC -> each.falsePositives()
                            .div(each.falsePositives().plus(each.trueNegatives()).plus(small));
                    case PR -> recall;
                };
                Tensor y = switch (curve) {
                    case ROC -> recall;
                    case PR -> hits.div(each.truePositives().plus(each.falsePositives()).plus(small));
                };
                long[] all = {thresholds - 1};
                Tensor steps = slice(x, new long[] {0}, all).minus(slice(x, new long[] {1}, all));
                Tensor left = slice(y, new long[] {0}, all);
                Tensor right = slice(y, new long[] {1}, all);
                return reduceSum(steps.times(switch (summation) {
                    case TRAPEZOIDAL -> left.plus(right).times(0.5);
                    case MINORING -> minimum(left, right);
                    case MAJORING -> maximum(left, right);
                }));
            });
        });
    }

    /**
     * The sensitivity at the threshold whose specificity is nearest to a given one.
     *
     * @param thresholds how many, from 2 to 65,536
     */
    public static Metric sensitivityAtSpecificity(Operand labels, Operand predictions, double specificity,
            Operand weights, int thresholds) {
        return Composite.of("sensitivity_at_specificity", List.of(labels, predictions), () ->
                atThresholds("sensitivity_at_specificity", labels, predictions,
                thresholds(thresholds), weights, each -> {
                    Tensor specificities = each.trueNegatives()
                            .div(each.trueNegatives().plus(each.falsePositives()).plus(EPSILON));
                    Tensor nearest = Ops.argMin(abs(specificities.minus(specificity)), 0);
                    Tensor hits = Ops.gather(each.truePositives(), nearest);
                    return hits.div(hits.plus(Ops.gather(each.falseNegatives(), nearest)).plus(EPSILON));
                }));
    }

    /**
     * The specificity at the highest threshold whose sensitivity is nearest to a given one.
     *
     * @param thresholds how many, from 2 to 65,536
     */
    public static Metric specificityAtSensitivity(Operand labels, Operand predictions, double sensitivity,
            Operand weights, int thresholds) {
        return Composite.of("specificity_at_sensitivity", List.of(labels, predictions), () ->
                atThresholds("specificity_at_sensitivity", labels, predictions,
                thresholds(thresholds), weights, each -> {
                    Tensor sensitivities = each.truePositives()
                            .div(each.truePositives().plus(each.falseNegatives()).plus(EPSILON));
                    Tensor distance = abs(sensitivities.minus(sensitivity));
                    Tensor backward = Ops.argMin(Ops.reverse(distance, 0), 0);
                    Tensor nearest = backward.unaryMinus().plus((long) thresholds - 1);
                    Tensor rejected = Ops.gather(each.trueNegatives(), nearest);
                    return rejected.div(rejected.plus(Ops.gather(each.falsePositives(), nearest)).plus(EPSILON));
                }));
    }

    /** The weights of labels and predictions, {@code [labels, predictions]}. */
    private static Tensor confusion(Operand labels, Operand predictions, long classes,
            Operand weights) {
        if (classes < 1 || !labels.dtype().isInteger() || !predictions.dtype().isInteger()) {
            throw new GraphException("class numbers and at least 1 class are needed, not " + labels + ", "
                    + predictions + " and " + classes);
        }
        Tensor given = Composite.placed("metrics", labels);
        Shape flat = Shape.of(given.shape().elementCount());
        Tensor each = reshape(spread(weights, given), flat);
        Tensor rows = Ops.oneHot(reshape(given, flat), classes, DType.FLOAT64).times(expandDims(each, 1));
        Tensor columns = Ops.oneHot(reshape(predictions, flat), classes, DType.FLOAT64);
        return Linalg.matmul(rows, columns, true, false);
    }

    private static Tensor diagonal(Tensor matrix) {
        Tensor numbers = matrix.graph().tensor(Ops.range(DType.INT64, matrix.dim(0)));
        return reduceSum(where(equal(expandDims(numbers, 0), expandDims(numbers, 1)), matrix, zerosLike(matrix)), 1);
    }

    /**
     * The mean over the classes that occur of {@code intersection / union}: of what has the class by label and
     * prediction, and by either. A number outside the classes does not count.
     */
    public static Metric meanIou(Operand labels, Operand predictions, long classes, Operand weights) {
        return Composite.of("mean_iou", List.of(labels, predictions), () -> {
            Tensor batch = confusion(labels, predictions, classes, weights);
            return Metric.of(batch.graph(), "mean_iou", List.of(batch), totals -> {
                Tensor hits = diagonal(totals.getFirst());
                Tensor union = reduceSum(totals.getFirst(), 0).plus(reduceSum(totals.getFirst(), 1)).minus(hits);
                Tensor occurs = wide(Ops.notEqual(union, zerosLike(union)));
                return ratio(reduceSum(ratio(hits, union)), reduceSum(occurs));
            });
        });
    }

    /** The mean over all classes of the part of their labels that are predicted; 0 of a class without labels. */
    public static Metric meanPerClassAccuracy(Operand labels, Operand predictions, long classes, Operand weights) {
        return Composite.of("mean_per_class_accuracy", List.of(labels, predictions), () -> {
            Tensor batch = confusion(labels, predictions, classes, weights);
            return Metric.of(batch.graph(), "mean_per_class_accuracy", List.of(batch), totals ->
                    reduceMean(ratio(diagonal(totals.getFirst()), reduceSum(totals.getFirst(), 1))));
        });
    }

    /** Which of the greatest k predictions are labels: bools {@code [batch, k]}; and how many labels there are. */
    private record Ranked(Tensor hits, Tensor labels) {
        static Ranked of(Operand labels, Operand predictions, long k) {
            if (predictions.shape().rank() != 2 || labels.shape().rank() != 2 || !labels.dtype().isInteger()) {
                throw new GraphException("labels [batch, n] of integers and predictions [batch, classes] are"
                        + " needed, not " + labels + ", " + predictions);
            }
            Tensor best = cast(Nn.topK(predictions, k).indices(), DType.INT64);
            return of(labels, best);
        }

        static Ranked of(Operand labels, Tensor best) {
            Tensor given = cast(labels, DType.INT64);
            Tensor isHit = Ops.reduceAny(equal(expandDims(best, 2), expandDims(given, 1)), 2);
            Tensor places = given.graph().tensor(Ops.range(DType.INT64, given.dim(1)));
            Tensor isEarlier = less(expandDims(places, 0), expandDims(places, 1));
            Tensor isRepeated = Ops.reduceAny(logicalAnd(isEarlier, equal(expandDims(given, 1), expandDims(given, 2))),
                    2);
            Tensor counts = logicalAnd(Ops.greaterEqual(given, zerosLike(given)), logicalNot(isRepeated));
            return new Ranked(wide(isHit), reduceSum(wide(counts), 1));
        }
    }

    /**
     * The part of the greatest k predictions that are labels.
     *
     * @param labels      class numbers {@code [batch, n]}; negative and repeated ones do not count
     * @param predictions scores {@code [batch, classes]}
     * @param weights     a scalar, or one an example
     */
    public static Metric precisionAtK(Operand labels, Operand predictions, long k, Operand weights) {
        return Composite.of("precision_at_k", List.of(labels, predictions), () ->
                precision("precision_at_" + k, Ranked.of(labels, predictions, k), k, weights));
    }

    /** {@link #precisionAtK} of predictions that are the best class numbers {@code [batch, k]} themselves. */
    public static Metric precisionAtTopK(Operand labels, Operand best, long k, Operand weights) {
        return Composite.of("precision_at_top_k", List.of(labels, best), () ->
                precision("precision_at_" + k, Ranked.of(labels, cast(best, DType.INT64)), k, weights));
    }

    private static Metric precision(String name, Ranked ranked, long k, Operand weights) {
        Tensor hits = reduceSum(ranked.hits(), 1);
        Tensor each = spread(weights, hits);
        return Metric.of(hits.graph(), name, List.of(reduceSum(hits.times(each)),
                reduceSum(each.times((double) k))), totals -> ratio(totals.get(0), totals.get(1)));
    }

    /** The part of the labels that are among the greatest k predictions; operands as {@link #precisionAtK}. */
    public static Metric recallAtK(Operand labels, Operand predictions, long k, Operand weights) {
        return Composite.of("recall_at_k", List.of(labels, predictions), () ->
                recall("recall_at_" + k, Ranked.of(labels, predictions, k), weights));
    }

    /** {@link #recallAtK} of predictions that are the best class numbers {@code [batch, k]} themselves. */
    public static Metric recallAtTopK(Operand labels, Operand best, long k, Operand weights) {
        return Composite.of("recall_at_top_k", List.of(labels, best), () ->
                recall("recall_at_" + k, Ranked.of(labels, cast(best, DType.INT64)), weights));
    }

    private static Metric recall(String name, Ranked ranked, Operand weights) {
        Tensor hits = reduceSum(ranked.hits(), 1);
        Tensor each = spread(weights, hits);
        return Metric.of(hits.graph(), name, List.of(reduceSum(hits.times(each)),
                reduceSum(ranked.labels().times(each))), totals -> ratio(totals.get(0), totals.get(1)));
    }

    /**
     * The mean over examples of the mean, over the first k labels, of the precision at the place of each one that is
     * among the greatest k predictions; operands as {@link #precisionAtK}.
     */
    public static Metric averagePrecisionAtK(Operand labels, Operand predictions, long k, Operand weights) {
        return Composite.of("average_precision_at_k", List.of(labels, predictions), () -> {
            Ranked ranked = Ranked.of(labels, predictions, k);
            Tensor places = ranked.hits().graph().tensor(Ops.range(DType.INT64, k));
            Tensor isUpTo = wide(Ops.lessEqual(expandDims(places, 1), expandDims(places, 0)));
            Tensor sums = Ops.matmul(ranked.hits(), isUpTo);
            Tensor precisions = sums.div(cast(places.plus(1), DType.FLOAT64)).times(ranked.hits());
            Tensor average = ratio(reduceSum(precisions, 1), minimum(ranked.labels(), k));
            Tensor each = spread(weights, average);
            return Metric.of(average.graph(), "average_precision_at_" + k,
                    List.of(reduceSum(average.times(each)), reduceSum(each)),
                    totals -> ratio(totals.get(0), totals.get(1)));
        });
    }
}
