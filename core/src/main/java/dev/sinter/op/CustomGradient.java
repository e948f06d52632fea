package dev.sinter.op;

import dev.sinter.ir.Type;
import java.util.List;

/**
 * Its first operand, whose gradient flows by the user's rule to the other operands and not to the first.
 *
 * @param name the name that texts show; two custom gradients are equal when their rule is the same object
 * @param rule gets this value and its gradient, gives one gradient an operand (the first is empty)
 */
public record CustomGradient(String name, Derivative.Vjp rule) implements Op {
    @Override
    public String mnemonic() {
        return "custom_gradient";
    }

    @Override
    public Type infer(List<Type> operands) {
        return Inference.tensor(this, operands, 0);
    }

    @Override
    public Derivative derivative() {
        return rule instanceof Refusal(String why) ? new Derivative.NotDifferentiable(why)
                : new Derivative.Rule(rule);
    }
}
