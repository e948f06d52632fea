package dev.sinter.graph;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.concat;
import static dev.sinter.graph.Ops.constant;
import static dev.sinter.graph.Ops.equal;
import static dev.sinter.graph.Ops.exp;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.fill;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.log;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.logicalOr;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.notEqual;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.stack;
import static dev.sinter.graph.Ops.stopGradient;
import static dev.sinter.graph.Ops.transpose;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zeros;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.op.After;
import dev.sinter.op.Pad;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Connectionist temporal classification. Logarithms of 0 are a very low number, so that no gradient is NaN. */
final class Ctc {
    private Ctc() {}

    /** @param op the word of the op that the user called */
    static Tensor loss(String op, List<Tensor> in, long givenBlank) {
        Tensor labels = in.get(0);
        Tensor logits = in.get(1);
        Requirements.requireRank("labels", labels, 2, "[batch, labels]");
        Requirements.requireRank("label lengths", in.get(2), 1, "[batch]");
        Tensor blank = blank(op, logits, in.get(3), givenBlank);
        Tensor labelLengths = lengths(op, "label length", in.get(2), "labels", labels, 1, 0);
        Tensor logitLengths = lengths(op, "logit length", in.get(3), "steps", logits, 0, 1);
        Tensor inside = Ops.sequenceMask(labelLengths, labels.dim(1));
        Tensor known = Composer.tensor(op, c -> Indexed.checked(c, c.in(0), 2, Composer.shape(c.in(1)).dim(2)),
                where(inside, integers("labels", labels), blank), logits);
        Tensor blanks = Ops.broadcastTo(blank, known.shape());
        Dim states = labels.dim(1).times(2).plus(1);
        Tensor path = shifted(reshape(stack(2, known, blanks), Shape.of(known.dim(0), labels.dim(1).times(2))), 1,
                blank, states);
        Tensor before = shifted(path, 2, blank, states);
        Tensor maySkip = logicalAnd(notEqual(path, blank), notEqual(path, before));
        Tensor classFirst = transpose(Nn.logSoftmax(logits), 1, 2, 0);
        Tensor scores = transpose(Clamped.gather(classFirst, path, 1, 1), 2, 0, 1);
        double low = Attention.low(logits.dtype());
        Tensor none = fillLike(scores, Shape.of(known.dim(0), states.minus(1)), low);
        Tensor first = fillLike(scores, Shape.of(known.dim(0), Dim.ONE), 0);
        Tensor start = concat(1, first, none);
        ScanResult scan = Control.scan(List.of(start), List.of(scores), each -> {
            Tensor stay = each.carry(0);
            Tensor next = shifted(stay, 1, low, states);
            Tensor skip = where(maySkip, shifted(stay, 2, low, states), Requirements.number(stay, low));
            Tensor most = stopGradient(maximum(stay, maximum(next, skip)));
            Tensor sum = exp(stay.minus(most)).plus(exp(next.minus(most))).plus(exp(skip.minus(most)));
            Tensor moved = most.plus(log(sum)).plus(each.element(0));
            Tensor runs = expandDims(less(Ops.identity(each.index()), logitLengths), 1);
            return Step.carry(where(runs, moved, stay));
        });
        Tensor number = reshape(scores.graph().tensor(Ops.range(DType.INT64, states)), Shape.of(Dim.ONE, states));
        Tensor end = expandDims(labelLengths.times(2), 1);
        Tensor isEnd = logicalOr(equal(number, end), equal(number, end.minus(1)));
        Tensor last = where(isEnd, scan.carry(0), Requirements.number(scores, low));
        Tensor total = Ops.reduceLogSumExp(last, 1);
        Tensor isImpossible = less(total, low / 10);
        Tensor loss = where(isImpossible, fill(scores.dtype(), Shape.SCALAR, Double.POSITIVE_INFINITY),
                Ops.negative(total));
        // Without steps nothing else needs what is checked.
        return Control.withDependencies(loss, known, logitLengths);
    }

    private static Tensor fillLike(Tensor like, Shape shape, double value) {
        return like.graph().tensor(fill(like.dtype(), shape, value));
    }

    private static Tensor integers(String label, Tensor x) {
        if (!x.dtype().isInteger()) {
            throw new GraphException("integers are needed, not " + Requirements.describe(label, x));
        }
        return Requirements.cast(x, DType.INT64);
    }

    /**
     * The lengths of sequences as int64, once the run has found that they are from 0 to the size of an axis.
     *
     * @param op    the word of the op in the message
     * @param of    what lies along the axis
     * @param data  the sequences
     * @param axis  along which each lies
     * @param batch along which they lie beside each other
     */
    static Tensor lengths(String op, String label, Tensor given, String of, Tensor data, int axis, int batch) {
        return Composer.tensor(op, c -> {
            c.label(label + "s", "data");
            Node lengths = c.same("the batches differ", c.in(1), batch, c.in(0), 0);
            Node most = c.stretch(c.size(data.dim(axis), DType.INT64), Composer.shape(lengths), List.of());
            Node fits = c.map(ScalarFn.AND, c.map(ScalarFn.GE, lengths, c.fullLike(lengths, 0)),
                    c.map(ScalarFn.LE, lengths, most));
            Node checked = Check.of(c, "0 <= " + label + " <= " + of, fits, List.of(lengths, most),
                    List.of(label, of), "");
            return c.add(new After(), lengths, checked);
        }, integers(label + "s", given), data);
    }

    /** The class of blanks, an int64 scalar, after a check of logits and lengths. */
    private static Tensor blank(String op, Tensor logits, Tensor lengths, long given) {
        Requirements.requireRank("logits", logits, 3, "[time, batch, classes]");
        Requirements.requireFloat("logits", logits);
        Requirements.requireRank("logit lengths", lengths, 1, "[batch]");
        Dim classes = logits.dim(2);
        if (classes.isConstant() && (given < -classes.constant() || given >= classes.constant())) {
            throw new GraphException("the blank " + given + " is none of the " + classes + " classes of "
                    + Requirements.describe("logits", logits));
        }
        return Composer.tensor(op, c -> Indexed.checked(c, c.size(given < 0 ? classes.plus(given) : Dim.of(given),
                DType.INT64), 2, classes), logits);
    }

    private static Tensor shifted(Tensor x, long by, double filler, Dim length) {
        return shifted(x, by, Requirements.number(x, filler), length);
    }

    /** Rows moved to the right, with a number in front, cut to a length. */
    private static Tensor shifted(Tensor x, long by, Operand filler, Dim length) {
        return Composer.tensor("shift", c -> {
            List<Dim> low = List.of(Dim.ZERO, Dim.of(by));
            Node padded = c.add(new Pad(low, Shaping.zeros(2), List.of(0L, 0L)), c.in(0), c.in(1));
            Shape whole = Composer.shape(padded);
            return whole.dim(1).equals(length) ? padded : c.add(new Slice(Shaping.zeros(2),
                    List.of(whole.dim(0), length), Collections.nCopies(2, 1L)), padded);
        }, x, filler);
    }

    static CtcDecoded greedy(String op, Tensor logits, Tensor lengths, boolean merge, long givenBlank) {
        Tensor blank = blank(op, logits, lengths, givenBlank);
        Tensor best = transpose(Ops.argMax(logits, 2), 1, 0);
        Tensor inside = Ops.sequenceMask(lengths(op, "length", lengths, "steps", logits, 0, 1), logits.dim(0));
        Tensor kept = logicalAnd(inside, notEqual(best, blank));
        if (merge) {
            kept = logicalAnd(kept, notEqual(best, shifted(best, 1, -1, logits.dim(0))));
        }
        Tensor greatest = transpose(Ops.reduceMax(logits, 2), 1, 0);
        Tensor score = reduceSum(where(inside, greatest, zerosLike(greatest)), 1);
        return new CtcDecoded(compacted(best, kept, -1), reduceSum(cast(kept, DType.INT64), 1), score);
    }

    static CtcDecoded collapsed(Tensor labels, Tensor lengths) {
        Requirements.requireRank("labels", labels, 2, "[batch, time]");
        Requirements.requireRank("lengths", lengths, 1, "[batch]");
        Tensor wide = integers("labels", labels);
        Tensor isOther = notEqual(wide, shifted(wide, 1, 0, labels.dim(1)));
        Tensor isFirst = equal(labels.graph().tensor(Ops.range(DType.INT64, labels.dim(1))), constant(0L));
        Tensor kept = logicalAnd(logicalOr(isOther, isFirst),
                Ops.sequenceMask(integers("lengths", lengths), labels.dim(1)));
        return new CtcDecoded(compacted(wide, kept, 0), reduceSum(cast(kept, DType.INT64), 1),
                zerosLike(cast(reduceSum(wide, 1), DType.FLOAT32)));
    }

    static Nn.UniqueLabels unique(Tensor labels) {
        Requirements.requireRank("labels", labels, 2, "[batch, n]");
        Tensor wide = integers("labels", labels);
        Tensor places = labels.graph().tensor(Ops.range(DType.INT64, labels.dim(1)));
        Tensor isSame = equal(expandDims(wide, 2), expandDims(wide, 1));
        Tensor isBefore = less(expandDims(places, 0), expandDims(places, 1));
        Tensor isFirst = Ops.logicalNot(Ops.reduceAny(logicalAnd(isSame, isBefore), 2));
        Tensor number = Ops.cumsum(cast(isFirst, DType.INT64), 1).minus(1);
        Tensor isFound = logicalAnd(isSame, expandDims(isFirst, 1));
        Tensor indices = reduceSum(cast(isFound, DType.INT64).times(expandDims(number, 1)), 2);
        return new Nn.UniqueLabels(compacted(wide, isFirst, 0), cast(indices, DType.INT32));
    }

    /** The elements of each row that are kept, moved to its beginning, with a filler behind them. */
    private static Tensor compacted(Tensor x, Tensor kept, long filler) {
        Dim batch = x.dim(0);
        Dim time = x.dim(1);
        Graph graph = x.graph();
        Tensor before = Control.scan(List.of(zeros(DType.INT64, Shape.of(batch))), List.of(transpose(kept, 1, 0)),
                each -> Step.carry(each.carry(0).plus(cast(each.element(0), DType.INT64))).output(each.carry(0)))
                .output(0);
        Tensor end = Composer.tensor("end", c -> c.stretch(c.size(time, DType.INT64), Composer.shape(c.in(0)),
                List.of()), x);
        Tensor column = where(kept, transpose(before, 1, 0), end);
        Tensor row = expandDims(graph.tensor(Ops.range(DType.INT64, batch)), 1).plus(zerosLike(column));
        Tensor room = graph.tensor(zeros(DType.INT64, Shape.of(batch, time.plus(1))));
        Tensor written = Ops.tensorScatterNdAdd(room, stack(2, row, column),
                where(kept, x.minus(filler), zerosLike(x)));
        return Composer.tensor("compact", c -> {
            List<Dim> limits = new ArrayList<>(Composer.shape(c.in(1)).dims());
            return c.add(new Slice(Shaping.zeros(2), limits, Collections.nCopies(2, 1L)), c.in(0));
        }, written, x).plus(filler);
    }
}
