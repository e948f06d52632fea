package dev.sinter.testkit;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.NDArray;
import java.util.List;

/** Java code in a random graph: the operand negated. */
public final class NegatingFunction implements HostFunction {
    /** The only one. */
    public static final NegatingFunction INSTANCE = new NegatingFunction();

    private NegatingFunction() {}

    @Override
    public String name() {
        return "negating";
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        return operands.stream().limit(1).toList();
    }

    @Override
    public List<NDArray> call(List<NDArray> operands) {
        NDArray x = operands.getFirst();
        NDArray result = NDArray.zeros(x.dtype(), x.sizes());
        for (long i = 0; i < x.elementCount(); i++) {
            if (x.dtype().isFloat()) {
                result.setDouble(i, -x.getDouble(i));
            } else {
                result.setLong(i, x.dtype() == DType.BOOL ? 1 - x.getLong(i) : -x.getLong(i));
            }
        }
        return List.of(result);
    }
}
