package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Value;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

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
        return new Derivative.Rule((b, self, gradient) -> {
            List<Optional<Value>> gradients = new ArrayList<>(Collections.nCopies(self.operands().size(),
                    Optional.empty()));
            gradients.set(0, Optional.of(gradient));
            return gradients;
        });
    }
}
