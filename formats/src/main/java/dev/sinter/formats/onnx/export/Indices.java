package dev.sinter.formats.onnx.export;

import dev.sinter.graph.Ranking;
import dev.sinter.graph.SortDirection;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Broadcast;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Combination;
import dev.sinter.op.Constant;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.Iota;
import dev.sinter.op.Reshape;
import dev.sinter.op.Scatter;
import dev.sinter.op.Transpose;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Reading and writing at computed indices, which are clamped unless they are known to lie inside. */
final class Indices {
    private Indices() {}

    static Term gather(Emitter e, Gather op, Value value) {
        Block b = e.block();
        Value x = value.operand(0);
        if (op.batch() == 0 && op.axes().size() == 1) {
            int axis = op.axes().getFirst();
            int count = value.operand(1).rank();
            String found = b.add("Gather", e.whole(x), clamped(e, value.operand(1), x.shape().dim(axis)),
                    Attributes.integer("axis", axis));
            List<Integer> order = new ArrayList<>(IntStream.range(axis, axis + count).boxed().toList());
            IntStream.range(0, value.rank()).filter(i -> i < axis || i >= axis + count).forEach(order::add);
            return Term.of(b.transpose(found, order), value.tensorType());
        }
        List<Integer> order = indexedFirst(op, x.rank());
        List<String> positions = new ArrayList<>();
        for (int i = 0; i < op.axes().size(); i++) {
            positions.add(column(e, clamped(e, value.operand(1 + i), x.shape().dim(op.axes().get(i)))));
        }
        return Term.of(b.add("GatherND", b.transpose(e.whole(x), order), b.concat(positions, -1),
                Attributes.integer("batch_dims", op.batch())), value.tensorType());
    }

    private static String column(Emitter e, String indices) {
        return e.block().unsqueeze(indices, List.of(-1));
    }

    /** The axes of the batch, those that are indexed, and the others. */
    private static List<Integer> indexedFirst(Gather op, int rank) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, op.batch()).boxed().toList());
        order.addAll(op.axes());
        IntStream.range(0, rank).filter(axis -> !order.contains(axis)).forEach(order::add);
        return order;
    }

    static Term scatter(Emitter e, Scatter op, Value value) {
        Block b = e.block();
        Value x = value.operand(0);
        Value first = value.operand(2);
        List<Integer> order = indexedFirst(op.gather(), x.rank());
        List<String> positions = new ArrayList<>();
        for (int axis = 0; axis < op.batch(); axis++) {
            String numbers = b.unsqueeze(e.numbers(DType.INT64, x.shape().dim(axis)),
                    IntStream.range(1, first.rank() - axis).boxed().toList());
            positions.add(column(e, b.add("Expand", numbers, e.sizes().vector(first.shape().dims()))));
        }
        for (int i = 0; i < op.axes().size(); i++) {
            positions.add(column(e, clamped(e, value.operand(2 + i), x.shape().dim(op.axes().get(i)))));
        }
        String reduction = switch (op.how()) {
            case SET -> "none";
            case ADD -> "add";
            case MUL -> "mul";
            case MIN -> "min";
            case MAX -> "max";
        };
        List<String> inputs = List.of(b.transpose(e.whole(x), order), b.concat(positions, -1),
                e.whole(value.operand(1)));
        String written = op.how() == Combination.SET ? b.add("ScatterND", inputs)
                : b.add("ScatterND", inputs, Attributes.text("reduction", reduction));
        List<Integer> inverse = IntStream.range(0, x.rank()).mapToObj(order::indexOf).toList();
        return Term.of(b.transpose(written, inverse), value.tensorType());
    }

    /** Indices moved into an axis. */
    private static String clamped(Emitter e, Value indices, Dim size) {
        Block b = e.block();
        String all = e.whole(indices);
        if (isInside(indices, size)) {
            return all;
        }
        String most = size.isConstant() ? b.constant(NDArray.scalar(size.constant() - 1))
                : b.add("Sub", e.sizes().scalar(size), b.constant(NDArray.scalar(1L)));
        return b.add("Min", b.add("Max", all, b.constant(NDArray.scalar(0L))), most);
    }

    /** Whether indices are known to lie in an axis; a run of the graph checks those that {@code CheckIndex} made. */
    private static boolean isInside(Value indices, Dim size) {
        Value source = indices;
        while (source.op() instanceof Reshape || source.op() instanceof Broadcast || source.op() instanceof Transpose
                || source.op() instanceof After) {
            source = source.operand(0);
        }
        return switch (source.op()) {
            case CheckIndex check -> check.size().equals(size);
            case Iota iota -> iota.type().shape().dim(iota.axis()).equals(size);
            case Constant(NDArray array) -> size.isConstant() && LongStream.range(0, array.elementCount())
                    .map(array::getLong).allMatch(index -> index >= 0 && index < size.constant());
            default -> false;
        };
    }

    /** The places of elements in their order along the last axis. */
    static Term ranked(Emitter e, Ranking ranking, Value value) {
        Value x = value.operand(0);
        Dim size = x.shape().dim(x.rank() - 1);
        boolean descending = ranking.direction() == SortDirection.DESCENDING;
        TensorType type = ranking.infer(List.of(x.tensorType())).getFirst();
        if (ranking.count().isEmpty() && !size.isConstant()) {
            return Term.of(OwnFunctions.argsort(e, e.whole(x), descending), type);
        }
        String count = e.block().vector(List.of(ranking.count().orElseGet(size::constant)));
        return Term.of(e.block().addAll("", "TopK", List.of(e.whole(x), count), 2, List.of(
                Attributes.integer("largest", descending ? 1 : 0))).getLast(), type);
    }

    static Term slice(Emitter e, DynamicSlice op, Value value) {
        Block b = e.block();
        Value x = value.operand(0);
        String box = e.whole(x);
        for (int axis = 0; axis < x.rank(); axis++) {
            Dim length = op.shape().dim(axis);
            if (!length.equals(x.shape().dim(axis))) {
                box = b.add("Gather", box, positions(e, value.operand(1 + axis), length, x.shape().dim(axis)),
                        Attributes.integer("axis", axis));
            }
        }
        return Term.of(box, value.tensorType());
    }

    /** The places along an axis of a box, which lies inside. */
    private static String positions(Emitter e, Value start, Dim length, Dim size) {
        Block b = e.block();
        String room = b.add("Sub", e.sizes().scalar(size), e.sizes().scalar(length));
        String inside = b.add("Max", b.add("Min", e.whole(start), room), b.constant(NDArray.scalar(0L)));
        return b.add("Add", e.numbers(DType.INT64, length), inside);
    }

    static Term update(Emitter e, Value value) {
        Block b = e.block();
        Value x = value.operand(0);
        Value box = value.operand(1);
        int axes = IntStream.range(0, x.rank()).filter(axis -> !x.shape().dim(axis).equals(box.shape().dim(axis)))
                .max().orElse(-1) + 1;
        if (axes == 0) {
            return e.term(box);
        }
        List<Dim> dims = box.shape().dims().subList(0, axes);
        List<String> places = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            String along = b.unsqueeze(positions(e, value.operand(2 + axis), dims.get(axis), x.shape().dim(axis)),
                    IntStream.range(1, axes - axis).boxed().toList());
            places.add(column(e, b.add("Expand", along, e.sizes().vector(dims))));
        }
        return Term.of(b.add("ScatterND", List.of(e.whole(x), b.concat(places, -1), e.whole(box))),
                value.tensorType());
    }
}
