package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TensorType;
import java.util.List;

/**
 * The state of a variable when the run starts.
 *
 * @param variable the variable's name, unique in the graph
 * @param content  the type of the variable's value
 */
public record InitialState(String variable, TensorType content) implements Op {
    @Override
    public String mnemonic() {
        return "state";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 0);
        return new StateType(variable, content);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("it has no operand");
    }
}
