package dev.sinter.pass;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the passes of one pipeline run share: the options, the count of applications and its limit. */
public final class PassContext {
    private final OptimizationOptions options;
    private long applications;
    private Optional<Change> last = Optional.empty();
    private Map<String, Integer> hits = new LinkedHashMap<>();
    private Map<String, Integer> refusals = new LinkedHashMap<>();

    public PassContext(OptimizationOptions options) {
        this.options = options;
    }

    public OptimizationOptions options() {
        return options;
    }

    /** Whether one more application is allowed. */
    boolean mayApply() {
        return applications < options.ruleLimit();
    }

    void applied(Change change) {
        applications++;
        last = Optional.of(change);
        hits.merge(change.name(), 1, Integer::sum);
    }

    /** Whether a decision is carried out; if so, it is an application. */
    boolean decides(Decision decision) {
        if (!mayApply()) {
            return false;
        }
        applied(decision);
        return true;
    }

    /** Says why a decision is not taken: {@code a sum stays in its loop: ...}. */
    void refuses(String why) {
        refusals.merge(why, 1, Integer::sum);
    }

    /** The change that was applied last. */
    Optional<Change> last() {
        return last;
    }

    /** The hits of each change since the last call. */
    Map<String, Integer> takeHits() {
        Map<String, Integer> taken = hits;
        hits = new LinkedHashMap<>();
        return taken;
    }

    /** How often each decision was not taken since the last call. */
    Map<String, Integer> takeRefusals() {
        Map<String, Integer> taken = refusals;
        refusals = new LinkedHashMap<>();
        return taken;
    }
}
