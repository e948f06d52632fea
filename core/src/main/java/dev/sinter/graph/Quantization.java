package dev.sinter.graph;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.maximum;
import static dev.sinter.graph.Ops.minimum;
import static dev.sinter.graph.Ops.reduceMax;
import static dev.sinter.graph.Ops.reduceMin;
import static dev.sinter.graph.Ops.round;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Floats as small integers: the functions of {@code tf.quantization}, and below them those that ONNX names, in which an
 * integer {@code q} stands for {@code (q - zeroPoint) * scale}.
 *
 * <p>Integers end gradients. The functions that quantize and dequantize at once pass gradients through, as if they did
 * nothing, where the input lies in the range (straight-through estimation; Bengio et al., 2013).
 */
public final class Quantization {
    private Quantization() {}

    /** How ranges of floats become those of integers. */
    public enum Mode {
        /** The least float is the least integer, the greatest the greatest; 0 need not be exact. */
        MIN_COMBINED,
        /** As before, with the least float rounded to a multiple of the step, so that 0 is exact. */
        MIN_FIRST,
        /** 0 is 0: a factor alone. */
        SCALED
    }

    /** What halves are rounded to. */
    public enum Rounding {
        /** The even integer. */
        HALF_TO_EVEN,
        /** Towards positive infinity. */
        HALF_UP
    }

    /**
     * Integers with the range that they stand for.
     *
     * @param output integers of the shape of the input
     * @param min    what the least integer stands for
     * @param max    what the greatest integer stands for
     */
    public record Quantized(Tensor output, Tensor min, Tensor max) {}

    /** {@link #fakeQuantWithMinMaxArgs(Operand, double, double, int, boolean)} from -6 to 6 in 8 bits. */
    public static Tensor fakeQuantWithMinMaxArgs(Operand x) {
        return fakeQuantWithMinMaxArgs(x, -6, 6, 8, false);
    }

    /**
     * The nearest of {@code 2^bits} evenly spaced numbers, of which 0 is one (Jacob et al., 2018). The range is moved a
     * little to hold 0 exactly.
     *
     * @param x      floats
     * @param bits   from 2 to 16
     * @param narrow whether one number less is used, so that the middle can be 0
     */
    public static Tensor fakeQuantWithMinMaxArgs(Operand x, double min, double max, int bits, boolean narrow) {
        if (!(min < max)) {
            throw new GraphException("fake_quant_with_min_max_args: the least number " + min
                    + " must be below the greatest, " + max + "\n  at " + Place.here());
        }
        return Composite.tensor("fake_quant_with_min_max_args", List.of(x), in -> FakeQuant.of(in.getFirst(),
                constant(in.getFirst(), min), constant(in.getFirst(), max), bits, narrow));
    }

    private static Tensor constant(Tensor like, double value) {
        return like.graph().tensor(Requirements.number(like, value));
    }

    /**
     * {@link #fakeQuantWithMinMaxArgs(Operand, double, double, int, boolean)} of a range that is computed or trained:
     * what is cut off moves its end.
     *
     * @param min a scalar of the dtype of x
     * @param max a scalar of the dtype of x
     */
    public static Tensor fakeQuantWithMinMaxVars(Operand x, Operand min, Operand max, int bits, boolean narrow) {
        return Composite.tensor("fake_quant_with_min_max_vars", List.of(x, min, max), in -> {
            Requirements.requireRank("min", in.get(1), 0, "a scalar");
            Requirements.requireRank("max", in.get(2), 0, "a scalar");
            return FakeQuant.of(in.get(0), in.get(1), in.get(2), bits, narrow);
        });
    }

    /** {@link #fakeQuantWithMinMaxVars} with a range for each channel: vectors along the last axis. */
    public static Tensor fakeQuantWithMinMaxVarsPerChannel(Operand x, Operand min, Operand max, int bits,
            boolean narrow) {
        return Composite.tensor("fake_quant_with_min_max_vars_per_channel", List.of(x, min, max), in -> {
            Requirements.requireRank("min", in.get(1), 1, "a vector of channels");
            Requirements.requireRank("max", in.get(2), 1, "a vector of channels");
            if (in.get(0).rank() == 0) {
                throw new GraphException("an axis of channels is needed, not " + Requirements.describe("x", in.get(0)));
            }
            return FakeQuant.of(in.get(0), in.get(1), in.get(2), bits, narrow);
        });
    }

    /**
     * How {@link #quantizeAndDequantize} does it.
     *
     * @param bits     of the integers, from 2 to 32
     * @param signed   whether they have a sign
     * @param rounding of halves
     * @param narrow   whether the least signed integer is not used
     * @param axis     along which each slice has a range of its own; none means one range for all
     */
    public record Options(int bits, boolean signed, Rounding rounding, boolean narrow, Optional<Integer> axis) {
        /** Signed integers of 8 bits with one range. */
        public static final Options DEFAULT = new Options(8, true, Rounding.HALF_TO_EVEN, false, Optional.empty());

        /** These options for integers of so many bits. */
        public Options withBits(int count) {
            return new Options(count, signed, rounding, narrow, axis);
        }

        /** These options for integers without a sign. */
        public Options withoutSign() {
            return new Options(bits, false, rounding, narrow, axis);
        }

        /** These options with a range for each slice along an axis. */
        public Options withAxis(int along) {
            return new Options(bits, signed, rounding, narrow, Optional.of(along));
        }

        /** These options with another rounding of halves. */
        public Options withRounding(Rounding halves) {
            return new Options(bits, signed, halves, narrow, axis);
        }

        /** These options without the least signed integer. */
        public Options withNarrowRange() {
            return new Options(bits, signed, rounding, true, axis);
        }
    }

    /** What stays of floats that are quantized by one factor, so that 0 stays 0; the range is that of the floats. */
    public static Tensor quantizeAndDequantize(Operand x, Options options) {
        return Composite.tensor("quantize_and_dequantize", List.of(x), in -> {
            Tensor given = in.getFirst();
            Requirements.requireFloat("x", given);
            int[] along = FakeQuant.others(given, options.axis());
            Tensor constant = Ops.stopGradient(given);
            return FakeQuant.scaled(given, reduceMin(constant, along), reduceMax(constant, along), options, false);
        });
    }

    /**
     * {@link #quantizeAndDequantize(Operand, Options)} of a range, whose ends get no gradient.
     *
     * @param min a scalar, or a vector along the axis of the options
     * @param max a scalar, or a vector along the axis of the options
     */
    public static Tensor quantizeAndDequantize(Operand x, Operand min, Operand max, Options options) {
        return Composite.tensor("quantize_and_dequantize", List.of(x, min, max), in -> {
            Requirements.requireFloat("x", in.get(0));
            int rank = options.axis().isPresent() ? 1 : 0;
            Requirements.requireRank("min", in.get(1), rank, rank == 0 ? "a scalar" : "a vector along the axis");
            Requirements.requireRank("max", in.get(2), rank, rank == 0 ? "a scalar" : "a vector along the axis");
            return FakeQuant.scaled(in.get(0), in.get(1), in.get(2), options, true);
        });
    }

    /**
     * Floats as integers of 8, 16 or 32 bits. Halves are rounded away from 0.
     *
     * @param x   floats
     * @param min a scalar: what the least integer stands for
     * @param max a scalar: what the greatest integer stands for; a range that is too small is widened
     */
    public static Quantized quantize(Operand x, Operand min, Operand max, DType dtype, Mode mode) {
        return Composite.of("quantize", List.of(x, min, max),
                in -> Ranges.quantize(in.get(0), in.get(1), in.get(2), dtype, mode));
    }

    /** The float32 that integers of 8, 16 or 32 bits stand for. */
    public static Tensor dequantize(Operand x, Operand min, Operand max, Mode mode) {
        return Composite.tensor("dequantize", List.of(x, min, max),
                in -> Ranges.dequantize(in.get(0), in.get(1), in.get(2), mode));
    }

    /**
     * {@code saturate(round(x / scale) + zeroPoint)}, halves to even: ONNX's {@code QuantizeLinear}.
     *
     * @param x         floats
     * @param scale     of the dtype of x: a scalar, or a vector along the axis
     * @param zeroPoint of the shape of the scale; its dtype is the result's
     * @param axis      of vectors, negative from the end
     */
    public static Tensor quantizeLinear(Operand x, Operand scale, Operand zeroPoint, int axis) {
        return Composite.tensor("quantize_linear", List.of(x, scale, zeroPoint), in -> Linear.quantize(in.get(0),
                Linear.along(in.get(0), "scale", in.get(1), axis), Linear.along(in.get(0), "zero point", in.get(2),
                        axis)));
    }

    /**
     * {@link #quantizeLinear(Operand, Operand, Operand, int)} in blocks: so many elements along an axis share a scale.
     *
     * @param scale of as many axes as x, with {@code ceil(n / blockSize)} elements along the axis, whose size is known
     */
    public static Tensor quantizeLinear(Operand x, Operand scale, Operand zeroPoint, int axis, long blockSize) {
        return Composite.tensor("quantize_linear", List.of(x, scale, zeroPoint), in -> Linear.quantize(in.get(0),
                Linear.blocks(in.get(0), "scale", in.get(1), axis, blockSize),
                Linear.blocks(in.get(0), "zero point", in.get(2), axis, blockSize)));
    }

    /** {@code (x - zeroPoint) * scale} in the dtype of the scale: ONNX's {@code DequantizeLinear}. */
    public static Tensor dequantizeLinear(Operand x, Operand scale, Operand zeroPoint, int axis) {
        return Composite.tensor("dequantize_linear", List.of(x, scale, zeroPoint), in -> Linear.dequantize(in.get(0),
                Linear.along(in.get(0), "scale", in.get(1), axis), Linear.along(in.get(0), "zero point", in.get(2),
                        axis)));
    }

    /** {@link #dequantizeLinear(Operand, Operand, Operand, int)} in blocks. */
    public static Tensor dequantizeLinear(Operand x, Operand scale, Operand zeroPoint, int axis, long blockSize) {
        return Composite.tensor("dequantize_linear", List.of(x, scale, zeroPoint), in -> Linear.dequantize(in.get(0),
                Linear.blocks(in.get(0), "scale", in.get(1), axis, blockSize),
                Linear.blocks(in.get(0), "zero point", in.get(2), axis, blockSize)));
    }

    /**
     * Integers with their scale and zero point.
     *
     * @param output    uint8 of the shape of the input
     * @param scale     float32, a scalar
     * @param zeroPoint uint8, a scalar
     */
    public record DynamicallyQuantized(Tensor output, Tensor scale, Tensor zeroPoint) {}

    /** float32 as uint8 of the range that they have, widened to hold 0: ONNX's {@code DynamicQuantizeLinear}. */
    public static DynamicallyQuantized dynamicQuantizeLinear(Operand x) {
        return Composite.of("dynamic_quantize_linear", List.of(x), in -> {
            Tensor given = in.getFirst();
            Requirements.requireFloat("x", given);
            Tensor low = minimum(reduceMin(given), 0);
            Tensor high = maximum(reduceMax(given), 0);
            Tensor range = high.minus(low).div(255);
            Tensor isFlat = Ops.equal(range, Ops.zerosLike(range));
            Tensor scale = Ops.where(isFlat, Ops.onesLike(range), range);
            Tensor zero = cast(Ops.clipByValue(round(low.unaryMinus().div(scale)), 0, 255), DType.UINT8);
            return new DynamicallyQuantized(Linear.quantize(given, scale, zero), scale, zero);
        });
    }

    /**
     * The product of matrices of 8 bits less their zero points, in int32: ONNX's {@code MatMulInteger}.
     *
     * @param x     int8 or uint8 {@code [..., m, k]}
     * @param w     int8 or uint8 {@code [..., k, n]}
     * @param xZero of the dtype of x: a scalar, or one a row {@code [m]}
     * @param wZero of the dtype of w: a scalar, or one a column {@code [n]}
     */
    public static Tensor matMulInteger(Operand x, Operand w, Operand xZero, Operand wZero) {
        return Composite.tensor("matmul_integer", List.of(x, w, xZero, wZero),
                in -> Linear.product(in.get(0), in.get(1), in.get(2), in.get(3)));
    }

    /**
     * {@link #matMulInteger} quantized anew: ONNX's {@code QLinearMatMul}.
     *
     * @param x a matrix with its scale and zero point, float32 and the matrix's dtype
     * @param yZero its dtype is the result's
     */
    public static Tensor qLinearMatMul(Scaled x, Scaled w, Operand yScale, Operand yZero) {
        return Composite.tensor("qlinear_matmul", List.of(x.values(), x.scale(), x.zeroPoint(), w.values(), w.scale(),
                w.zeroPoint(), yScale, yZero), in -> {
                    Tensor sums = Linear.product(in.get(0), in.get(3), in.get(2), in.get(5));
                    Tensor left = in.get(1).rank() == 1 ? Ops.expandDims(in.get(1), 1) : in.get(1);
                    return Linear.requantized(sums, left.times(in.get(4)), in.get(6), in.get(7));
                });
    }

    /**
     * Integers with what they stand for.
     *
     * @param values    int8 or uint8
     * @param scale     float32: a scalar, or a vector of rows, columns or output channels
     * @param zeroPoint of the dtype of the values, of the shape of the scale
     */
    public record Scaled(Operand values, Operand scale, Operand zeroPoint) {}

    /**
     * The convolution of integers less their zero points, in int32: ONNX's {@code ConvInteger}, with the layouts of
     * {@link Nn#convolution}. What is added around the input stands for 0.
     *
     * @param xZero  a scalar
     * @param filter {@code [size..., in / groups, out]}
     * @param wZero  a scalar, or one an output channel {@code [out]}
     */
    public static Tensor convInteger(Operand x, Operand filter, Operand xZero, Operand wZero, WindowOptions options) {
        return Composite.tensor("conv_integer", List.of(x, filter, xZero, wZero),
                in -> Nn.convolution(Linear.centred("x", in.get(0), in.get(2)),
                        Linear.centred("filter", in.get(1), in.get(3)), options));
    }

    /**
     * The mean of each window of quantized integers, whose range stays, rounded half to even: as
     * {@code tf.nn.quantized_avg_pool}, with the layout of {@link Nn#avgPool}. Its maximum is {@link Nn#maxPool}.
     *
     * @param x     integers of 8 or 16 bits {@code [batch, spatial..., channels]}
     * @param sizes of a window along each spatial axis, or along all
     */
    public static Tensor quantizedAvgPool(Operand x, List<Long> sizes, WindowOptions options) {
        return Composite.tensor("quantized_avg_pool", List.of(x), in -> {
            if (!x.dtype().isInteger() || x.dtype().bits() > 16) {
                throw new GraphException("integers of 8 or 16 bits are needed, not " + Requirements.describe("x", x));
            }
            Tensor means = Nn.avgPool(Ops.cast(in.getFirst(), DType.FLOAT32), sizes, options);
            return Ops.cast(Ops.round(means), x.dtype());
        });
    }

    /**
     * {@link #convInteger} quantized anew: ONNX's {@code QLinearConv}.
     *
     * @param filter with a scale and a zero point that are scalars or one an output channel
     * @param yZero  its dtype is the result's
     * @param bias   int32 {@code [out]}, in units of the product of both scales
     */
    public static Tensor qLinearConv(Scaled x, Scaled filter, Operand yScale, Operand yZero, Optional<Operand> bias,
            WindowOptions options) {
        List<Operand> operands = new ArrayList<>(List.of(x.values(), x.scale(), x.zeroPoint(), filter.values(),
                filter.scale(), filter.zeroPoint(), yScale, yZero));
        bias.ifPresent(operands::add);
        return Composite.tensor("qlinear_conv", operands, in -> {
            Tensor sums = Nn.convolution(Linear.centred("x", in.get(0), in.get(2)),
                    Linear.centred("filter", in.get(3), in.get(5)), options);
            if (in.size() == 9) {
                sums = Nn.biasAdd(sums, in.get(8), options.channelsFirst());
            }
            Tensor scale = in.get(1).times(in.get(4));
            if (options.channelsFirst() && scale.rank() == 1) {
                List<Dim> dims = new ArrayList<>(Collections.nCopies(sums.rank() - 1,
                        Dim.ONE));
                dims.set(0, scale.dim(0));
                scale = Ops.reshape(scale, new Shape(dims));
            }
            return Linear.requantized(sums, scale, in.get(6), in.get(7));
        });
    }
}
