package dev.sinter.graph;

import static dev.sinter.graph.Ops.argMax;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.equal;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.onesLike;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.square;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.op.Pad;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Greedy suppression: the box of the greatest score is chosen, the scores of those that overlap it fall or go, and so
 * on. Axes before that of the boxes are of a batch.
 */
final class Suppression {
    /** A score that is none. */
    private static final double GONE = Double.NEGATIVE_INFINITY;

    private Suppression() {}

    /**
     * How scores fall.
     *
     * @param iou   above it a box goes, where scores do not fall
     * @param score what a score must exceed
     * @param sigma of the Gaussian by which scores fall; 0 where they do not
     */
    record Limits(double iou, double score, double sigma) {
        void check(String op, long most) {
            if (!(iou >= 0 && iou <= 1) || !(sigma >= 0) || Double.isNaN(score) || most < 0) {
                throw new GraphException(op + ": the overlap is from 0 to 1, the score a number, sigma and the number"
                        + " of boxes from 0 on, not " + iou + ", " + score + ", " + sigma + " and " + most + "\n  at "
                        + Place.here());
            }
        }
    }

    /**
     * The chosen boxes, in their order along the last axis.
     *
     * @param indices int64
     * @param scores  with which they were chosen
     * @param valid   whether there was a box left; those without are the last ones
     */
    record Chosen(Tensor indices, Tensor scores, Tensor valid) {
        /** How many there are. */
        Tensor count() {
            return reduceSum(cast(valid, DType.INT32), -1);
        }

        Tensor padded(Tensor x) {
            return where(valid, x, zerosLike(x));
        }
    }

    /** The four sides of boxes, the smaller ones first. */
    private record Sides(Tensor top, Tensor left, Tensor bottom, Tensor right) {
        static Sides of(Tensor boxes) {
            List<Tensor> each = Ops.unstack(boxes, boxes.rank() - 1);
            return new Sides(minimum(each.get(0), each.get(2)), minimum(each.get(1), each.get(3)),
                    maximum(each.get(0), each.get(2)), maximum(each.get(1), each.get(3)));
        }

        Tensor area() {
            return bottom.minus(top).times(right.minus(left));
        }

        Sides at(Tensor index) {
            return new Sides(one(top, index), one(left, index), one(bottom, index), one(right, index));
        }

        /** The area that is shared by the area of both together, 0 for an empty box. */
        Tensor overlap(Sides other) {
            Tensor height = maximum(minimum(bottom, other.bottom).minus(maximum(top, other.top)), 0);
            Tensor width = maximum(minimum(right, other.right).minus(maximum(left, other.left)), 0);
            Tensor shared = height.times(width);
            Tensor own = Ops.broadcastTo(area(), shared.shape());
            Tensor others = Ops.broadcastTo(other.area(), shared.shape());
            Tensor isArea = logicalAnd(greater(own, 0), greater(others, 0));
            Tensor union = own.plus(others).minus(shared);
            return where(isArea, shared.div(where(isArea, union, onesLike(union))), zerosLike(shared));
        }
    }

    /** The element at an index of the last axis, which stays with size 1. */
    private static Tensor one(Tensor x, Tensor index) {
        return Clamped.gather(x, expandDims(index, -1), x.rank() - 1, x.rank() - 1);
    }

    /** Candidates along an axis, with one of some value where there is none. */
    static Tensor orOne(Tensor x, int axis, double value) {
        Dim size = x.dim(axis);
        return size.minus(1).isNeverNegative() ? x : Composer.tensor("or_one", c -> {
            List<Dim> more = Shaping.zeros(x.rank());
            more.set(axis, size.max(Dim.ONE).minus(size));
            return c.add(new Pad(Shaping.zeros(x.rank()), more, Collections.nCopies(x.rank(), 0L)), c.in(0),
                    c.scalar(x.dtype(), value));
        }, x);
    }

    /** Scores along an axis, with one that is none where there is none. */
    static Tensor orNone(Tensor scores, int axis) {
        return orOne(scores, axis, GONE);
    }

    /** At most so many boxes {@code [..., n, 4]} by scores {@code [..., n]}. */
    static Chosen boxes(Tensor boxes, Tensor scores, long most, Limits limits) {
        Sides sides = Sides.of(boxes);
        return of(scores, most, limits, index -> sides.overlap(sides.at(index)));
    }

    /** At most so many boxes by scores {@code [n]} whose overlaps {@code [n, n]} are given. */
    static Chosen overlaps(Tensor overlaps, Tensor scores, long most, Limits limits) {
        return of(scores, most, limits, index -> Clamped.gather(overlaps, index, 1));
    }

    private static Chosen of(Tensor scores, long most, Limits limits, UnaryOperator<Tensor> overlap) {
        int last = scores.rank() - 1;
        Graph graph = scores.graph();
        Tensor open = where(greater(scores, limits.score()), scores, gone(scores));
        Tensor positions = graph.tensor(Ops.range(DType.INT64, scores.dim(last)));
        ScanResult scan = Control.scan(List.of(open), List.of(Ops.range(DType.INT64, most)), each -> {
            Tensor left = each.carry(0);
            Tensor index = argMax(left, last);
            Tensor score = reduceMax(left, last);
            Tensor isChosen = equal(positions, expandDims(index, -1));
            Tensor fallen = fallen(left, overlap.apply(index), limits);
            return Step.carry(where(isChosen, gone(left), fallen)).output(index, score);
        });
        Tensor chosen = last(scan.output(1));
        return new Chosen(last(scan.output(0)), chosen, greater(chosen, GONE));
    }

    private static Tensor gone(Tensor like) {
        return onesLike(like).times(GONE);
    }

    private static Tensor fallen(Tensor scores, Tensor overlap, Limits limits) {
        if (limits.sigma() == 0) {
            return where(greater(overlap, limits.iou()), gone(scores), scores);
        }
        Tensor weight = exp(square(overlap).times(-0.5 / limits.sigma()));
        Tensor isOpen = greater(scores, GONE);
        Tensor lower = where(isOpen, scores, zerosLike(scores)).times(weight);
        return where(logicalAnd(isOpen, greater(lower, limits.score())), lower, gone(scores));
    }

    /** The first axis as the last one. */
    private static Tensor last(Tensor x) {
        int rank = x.rank();
        return transpose(x, IntStream.range(0, rank).map(axis -> (axis + 1) % rank).toArray());
    }

    /** The results of {@code tf.image.combined_non_max_suppression}: boxes, scores, classes, how many are valid. */
    static List<Tensor> combined(Tensor boxes, Tensor scores, long mostOfClass, long most, Limits limits,
            boolean padPerClass, boolean clip) {
        long classes = scores.dim(2).constant();
        Tensor byClass = transpose(scores, 0, 2, 1);
        Tensor laid = transpose(boxes, 0, 2, 1, 3);
        Tensor each = Ops.broadcastTo(laid, Shape.of(byClass.dim(0), byClass.dim(1), byClass.dim(2), Dim.of(4)));
        Chosen chosen = boxes(each, byClass, mostOfClass, limits);
        Shape flat = Shape.of(scores.dim(0), Dim.of(classes * mostOfClass));
        long kept = Math.min(most, classes * mostOfClass);
        TopK best = TopK.of(Ops.reshape(chosen.scores(), flat), kept);
        Tensor place = cast(best.indices(), DType.INT64);
        Tensor isValid = greater(best.values(), GONE);
        Tensor number = place.div(mostOfClass);
        Tensor index = Clamped.gather(Ops.reshape(chosen.indices(), flat), place, 1, 1);
        Tensor shown = laid.dim(1).isConstant(1) ? zerosLike(number) : number;
        Tensor found = Clamped.gatherNd(laid, Ops.stack(2, shown, index), 1);
        Tensor kept4 = where(expandDims(isValid, 2), clip ? Ops.clipByValue(found, 0, 1) : found, zerosLike(found));
        List<Tensor> all = new ArrayList<>(List.of(kept4,
                where(isValid, best.values(), zerosLike(best.values())),
                cast(where(isValid, number, zerosLike(number)), scores.dtype())));
        if (!padPerClass && kept < most) {
            all.replaceAll(x -> Ops.pad(x, x.rank() == 3 ? new long[][] {{0, 0}, {0, most - kept}, {0, 0}}
                    : new long[][] {{0, 0}, {0, most - kept}}));
        }
        all.add(reduceSum(cast(isValid, DType.INT32), 1));
        return all;
    }

    /** Images with the frames of boxes, the last one on top. */
    static Tensor drawn(Tensor images, Tensor boxes, Tensor colours) {
        List<Tensor> sides = Ops.unstack(boxes, 2);
        Tensor top = pixel(sides.get(0), images.dim(1));
        Tensor left = pixel(sides.get(1), images.dim(2));
        Tensor bottom = pixel(sides.get(2), images.dim(1));
        Tensor right = pixel(sides.get(3), images.dim(2));
        Tensor rows = expandDims(images.graph().tensor(Ops.range(DType.INT64, images.dim(1))), 1);
        Tensor columns = images.graph().tensor(Ops.range(DType.INT64, images.dim(2)));
        Tensor inRows = logicalAnd(Ops.greaterEqual(rows, top), Ops.lessEqual(rows, bottom));
        Tensor inColumns = logicalAnd(Ops.greaterEqual(columns, left), Ops.lessEqual(columns, right));
        Tensor onRow = Ops.logicalOr(equal(rows, top), equal(rows, bottom));
        Tensor onColumn = Ops.logicalOr(equal(columns, left), equal(columns, right));
        Tensor isOn = logicalAnd(logicalAnd(inRows, inColumns), Ops.logicalOr(onRow, onColumn));
        Tensor number = Ops.reshape(images.graph().tensor(Ops.range(DType.INT64, boxes.dim(1))),
                Shape.of(boxes.dim(1), Dim.ONE, Dim.ONE));
        Tensor none = onesLike(number).unaryMinus();
        Tensor best = maximum(reduceMax(where(isOn, number, none), 1), -1);
        Tensor isDrawn = Ops.greaterEqual(best, zerosLike(best));
        Tensor size = Composer.node(images.graph(), "size", "size", c -> c.size(colours.dim(0), DType.INT64), List.of())
                .tensor();
        Tensor colour = Clamped.gather(colours, maximum(best, 0).rem(size));
        return where(expandDims(isDrawn, 3), colour, images);
    }

    /** The row or column at a fraction of an image, with two axes behind it. */
    private static Tensor pixel(Tensor fraction, Dim size) {
        Tensor last = Composer.node(fraction.graph(), "size", "size", c -> c.size(size.minus(1), fraction.dtype()),
                List.of()).tensor();
        Tensor whole = cast(fraction.times(last), DType.INT64);
        return expandDims(expandDims(whole, -1), -1);
    }
}
