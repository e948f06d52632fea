package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Scores that are sums over support vectors, each of which counts by how a kernel finds it similar to a row. */
final class SupportVectorOperators {
    private static final double MOST_WEIGHTS = 1L << 26;

    private SupportVectorOperators() {}

    static void addTo(Operators table) {
        table.learnerOfOne("SVMRegressor", SupportVectorOperators::regressor);
        table.learner("SVMClassifier", SupportVectorOperators::classifier);
    }

    private static Tensor regressor(Call call) {
        double[] weights = numbers(call, "coefficients", 1);
        long count = call.integer("n_supports", 0);
        if (count > 0 && count != weights.length) {
            throw call.wrong("there are " + count + " support vectors and " + weights.length + " coefficients");
        }
        Tensor similar = count > 0 ? similarities(call, count) : rows(call, weights.length);
        Tensor scores = Ops.matmul(similar, constant(call, weights, weights.length, 1))
                .plus(numbers(call, "rho", 1)[0]);
        if (call.flag("one_class", false)) {
            return Ops.where(Ops.greater(scores, 0), Ops.onesLike(scores), Ops.negative(Ops.onesLike(scores)));
        }
        return PostTransform.of(call).of(scores);
    }

    private static List<Tensor> classifier(Call call) {
        ClassLabels labels = ClassLabels.of(call, "classlabels_ints", "classlabels_strings");
        int classes = labels.count();
        if (classes < 2) {
            throw call.unsupported("a classifier of fewer than two classes: classlabels_ints has " + classes);
        }
        long[] counts = call.integers("vectors_per_class").orElse(new long[0]);
        PostTransform transform = PostTransform.of(call);
        if (LongStream.of(counts).sum() == 0) {
            double[] weights = numbers(call, "coefficients", classes);
            long features = weights.length / classes;
            Tensor scores = Linalg.matmul(rows(call, features), constant(call, weights, classes, features), false, true)
                    .plus(numbers(call, "rho", 1)[0]);
            return List.of(labels.ofLargest(scores), transform.of(scores));
        }
        Tensor scores = pairScores(call, classes, counts);
        Tensor label = labels.ofLargest(votes(call, scores, classes));
        if (call.numbers("prob_a").filter(list -> list.length > 0).isPresent()) {
            int pairs = classes * (classes - 1) / 2;
            Tensor first = Ops.sigmoid(Ops.negative(scores.times(ofPairs(call, "prob_a", pairs))
                    .plus(ofPairs(call, "prob_b", pairs))));
            return List.of(label, transform.of(new PairwiseCoupling(call, classes).of(first)));
        }
        if (classes > 2) {
            return List.of(label, transform.of(scores));
        }
        return List.of(label, ofTwo(call, scores, transform));
    }

    /** The scores of two classes of one score, as ONNX Runtime has them: softmax leaves them as they are. */
    private static Tensor ofTwo(Call call, Tensor score, PostTransform transform) {
        return switch (transform) {
            case NONE, LOGISTIC -> transform.of(Ops.concat(1, Ops.negative(score), score));
            case SOFTMAX, SOFTMAX_ZERO -> Ops.concat(1, Ops.onesLike(score).minus(score), score);
            case PROBIT -> throw call.unsupported("two classes without probabilities and post_transform " + transform);
        };
    }

    /** A score for each pair of classes, {@code [n, pairs]}: above 0 the first class of the pair is found. */
    private static Tensor pairScores(Call call, int classes, long[] counts) {
        long vectors = 0;
        for (long count : counts) {
            vectors += count;
            if (count < 0 || vectors > Integer.MAX_VALUE) {
                throw call.wrong("vectors_per_class has " + count);
            }
        }
        if (0.5 * classes * (classes - 1) * Math.max(classes, vectors) > MOST_WEIGHTS) {
            throw call.unsupported(vectors + " support vectors of " + classes + " classes are too many: for each"
                    + " pair of classes a weight of each is made");
        }
        int pairs = classes * (classes - 1) / 2;
        double[] weights = numbers(call, "coefficients", 1);
        if (counts.length != classes || weights.length != (classes - 1) * vectors) {
            throw call.wrong("there are " + classes + " labels, " + counts.length + " vectors_per_class, and "
                    + weights.length + " coefficients of " + vectors + " support vectors: each needs one for each class"
                    + " but its own");
        }
        double[] table = new double[Math.toIntExact(vectors * pairs)];
        int vector = 0;
        for (int own = 0; own < classes; own++) {
            for (int i = 0; i < counts[own]; i++, vector++) {
                for (int other = 0; other < classes; other++) {
                    if (other != own) {
                        int row = other < own ? other : other - 1;
                        table[vector * pairs + PairwiseCoupling.pair(own, other, classes)] =
                                weights[Math.toIntExact(row * vectors + vector)];
                    }
                }
            }
        }
        return Ops.matmul(similarities(call, vectors), constant(call, table, vectors, pairs))
                .plus(ofPairs(call, "rho", pairs));
    }

    /** How many pairs of classes each class has won, {@code [n, classes]}. */
    private static Tensor votes(Call call, Tensor scores, int classes) {
        int pairs = classes * (classes - 1) / 2;
        double[] changes = new double[pairs * classes];
        double[] ofSecond = new double[classes];
        for (int first = 0; first < classes; first++) {
            for (int second = first + 1; second < classes; second++) {
                int pair = PairwiseCoupling.pair(first, second, classes);
                changes[pair * classes + first] = 1;
                changes[pair * classes + second] = -1;
                ofSecond[second]++;
            }
        }
        return Ops.matmul(Ops.cast(Ops.greater(scores, 0), DType.FLOAT32), constant(call, changes, pairs, classes))
                .plus(constant(call, ofSecond, classes));
    }

    /** What the kernel says of each row and support vector, {@code [n, vectors]}. */
    private static Tensor similarities(Call call, long vectors) {
        double[] numbers = numbers(call, "support_vectors", (int) vectors);
        long features = numbers.length / vectors;
        Tensor x = rows(call, features);
        Tensor support = constant(call, numbers, vectors, features);
        double[] given = call.numbers("kernel_params").orElse(new double[0]);
        if (given.length != 0 && given.length != 3) {
            throw call.wrong("kernel_params must be gamma, coef0 and degree, not " + given.length + " numbers");
        }
        double gamma = given.length == 0 ? 0 : given[0];
        double add = given.length == 0 ? 0 : given[1];
        double degree = given.length == 0 ? 0 : given[2];
        return switch (call.text("kernel_type", "LINEAR")) {
            case "LINEAR" -> Linalg.matmul(x, support, false, true);
            case "POLY" -> Ops.pow(Linalg.matmul(x, support, false, true).times(gamma).plus(add), degree);
            case "SIGMOID" -> Ops.tanh(Linalg.matmul(x, support, false, true).times(gamma).plus(add));
            case "RBF" -> Ops.exp(Ops.reduceSum(Ops.square(Ops.expandDims(x, 1).minus(support)), 2).times(-gamma));
            case String other -> throw call.wrong("kernel_type must be LINEAR, POLY, RBF or SIGMOID, not " + other);
        };
    }

    /** Rows of as many features, in the dtype that all is computed in. */
    private static Tensor rows(Call call, long features) {
        Tensor x = Axes.cast(FeatureOperators.rows(call, 0), DType.FLOAT32);
        if (x.dim(1).isConstant() && !x.dim(1).isConstant(features)) {
            throw call.wrong("the model has " + features + " features, and rows have " + x.dim(1));
        }
        return x;
    }

    /** A constant of the numbers of an attribute, one for each pair of classes. */
    private static Tensor ofPairs(Call call, String name, int pairs) {
        double[] numbers = numbers(call, name, pairs);
        if (numbers.length != pairs) {
            throw call.wrong("attribute '" + name + "' has " + numbers.length + " numbers for " + pairs
                    + " pairs of classes");
        }
        return constant(call, numbers, pairs);
    }

    /** Numbers of an attribute, as many as, or a multiple of, some number. */
    private static double[] numbers(Call call, String name, int count) {
        double[] numbers = call.numbers(name).orElseThrow(() -> call.wrong("attribute '" + name + "' is missing"));
        if (numbers.length == 0 || numbers.length % count != 0) {
            throw call.wrong("attribute '" + name + "' has " + numbers.length + " numbers, where a multiple of " + count
                    + " is needed");
        }
        return numbers;
    }

    private static Tensor constant(Call call, double[] numbers, long... sizes) {
        return call.graph().constant(NDArray.of(numbers, sizes).cast(DType.FLOAT32));
    }
}
