package dev.sinter.op;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Value;
import dev.sinter.tensor.CompilerBug;
import java.util.List;
import java.util.Optional;

/** The rule of a {@link CustomGradient} that has no derivative: asking for one is the user's error. */
public record Refusal(String why) implements Derivative.Vjp {
    @Override
    public List<Optional<Value>> of(Builder b, Value self, Value gradient) {
        throw new CompilerBug("a value without a derivative is differentiated: " + why);
    }
}
