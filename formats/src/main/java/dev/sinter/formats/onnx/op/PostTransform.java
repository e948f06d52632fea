package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Nn;
import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;

/** What a learner makes of the scores of a row at last; the constants are in the order of the standard's numbers. */
enum PostTransform {
    NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO, PROBIT;

    /** Scores at most so far from 0 count as 0. */
    private static final double ZERO = 1e-7;

    /** The one that the attribute of a node names. */
    static PostTransform of(Call call) {
        String name = call.text("post_transform", "NONE");
        for (PostTransform each : values()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw call.wrong("post_transform must be NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT, not " + name);
    }

    /** The result for rows of scores, {@code [n, k]}. */
    Tensor of(Tensor scores) {
        return switch (this) {
            case NONE -> scores;
            case SOFTMAX -> Nn.softmax(scores);
            case LOGISTIC -> Ops.sigmoid(scores);
            case SOFTMAX_ZERO -> softmaxZero(scores);
            case PROBIT -> Ops.ndtri(scores);
        };
    }

    /** Softmax, in which a score of 0 has no part: it is multiplied as the others are, and stays 0. */
    private static Tensor softmaxZero(Tensor scores) {
        Tensor max = Axes.kept(Ops.reduceMax(scores, 1), scores, 1);
        Tensor counts = Ops.greater(Ops.abs(scores), ZERO);
        Tensor powers = Ops.where(counts, Ops.exp(scores.minus(max)), Ops.zerosLike(scores));
        Tensor sum = Axes.kept(Ops.reduceSum(powers, 1), scores, 1);
        return Ops.where(counts, powers, scores.times(Ops.exp(Ops.negative(max)))).div(sum);
    }
}
