package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What ops of the facades require of their operands, and axes and numbers in the forms that they work with. */
final class Requirements {
    private static final int MOST_AXES = 64;

    private Requirements() {}

    /** The form of messages: {@code x float32[?,784]}. */
    static String describe(String label, Operand operand) {
        return label + " " + text(operand);
    }

    /** {@code float32[?,784]}. */
    static String text(Operand operand) {
        return Composer.text(new TensorType(operand.dtype(), operand.shape()));
    }

    /** Refuses a number of elements that is negative. */
    static void requireCount(String op, long count) {
        if (count < 0) {
            throw new GraphException(op + ": the number of elements is " + count + "; it must be at least 0\n  at "
                    + Place.here());
        }
    }

    /** Refuses what is not of a float dtype. */
    static void requireFloat(String label, Operand operand) {
        if (!operand.dtype().isFloat()) {
            throw new GraphException("floats are needed, not " + describe(label, operand) + "; cast(...) it");
        }
    }

    /** Refuses what has another rank. */
    static void requireRank(String label, Operand operand, int rank, String axes) {
        if (operand.shape().rank() != rank) {
            throw new GraphException(label + " must be " + axes + ", of rank " + rank + ", not "
                    + describe(label, operand));
        }
    }

    /** Refuses a number that is not finite, or is below a bound. */
    static void requireAtLeast(String what, double value, double least) {
        if (!(value >= least && value < Double.POSITIVE_INFINITY)) {
            throw new GraphException(what + " must be finite and at least " + number(least) + " but is " + value);
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** A number of a tensor's dtype. */
    static Initializer number(Operand like, double value) {
        return Ops.fill(like.dtype(), Shape.SCALAR, value);
    }

    /** Axes as users write them, not negative, in increasing order; none means all. */
    static int[] axes(Tensor x, int... given) {
        int rank = x.rank();
        if (given.length == 0) {
            return IntStream.range(0, rank).toArray();
        }
        return IntStream.of(given).map(axis -> axis(x, axis)).sorted().distinct().toArray();
    }

    /** An axis as users write it, not negative. */
    static int axis(Tensor x, int axis) {
        if (axis < -x.rank() || axis >= x.rank()) {
            throw new GraphException("axis " + axis + " is outside of " + describe("x", x));
        }
        return axis < 0 ? axis + x.rank() : axis;
    }

    /** The shape with some axes of size 1. */
    static Shape kept(Tensor x, int... axes) {
        List<Dim> dims = new ArrayList<>(x.shape().dims());
        for (int axis : axes) {
            dims.set(axis, Dim.ONE);
        }
        return new Shape(dims);
    }

    /** A tensor of another dtype where it has another one. */
    static Tensor cast(Tensor x, DType dtype) {
        return x.dtype() == dtype ? x : Ops.cast(x, dtype);
    }

    /** Refuses too many axes, a negative size, and known sizes of which no array has a number of bytes. */
    static void requireSizes(TensorType type) {
        if (type.rank() > MOST_AXES) {
            throw new GraphException("an array has at most " + MOST_AXES + " axes, not " + type.rank());
        }
        long bytes = type.dtype().bytes();
        for (Dim dim : type.shape().dims()) {
            long size = dim.isConstant() ? dim.constant() : 1;
            if (size < 0) {
                throw new GraphException("a size is negative: " + Composer.text(type));
            }
            long factor = Math.max(size, 1);
            if (factor > Long.MAX_VALUE / bytes) {
                throw new GraphException("an array is too large: " + Composer.text(type));
            }
            bytes *= factor;
        }
    }
}
