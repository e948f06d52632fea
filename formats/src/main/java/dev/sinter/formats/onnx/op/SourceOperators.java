package dev.sinter.formats.onnx.op;

import dev.sinter.graph.Ops;
import dev.sinter.graph.Select;
import dev.sinter.graph.Tensor;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.Optional;
import java.util.stream.IntStream;

/** Constants, ranges and sizes of tensors. */
final class SourceOperators {
    private static final long LONGEST_RANGE = 1L << 28;

    private SourceOperators() {}

    static void addTo(Operators table) {
        table.one("Constant", SourceOperators::constant);
        table.one("ConstantOfShape", SourceOperators::filled, 0);
        table.one("EyeLike", SourceOperators::eye);
        table.one("Range", SourceOperators::range, 0, 1, 2);
        table.one("Shape", SourceOperators::shape);
        table.one("Size", call -> Ops.size(call.input(0)));
    }

    private static Tensor constant(Call call) {
        NDArray value;
        if (call.hasAttribute("value_float")) {
            value = NDArray.scalar((float) call.number("value_float", 0));
        } else if (call.hasAttribute("value_int")) {
            value = NDArray.scalar(call.integer("value_int"));
        } else if (call.hasAttribute("value_floats")) {
            double[] numbers = call.numbers("value_floats").orElseThrow();
            value = NDArray.zeros(DType.FLOAT32, numbers.length);
            for (int i = 0; i < numbers.length; i++) {
                value.setDouble(i, numbers[i]);
            }
        } else if (call.hasAttribute("value_ints")) {
            value = NDArray.of(call.integersOf("value_ints"));
        } else {
            value = call.array("value").orElseThrow(() -> call.unsupported("a constant needs one of value,"
                    + " value_float(s) and value_int(s); strings and sparse tensors are not supported"));
        }
        return call.graph().constant(value);
    }

    private static Tensor filled(Call call) {
        Shape shape = call.sizes(0);
        NDArray value = call.array("value").orElseGet(() -> NDArray.scalar(0f));
        if (value.elementCount() != 1) {
            throw call.wrong("attribute 'value' must have one element, not " + value.elementCount());
        }
        return Ops.broadcastTo(call.graph().constant(value.reshape()), checked(call, shape));
    }

    /** A shape without negative sizes. */
    static Shape checked(Call call, Shape shape) {
        shape.dims().stream().filter(dim -> dim.isConstant() && dim.constant() < 0).forEach(dim -> {
            throw call.wrong("a size is negative: " + shape);
        });
        return shape;
    }

    private static Tensor eye(Call call) {
        Tensor x = call.input(0);
        if (x.rank() != 2) {
            throw call.wrong("a matrix is needed, not " + x.dtype() + x.shape());
        }
        Tensor difference = LayoutOperators.distance(call, x.dim(0), x.dim(1));
        return Ops.cast(Ops.equal(difference, call.graph().constant(call.integer("k", 0))),
                call.dtype("dtype").orElse(x.dtype()));
    }

    /**
     * The numbers are known now, or integers from a known one to a size in steps of 1, or as many as the run finds.
     */
    private static Tensor range(Call call) {
        DType dtype = call.input(0).dtype();
        boolean known = IntStream.range(0, 3).allMatch(i -> call.maybeValue(i).isPresent());
        boolean single = call.maybeValue(2).map(NDArray::doubleValue).equals(Optional.of(1.0));
        if (!known && single && call.maybeValue(0).isPresent() && (dtype == DType.INT32 || dtype == DType.INT64)) {
            Optional<Shape> limit = Ops.staticShape(call.input(1));
            if (limit.isPresent()) {
                return integersTo(call, dtype, limit.get().dim(0).minus(call.integer(0)));
            }
        }
        DType wide = dtype.isInteger() ? DType.INT64 : DType.FLOAT64;
        Tensor start = Axes.cast(ControlOperators.single(call.input(0)), wide);
        Tensor step = Axes.cast(ControlOperators.single(call.input(2)), wide);
        Tensor numbers;
        if (known) {
            numbers = call.graph().tensor(Ops.range(wide, count(call)));
        } else {
            long bound = call.mostFound("start, limit and step must be known when the graph is made");
            Tensor distance = Axes.cast(ControlOperators.single(call.input(1)), wide).minus(start);
            Tensor count = dtype.isInteger() ? Ops.negative(Ops.floordiv(Ops.negative(distance), step))
                    : Ops.ceil(distance.div(step));
            numbers = Select.prefix(Ops.range(wide, bound),
                    Ops.maximum(Ops.cast(count, DType.INT64), call.graph().constant(0L)));
        }
        return Axes.cast(numbers.times(step).plus(start), dtype);
    }

    private static Tensor integersTo(Call call, DType dtype, Dim count) {
        Tensor numbers = call.graph().tensor(Ops.range(dtype, count.isNeverNegative() ? count : count.max(Dim.ZERO)));
        return Ops.add(numbers, call.input(0));
    }

    private static long count(Call call) {
        double step = call.number(2);
        double count = Math.max(0, Math.ceil((call.number(1) - call.number(0)) / step));
        if (step == 0 || !(count <= LONGEST_RANGE)) {
            throw call.wrong("a range of step " + step + " to " + call.number(1) + " has no end or too many elements");
        }
        return (long) count;
    }

    private static Tensor shape(Call call) {
        Tensor x = call.input(0);
        int rank = x.rank();
        Tensor all = Ops.shapeOf(x);
        if (!call.hasAttribute("start") && !call.hasAttribute("end")) {
            return all;
        }
        long start = clamped(call.integer("start", 0), rank);
        long end = Math.max(start, clamped(call.integer("end", rank), rank));
        return Ops.slice(all, new long[] {start}, new long[] {end - start});
    }

    private static long clamped(long position, int rank) {
        return Math.clamp(position < 0 ? position + rank : position, 0, rank);
    }
}
