package dev.sinter.graph;

import static dev.sinter.graph.Ops.cast;
import static dev.sinter.graph.Ops.expandDims;
import static dev.sinter.graph.Ops.reshape;
import static dev.sinter.graph.Ops.round;

import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Integers that stand for floats by a scale and a zero point. */
final class Linear {
    private Linear() {}

    /** A scalar, or a vector that lies along an axis. */
    static Tensor along(Tensor x, String label, Tensor given, int axis) {
        if (given.rank() == 0) {
            return given;
        }
        Requirements.requireRank("the " + label, given, 1, "a scalar or a vector along the axis");
        int at = Requirements.axis(x, axis);
        if (given.dim(0).isConstant() && x.dim(at).isConstant() && !given.dim(0).equals(x.dim(at))) {
            throw new GraphException("the " + label + " has another size than axis " + at + ": "
                    + Requirements.describe("x", x) + ", " + Requirements.describe(label, given));
        }
        List<Dim> dims = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ONE));
        dims.set(at, given.dim(0));
        return reshape(given, new Shape(dims));
    }

    /** Numbers that are each repeated through a block along an axis. */
    static Tensor blocks(Tensor x, String label, Tensor given, int axis, long blockSize) {
        int at = Requirements.axis(x, axis);
        boolean fits = blockSize >= 1 && given.rank() == x.rank() && x.dim(at).isConstant()
                && given.dim(at).isConstant(Math.ceilDiv(x.dim(at).constant(), Math.max(1, blockSize)));
        if (!fits) {
            throw new GraphException("blocks of " + blockSize + " elements along axis " + at + " need a " + label
                    + " of as many axes, with one element a block along the axis, whose size is known: "
                    + Requirements.describe("x", x) + ", " + Requirements.describe(label, given));
        }
        List<Dim> wide = new ArrayList<>(given.shape().dims());
        wide.add(at + 1, Dim.of(blockSize));
        List<Dim> flat = new ArrayList<>(given.shape().dims());
        flat.set(at, flat.get(at).times(blockSize));
        Tensor repeated = reshape(Ops.broadcastTo(expandDims(given, at + 1), new Shape(wide)), new Shape(flat));
        long[] begin = new long[x.rank()];
        long[] size = new long[x.rank()];
        Arrays.fill(size, -1);
        size[at] = x.dim(at).constant();
        return Ops.slice(repeated, begin, size);
    }

    static Tensor quantize(Tensor x, Tensor scale, Tensor zeroPoint) {
        Requirements.requireFloat("x", x);
        DType dtype = zeroPoint.dtype();
        if (!dtype.isInteger() || dtype.bits() > 32) {
            throw new GraphException("the zero point must be of integers of 8, 16 or 32 bits, not "
                    + Requirements.describe("zero point", zeroPoint));
        }
        Tensor steps = round(x.div(scale)).plus(cast(zeroPoint, x.dtype()));
        return cast(Ops.clipByValue(steps, dtype.least(), dtype.largest()), dtype);
    }

    static Tensor dequantize(Tensor x, Tensor scale, Tensor zeroPoint) {
        Requirements.requireFloat("scale", scale);
        return cast(centred("x", x, zeroPoint), scale.dtype()).times(scale);
    }

    /** Integers less a zero point, in int32. */
    static Tensor centred(String label, Tensor x, Tensor zeroPoint) {
        if (!x.dtype().isInteger() || x.dtype().bits() > 32 || zeroPoint.dtype() != x.dtype()) {
            throw new GraphException("integers of 8, 16 or 32 bits and a zero point of their dtype are needed, not "
                    + Requirements.describe(label, x) + ", " + Requirements.describe("zero point", zeroPoint));
        }
        return Requirements.cast(x, DType.INT32).minus(Requirements.cast(zeroPoint, DType.INT32));
    }

    static Tensor product(Tensor x, Tensor w, Tensor xZero, Tensor wZero) {
        Tensor rows = xZero.rank() == 1 ? expandDims(xZero, 1) : xZero;
        return Ops.matmul(centred("x", x, rows), centred("w", w, wZero));
    }

    /** Sums in units of a scale as integers of another one. */
    static Tensor requantized(Tensor sums, Tensor scale, Tensor yScale, Tensor yZero) {
        Requirements.requireRank("the scale of the result", yScale, 0, "a scalar");
        Requirements.requireRank("the zero point of the result", yZero, 0, "a scalar");
        Tensor steps = round(cast(sums, scale.dtype()).times(scale.div(yScale)));
        DType dtype = yZero.dtype();
        return cast(Ops.clipByValue(steps.plus(cast(yZero, scale.dtype())), dtype.least(),
                dtype.largest()), dtype);
    }
}
