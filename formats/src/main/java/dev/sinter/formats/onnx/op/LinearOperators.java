package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Linalg;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;
import java.util.Optional;

/** Scores that are sums of features times coefficients. */
final class LinearOperators {
    private LinearOperators() {}

    static void addTo(Operators table) {
        table.learnerOfOne("LinearRegressor", call -> {
            long targets = call.integer("targets", 1);
            return PostTransform.of(call).of(scores(call, targets, call.numbers("intercepts")));
        });
        table.learner("LinearClassifier", LinearOperators::classifier);
    }

    /** {@code [n, targets]} of rows of features. */
    private static Tensor scores(Call call, long targets, Optional<double[]> intercepts) {
        double[] coefficients = call.numbers("coefficients")
                .orElseThrow(() -> call.wrong("attribute 'coefficients' is missing"));
        long given = intercepts.map(list -> (long) list.length).orElse(targets);
        if (targets < 1 || given != targets || coefficients.length == 0 || coefficients.length % targets != 0) {
            throw call.wrong(coefficients.length + " coefficients and " + given + " intercepts do not fit " + targets
                    + " targets: each needs an intercept and a coefficient for each feature");
        }
        Tensor x = Axes.cast(FeatureOperators.rows(call, 0), DType.FLOAT32);
        Tensor rows = call.graph().constant(NDArray.of(coefficients, targets, coefficients.length / targets)
                .cast(DType.FLOAT32));
        Tensor sums = Linalg.matmul(x, rows, false, true);
        return intercepts.isEmpty() ? sums
                : sums.plus(call.graph().constant(NDArray.of(intercepts.get()).cast(DType.FLOAT32)));
    }

    private static List<Tensor> classifier(Call call) {
        double[] intercepts = call.numbers("intercepts")
                .orElseThrow(() -> call.wrong("attribute 'intercepts' is missing"));
        Tensor scores = scores(call, intercepts.length, Optional.of(intercepts));
        ClassLabels labels = ClassLabels.of(call, "classlabels_ints", "classlabels_strings");
        PostTransform transform = PostTransform.of(call);
        if (intercepts.length > 1) {
            return List.of(labels.ofLargest(scores), transform.of(scores));
        }
        Tensor label = labels.ofTwo(Ops.greater(scores, 0));
        if (labels.count() != 2) {
            return List.of(label, transform.of(scores));
        }
        Tensor second = transform.of(scores);
        return List.of(label, Ops.concat(1, Ops.subtract(Ops.onesLike(second), second), second));
    }
}
