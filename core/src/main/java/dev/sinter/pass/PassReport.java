package dev.sinter.pass;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pipeline did.
 *
 * @param entries  one a pass, in the order in which they ran
 * @param lastRule the rule that was applied last; empty where none was
 */
public record PassReport(List<Entry> entries, Optional<Rule> lastRule) {
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
     * @param hits        how often each rule was applied, the most frequent first
     * @param nanoseconds how long it took
     */
    public record Entry(String pass, String reason, boolean changed, int before, int after,
            List<RuleHits> hits, long nanoseconds) {
        public Entry {
            hits = List.copyOf(hits);
        }
    }

    /** How often a rule was applied. */
    public record RuleHits(String rule, int count) {}

    static List<RuleHits> sorted(Map<String, Integer> hits) {
        return hits.entrySet().stream().map(entry -> new RuleHits(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt(RuleHits::count).reversed().thenComparing(RuleHits::rule))
                .toList();
    }

    /** How many rules were applied in all. */
    public long applications() {
        return entries.stream().flatMap(entry -> entry.hits().stream()).mapToLong(RuleHits::count).sum();
    }

    /** A table for people: a line a pass, a line a rule below it. */
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
        }
        return out.toString();
    }
}
