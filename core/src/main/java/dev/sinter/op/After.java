package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * Its first operand, once every other operand exists. The others are tokens, states or tensors.
 */
public record After() implements Op {
    @Override
    public String mnemonic() {
        return "after";
    }

    @Override
    public Type infer(List<Type> operands) {
        if (operands.isEmpty()) {
            throw new GraphException("after: a value is needed");
        }
        return operands.getFirst();
    }

    @Override
    public Derivative derivative() {
        return new Derivative.NotDifferentiable("no rule is written");
    }
}
