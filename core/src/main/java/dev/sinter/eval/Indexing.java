package dev.sinter.eval;

import dev.sinter.op.CheckIndex;
import dev.sinter.op.Gather;
import dev.sinter.op.Recurrence;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.Scatter;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The ops that read, or write, elements at computed indices or one after the other. */
final class Indexing {
    private Indexing() {}

    static NDArray gather(Gather op, NDArray operand, List<NDArray> indices, long[] sizes) {
        NDArray result = NDArray.zeros(operand.dtype(), sizes);
        int bytes = operand.dtype().bytes();
        over(op, operand, indices, sizes, (element, place) -> MemorySegment.copy(operand.segment(), place * bytes,
                result.segment(), element * bytes, bytes));
        return result;
    }

    static NDArray check(CheckIndex op, NDArray indices, long size) {
        for (long i = 0; i < indices.elementCount(); i++) {
            if (indices.getLong(i) < 0 || indices.getLong(i) >= size) {
                throw op.refusal(indices.getLong(i), i, indices.sizes(), size);
            }
        }
        return indices;
    }

    static NDArray scatter(Scatter op, NDArray operand, NDArray written, List<NDArray> indices) {
        NDArray result = Movement.copy(operand);
        int bytes = operand.dtype().bytes();
        over(op.gather(), operand, indices, written.sizes(), (element, place) -> {
            if (op.how().fn().isPresent()) {
                combine(op.how().fn().get(), result, place, result, place, written, element);
            } else {
                MemorySegment.copy(written.segment(), element * bytes, result.segment(), place * bytes, bytes);
            }
        });
        return result;
    }

    /** Writes a function of two elements to a place. */
    private static void combine(ScalarFn fn, NDArray to, long place, NDArray x, long i, NDArray y, long j) {
        if (to.dtype().isFloat()) {
            to.setDouble(place, fn.onFloats(x.getDouble(i), y.getDouble(j), 0));
        } else {
            to.setLong(place, fn.onIntegers(to.dtype(), x.getLong(i), y.getLong(j), 0));
        }
    }

    static NDArray recurrence(Recurrence op, List<NDArray> operands, long[] sizes) {
        NDArray result = NDArray.zeros(operands.getFirst().dtype(), sizes);
        NDArray elements = operands.getLast();
        long inner = 1;
        for (int axis = op.axis() + 1; axis < sizes.length; axis++) {
            inner *= sizes[axis];
        }
        long length = sizes[op.axis()] - 1;
        long lines = inner == 0 || length < 0 ? 0 : result.elementCount() / (length + 1);
        NDArray product = NDArray.zeros(result.dtype());
        for (long line = 0; line < lines; line++) {
            long from = line / inner * inner * length + line % inner;
            long to = line / inner * inner * (length + 1) + line % inner;
            combine(ScalarFn.MAX, result, to, operands.getFirst(), line, operands.getFirst(), line);
            for (long i = 0; i < length; i++) {
                long at = from + i * inner;
                long last = to + i * inner;
                switch (op.form()) {
                    case LINEAR -> {
                        combine(ScalarFn.MUL, product, 0, operands.get(1), at, result, last);
                        combine(ScalarFn.ADD, result, last + inner, product, 0, elements, at);
                    }
                    case SUM -> combine(ScalarFn.ADD, result, last + inner, result, last, elements, at);
                    case PROD -> combine(ScalarFn.MUL, result, last + inner, result, last, elements, at);
                    case MAX -> combine(ScalarFn.MAX, result, last + inner, result, last, elements, at);
                    case MIN -> combine(ScalarFn.MIN, result, last + inner, result, last, elements, at);
                }
            }
        }
        return result;
    }

    /** Visits the gathered elements in order, with their places in the operand. */
    private static void over(Gather op, NDArray operand, List<NDArray> indices, long[] sizes, Walk.Step step) {
        long[] strides = Walk.strides(operand.sizes());
        int rank = indices.getFirst().rank();
        List<Integer> places = op.places(operand.rank(), rank);
        long[] direct = new long[sizes.length];
        for (int axis = 0; axis < operand.rank(); axis++) {
            if (places.get(axis) >= 0) {
                direct[places.get(axis)] = strides[axis];
            }
        }
        long within = 1;
        for (int axis = rank; axis < sizes.length; axis++) {
            within *= sizes[axis];
        }
        long inner = within;
        if (Walk.count(sizes) > 0) {
            op.axes().forEach(axis -> requireElements(op, operand, axis));
        }
        Walk.over(sizes, 0, direct, (element, place) -> {
            long at = place;
            for (int k = 0; k < indices.size(); k++) {
                int axis = op.axes().get(k);
                at += strides[axis] * Math.clamp(indices.get(k).getLong(element / inner), 0L, operand.size(axis) - 1);
            }
            step.at(element, at);
        });
    }

    private static void requireElements(Gather op, NDArray operand, int axis) {
        if (operand.size(axis) == 0) {
            throw new GraphException(op.mnemonic() + ": there is no index along axis " + axis + ", which is empty");
        }
    }
}
