package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Tensor;
import dev.sinter.op.ReduceFn;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reductions, cumulative sums and products, and the places of extreme elements. */
final class ReductionOperators {
    /** What a reduction makes of a tensor along axes, which stay with size 1. */
    @FunctionalInterface
    private interface Reduction {
        Tensor of(Tensor x, int[] axes);
    }

    private ReductionOperators() {}

    static void addTo(Operators table) {
        add(table, "ReduceSum", 13, ReductionOperators::sum);
        add(table, "ReduceProd", 18, (x, axes) -> Ops.reduce(ReduceFn.PROD, x, axes, true));
        add(table, "ReduceMax", 18, (x, axes) -> Ops.reduce(x.dtype() == DType.BOOL ? ReduceFn.ANY : ReduceFn.MAX, x,
                axes, true));
        add(table, "ReduceMin", 18, (x, axes) -> Ops.reduce(x.dtype() == DType.BOOL ? ReduceFn.ALL : ReduceFn.MIN, x,
                axes, true));
        add(table, "ReduceMean", 18, ReductionOperators::mean);
        add(table, "ReduceL1", 18, (x, axes) -> sum(Ops.abs(x), axes));
        add(table, "ReduceL2", 18, (x, axes) -> root(sum(Ops.square(x), axes)));
        add(table, "ReduceSumSquare", 18, (x, axes) -> sum(Ops.square(x), axes));
        add(table, "ReduceLogSum", 18, (x, axes) -> logarithm(sum(x, axes)));
        add(table, "ReduceLogSumExp", 18, ReductionOperators::logSumExp);
        table.one("ArgMax", call -> place(call, true));
        table.one("ArgMin", call -> place(call, false));
        table.one("CumSum", call -> Ops.cumsum(call.input(0), axis(call), call.flag("exclusive", false),
                call.flag("reverse", false)), 1);
        table.one("CumProd", call -> Ops.cumprod(call.input(0), axis(call), call.flag("exclusive", false),
                call.flag("reverse", false)), 1);
        table.one("Hardmax", 1, call -> hardmaxOfMatrix(call));
        table.one("Hardmax", 13, call -> hardmax(call.input(0),
                call.axis(call.integer("axis", -1), call.input(0).rank())));
    }

    private static void add(Operators table, String name, long axesAreInputsFrom, Reduction reduction) {
        table.one(name, 1, call -> reduced(call, call.integers("axes"), reduction));
        table.one(name, axesAreInputsFrom, call -> reduced(call, call.has(1) ? Optional.of(call.integers(1))
                : Optional.empty(), reduction), 1);
    }

    private static Tensor reduced(Call call, Optional<long[]> axes, Reduction reduction) {
        Tensor x = call.input(0);
        boolean none = axes.isEmpty() || axes.get().length == 0;
        int[] some = none ? IntStream.range(0, x.rank()).toArray() : call.axes(axes.get(), x.rank());
        if (none && call.flag("noop_with_empty_axes", false)) {
            some = new int[0];
        }
        Tensor whole = some.length == 0 ? withoutAxes(x, reduction) : reduction.of(x, some);
        return call.flag("keepdims", true) || some.length == 0 ? whole : Ops.squeeze(whole, some);
    }

    /** A reduction of each element alone. */
    private static Tensor withoutAxes(Tensor x, Reduction reduction) {
        List<Dim> more = new ArrayList<>(x.shape().dims());
        more.add(Dim.ONE);
        return Ops.reshape(reduction.of(Ops.reshape(x, new Shape(more)), new int[] {x.rank()}), x.shape());
    }

    private static Tensor sum(Tensor x, int[] axes) {
        return Ops.reduce(ReduceFn.SUM, x, axes, true);
    }

    private static Tensor mean(Tensor x, int[] axes) {
        if (x.dtype().isFloat()) {
            Tensor mean = Ops.reduceMean(x, axes);
            return Ops.reshape(mean, Ops.reduce(ReduceFn.SUM, x, axes, true).shape());
        }
        Tensor wide = Ops.cast(x, DType.INT64);
        return Ops.cast(Ops.divide(sum(wide, axes), sum(Ops.onesLike(wide), axes)), x.dtype());
    }

    private static Tensor root(Tensor x) {
        return x.dtype().isFloat() ? Ops.sqrt(x) : Ops.cast(Ops.sqrt(Ops.cast(x, DType.FLOAT64)), x.dtype());
    }

    private static Tensor logarithm(Tensor x) {
        return x.dtype().isFloat() ? Ops.log(x) : Ops.cast(Ops.log(Ops.cast(x, DType.FLOAT64)), x.dtype());
    }

    private static Tensor logSumExp(Tensor x, int[] axes) {
        if (!x.dtype().isFloat()) {
            return Ops.cast(logSumExp(Ops.cast(x, DType.FLOAT64), axes), x.dtype());
        }
        return Ops.reshape(Ops.reduceLogSumExp(x, axes), Ops.reduce(ReduceFn.SUM, x, axes, true).shape());
    }

    private static int axis(Call call) {
        return call.axis(call.integer(1), call.input(0).rank());
    }

    private static Tensor place(Call call, boolean greatest) {
        Tensor x = call.input(0);
        int axis = call.axis(call.integer("axis", 0), x.rank());
        boolean last = call.flag("select_last_index", false);
        Tensor searched = last ? Ops.reverse(x, axis) : x;
        Tensor place = greatest ? Ops.argMax(searched, axis) : Ops.argMin(searched, axis);
        if (last) {
            Tensor size = Axes.size(call, x.dim(axis));
            place = Ops.subtract(Ops.subtract(size, call.graph().constant(1L)), place);
        }
        return call.flag("keepdims", true) ? Ops.expandDims(place, axis) : place;
    }

    private static Tensor hardmax(Tensor x, int axis) {
        Tensor numbers = Ops.cumsum(Ops.cast(Ops.onesLike(x), DType.INT64), axis, true, false);
        return Ops.cast(Ops.equal(numbers, Ops.expandDims(Ops.argMax(x, axis), axis)), x.dtype());
    }

    /** The axes from one on count as one. */
    private static Tensor hardmaxOfMatrix(Call call) {
        Tensor x = call.input(0);
        int axis = call.axis(call.integer("axis", 1), x.rank());
        List<Dim> dims = x.shape().dims();
        Tensor rows = Ops.reshape(x, Shape.of(new Shape(dims.subList(0, axis)).elementCount(),
                new Shape(dims.subList(axis, dims.size())).elementCount()));
        return Ops.reshape(hardmax(rows, 1), x.shape());
    }
}
