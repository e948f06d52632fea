package dev.sinter.pass;

import static dev.sinter.pass.Pattern.op;
import static dev.sinter.pass.Rule.rule;

import dev.sinter.op.CustomGradient;
import dev.sinter.op.StopGradient;
import java.util.List;

/** Ops that mean something to differentiation alone. */
final class AnnotationRules {
    static final List<Rule> ALL = List.of(
            rule("stop_gradient(x) -> x").on(op(StopGradient.class)).to((m, b) -> m.root().operand(0)),
            rule("custom_gradient(x, ...) -> x").on(op(CustomGradient.class))
                    .to((m, b) -> m.root().operand(0)));

    private AnnotationRules() {}
}
