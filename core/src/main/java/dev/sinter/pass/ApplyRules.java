package dev.sinter.pass;

import dev.sinter.ir.Function;
import java.util.List;

/**
 * Applies a set of rules until none applies.
 *
 * @param name   the pass's name
 * @param reason why it runs where it runs
 * @param rules  the rules, tried in this order
 */
public record ApplyRules(String name, String reason, List<Rule> rules) implements Pass {
    public ApplyRules {
        rules = List.copyOf(rules);
    }

    @Override
    public Function run(Function function, PassContext context) {
        return new RewriteDriver(rules).run(function, context);
    }
}
