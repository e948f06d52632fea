package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Control;
import dev.sinter.graph.Ops;
import dev.sinter.graph.ScanOptions;
import dev.sinter.graph.Step;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * Probabilities of classes from those of the first of each pair of classes, by the second method of Wu, Lin and Weng,
 * Probability Estimates for Multi-class Classification by Pairwise Coupling (2004): those that minimise the sum of
 * {@code (r[j, i] p[i] - r[i, j] p[j])^2}, found class by class, again and again.
 */
final class PairwiseCoupling {
    private static final long MOST_ROUNDS = 100;
    /** By how much, over the number of classes, the conditions of a minimum may be missed. */
    private static final double TOLERANCE = 0.005;
    /** How near to 0 or 1 the probability of a pair may be. */
    private static final double LEAST = 1e-7;

    private final Call call;
    private final int classes;
    private final Tensor identity;

    PairwiseCoupling(Call call, int classes) {
        this.call = call;
        this.classes = classes;
        identity = mask((i, j) -> i == j);
    }

    /** The number of a pair of classes among all of them: 0 with 1, 0 with 2 and so on, then 1 with 2. */
    static int pair(int one, int other, int classes) {
        int first = Math.min(one, other);
        return first * (2 * classes - first - 1) / 2 + Math.max(one, other) - first - 1;
    }

    /**
     * The probabilities of classes, {@code [n, classes]}.
     *
     * @param ofFirst the probabilities of the first class of each pair, {@code [n, pairs]}
     */
    Tensor of(Tensor ofFirst) {
        Dim rows = ofFirst.dim(0);
        Tensor forms = forms(Ops.clipByValue(ofFirst, LEAST, 1 - LEAST));
        Tensor start = Ops.broadcastTo(call.graph().constant(NDArray.scalar(DType.FLOAT32, 1.0 / classes)),
                Shape.of(rows, Dim.of(classes)));
        return Control.scan(List.of(start), List.of(), ScanOptions.DEFAULT.withLength(MOST_ROUNDS), round -> {
            Tensor p = round.carry(0);
            Tensor slopes = Ops.reduceSum(forms.times(Ops.expandDims(p, 1)), 2);
            Tensor value = sum(p.times(slopes));
            Tensor missed = Ops.reduceMax(Ops.abs(slopes.minus(value)), 1);
            Tensor found = Ops.less(missed, TOLERANCE / classes);
            Tensor next = Ops.where(Ops.expandDims(found, 1), p, improved(p, slopes, value, forms));
            return Step.carry(next).until(Ops.reduceAll(found, 0));
        }).carry(0);
    }

    /** Probabilities that are better for one class after the other. */
    private Tensor improved(Tensor p, Tensor slopes, Tensor value, Tensor forms) {
        Tensor byClass = Ops.transpose(forms, 1, 0, 2);
        return Control.scan(List.of(p, slopes, value), List.of(byClass, identity), ScanOptions.DEFAULT, each -> {
            Tensor form = each.element(0);
            Tensor own = each.element(1);
            Tensor curvature = sum(form.times(own));
            Tensor slope = sum(each.carry(1).times(own));
            Tensor change = each.carry(2).minus(slope).div(curvature);
            Tensor whole = change.plus(1.0);
            Tensor moved = each.carry(2).plus(change.times(change.times(curvature).plus(slope.times(2.0))));
            return Step.carry(each.carry(0).plus(change.times(own)).div(whole),
                    each.carry(1).plus(change.times(form)).div(whole), moved.div(whole).div(whole));
        }).carry(0);
    }

    /** The quadratic form that each row's probabilities minimise, {@code [n, classes, classes]}. */
    private Tensor forms(Tensor ofFirst) {
        long[] pairs = new long[classes * classes];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = i / classes == i % classes ? 0 : pair(i / classes, i % classes, classes);
        }
        Tensor each = Ops.reshape(Ops.gather(ofFirst, call.graph().constant(NDArray.of(pairs)), 1),
                Shape.of(ofFirst.dim(0), Dim.of(classes), Dim.of(classes)));
        Tensor ofRow = each.times(mask((i, j) -> i < j))
                .plus(Ops.onesLike(each).minus(each).times(mask((i, j) -> i > j)));
        Tensor ofColumn = Ops.transpose(ofRow, 0, 2, 1);
        Tensor squares = Ops.reduceSum(Ops.square(ofColumn), 2);
        return Ops.expandDims(squares, 2).times(identity).minus(ofRow.times(ofColumn));
    }

    private static Tensor sum(Tensor x) {
        return Axes.kept(Ops.reduceSum(x, 1), x, 1);
    }

    private interface Pairs {
        boolean has(int i, int j);
    }

    private Tensor mask(Pairs which) {
        double[] mask = new double[classes * classes];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = which.has(i / classes, i % classes) ? 1 : 0;
        }
        return call.graph().constant(NDArray.of(mask, classes, classes).cast(DType.FLOAT32));
    }
}
