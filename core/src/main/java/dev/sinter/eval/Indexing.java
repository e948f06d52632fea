package dev.sinter.eval;

import dev.sinter.op.Gather;
import dev.sinter.op.ScalarFn;
import dev.sinter.op.ScatterAdd;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.NDArray;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The ops that read, or add to, elements at computed indices. */
final class Indexing {
    private Indexing() {}

    static NDArray gather(Gather op, NDArray operand, List<NDArray> indices, long[] sizes) {
        NDArray result = NDArray.zeros(operand.dtype(), sizes);
        int bytes = operand.dtype().bytes();
        over(op, operand, indices, sizes, (element, place) -> MemorySegment.copy(operand.segment(), place * bytes,
                result.segment(), element * bytes, bytes));
        return result;
    }

    static NDArray scatterAdd(ScatterAdd op, NDArray operand, NDArray summands, List<NDArray> indices) {
        NDArray result = Movement.copy(operand);
        boolean isFloat = operand.dtype().isFloat();
        over(op.gather(), operand, indices, summands.sizes(), (element, place) -> {
            if (isFloat) {
                result.setDouble(place, result.getDouble(place) + summands.getDouble(element));
            } else {
                result.setLong(place, ScalarFn.ADD.onIntegers(operand.dtype(), result.getLong(place),
                        summands.getLong(element), 0));
            }
        });
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
