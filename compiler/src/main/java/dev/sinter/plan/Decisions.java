package dev.sinter.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Decisions as text. */
public final class Decisions {
    /** So many alike are listed. */
    private static final int LISTED = 5;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private Decisions() {}

    /** A line for each; of many that differ in numbers alone, the first one, and how many follow. */
    public static List<String> lines(List<Decision> decisions) {
        Map<String, List<Decision>> alike = new LinkedHashMap<>();
        decisions.forEach(decision -> alike.computeIfAbsent(NUMBER.matcher(decision.toString()).replaceAll("#"),
                _ -> new ArrayList<>()).add(decision));
        List<String> lines = new ArrayList<>();
        for (List<Decision> group : alike.values()) {
            if (group.size() > LISTED) {
                lines.add(group.getFirst() + ", and " + (group.size() - 1) + " like it");
            } else {
                group.forEach(decision -> lines.add(decision.toString()));
            }
        }
        return lines;
    }
}
