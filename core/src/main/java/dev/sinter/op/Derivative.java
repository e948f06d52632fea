package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.tensor.Dim;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** How a gradient flows through an op. */
public sealed interface Derivative {
    /** The product of a gradient with the op's Jacobian. */
    @FunctionalInterface
    interface Vjp {
        /**
         * The gradients of the operands.
         *
         * @param b        makes the values of the gradient
         * @param self     the value that is differentiated, whose operands the rule may read
         * @param gradient the gradient of {@code self}, of its type
         * @return one entry an operand, of the operand's type; empty where no gradient flows
         */
        List<Optional<Value>> of(Builder b, Value self, Value gradient);

        /** The rule with every size that it mentions replaced. */
        default Vjp with(UnaryOperator<Dim> sizes) {
            return this;
        }
    }

    /** The gradient of an op's only operand. */
    @FunctionalInterface
    interface UnaryVjp {
        Value of(Builder b, Value self, Value gradient);
    }

    /** The derivative of an op with one operand. */
    static Derivative of(UnaryVjp vjp) {
        return new Rule((b, self, gradient) -> List.of(Optional.of(vjp.of(b, self, gradient))));
    }

    /** Differentiable, by a rule. */
    record Rule(Vjp vjp) implements Derivative {}

    /** Constant almost everywhere, or without an operand to flow to: the gradient is zero. */
    record Zero(String why) implements Derivative {}

    /** Differentiable as far as the ops in its regions are; the rule is the driver's. */
    record OfRegions() implements Derivative {}

    /** No derivative exists or is known: asking for one is the user's error. */
    record NotDifferentiable(String why) implements Derivative {}
}
