package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * One element of a tuple.
 *
 * @param index which one, from 0
 */
public record Project(int index) implements Op {
    @Override
    public String mnemonic() {
        return "project";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 1);
        if (operands.getFirst() instanceof TupleType tuple && index >= 0 && index < tuple.elements().size()) {
            return tuple.elements().get(index);
        }
        throw new GraphException("project: " + operands.getFirst() + " has no element " + index);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.NotDifferentiable("no rule is written");
    }
}
