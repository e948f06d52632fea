package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * A change of dtype. A float becomes an integer by truncation and saturates, NaN becomes 0; an integer that
 * does not fit into a smaller one wraps; a number becomes a bool by comparison with 0.
 *
 * @param dtype the result's dtype
 */
public record Convert(DType dtype) implements Op {
    @Override
    public String mnemonic() {
        return "convert";
    }

    @Override
    public Type infer(List<Type> operands) {
        return Inference.onlyTensor(this, operands).withDtype(dtype);
    }

    @Override
    public Derivative derivative() {
        if (!dtype.isFloat()) {
            return new Derivative.Zero("a result of dtype " + dtype + " does not vary continuously");
        }
        return new Derivative.Rule((b, self, gradient) -> {
            DType source = self.operand(0).dtype();
            return List.of(source.isFloat() ? Optional.of(b.convert(gradient, source)) : Optional.empty());
        });
    }
}
