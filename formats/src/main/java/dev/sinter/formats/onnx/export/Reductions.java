package dev.sinter.formats.onnx.export;

import dev.sinter.ir.Value;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** Reductions and recurrences. */
final class Reductions {
    private Reductions() {}

    static Term reduce(Emitter e, Reduce op, Value value) {
        return Pools.greatest(e, op, value).orElseGet(() -> Term.of(reduced(e, op, value), value.tensorType()));
    }

    private static String reduced(Emitter e, Reduce op, Value value) {
        Block b = e.block();
        String x = e.whole(value.operand(0));
        DType dtype = value.dtype();
        long least = dtype.isFloat() ? 0 : dtype.least();
        long greatest = dtype.isFloat() ? 0 : dtype.greatest();
        return switch (op.fn()) {
            case SUM -> wide(b, "ReduceSum", dtype, narrow(dtype), x, op.axes());
            case PROD -> wide(b, "ReduceProd", dtype, narrow(dtype), x, op.axes());
            case MAX, ANY -> extremum(b, "Max", dtype, least, x, op.axes());
            case MIN, ALL -> extremum(b, "Min", dtype, greatest, x, op.axes());
        };
    }

    /** The extremum; of no element in a wider dtype, that of the dtype. */
    private static String extremum(Block b, String op, DType dtype, long none, String x, List<Integer> axes) {
        DType computed = switch (dtype) {
            case BOOL, INT16, UINT16 -> DType.INT32;
            case UINT32 -> DType.INT64;
            default -> dtype;
        };
        if (computed == dtype) {
            return wide(b, "Reduce" + op, dtype, dtype, x, axes);
        }
        String found = wide(b, "Reduce" + op, computed, computed, b.cast(x, computed), axes);
        return b.cast(b.add(op, found, b.constant(NDArray.scalar(none).cast(computed))), dtype);
    }

    private static String wide(Block b, String op, DType dtype, DType computed, String x, List<Integer> axes) {
        String from = computed == dtype ? x : b.cast(x, computed);
        String result = b.add(op, from, b.vector(axes), Attributes.integer("keepdims", 0));
        return computed == dtype ? result : b.cast(result, dtype);
    }

    /** The dtype in which integers are summed: sums wrap alike. */
    static DType narrow(DType dtype) {
        return switch (dtype) {
            case INT8, INT16, UINT8, UINT16 -> DType.INT32;
            case UINT32, UINT64 -> DType.INT64;
            default -> dtype;
        };
    }

    static Term recurrence(Emitter e, Recurrence op, Value value) {
        Block b = e.block();
        DType dtype = value.dtype();
        if (op.form() == Recurrence.Form.SUM && !dtype.isHalf()) {
            DType computed = narrow(dtype);
            String all = b.concat(List.of(e.whole(value.operand(0)), e.whole(value.operand(1))), op.axis());
            String sums = b.add("CumSum", computed == dtype ? all : b.cast(all, computed),
                    b.constant(NDArray.scalar((long) op.axis())));
            return Term.of(computed == dtype ? sums : b.cast(sums, dtype), value.tensorType());
        }
        return Regions.recurrence(e, op, value);
    }
}
