package dev.sinter.pass;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pipeline did.
 *
 * @param entries one a pass, in the order in which they ran
 * @param last    what was applied last; empty where nothing was
 */
public record PassReport(List<Entry> entries, Optional<Change> last) {
    public PassReport {
        entries = List.copyOf(entries);
    }

    /**
     * What one pass did.
     *
     * @param pass        its name
     * @param reason      why it ran
     * @param changed     whether the function is another one
     * @param before      how many values the function had
     * @param after       how many it has
     * @param hits        how often each rule or decision was applied, the most frequent first
     * @param refusals    how often a decision was not taken and why, the most frequent first
     * @param nanoseconds how long it took
     */
    public record Entry(String pass, String reason, boolean changed, int before, int after,
            List<RuleHits> hits, List<RuleHits> refusals, long nanoseconds) {
        public Entry {
            hits = List.copyOf(hits);
            refusals = List.copyOf(refusals);
        }
    }

    /** How often a rule or decision was applied, or was not. */
    public record RuleHits(String rule, int count) {}

    static List<RuleHits> sorted(Map<String, Integer> hits) {
        return hits.entrySet().stream().map(entry -> new RuleHits(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(RuleHits::count).reversed().thenComparing(RuleHits::rule))
                .toList();
    }

    /** How many rules and decisions were applied in all. */
    public long applications() {
        return entries.stream().flatMap(entry -> entry.hits().stream()).mapToLong(RuleHits::count).sum();
    }

    /** A table for people: a line a pass; below it a line a rule or decision, and one a reason against. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (Entry entry : entries) {
            out.append(String.format(java.util.Locale.ROOT, "%-24s %7d -> %7d values %9.3f ms  %s%n",
                    entry.pass(), entry.before(), entry.after(), entry.nanoseconds() / 1e6,
                    entry.changed() ? "" : "no change"));
            for (RuleHits hits : entry.hits()) {
                out.append(String.format(java.util.Locale.ROOT, "    %7d  %s%n", hits.count(), hits.rule()));
            }
            for (RuleHits refusals : entry.refusals()) {
                out.append(String.format(java.util.Locale.ROOT, "    %7d  no: %s%n", refusals.count(),
                        refusals.rule()));
            }
        }
        return out.toString();
    }
}
