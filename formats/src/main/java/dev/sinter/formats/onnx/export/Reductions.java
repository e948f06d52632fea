package dev.sinter.formats.onnx.export;

import dev.sinter.ir.Value;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.tensor.DType;
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
        return switch (op.fn()) {
            case SUM -> wide(b, "ReduceSum", dtype, narrow(dtype), x, op.axes());
            case PROD -> wide(b, "ReduceProd", dtype, narrow(dtype), x, op.axes());
            case MAX -> wide(b, "ReduceMax", dtype, shortInteger(dtype), x, op.axes());
            case MIN -> wide(b, "ReduceMin", dtype, shortInteger(dtype), x, op.axes());
            case ALL -> wide(b, "ReduceMin", dtype, DType.INT32, x, op.axes());
            case ANY -> wide(b, "ReduceMax", dtype, DType.INT32, x, op.axes());
        };
    }

    private static String wide(Block b, String op, DType dtype, DType computed, String x, List<Integer> axes) {
        String from = computed == dtype ? x : b.cast(x, computed);
        String result = b.add(op, from, b.vector(axes), Attributes.integer("keepdims", 0));
        return computed == dtype ? result : b.cast(result, dtype);
    }

    /** The dtype in which integers are summed: sums wrap alike. */
    static DType narrow(DType dtype) {
        return switch (dtype) {
            case INT8, INT16 -> DType.INT32;
            case UINT8, UINT16 -> DType.UINT32;
            default -> dtype;
        };
    }

    private static DType shortInteger(DType dtype) {
        return dtype == DType.INT16 || dtype == DType.UINT16 ? DType.INT32 : dtype;
    }

    static Term recurrence(Emitter e, Recurrence op, Value value) {
        Block b = e.block();
        DType dtype = value.dtype();
        if (op.form() == Recurrence.Form.SUM) {
            DType computed = narrow(dtype);
            String all = b.concat(List.of(e.whole(value.operand(0)), e.whole(value.operand(1))), op.axis());
            String sums = b.add("CumSum", computed == dtype ? all : b.cast(all, computed),
                    b.constant(dev.sinter.tensor.NDArray.scalar((long) op.axis())));
            return Term.of(computed == dtype ? sums : b.cast(sums, dtype), value.tensorType());
        }
        return Regions.recurrence(e, op, value);
    }
}
