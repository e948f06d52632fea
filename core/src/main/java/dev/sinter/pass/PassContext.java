package dev.sinter.pass;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the passes of one pipeline run share: the options, the count of rule applications and its limit. */
public final class PassContext {
    private final OptimizationOptions options;
    private long applications;
    private Optional<Rule> last = Optional.empty();
    private Map<String, Integer> hits = new LinkedHashMap<>();

    public PassContext(OptimizationOptions options) {
        this.options = options;
    }

    public OptimizationOptions options() {
        return options;
    }

    /** Whether one more rule may be applied. */
    boolean mayApply() {
        return applications < options.ruleLimit();
    }

    void applied(Rule rule) {
        applications++;
        last = Optional.of(rule);
        hits.merge(rule.name(), 1, Integer::sum);
    }

    /** The rule that was applied last. */
    Optional<Rule> last() {
        return last;
    }

    /** The hits of each rule since the last call. */
    Map<String, Integer> takeHits() {
        Map<String, Integer> taken = hits;
        hits = new LinkedHashMap<>();
        return taken;
    }
}
