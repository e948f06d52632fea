package dev.sinter.plan;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Which regions lie between two. A search goes backwards from the later one and takes what stands nearest to the
 * earlier one first: where a path leads there, it is found after a few steps, however far apart the two are.
 */
final class Paths {
    /** What a region waits for, as long as it reads what it read then. */
    private record Known(Region.Reads reads, List<Region> before) {}

    private final RegionGraph graph;
    private final Map<Region, Known> known = new HashMap<>();

    Paths(RegionGraph graph) {
        this.graph = graph;
    }

    /** Forgets what regions wait for: they may have new producers. {@link RegionGraph#merge} needs none of this. */
    void forget() {
        known.clear();
    }

    /** The regions after {@code first} that {@code last} waits for; empty where {@code first} is among them. */
    Optional<Set<Region>> between(Region first, Region last) {
        Set<Region> seen = new HashSet<>();
        PriorityQueue<Region> open = new PriorityQueue<>(Comparator.comparingInt(Region::position));
        for (Region before : predecessors(last)) {
            add(before.current(), first, last, seen, open);
        }
        while (!open.isEmpty()) {
            Region at = open.remove();
            for (Region before : predecessors(at)) {
                if (before.current() == first) {
                    return Optional.empty();
                }
                add(before.current(), first, at, seen, open);
            }
        }
        return Optional.of(seen);
    }

    private static void add(Region before, Region first, Region of, Set<Region> seen, PriorityQueue<Region> open) {
        if (before != of && before.position() > first.position() && seen.add(before)) {
            open.add(before);
        }
    }

    /** What a region waits for, or what that is part of by now, the region itself perhaps. */
    private List<Region> predecessors(Region region) {
        Region.Reads reads = graph.reads(region);
        Known last = known.get(region);
        if (last == null || last.reads() != reads) {
            last = new Known(reads, List.copyOf(graph.predecessors(region)));
            known.put(region, last);
        }
        return last.before();
    }
}
