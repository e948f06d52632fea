package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Its operands as one value. Only the rules of gradients and passes need it, where an op with several results is
 * differentiated or replaced: a builder's {@code project} of a tuple is the element itself.
 */
public record Tuple() implements Op {
    @Override
    public String mnemonic() {
        return "tuple";
    }

    @Override
    public Type infer(List<Type> operands) {
        return new TupleType(operands);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Rule(Tuple::elements);
    }

    private static List<Optional<Value>> elements(Builder b, Value self, Value gradient) {
        List<Optional<Value>> gradients = new ArrayList<>();
        for (int i = 0; i < self.operands().size(); i++) {
            gradients.add(Optional.of(b.project(gradient, i)).filter(part -> !Absence.is(part)));
        }
        return gradients;
    }
}
