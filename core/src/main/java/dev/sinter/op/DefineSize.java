package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.GraphException;
import dev.sinter.tensor.Shape;
import dev.sinter.tensor.Symbol;
import java.util.List;

/**
 * Gives a symbol of sizes its value, which the run finds: that of the operand, an {@code int64} scalar. It is an error
 * of the run where that is negative or exceeds the bound. The result is a token. Whatever has the symbol in its type
 * or attributes comes after this value, whether it is an operand or not; a function defines a symbol once, and no
 * result of a region has one that the region defines in its type.
 *
 * @param symbol the symbol, which is no size of a parameter
 * @param atMost the greatest value, over other symbols; memory is planned for it
 */
public record DefineSize(Symbol symbol, Dim atMost) implements Op {
    @Override
    public String mnemonic() {
        return "define_size";
    }

    @Override
    public Type infer(List<Type> operands) {
        TensorType integer = new TensorType(DType.INT64, Shape.SCALAR);
        if (!Inference.onlyTensor(this, operands).equals(integer)) {
            throw new GraphException("define_size: the value of " + symbol + " is an int64 scalar, not "
                    + operands.getFirst());
        }
        if (atMost.symbols().contains(symbol)) {
            throw new GraphException("define_size: the bound " + atMost + " of " + symbol + " depends on itself");
        }
        return new TokenType();
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("a size is an integer");
    }

    /** The message of a run in which the symbol gets a value that it may not have. */
    public String refusal(long value, long most) {
        return "the size " + symbol + " that the run finds is " + value + ", which is "
                + (value < 0 ? "negative" : "more than the " + most + " that it is at most");
    }
}
