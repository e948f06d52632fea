package dev.sinter.graph;

import static dev.sinter.graph.Ops.divide;
import static dev.sinter.graph.Ops.equal;
import static dev.sinter.graph.Ops.floor;
import static dev.sinter.graph.Ops.greater;
import static dev.sinter.graph.Ops.less;
import static dev.sinter.graph.Ops.logicalAnd;
import static dev.sinter.graph.Ops.logicalNot;
import static dev.sinter.graph.Ops.logicalOr;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.onesLike;
import static dev.sinter.graph.Ops.reduceSum;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.round;
import static dev.sinter.graph.Ops.subtract;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Floats as they are after quantization; gradients flow as if nothing happened, but for what is cut off. */
final class FakeQuant {
    private FakeQuant() {}

    /** A range that holds 0 exactly, and the step between its numbers. */
    private record Range(Tensor low, Tensor high, Tensor step) {
        static Range of(Tensor min, Tensor max, int bits, boolean narrow) {
            double first = narrow ? 1 : 0;
            double last = Math.scalb(1.0, bits) - 1;
            Tensor wide = max.minus(min).div(last - first);
            Tensor step = where(isEmpty(min, max), onesLike(wide), wide);
            Tensor zero = subtract(first, min.div(step));
            Tensor nudged = floor(maximum(minimum(zero, last), first).plus(0.5));
            return new Range(subtract(first, nudged).times(step), subtract(last, nudged).times(step), step);
        }

        static Tensor isEmpty(Tensor min, Tensor max) {
            return logicalAnd(equal(min, zerosLike(min)), equal(max, zerosLike(max)));
        }
    }

    static Tensor of(Tensor x, Tensor min, Tensor max, int bits, boolean narrow) {
        Requirements.requireFloat("x", x);
        if (bits < 2 || bits > 16) {
            throw new GraphException("the number of bits must be from 2 to 16 but is " + bits);
        }
        Range range = Range.of(min, max, bits, narrow);
        Tensor cut = minimum(maximum(x, range.low()), range.high()).minus(range.low());
        Tensor steps = floor(cut.times(divide(1, range.step())).plus(0.5));
        Tensor value = steps.times(range.step()).plus(range.low());
        Tensor result = where(Range.isEmpty(min, max), zerosLike(x), value);
        return Control.customGradient(result, List.of(x, min, max), (operands, _, gradient) -> {
            Range bounds = Range.of(operands.get(1), operands.get(2), bits, narrow);
            return passed(operands, gradient, bounds);
        });
    }

    /** What flows to x where it lies in a range, else to the end of the range that cuts it off. */
    private static List<Optional<Tensor>> passed(List<Tensor> operands, Tensor gradient, Range range) {
        Tensor x = operands.get(0);
        Tensor min = operands.get(1);
        Tensor nothing = zerosLike(gradient);
        Tensor isEmpty = Range.isEmpty(min, operands.get(2));
        Tensor isFilled = logicalNot(isEmpty);
        Tensor isBelow = logicalAnd(less(x, range.low()), isFilled);
        Tensor isAbove = logicalAnd(greater(x, range.high()), isFilled);
        int[] along = min.rank() == 0 ? others(x, Optional.empty()) : others(x, Optional.of(-1));
        return List.of(Optional.of(where(logicalOr(isBelow, isAbove), nothing, gradient)),
                Optional.of(summed(where(isBelow, gradient, nothing), along, min)),
                Optional.of(summed(where(isAbove, gradient, nothing), along, operands.get(2))));
    }

    private static Tensor summed(Tensor x, int[] along, Tensor like) {
        return reshape(along.length == 0 ? x : reduceSum(x, along), like.shape());
    }

    /** All axes but one. */
    static int[] others(Tensor x, Optional<Integer> axis) {
        int kept = axis.map(each -> Requirements.axis(x, each)).orElse(-1);
        return IntStream.range(0, x.rank()).filter(each -> each != kept).toArray();
    }

    /** Floats quantized by one factor. */
    static Tensor scaled(Tensor x, Tensor min, Tensor max, Quantization.Options options, boolean isGiven) {
        if (options.bits() < 2 || options.bits() > 32) {
            throw new GraphException("the number of bits must be from 2 to 32 but is " + options.bits());
        }
        Ends ends = Ends.of(x, min, max, options);
        Tensor cut = isGiven ? minimum(maximum(x, ends.low()), ends.high()) : x;
        Tensor value = rounded(cut.times(ends.factor()), options.rounding()).times(ends.back());
        return Control.customGradient(value, List.of(x, min, max), (operands, _, gradient) -> {
            Tensor given = operands.get(0);
            Tensor isOutside = logicalOr(less(given, laid(given, operands.get(1), options.axis())),
                    greater(given, laid(given, operands.get(2), options.axis())));
            return List.of(Optional.of(isGiven ? where(isOutside, zerosLike(gradient), gradient) : gradient),
                    Optional.of(zerosLike(operands.get(1))), Optional.of(zerosLike(operands.get(2))));
        });
    }

    /** The least and the greatest float that integers stand for, the factor to integers and the one back. */
    private record Ends(Tensor low, Tensor high, Tensor factor, Tensor back) {
        static Ends of(Tensor x, Tensor givenMin, Tensor givenMax, Quantization.Options options) {
            Tensor min = laid(x, givenMin, options.axis());
            Tensor max = laid(x, givenMax, options.axis());
            double least = options.signed() ? -Math.scalb(1.0, options.bits() - 1) + (options.narrow() ? 1 : 0) : 0;
            double most = Math.scalb(1.0, options.signed() ? options.bits() - 1 : options.bits()) - 1;
            Tensor huge = onesLike(max).times(x.dtype().largest());
            Tensor isBelow = less(min.times(least == 0 ? 0 : 1), zerosLike(min));
            Tensor isAbove = greater(max, zerosLike(max));
            Tensor fromMin = where(isBelow, divide(least, where(isBelow, min, onesLike(min))), huge);
            Tensor fromMax = where(isAbove, divide(most, where(isAbove, max, onesLike(max))), huge);
            Tensor byMin = less(fromMin, fromMax);
            Tensor back = where(byMin, least == 0 ? zerosLike(min) : min.div(least), max.div(most));
            return new Ends(where(byMin, min, back.times(least)), where(byMin, back.times(most), max),
                    where(byMin, fromMin, fromMax), back);
        }
    }

    private static Tensor laid(Tensor x, Tensor end, Optional<Integer> axis) {
        if (axis.isEmpty() || end.rank() == 0) {
            return end;
        }
        List<Dim> dims = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ONE));
        dims.set(Requirements.axis(x, axis.get()), end.dim(0));
        return reshape(end, new Shape(dims));
    }

    private static Tensor rounded(Tensor x, Quantization.Rounding rounding) {
        return switch (rounding) {
            case HALF_TO_EVEN -> round(x);
            case HALF_UP -> floor(x.plus(0.5));
        };
    }
}
