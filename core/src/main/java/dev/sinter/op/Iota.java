package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import java.util.List;

/**
 * The index along one axis, as an element.
 *
 * @param type the result: a numeric dtype and the shape
 * @param axis the axis that is counted
 */
public record Iota(TensorType type, int axis) implements Op {
    @Override
    public String mnemonic() {
        return "iota";
    }

    @Override
    public Type infer(List<Type> operands) {
        Inference.count(this, operands, 0);
        Inference.axes(this, List.of(axis), type.rank());
        return type;
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("it has no operand");
    }
}
