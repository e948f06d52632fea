package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Shape;
import java.util.List;

/** The number of committed runs of the session, an {@code int64} scalar: the part of a random key that changes. */
public record RunNumber() implements Op {
    @Override
    public String mnemonic() {
        return "run_number";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 0);
        return new TensorType(DType.INT64, Shape.SCALAR);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("it has no operand");
    }
}
