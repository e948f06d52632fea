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
record ApplyRules(String name, String reason, List<Rule> rules) implements Pass {
    @SafeVarargs
    static ApplyRules of(String name, String reason, List<Rule>... groups) {
        return new ApplyRules(name, reason, java.util.Arrays.stream(groups).flatMap(List::stream).toList());
    }

    @Override
    public Function run(Function function, PassContext context) {
        return new RewriteDriver(rules).run(function, context);
    }
}
