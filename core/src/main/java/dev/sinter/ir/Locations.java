package dev.sinter.ir;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The side table from values to the places that they come from. It takes no part in equality. */
public final class Locations {
    private final Map<Value, Set<Location>> places = new HashMap<>();

    /** A table without places. */
    public Locations() {}

    public void add(Value value, Location location) {
        if (!location.equals(Location.UNKNOWN)) {
            places.computeIfAbsent(value, key -> new LinkedHashSet<>()).add(location);
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
