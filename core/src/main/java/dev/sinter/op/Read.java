package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.StateType;
import dev.sinter.tensor.GraphException;
import java.util.List;

/** The value of a variable in a state. Its operand is the state. */
public record Read() implements Op {
    @Override
    public String mnemonic() {
        return "read";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 1);
        if (operands.getFirst() instanceof StateType state) {
            return state.content();
        }
        throw new GraphException("read: the operand must be a state, not " + operands.getFirst());
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("a state is not a tensor");
    }
}
