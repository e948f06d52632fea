package dev.sinter.ir;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The side table from values to the places that they come from. It takes no part in equality. A value keeps
 * the first {@value #LIMIT} places that are added.
 */
public final class Locations {
    /** The most places of one value; a value that stands for more of them names the first. */
    public static final int LIMIT = 16;

    /** Immutable lists without repetition, shared by values that have the same places. */
    private final Map<Value, List<Location>> places = new HashMap<>();

    /** A table without places. */
    public Locations() {}

    public void add(Value value, Location location) {
        addAll(List.of(value), List.of(location));
    }

    public void addAll(Value value, Collection<Location> locations) {
        addAll(List.of(value), locations);
    }

    /** Adds the same places to several values. */
    public void addAll(List<Value> values, Collection<Location> locations) {
        List<Location> added = merged(List.of(), locations);
        if (added.isEmpty()) {
            return;
        }
        for (Value value : values) {
            List<Location> known = places.get(value);
            places.put(value, known == null ? added : merged(known, added));
        }
    }

    private static List<Location> merged(List<Location> known, Collection<Location> added) {
        if (known.size() == LIMIT || known.containsAll(added)) {
            return known;
        }
        Set<Location> all = new LinkedHashSet<>(known);
        for (Location location : added) {
            if (all.size() < LIMIT && !location.equals(Location.UNKNOWN)) {
                all.add(location);
            }
        }
        return List.copyOf(all);
    }

    /** The places of a value, first seen first; empty when none is known. */
    public Set<Location> of(Value value) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(places.getOrDefault(value, List.of())));
    }

    /** The message of a failure with the places of the value that fails, but for lines that it says already. */
    public String behind(String message, Value value) {
        StringBuilder text = new StringBuilder(message);
        for (Location location : of(value)) {
            String line = "  at " + location.place();
            if (text.toString().lines().noneMatch(other -> other.equals(line) || other.startsWith(line + " ("))) {
                text.append("\n  at ").append(location);
            }
        }
        return text.toString();
    }
}
