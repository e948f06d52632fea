package dev.sinter.op;

import dev.sinter.ir.Region;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.tensor.GraphException;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out a function that is written once and used in several places. Operands: its arguments. The result is
 * the tuple of its tensors, then a token where it has effects.
 *
 * <p>In a loop the gradient of a call usually keeps what it needs of the function for every iteration. That of a
 * call with {@code recompute} keeps the arguments alone and computes the function again. Its own gradient does the
 * same, so that this holds for every order. An operand that is {@code after} others binds such a call: what it computes
 * is not merged with the same that is computed elsewhere, and comes after them.
 *
 * @param name      for texts
 * @param function  what is carried out
 * @param recompute whether gradients compute the function again instead of keeping values of it
 */
public record Call(String name, Region function, boolean recompute) implements Op {
    /** A call of whose values gradients keep what they need. */
    public Call(String name, Region function) {
        this(name, function, false);
    }

    /** Whether a value is a call of which something is computed again, after what its operands come after. */
    public static boolean isBound(Value value) {
        return value.op() instanceof Call call && call.recompute()
                && value.operands().stream().anyMatch(operand -> operand.op() instanceof After);
    }

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
        return new Call(name, regions.getFirst(), recompute);
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
