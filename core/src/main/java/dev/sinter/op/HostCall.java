package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
import java.util.List;

/**
 * A call of Java code. Its operands are tensors, then any tokens; its result is the tuple of the function's
 * results.
 *
 * @param function the code; calls are equal when it is the same object
 */
public record HostCall(HostFunction function) implements Op {
    @Override
    public String mnemonic() {
        return "host_call";
    }

    @Override
    public Type infer(List<Type> operands) {
        List<TensorType> tensors = operands.stream().filter(TensorType.class::isInstance)
                .map(TensorType.class::cast).toList();
        return new TupleType(List.copyOf(function.infer(tensors)));
    }

    @Override
    public Derivative derivative() {
        return switch (function.derivative()) {
            case Derivative.Rule(Derivative.Vjp vjp) -> new Derivative.Rule((b, self, gradient) ->
                    vjp.of(b, self, Absence.filled(b, (TupleType) self.type(), gradient)));
            case Derivative other -> other;
        };
    }
}
