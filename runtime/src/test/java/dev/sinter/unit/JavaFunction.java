package dev.sinter.unit;

import dev.sinter.graph.Control;
import dev.sinter.graph.Tensor;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.op.HostFunction;
import dev.sinter.tensor.NDArray;
import java.util.List;

/**
 * Java code that a run waits for, between its operands and copies of them.
 *
 * @param body what it does
 */
public record JavaFunction(String name, Body body) implements HostFunction {
    /** What Java code does while a run waits for it. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /** A copy of a value, on its way through Java code. */
    public static Tensor through(Tensor value, String name, Body body) {
        return Control.hostCall(new JavaFunction(name, body), value).getFirst();
    }

    @Override
    public List<TensorType> infer(List<TensorType> operands) {
        return operands;
    }

    @Override
    public List<NDArray> call(List<NDArray> operands) throws Exception {
        body.run();
        return operands.stream().map(JavaFunction::copy).toList();
    }

    private static NDArray copy(NDArray array) {
        NDArray copy = NDArray.zeros(array.dtype(), array.sizes());
        copy.segment().copyFrom(array.segment());
        return copy;
    }
}
