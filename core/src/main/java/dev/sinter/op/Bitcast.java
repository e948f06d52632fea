package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * The bits of each element as another number. A signaling NaN of a half float may become a quiet one.
 *
 * @param dtype the result's dtype, as wide as the operand's; neither is bool
 */
public record Bitcast(DType dtype) implements Op {
    @Override
    public String mnemonic() {
        return "bitcast";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.onlyTensor(this, operands);
        if (operand.dtype().bits() != dtype.bits() || operand.dtype() == DType.BOOL || dtype == DType.BOOL) {
            throw new GraphException("bitcast: numbers of as many bits are needed, not " + operand.dtype() + " as "
                    + dtype);
        }
        return operand.withDtype(dtype);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.NotDifferentiable("the bits of a number do not vary continuously with it");
    }
}
