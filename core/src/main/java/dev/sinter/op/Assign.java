package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.GraphException;
import java.util.List;

/** The state of a variable after a write. Operands: the state before, then the new value. */
public record Assign() implements Op {
    @Override
    public String mnemonic() {
        return "assign";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 2);
        TensorType value = Inference.tensor(this, operands, 1);
        if (!(operands.getFirst() instanceof StateType state)) {
            throw new GraphException("assign: the first operand must be a state, not " + operands.getFirst());
        }
        if (!state.content().equals(value)) {
            throw new GraphException("assign: the variable " + state.variable() + " holds " + state.content()
                    + ", the value is " + value);
        }
        return state;
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("a state is not a tensor");
    }
}
