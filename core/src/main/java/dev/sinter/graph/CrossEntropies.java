package dev.sinter.graph;

import dev.sinter.op.After;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import java.util.List;

/** Losses of single examples; users find them in {@link Nn}. */
abstract sealed class CrossEntropies extends Activations permits Convolutions {
    CrossEntropies() {}

    /**
     * For each row {@code -sum(labels * log(softmax(logits)))} along the last axis, which is dropped.
     *
     * @param labels probabilities, of the shape of the logits
     */
    public static Tensor softmaxCrossEntropyWithLogits(Operand labels, Operand logits) {
        return softmaxCrossEntropyWithLogits(labels, logits, -1);
    }

    /** {@link #softmaxCrossEntropyWithLogits(Operand, Operand)} along an axis. */
    public static Tensor softmaxCrossEntropyWithLogits(Operand labels, Operand logits, int axis) {
        return Composer.tensor("softmax_cross_entropy_with_logits", c -> {
            c.label("labels", "logits");
            List<Node> both = c.broadcast(c.ins());
            List<Integer> classes = c.axes(both.get(1), axis);
            Node product = c.map(ScalarFn.MUL, both.get(0), Reductions.logSoftmax(c, both.get(1), classes));
            return c.map(ScalarFn.NEG, c.reduce(ReduceFn.SUM, product, classes));
        }, labels, logits);
    }

    /**
     * {@link #softmaxCrossEntropyWithLogits(Operand, Operand)} whose labels are class numbers: integers of one axis
     * less.
     *
     * @throws GraphException at a run where a label is none of the classes
     */
    public static Tensor sparseSoftmaxCrossEntropyWithLogits(Operand labels, Operand logits) {
        return Composer.tensor("sparse_softmax_cross_entropy_with_logits", c -> {
            c.label("labels", "logits");
            Node scores = c.in(1);
            List<Integer> last = c.axes(scores, -1);
            int axis = last.getFirst();
            Dim depth = Composer.shape(scores).dim(axis);
            if (Composer.rank(c.in(0)) != axis) {
                throw new GraphException("labels of one axis less than the logits are needed: "
                        + c.describe(c.in(0)) + ", " + c.describe(scores));
            }
            for (int i = 0; i < axis; i++) {
                scores = c.same("shapes differ", c.in(0), i, scores, i);
            }
            Node checked = Indexed.checked(c, Indexed.integers(c, c.in(0)), axis, depth);
            Node classes = c.add(new After(), c.in(0), checked);
            Node chosen = Shaping.oneHot(c, classes, depth, Composer.dtype(scores));
            Node product = c.map(ScalarFn.MUL, chosen, Reductions.logSoftmax(c, scores, last));
            return c.map(ScalarFn.NEG, c.reduce(ReduceFn.SUM, product, last));
        }, labels, logits);
    }

    /** {@code -labels * log(sigmoid(logits)) - (1 - labels) * log(1 - sigmoid(logits))}, without overflow. */
    public static Tensor sigmoidCrossEntropyWithLogits(Operand labels, Operand logits) {
        return Composer.tensor("sigmoid_cross_entropy_with_logits", c -> {
            c.label("labels", "logits");
            List<Node> both = c.broadcast(c.ins());
            return c.map(ScalarFn.SUB, softplus(c, both.get(1)), c.map(ScalarFn.MUL, both.get(0), both.get(1)));
        }, labels, logits);
    }

    /**
     * {@link #sigmoidCrossEntropyWithLogits} whose positive part is weighted:
     * {@code -weight * labels * log(sigmoid(logits)) - (1 - labels) * log(1 - sigmoid(logits))}, without overflow.
     *
     * @param positiveWeight broadcasts with both
     */
    public static Tensor weightedCrossEntropyWithLogits(Operand labels, Operand logits, Operand positiveWeight) {
        return Composer.tensor("weighted_cross_entropy_with_logits", c -> {
            c.label("labels", "logits", "positive weight");
            List<Node> all = c.broadcast(c.ins());
            Node z = all.get(0);
            Node x = all.get(1);
            Node one = c.fullLike(z, 1);
            Node weight = c.map(ScalarFn.ADD, one, c.map(ScalarFn.MUL, c.map(ScalarFn.SUB, all.get(2), one), z));
            return c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, c.map(ScalarFn.SUB, one, z), x),
                    c.map(ScalarFn.MUL, weight, softplus(c, c.map(ScalarFn.NEG, x))));
        }, labels, logits, positiveWeight);
    }

    /** {@link #weightedCrossEntropyWithLogits(Operand, Operand, Operand)} with a number. */
    public static Tensor weightedCrossEntropyWithLogits(Operand labels, Operand logits, double positiveWeight) {
        return weightedCrossEntropyWithLogits(labels, logits, Scalar.of(positiveWeight));
    }

    /** {@link #logPoissonLoss(Operand, Operand, boolean)} without what depends on the targets alone. */
    public static Tensor logPoissonLoss(Operand targets, Operand logInput) {
        return logPoissonLoss(targets, logInput, false);
    }

    /**
     * The negative logarithm of the likelihood of counts under a Poisson distribution:
     * {@code exp(logInput) - targets * logInput}.
     *
     * @param targets  counts, of the shape of the input
     * @param logInput the logarithm of the distribution's mean
     * @param full     whether Stirling's approximation of {@code log(targets!)} is added where a count is above 1
     */
    public static Tensor logPoissonLoss(Operand targets, Operand logInput, boolean full) {
        return Composer.tensor("log_poisson_loss", c -> {
            c.label("targets", "log input");
            List<Node> both = c.broadcast(c.ins());
            Node z = both.get(0);
            Node loss = c.map(ScalarFn.SUB, c.map(ScalarFn.EXP, both.get(1)), c.map(ScalarFn.MUL, z, both.get(1)));
            if (!full) {
                return loss;
            }
            Node one = c.fullLike(z, 1);
            Node isAbove = c.map(ScalarFn.GT, z, one);
            Node safe = c.map(ScalarFn.SELECT, isAbove, z, one);
            Node stirling = c.map(ScalarFn.SUB, c.map(ScalarFn.MUL, safe, c.map(ScalarFn.LOG, safe)), safe);
            Node half = c.map(ScalarFn.MUL, c.fullLike(z, 0.5), c.map(ScalarFn.LOG,
                    c.map(ScalarFn.MUL, safe, c.fullLike(z, 2 * Math.PI))));
            return c.map(ScalarFn.ADD, loss, c.map(ScalarFn.SELECT, isAbove, c.map(ScalarFn.ADD, stirling, half),
                    c.fullLike(z, 0)));
        }, targets, logInput);
    }

    /**
     * Whether fewer than k classes have a greater prediction than the target, as {@link Ops#inTopK}.
     *
     * @param predictions floats {@code [batch, classes]}
     * @param targets     class numbers, integers {@code [batch]}
     */
    public static Tensor inTopK(Operand predictions, Operand targets, int k) {
        return Ops.inTopK(targets, predictions, k);
    }
}
