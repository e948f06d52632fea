package dev.sinter.eval;

import dev.sinter.op.Contract;
import dev.sinter.op.Iota;
import dev.sinter.op.RandomBits;
import dev.sinter.op.Reduce;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Philox;
import java.util.List;

/** The ops that compute: floats in double precision, rounded once to their dtype; integers wrap. */
final class Arithmetic {
    private Arithmetic() {}

    static NDArray map(ScalarFn fn, List<NDArray> operands, DType dtype) {
        NDArray x = operands.getFirst();
        NDArray y = operands.get(Math.min(1, operands.size() - 1));
        NDArray z = operands.getLast();
        NDArray result = NDArray.zeros(dtype, x.sizes());
        for (long i = 0; i < result.elementCount(); i++) {
            if (z.dtype().isFloat()) {
                result.setDouble(i, fn.onFloats(x.getDouble(i), y.getDouble(i), z.getDouble(i)));
            } else {
                long value = fn.onIntegers(z.dtype(), x.getLong(i), y.getLong(i), z.getLong(i));
                result.setLong(i, value);
            }
        }
        return result;
    }

    static NDArray iota(Iota op, long[] sizes) {
        NDArray result = NDArray.zeros(op.type().dtype(), sizes);
        long[] along = new long[sizes.length];
        along[op.axis()] = 1;
        Walk.over(sizes, 0, along, (element, index) -> result.setLong(element, index));
        return result;
    }

    static NDArray randomBits(RandomBits op, long run, long[] sizes) {
        NDArray result = NDArray.zeros(DType.INT32, sizes);
        for (long i = 0; i < result.elementCount(); i++) {
            result.setLong(i, Philox.word(i, run, op.graphSeed(), op.opSeed(), op.word()));
        }
        return result;
    }

    static NDArray reduce(Reduce op, NDArray operand, long[] sizes) {
        long[] strides = new long[operand.rank()];
        long[] kept = Walk.strides(sizes);
        int next = 0;
        for (int axis = 0; axis < operand.rank(); axis++) {
            strides[axis] = op.axes().contains(axis) ? 0 : kept[next++];
        }
        NDArray result = NDArray.zeros(operand.dtype(), sizes);
        int count = Math.toIntExact(result.elementCount());
        ScalarFn combiner = op.fn().combiner();
        if (operand.dtype().isFloat()) {
            double[] partial = new double[count];
            java.util.Arrays.fill(partial, firstFloat(op.fn()));
            Walk.over(operand.sizes(), 0, strides, (element, place) -> partial[(int) place] =
                    combiner.onFloats(partial[(int) place], operand.getDouble(element), 0));
            for (int i = 0; i < count; i++) {
                result.setDouble(i, partial[i]);
            }
        } else {
            long[] partial = new long[count];
            java.util.Arrays.fill(partial, firstInteger(op.fn(), operand.dtype()));
            Walk.over(operand.sizes(), 0, strides, (element, place) -> partial[(int) place] =
                    combiner.onIntegers(operand.dtype(), partial[(int) place], operand.getLong(element), 0));
            for (int i = 0; i < count; i++) {
                result.setLong(i, partial[i]);
            }
        }
        return result;
    }

    private static double firstFloat(ReduceFn fn) {
        return switch (fn) {
            case SUM -> 0;
            case PROD -> 1;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
            case ALL, ANY -> throw new CompilerBug("a logical reduction of floats");
        };
    }

    private static long firstInteger(ReduceFn fn, DType dtype) {
        return switch (fn) {
            case SUM, ANY -> 0;
            case PROD, ALL -> 1;
            case MAX -> dtype.least();
            case MIN -> dtype.greatest();
        };
    }

    /** Every product summed in row-major order of the summed axes; floats in one double. */
    static NDArray contract(Contract op, NDArray x, NDArray y, long[] sizes) {
        long[] summed = new long[op.summed().length()];
        for (int i = 0; i < summed.length; i++) {
            summed[i] = x.size(op.lhs().indexOf(op.summed().charAt(i)));
        }
        int[] xPlaces = Walk.places(sizes, strides(op.out(), op.lhs(), x));
        int[] yPlaces = Walk.places(sizes, strides(op.out(), op.rhs(), y));
        int[] xTerms = Walk.places(summed, strides(op.summed(), op.lhs(), x));
        int[] yTerms = Walk.places(summed, strides(op.summed(), op.rhs(), y));
        NDArray result = NDArray.zeros(x.dtype(), sizes);
        if (x.dtype().isFloat()) {
            double[] xs = doubles(x);
            double[] ys = doubles(y);
            for (int i = 0; i < xPlaces.length; i++) {
                double sum = 0;
                for (int k = 0; k < xTerms.length; k++) {
                    sum += xs[xPlaces[i] + xTerms[k]] * ys[yPlaces[i] + yTerms[k]];
                }
                result.setDouble(i, sum);
            }
        } else {
            for (int i = 0; i < xPlaces.length; i++) {
                long sum = 0;
                for (int k = 0; k < xTerms.length; k++) {
                    sum += x.getLong(xPlaces[i] + xTerms[k]) * y.getLong(yPlaces[i] + yTerms[k]);
                }
                result.setLong(i, sum);
            }
        }
        return result;
    }

    /** How far one step along each letter leads in an operand; 0 where the operand lacks the letter. */
    private static long[] strides(String letters, String operandLetters, NDArray operand) {
        long[] along = Walk.strides(operand.sizes());
        return letters.chars().mapToLong(letter -> {
            int axis = operandLetters.indexOf(letter);
            return axis < 0 ? 0 : along[axis];
        }).toArray();
    }

    private static double[] doubles(NDArray array) {
        double[] values = new double[Math.toIntExact(array.elementCount())];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.getDouble(i);
        }
        return values;
    }
}
