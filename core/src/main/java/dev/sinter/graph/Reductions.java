package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Iota;
import dev.sinter.op.ReduceFn;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Slice;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The reductions of the facades. Axes are normalised: not negative, increasing. */
final class Reductions {
    private Reductions() {}

    static Node reduce(Composer c, ReduceFn fn, Node x, List<Integer> axes, boolean keepAxes) {
        boolean logical = fn == ReduceFn.ALL || fn == ReduceFn.ANY;
        if (logical != (Composer.dtype(x) == DType.BOOL)) {
            throw new GraphException(c.describe(x) + " is not " + (logical ? "bool" : "numeric"));
        }
        Node reduced = c.reduce(fn, x, axes);
        return keepAxes ? c.reshape(reduced, kept(x, axes)) : reduced;
    }

    /** The shape with some axes of size 1. */
    static Shape kept(Node x, List<Integer> axes) {
        List<Dim> dims = new ArrayList<>(Composer.shape(x).dims());
        axes.forEach(axis -> dims.set(axis, Dim.ONE));
        return new Shape(dims);
    }

    /** A reduced value stretched back over the axes that were dropped. */
    static Node restore(Composer c, Node reduced, Node like, List<Integer> axes) {
        List<Integer> left = Composer.axes(like).stream().filter(axis -> !axes.contains(axis)).toList();
        return c.stretch(reduced, Composer.shape(like), left);
    }

    /**
     * What a composition makes of a tensor. Of a half float it is made in {@code float32} and rounded once, so that
     * sums neither overflow nor lose what is small.
     */
    static Node widened(Node x, Composer c, UnaryOperator<Node> composition) {
        DType dtype = Composer.dtype(x);
        return c.convert(composition.apply(c.convert(x, dtype.accumulator())), dtype);
    }

    static Node mean(Composer c, Node x, List<Integer> axes, boolean keepAxes) {
        return widened(x, c, wide -> meanOf(c, wide, axes, keepAxes));
    }

    private static Node meanOf(Composer c, Node x, List<Integer> axes, boolean keepAxes) {
        if (!Composer.dtype(x).isFloat()) {
            throw new GraphException(c.describe(x) + " is not of a float dtype; cast(...) it");
        }
        Node sum = reduce(c, ReduceFn.SUM, x, axes, keepAxes);
        return c.mapBroadcast(ScalarFn.DIV, sum, count(c, x, axes));
    }

    /** The mean of integers, truncated; shorter ones are added up as {@code int64}. */
    static Node truncatedMean(Composer c, Node x, List<Integer> axes) {
        DType dtype = Composer.dtype(x);
        Node wide = c.convert(x, dtype == DType.UINT64 ? dtype : DType.INT64);
        Node sum = reduce(c, ReduceFn.SUM, wide, axes, false);
        return c.convert(c.mapBroadcast(ScalarFn.DIV, sum, count(c, wide, axes)), dtype);
    }

    /** How many elements there are along axes, in the tensor's dtype. */
    private static Node count(Composer c, Node x, List<Integer> axes) {
        Dim count = axes.stream().map(axis -> Composer.shape(x).dim(axis)).reduce(Dim.ONE, Dim::times);
        return c.size(count, Composer.dtype(x));
    }

    static Node variance(Composer c, Node x, List<Integer> axes) {
        return widened(x, c, wide -> varianceOf(c, wide, axes));
    }

    private static Node varianceOf(Composer c, Node x, List<Integer> axes) {
        Node mean = mean(c, x, axes, false);
        Node centred = c.map(ScalarFn.SUB, x, restore(c, mean, x, axes));
        return mean(c, c.map(ScalarFn.MUL, centred, centred), axes, false);
    }

    /** What lies along the last axis with a mean of 0 and a variance of 1, times a vector, plus another one. */
    static Node layerNorm(Composer c, List<Node> xScaleOffset, double epsilon) {
        c.sameDtype(xScaleOffset);
        Node x = xScaleOffset.getFirst();
        List<Integer> last = c.axes(x, -1);
        List<Node> vectors = new ArrayList<>();
        for (Node vector : xScaleOffset.subList(1, 3)) {
            if (Composer.rank(vector) != 1) {
                throw new GraphException("scale and offset are vectors, not " + c.describe(vector));
            }
            Node fitting = c.same("sizes differ", x, last.getFirst(), vector, 0);
            vectors.add(c.stretch(fitting, Composer.shape(x), last));
        }
        return widened(x, c, wide -> normalised(c, wide, last, vectors.stream()
                .map(vector -> c.convert(vector, Composer.dtype(wide))).toList(), epsilon));
    }

    private static Node normalised(Composer c, Node x, List<Integer> last, List<Node> vectors, double epsilon) {
        Node centred = c.map(ScalarFn.SUB, x, restore(c, mean(c, x, last, false), x, last));
        Node variance = mean(c, c.map(ScalarFn.MUL, centred, centred), last, false);
        Node inverse = c.map(ScalarFn.RSQRT, c.map(ScalarFn.ADD, variance, c.fullLike(variance, epsilon)));
        Node normal = c.map(ScalarFn.MUL, centred, restore(c, inverse, x, last));
        return c.map(ScalarFn.ADD, c.map(ScalarFn.MUL, normal, vectors.getFirst()), vectors.getLast());
    }

    /** The maximum where it is finite, else 0: what exponents are shifted by. */
    private static Node shift(Composer c, Node x, List<Integer> axes) {
        Node max = c.reduce(ReduceFn.MAX, x, axes);
        Node safe = c.map(ScalarFn.SELECT, c.map(ScalarFn.IS_FINITE, max), max, c.fullLike(max, 0));
        return c.add(new dev.sinter.op.StopGradient(), safe);
    }

    static Node logSumExp(Composer c, Node x, List<Integer> axes, boolean keepAxes) {
        return widened(x, c, wide -> logSumExpOf(c, wide, axes, keepAxes));
    }

    private static Node logSumExpOf(Composer c, Node x, List<Integer> axes, boolean keepAxes) {
        Node shift = shift(c, x, axes);
        Node exp = c.map(ScalarFn.EXP, c.map(ScalarFn.SUB, x, restore(c, shift, x, axes)));
        Node log = c.map(ScalarFn.LOG, c.reduce(ReduceFn.SUM, exp, axes));
        Node result = c.map(ScalarFn.ADD, log, shift);
        return keepAxes ? c.reshape(result, kept(x, axes)) : result;
    }

    static Node softmax(Composer c, Node x, List<Integer> axes) {
        return widened(x, c, wide -> softmaxOf(c, wide, axes));
    }

    private static Node softmaxOf(Composer c, Node x, List<Integer> axes) {
        Node shift = shift(c, x, axes);
        Node exp = c.map(ScalarFn.EXP, c.map(ScalarFn.SUB, x, restore(c, shift, x, axes)));
        Node sum = c.reduce(ReduceFn.SUM, exp, axes);
        return c.map(ScalarFn.MUL, exp, restore(c, c.map(ScalarFn.DIV, c.fullLike(sum, 1), sum), x, axes));
    }

    static Node logSoftmax(Composer c, Node x, List<Integer> axes) {
        return widened(x, c, wide -> logSoftmaxOf(c, wide, axes));
    }

    private static Node logSoftmaxOf(Composer c, Node x, List<Integer> axes) {
        Node shifted = c.map(ScalarFn.SUB, x, restore(c, shift(c, x, axes), x, axes));
        Node log = c.map(ScalarFn.LOG, c.reduce(ReduceFn.SUM, c.map(ScalarFn.EXP, shifted), axes));
        return c.map(ScalarFn.SUB, shifted, restore(c, log, x, axes));
    }

    /** The size of an axis, which has an element: where the graph cannot tell, each run checks it. */
    private static Node positiveSize(Composer c, Node x, int axis) {
        Dim size = Composer.shape(x).dim(axis);
        if (size.isConstant(0)) {
            throw new GraphException("there is no element along axis " + axis + " of " + c.describe(x));
        }
        Node count = c.size(size, DType.INT64);
        if (size.minus(1).isNeverNegative()) {
            return count;
        }
        Node numbers = c.add(new Iota(new TensorType(DType.INT64, Shape.of(size)), 0));
        Node first = c.add(new Slice(List.of(Dim.ZERO), List.of(Dim.ONE), List.of(1L)), numbers);
        return c.map(ScalarFn.ADD, count, c.reshape(first, Shape.SCALAR));
    }

    /** The least index whose element is the greatest or the smallest, of an axis that has one. */
    static Node argument(Composer c, ReduceFn fn, Node x, int givenAxis) {
        int axis = c.axis(givenAxis, Composer.rank(x), x);
        List<Integer> axes = List.of(axis);
        Shape shape = Composer.shape(x);
        Node best = restore(c, c.reduce(fn, x, axes), x, axes);
        Node found = c.map(ScalarFn.EQ, x, best);
        if (Composer.dtype(x).isFloat()) {
            found = c.map(ScalarFn.OR, found, c.map(ScalarFn.IS_NAN, x));
        }
        Node index = c.add(new Iota(new TensorType(DType.INT64, shape), axis));
        Node none = c.stretch(positiveSize(c, x, axis), shape, List.of());
        return c.reduce(ReduceFn.MIN, c.map(ScalarFn.SELECT, found, index, none), axes);
    }
}
