package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.NDArray;
import dev.sinter.tensor.Shape;
import java.util.List;

/**
 * A tensor known when the graph is built. Constants are equal when their arrays have the same type and bits.
 *
 * @param array the value; memory that is somebody else's is copied, so that it may be closed or written
 */
public record Constant(NDArray array) implements Op {
    public Constant {
        if (array.isBorrowed()) {
            NDArray own = NDArray.zeros(array.dtype(), array.sizes());
            own.segment().copyFrom(array.segment());
            array = own;
        }
    }

    @Override
    public String mnemonic() {
        return "constant";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 0);
        return new TensorType(array.dtype(), Shape.shape(array.sizes()));
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("it has no operand");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Constant constant && constant.array.sameBits(array);
    }

    @Override
    public int hashCode() {
        return array.contentHash();
    }
}
