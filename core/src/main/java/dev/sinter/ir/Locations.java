package dev.sinter.ir;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The side table from values to the places that they come from. It takes no part in equality. A value keeps
 * the first {@value #LIMIT} places that are added.
 */
public final class Locations {
    /** The most places of one value; a value that stands for more of them names the first. */
    public static final int LIMIT = 16;

    private final Map<Value, Set<Location>> places = new HashMap<>();

    /** A table without places. */
    public Locations() {}

    public void add(Value value, Location location) {
        if (!location.equals(Location.UNKNOWN)) {
            Set<Location> known = places.computeIfAbsent(value, key -> new LinkedHashSet<>());
            if (known.size() < LIMIT) {
                known.add(location);
            }
        }
    }

    public void addAll(Value value, Set<Location> locations) {
        locations.forEach(location -> add(value, location));
    }

    /** The places of a value, first seen first; empty when none is known. */
    public Set<Location> of(Value value) {
        return Collections.unmodifiableSet(places.getOrDefault(value, Set.of()));
    }
}
