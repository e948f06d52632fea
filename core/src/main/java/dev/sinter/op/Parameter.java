package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import java.util.List;

/**
 * A tensor that the caller gives.
 *
 * @param name unique among the parameters of a function
 * @param type its type
 */
public record Parameter(String name, TensorType type) implements Op {
    @Override
    public String mnemonic() {
        return "parameter";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 0);
        return type;
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("it has no operand");
    }
}
