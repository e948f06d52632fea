package dev.sinter.op;

import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TokenType;
import java.util.List;

/** The token that all operands exist. They are tokens, states or tensors. */
public record Join() implements Op {
    @Override
    public String mnemonic() {
        return "join";
    }

    @Override
    public Type infer(List<Type> operands) {
        return new TokenType();
    }

    @Override
    public Derivative derivative() {
        return new Derivative.Zero("a token is not a tensor");
    }
}
