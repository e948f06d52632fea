package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import java.util.List;

/**
 * The elements in the opposite order along some axes.
 *
 * @param axes the reversed axes
 */
public record Reverse(List<Integer> axes) implements Op {
    public Reverse {
        axes = List.copyOf(axes);
    }

    @Override
    public String mnemonic() {
        return "reverse";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType operand = Inference.onlyTensor(this, operands);
        Inference.axes(this, axes, operand.rank());
        return operand;
    }

    @Override
    public Derivative derivative() {
        return Derivative.of((b, self, gradient) -> b.add(this, gradient));
    }
}
