package dev.sinter.op;

import dev.sinter.ir.Region;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out a function that is written once and used in several places. Operands: its arguments. The result is
 * the tuple of its tensors, then a token where it has effects.
 *
 * @param name     for texts
 * @param function what is carried out
 */
public record Call(String name, Region function) implements Op {
    @Override
    public String mnemonic() {
        return "call";
    }

    @Override
    public List<Region> regions() {
        return List.of(function);
    }

    @Override
    public Op withRegions(List<Region> regions) {
        return new Call(name, regions.getFirst());
    }

    @Override
    public Type infer(List<Type> operands) {
        List<TensorType> parameters = function.parameterTypes();
        Inference.count(this, operands, parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            if (!operands.get(i).equals(parameters.get(i))) {
                throw new GraphException("call: argument " + i + " of " + name + " must be " + parameters.get(i)
                        + ", not " + operands.get(i));
            }
        }
        List<Type> results = new ArrayList<>(function.tensorResults());
        if (function.hasEffect()) {
            results.add(new TokenType());
        }
        return new TupleType(results);
    }

    @Override
    public Derivative derivative() {
        return new Derivative.OfRegions();
    }
}
