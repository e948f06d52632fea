package dev.sinter.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a long program spends its work on: kinds of steps, then the steps that take most. */
final class WorkSummary {
    private static final int MOST_STEPS = 8;

    /** A step, or all steps of a kind. */
    private record Part(String name, int count, double flops, double bytes, double nanos) {
        Part plus(Part other) {
            return new Part(name, count + other.count, flops + other.flops, bytes + other.bytes, nanos + other.nanos);
        }

        /** What counts, where it was measured the time. */
        double weight() {
            return nanos > 0 ? nanos : flops + bytes;
        }
    }

    private final Map<String, Part> kinds = new LinkedHashMap<>();
    private final List<Part> steps = new ArrayList<>();

    /**
     * Adds a step.
     *
     * @param name  its number and name
     * @param kind  what it has in common with others
     * @param nanos what it takes; 0 where that is not known
     */
    void add(String name, String kind, double flops, double bytes, double nanos) {
        steps.add(new Part(name, 1, flops, bytes, nanos));
        kinds.merge(kind, new Part(kind, 1, flops, bytes, nanos), Part::plus);
    }

    /** Lines, most first. */
    String text() {
        StringBuilder out = new StringBuilder("in all\n");
        double total = steps.stream().mapToDouble(Part::nanos).sum();
        kinds.values().stream().sorted(Comparator.comparingDouble(Part::weight).reversed()).forEach(part ->
                out.append(String.format(Locale.ROOT, "  %5d %-28s %s%n", part.count(), part.name(),
                        quantities(part, total))));
        out.append("the steps that take most\n");
        steps.stream().filter(step -> step.weight() > 0).sorted(Comparator.comparingDouble(Part::weight).reversed())
                .limit(MOST_STEPS).forEach(part -> out.append(String.format(Locale.ROOT, "  %-34s %s%n", part.name(),
                        quantities(part, total))));
        return out.toString();
    }

    private static String quantities(Part part, double total) {
        String work = Explanation.number(part.flops) + "flop, " + Explanation.number(part.bytes) + "B";
        return part.nanos == 0 ? work : String.format(Locale.ROOT, "%9.1f us, %4.1f %%, %s", part.nanos / 1e3,
                100 * part.nanos / total, work);
    }
}
