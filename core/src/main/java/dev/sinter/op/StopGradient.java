package dev.sinter.op;

import dev.sinter.ir.Type;
import java.util.List;

/** Its operand, as a constant for differentiation. */
public record StopGradient() implements Op {
    @Override
    public String mnemonic() {
        return "stop_gradient";
    }

    @Override
    public Type infer(List<Type> operands) {
        return Inference.onlyTensor(this, operands);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("the gradient is stopped");
    }
}
