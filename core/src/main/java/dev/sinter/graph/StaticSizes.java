package dev.sinter.graph;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.Broadcast;
import dev.sinter.op.CheckIndex;
import dev.sinter.op.Combination;
import dev.sinter.op.Concat;
import dev.sinter.op.Convert;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.op.Pad;
import dev.sinter.op.Reduce;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.op.Windows;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The elements of a small tensor in row-major order, as far as they are known: numbers, or what is computed of sizes.
 * A bool is 0 or 1. Sizes are taken to fit into the dtype.
 */
record StaticSizes(TensorType type, List<Optional<Fraction>> elements) {
    StaticSizes {
        elements = List.copyOf(elements);
    }

    static StaticSizes scalar(DType dtype, Dim dim) {
        return new StaticSizes(new TensorType(dtype, Shape.SCALAR), List.of(Optional.of(Fraction.of(dim))));
    }

    static StaticSizes unknown(TensorType type) {
        return new StaticSizes(type, Collections.nCopies(Math.toIntExact(type.shape().elementCount().constant()),
                Optional.empty()));
    }

    static StaticSizes of(NDArray array) {
        TensorType type = new TensorType(array.dtype(), array.shape());
        return holdsSizes(array.dtype()) || array.dtype().isInteger() ? new StaticSizes(type, LongStream.range(0,
                array.elementCount()).mapToObj(i -> Fraction.of(array, i)).toList()) : unknown(type);
    }

    /** Whether there are elements, of which none is known. */
    boolean isUnknown() {
        return !elements.isEmpty() && elements.stream().allMatch(Optional::isEmpty);
    }

    /** All elements of a tensor of integers, where each is known. */
    Optional<List<Dim>> complete() {
        return all().map(all -> all.stream().map(Fraction::numerator).toList());
    }

    private Optional<List<Fraction>> all() {
        return elements.stream().allMatch(Optional::isPresent)
                ? Optional.of(elements.stream().map(Optional::orElseThrow).toList()) : Optional.empty();
    }

    /** The elements, where each is a number. */
    Optional<NDArray> array() {
        return all().filter(all -> all.stream().allMatch(Fraction::isConstant)).map(all -> {
            NDArray array = NDArray.zeros(type.dtype(), type.shape().sizes());
            IntStream.range(0, all.size()).forEach(i -> all.get(i).put(array, i));
            return array;
        });
    }

    /** What an op makes of elements, where anything is known of that. */
    static Optional<StaticSizes> of(Op op, TensorType type, List<StaticSizes> operands) {
        if (!holdsSizes(type.dtype())) {
            return Optional.empty();
        }
        return switch (op) {
            case Map(ScalarFn fn) -> operands.stream().allMatch(operand -> holdsSizes(operand.type.dtype()))
                    ? Optional.of(mapped(fn, type, operands)) : Optional.empty();
            case Convert _ -> converted(type, operands.getFirst());
            case Reduce reduce -> Optional.of(reduced(reduce, type, operands.getFirst()));
            case CheckIndex _ -> Optional.of(operands.getFirst());
            case Broadcast _, Reshape _, Transpose _, Reverse _, Slice _, Windows _, Concat _, Pad _ ->
                    moved(op, type, operands, operands.size());
            case Gather _, DynamicSlice _ -> moved(op, type, operands, 1);
            case DynamicUpdateSlice _ -> moved(op, type, operands, 2);
            case Scatter scatter when scatter.how() == Combination.SET -> moved(op, type, operands, 2);
            default -> Optional.empty();
        };
    }

    /** Whether nothing is known of a result where nothing is known of an operand. */
    static boolean needsAll(Op op, DType dtype) {
        return switch (op) {
            case Map(ScalarFn fn) -> switch (fn) {
                case MUL, AND, OR -> dtype.isFloat();
                case SELECT -> false;
                default -> true;
            };
            case Broadcast _, Concat _, Pad _, DynamicUpdateSlice _, Scatter _ -> false;
            default -> true;
        };
    }

    private static boolean holdsSizes(DType dtype) {
        return switch (dtype) {
            case INT64, INT32, BOOL, FLOAT32, FLOAT64 -> true;
            default -> false;
        };
    }

    private static StaticSizes mapped(ScalarFn fn, TensorType type, List<StaticSizes> operands) {
        DType dtype = operands.getLast().type.dtype();
        return new StaticSizes(type, IntStream.range(0, operands.getFirst().elements.size()).mapToObj(i ->
                SizeFunctions.value(fn, dtype, type.dtype(), operands.stream().map(operand -> operand.elements.get(i))
                        .toList())).toList());
    }

    private static Optional<StaticSizes> converted(TensorType type, StaticSizes operand) {
        if (!holdsSizes(operand.type.dtype())) {
            return Optional.empty();
        }
        return Optional.of(new StaticSizes(type, operand.elements.stream().map(element -> element.flatMap(number ->
                number.converted(operand.type.dtype(), type.dtype()))).toList()));
    }

    /** The combination of the elements that lie behind each other along the reduced axes. */
    private static StaticSizes reduced(Reduce reduce, TensorType type, StaticSizes operand) {
        DType dtype = type.dtype();
        List<Integer> order = new ArrayList<>(IntStream.range(0, operand.type.rank()).boxed()
                .filter(axis -> !reduce.axes().contains(axis)).toList());
        order.addAll(reduce.axes());
        List<Dim> dims = order.stream().map(operand.type.shape()::dim).toList();
        List<Optional<Fraction>> elements = moved(new Transpose(order), operand.type.withShape(new Shape(dims)),
                List.of(operand), 1).map(StaticSizes::elements).orElseGet(List::of);
        int count = Math.toIntExact(type.shape().elementCount().constant());
        if (elements.isEmpty() || count == 0) {
            return unknown(type);
        }
        int each = elements.size() / count;
        return new StaticSizes(type, IntStream.range(0, count).mapToObj(i -> elements.subList(i * each, (i + 1) * each)
                .stream().reduce((x, y) -> SizeFunctions.value(reduce.fn().combiner(), dtype, dtype, List.of(x, y)))
                .orElseThrow()).toList());
    }

    /**
     * The result of an op that moves elements: it is carried out with the elements' numbers in their place.
     *
     * @param data how many operands hold elements; the others say from where, or where to, they are moved
     */
    private static Optional<StaticSizes> moved(Op op, TensorType type, List<StaticSizes> operands, int data) {
        List<Optional<Fraction>> all = new ArrayList<>();
        List<NDArray> arrays = new ArrayList<>();
        for (StaticSizes operand : operands.subList(0, data)) {
            NDArray numbers = NDArray.zeros(DType.INT64, operand.type.shape().sizes());
            for (int i = 0; i < operand.elements.size(); i++) {
                numbers.setLong(i, all.size());
                all.add(operand.elements.get(i));
            }
            arrays.add(numbers);
        }
        for (StaticSizes operand : operands.subList(data, operands.size())) {
            operand.array().ifPresent(arrays::add);
        }
        if (arrays.size() < operands.size()) {
            return Optional.empty();
        }
        return new Folding(StaticValues.MOST_WORK).results(op, type, arrays).map(List::getFirst).map(numbers ->
                new StaticSizes(type, IntStream.range(0, Math.toIntExact(numbers.elementCount()))
                        .mapToObj(i -> all.get((int) numbers.getLong(i))).toList()));
    }
}
