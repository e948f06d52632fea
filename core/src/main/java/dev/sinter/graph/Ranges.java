package dev.sinter.graph;

import static dev.sinter.graph.Ops.abs;
import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.divide;
import static dev.sinter.graph.Ops.floor;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.sign;
import static dev.sinter.graph.Ops.where;
import static dev.sinter.graph.Ops.zerosLike;

import dev.sinter.graph.Quantization.Mode;
import dev.sinter.graph.Quantization.Quantized;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;

/** Floats of a range as integers of a dtype, and back. */
final class Ranges {
    private static final double LEAST_RANGE = 0.01;

    private Ranges() {}

    private static void check(String label, Tensor x, Tensor min, Tensor max, DType dtype) {
        Requirements.requireRank("min", min, 0, "a scalar");
        Requirements.requireRank("max", max, 0, "a scalar");
        if (!dtype.isInteger() || dtype.bits() > 32) {
            throw new GraphException("integers of 8, 16 or 32 bits are needed, not " + dtype + ": "
                    + Requirements.describe(label, x));
        }
    }

    static Quantized quantize(Tensor x, Tensor givenMin, Tensor givenMax, DType dtype, Mode mode) {
        Requirements.requireFloat("x", x);
        check("x", x, givenMin, givenMax, dtype);
        Tensor min = minimum(givenMin, 0);
        Tensor least = maximum(maximum(abs(givenMin), abs(givenMax)), 1).times(LEAST_RANGE);
        Tensor max = maximum(maximum(givenMax, min.plus(least)), 0);
        double low = dtype.least();
        double high = dtype.largest();
        return switch (mode) {
            case MIN_COMBINED -> {
                Tensor factor = divide(high - low, max.minus(min));
                Tensor steps = minimum(maximum(x, min), max).minus(min).times(factor);
                Tensor moved = dtype.isUnsigned() ? floor(steps.plus(0.5)) : rounded(steps.plus(low));
                yield new Quantized(cast(moved, dtype), min, max);
            }
            case MIN_FIRST -> {
                double steps = high - low + 1;
                Tensor factor = divide(steps - 1, max.minus(min));
                Tensor moved = rounded(x.times(factor).minus(min.times(factor))).plus(low);
                yield new Quantized(cast(Ops.clipByValue(moved, low, high), dtype), min, max);
            }
            case SCALED -> {
                Tensor factor = scale(min, max, low, high);
                Tensor ends = divide(high, factor);
                Tensor begins = low == 0 ? zerosLike(min) : divide(low, factor);
                Tensor cut = minimum(maximum(x, begins), ends);
                yield new Quantized(cast(rounded(cut.times(factor)), dtype), begins, ends);
            }
        };
    }

    /** The factor by which neither end of a range leaves that of the integers. */
    private static Tensor scale(Tensor min, Tensor max, double low, double high) {
        Tensor isAbove = Ops.greater(max, zerosLike(max));
        Tensor huge = Ops.onesLike(max).times(Float.MAX_VALUE);
        Tensor fromMax = where(isAbove, divide(high, where(isAbove, max, Ops.onesLike(max))), huge);
        if (low == 0) {
            return fromMax;
        }
        Tensor isBelow = Ops.less(min, zerosLike(min));
        Tensor fromMin = where(isBelow, divide(low, where(isBelow, min, Ops.onesLike(min))), huge);
        return minimum(fromMin, fromMax);
    }

    static Tensor dequantize(Tensor x, Tensor givenMin, Tensor givenMax, Mode mode) {
        check("x", x, givenMin, givenMax, x.dtype());
        double low = x.dtype().least();
        double high = x.dtype().largest();
        Tensor min = Requirements.cast(givenMin, DType.FLOAT32);
        Tensor max = Requirements.cast(givenMax, DType.FLOAT32);
        Tensor given = cast(x, DType.FLOAT32);
        return switch (mode) {
            case MIN_COMBINED -> given.minus(low).times(max.minus(min).div(high - low)).plus(min);
            case MIN_FIRST -> {
                Tensor step = max.minus(min).div(high - low);
                Tensor first = rounded(min.div(step)).times(step);
                yield given.minus(low).times(step).plus(first);
            }
            case SCALED -> given.times(low == 0 ? max.div(high) : maximum(min.div(low), max.div(high)));
        };
    }

    /** The nearest integer, halves away from 0. */
    private static Tensor rounded(Tensor x) {
        return sign(x).times(floor(abs(x).plus(0.5)));
    }
}
