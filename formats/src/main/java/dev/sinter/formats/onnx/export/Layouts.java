package dev.sinter.formats.onnx.export;

import dev.sinter.formats.onnx.schema.NodeProto;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Pad;
import dev.sinter.op.Reverse;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import dev.sinter.op.Windows.Window;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Ops that give elements other places. */
final class Layouts {
    private static final Set<String> RESHAPING = Set.of("Reshape", "Unsqueeze", "Squeeze");

    private Layouts() {}

    /** The operand with axes of size 1 where it is repeated behind its first axis; all else is left to its users. */
    static Term broadcast(Emitter e, Broadcast op, Value value) {
        Term x = e.term(value.operand(0));
        TensorType type = value.tensorType();
        int rank = x.actual().rank();
        if (rank == 0) {
            return x.as(type);
        }
        List<Integer> places = op.axes().subList(op.axes().size() - rank, op.axes().size());
        int first = places.getFirst();
        List<Dim> actual = new ArrayList<>(Collections.nCopies(type.rank() - first, Dim.ONE));
        List<Integer> added = new ArrayList<>(IntStream.range(0, actual.size()).boxed().toList());
        for (int i = 0; i < rank; i++) {
            actual.set(places.get(i) - first, x.actual().dim(i));
            added.remove((Integer) (places.get(i) - first));
        }
        return new Term(e.block().unsqueeze(x.name(), added), type, new Shape(actual));
    }

    static Term reshape(Emitter e, Value value) {
        Term x = e.term(value.operand(0));
        TensorType type = value.tensorType();
        return x.isSplat() ? x.as(type) : Term.of(reshaped(e, e.whole(x), x.shape(), type.shape()), type);
    }

    /** A value of one shape in another. */
    static String reshaped(Emitter e, String x, Shape from, Shape to) {
        Block b = e.block();
        if (from.equals(to)) {
            return x;
        }
        List<Integer> fromUnits = units(from);
        List<Integer> toUnits = units(to);
        if (without(from, fromUnits).equals(without(to, toUnits)) && (fromUnits.isEmpty() || toUnits.isEmpty())) {
            return b.unsqueeze(b.squeeze(x, fromUnits), toUnits);
        }
        Optional<NodeProto> maker = b.maker(x).filter(node -> RESHAPING.contains(node.opType()));
        String source = maker.map(node -> node.inputs().getFirst()).orElse(x);
        List<Integer> open = IntStream.range(0, to.rank()).filter(axis -> !to.dim(axis).isConstant()).boxed().toList();
        if (open.size() <= 1 && !to.dims().contains(Dim.ZERO)) {
            boolean isKept = source.equals(x) && open.stream().allMatch(axis -> axis < from.rank()
                    && from.dim(axis).equals(to.dim(axis)));
            List<Long> sizes = to.dims().stream().map(dim -> dim.asConstant().orElse(isKept ? 0 : -1)).toList();
            return b.add("Reshape", source, b.vector(sizes));
        }
        return b.add("Reshape", source, e.sizes().vector(to.dims()), Attributes.integer("allowzero", 1));
    }

    private static List<Integer> units(Shape shape) {
        return IntStream.range(0, shape.rank()).filter(axis -> shape.dim(axis).isConstant(1)).boxed().toList();
    }

    private static List<Dim> without(Shape shape, List<Integer> axes) {
        return IntStream.range(0, shape.rank()).filter(axis -> !axes.contains(axis)).mapToObj(shape::dim).toList();
    }

    static Term transpose(Emitter e, Transpose op, Value value) {
        Term x = e.term(value.operand(0));
        return x.isSplat() ? x.as(value.tensorType())
                : Term.of(e.block().transpose(e.whole(x), op.permutation()), value.tensorType());
    }

    static Term reverse(Emitter e, Reverse op, Value value) {
        Term x = e.term(value.operand(0));
        if (x.isSplat()) {
            return x;
        }
        return Term.of(reversed(e, e.whole(x), op.axes()), value.tensorType());
    }

    static String reversed(Emitter e, String x, List<Integer> axes) {
        Block b = e.block();
        return b.add("Slice", List.of(x, b.vector(Collections.nCopies(axes.size(), -1L)),
                b.vector(Collections.nCopies(axes.size(), Long.MIN_VALUE)), b.vector(axes),
                b.vector(Collections.nCopies(axes.size(), -1L))));
    }

    static Term slice(Emitter e, Slice op, Value value) {
        Term x = e.term(value.operand(0));
        return x.isSplat() ? x.as(value.tensorType())
                : Term.of(sliced(e, e.whole(x), x.shape(), op.starts(), op.limits(), op.strides()), value.tensorType());
    }

    static String sliced(Emitter e, String x, Shape shape, List<Dim> starts, List<Dim> limits, List<Long> strides) {
        for (int axis = 0; axis < shape.rank(); axis++) {
            Optional<String> numbers = e.sizes().numbers(limits.get(axis));
            if (numbers.isPresent() && starts.get(axis).isConstant(0) && strides.get(axis) == 1
                    && !limits.get(axis).equals(shape.dim(axis))) {
                List<Dim> rest = new ArrayList<>(shape.dims());
                rest.set(axis, limits.get(axis));
                return sliced(e, e.block().add("Gather", x, numbers.get(), Attributes.integer("axis", axis)),
                        new Shape(rest), starts, limits, strides);
            }
        }
        List<Integer> axes = IntStream.range(0, shape.rank()).filter(axis -> !starts.get(axis).isConstant(0)
                || !limits.get(axis).equals(shape.dim(axis)) || strides.get(axis) != 1).boxed().toList();
        if (axes.isEmpty()) {
            return x;
        }
        boolean inSteps = axes.stream().anyMatch(axis -> strides.get(axis) != 1);
        if (axes.stream().allMatch(axis -> isKnown(shape.dim(axis), starts.get(axis), limits.get(axis)))) {
            Block b = e.block();
            List<Long> ends = axes.stream().map(axis -> limits.get(axis).asConstant().orElse(Long.MAX_VALUE)).toList();
            List<String> inputs = new ArrayList<>(List.of(x, b.vector(axes.stream().map(axis -> starts.get(axis)
                    .constant()).toList()), b.vector(ends), b.vector(axes)));
            if (inSteps) {
                inputs.add(b.vector(axes.stream().map(strides::get).toList()));
            }
            return b.add("Slice", inputs);
        }
        if (inSteps) {
            List<Long> ones = Collections.nCopies(shape.rank(), 1L);
            List<Dim> lengths = IntStream.range(0, shape.rank()).mapToObj(axis -> limits.get(axis)
                    .minus(starts.get(axis))).toList();
            return sliced(e, sliced(e, x, shape, starts, limits, ones), new Shape(lengths), strides);
        }
        return OwnFunctions.slice(e, x, axes.stream().map(starts::get).toList(), axes.stream().map(limits::get)
                .toList(), axes);
    }

    /** Whether others, too, see at once how much of an axis is taken: the whole of it, or between known places. */
    private static boolean isKnown(Dim size, Dim start, Dim limit) {
        return start.isConstant() && (limit.isConstant() && size.isConstant()
                || start.isConstant(0) && limit.equals(size));
    }

    /** Every so manieth element along each axis. */
    private static String sliced(Emitter e, String x, Shape shape, List<Long> strides) {
        Block b = e.block();
        List<Integer> axes = IntStream.range(0, shape.rank()).filter(axis -> strides.get(axis) != 1).boxed().toList();
        return b.add("Slice", List.of(x, b.vector(Collections.nCopies(axes.size(), 0L)),
                b.vector(Collections.nCopies(axes.size(), Long.MAX_VALUE)), b.vector(axes),
                b.vector(axes.stream().map(strides::get).toList())));
    }

    static Term pad(Emitter e, Pad op, Value value) {
        Value operand = value.operand(0);
        Term filler = e.term(value.operand(1));
        String x = e.whole(operand);
        List<Dim> dims = new ArrayList<>(operand.shape().dims());
        for (int axis = 0; axis < dims.size(); axis++) {
            long between = op.interior().get(axis);
            if (between > 0) {
                x = spread(e, x, new Shape(dims), axis, between, filler.name());
                Dim size = dims.get(axis);
                dims.set(axis, size.plus(size.minus(1).max(Dim.ZERO).times(between)));
            }
        }
        return Term.of(padded(e, x, new Shape(dims), op, filler), value.tensorType());
    }

    /** Elements put between those along an axis: behind each, and those behind the last taken away. */
    private static String spread(Emitter e, String x, Shape shape, int axis, long between, String filler) {
        Block b = e.block();
        String column = b.unsqueeze(x, List.of(axis + 1));
        List<Long> pads = new ArrayList<>(Collections.nCopies(2 * shape.rank() + 2, 0L));
        pads.set(shape.rank() + 1 + axis + 1, between);
        String rows = b.add("Pad", List.of(column, b.vector(pads), filler), Attributes.text("mode", "constant"));
        List<Dim> wide = new ArrayList<>(shape.dims());
        wide.add(axis + 1, Dim.of(between + 1));
        List<Dim> merged = new ArrayList<>(shape.dims());
        merged.set(axis, shape.dim(axis).times(between + 1));
        String all = reshaped(e, rows, new Shape(wide), new Shape(merged));
        List<Dim> limits = new ArrayList<>(merged);
        Dim size = shape.dim(axis);
        limits.set(axis, size.plus(size.minus(1).max(Dim.ZERO).times(between)));
        return sliced(e, all, new Shape(merged), Collections.nCopies(merged.size(), Dim.ZERO), limits,
                Collections.nCopies(merged.size(), 1L));
    }

    private static String padded(Emitter e, String x, Shape shape, Pad op, Term filler) {
        Block b = e.block();
        boolean known = op.low().stream().allMatch(Dim::isConstant) && op.high().stream().allMatch(Dim::isConstant);
        if (known) {
            List<Long> pads = Stream.concat(op.low().stream(), op.high().stream()).map(Dim::constant).toList();
            return pads.stream().allMatch(amount -> amount == 0) ? x
                    : b.add("Pad", List.of(x, b.vector(pads), filler.name()), Attributes.text("mode", "constant"));
        }
        List<Dim> dims = new ArrayList<>(shape.dims());
        String result = x;
        for (int axis = 0; axis < dims.size(); axis++) {
            List<String> parts = new ArrayList<>();
            List<Dim> part = new ArrayList<>(dims);
            part.set(axis, op.low().get(axis));
            if (!part.contains(Dim.ZERO) || !op.low().get(axis).isConstant(0)) {
                parts.add(b.add("Expand", filler.name(), e.sizes().vector(part)));
            }
            parts.add(result);
            part.set(axis, op.high().get(axis));
            if (!op.high().get(axis).isConstant(0)) {
                parts.add(b.add("Expand", filler.name(), e.sizes().vector(part)));
            }
            result = b.concat(parts, axis);
            dims.set(axis, op.low().get(axis).plus(dims.get(axis)).plus(op.high().get(axis)));
        }
        return result;
    }

    /** Each window by a table of the indices that it shows, whose axes then go to the end. */
    static Term windows(Emitter e, Windows op, Value value) {
        Block b = e.block();
        Value operand = value.operand(0);
        String x = e.whole(operand);
        int rank = operand.rank();
        for (int i = 0; i < op.windows().size(); i++) {
            Window window = op.windows().get(i);
            int axis = window.axis();
            Dim count = window.count(operand.shape().dim(axis));
            String shown = b.add("Gather", x, table(e, window, count), Attributes.integer("axis", axis));
            List<Integer> order = new ArrayList<>(IntStream.range(0, rank + i + 1).boxed().toList());
            order.add(order.remove(axis + 1));
            x = b.transpose(shown, order);
        }
        return Term.of(x, value.tensorType());
    }

    private static String table(Emitter e, Window window, Dim count) {
        Block b = e.block();
        if (count.isConstant()) {
            NDArray table = NDArray.zeros(DType.INT64, count.constant(), window.size());
            for (long o = 0; o < count.constant(); o++) {
                for (long k = 0; k < window.size(); k++) {
                    table.setLong(o * window.size() + k, o * window.stride() + k * window.dilation());
                }
            }
            return b.constant(table);
        }
        String first = b.add("Mul", b.unsqueeze(e.numbers(DType.INT64, count), List.of(1)),
                b.constant(NDArray.scalar(window.stride())));
        return b.add("Add", first, b.vector(IntStream.range(0, (int) window.size())
                .mapToObj(k -> k * window.dilation()).toList()));
    }
}
