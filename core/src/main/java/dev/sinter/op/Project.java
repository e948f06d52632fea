package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
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
        return Derivative.of((b, self, gradient) -> {
            List<Value> gradients = new ArrayList<>();
            List<Type> elements = ((TupleType) self.operand(0).type()).elements();
            for (int i = 0; i < elements.size(); i++) {
                gradients.add(i == index ? gradient : Absence.of(b));
            }
            return b.tuple(gradients);
        });
    }
}
