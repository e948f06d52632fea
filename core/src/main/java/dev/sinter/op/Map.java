package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.tensor.GraphException;
import java.util.List;

/**
 * A scalar function on each element of operands of one shape. Broadcasting is an op of its own.
 *
 * @param fn the function
 */
public record Map(ScalarFn fn) implements Op {
    @Override
    public String mnemonic() {
        return fn.text();
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, fn.arity());
        TensorType first = Inference.tensor(this, operands, 0);
        for (int i = 1; i < operands.size(); i++) {
            TensorType other = Inference.tensor(this, operands, i);
            if (!other.shape().equals(first.shape())) {
                throw new GraphException(fn.text() + ": shapes differ: operand 0 is " + first + ", operand " + i
                        + " is " + other);
            }
        }
        return first.withDtype(fn.infer(operands.stream().map(type -> ((TensorType) type).dtype()).toList()));
    }

    @Override
    public Derivative derivative() {
        return fn.derivative();
    }
}
