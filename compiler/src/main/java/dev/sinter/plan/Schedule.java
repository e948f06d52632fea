package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The order of the regions: of those that may come next, the one after which the least memory is in use, and
 * among equals the one whose ops the user wrote first.
 */
final class Schedule {
    /** How many of the regions that may come next are compared. */
    private static final int WINDOW = 64;

    private final RegionGraph graph;
    private final Map<Region, Collection<Region>> successors;
    private final Predicate<Value> isTemporary;
    private final Map<Value, Integer> openReaders = new HashMap<>();

    /**
     * A schedule for the regions of a graph.
     *
     * @param successors  which regions must come after each
     * @param isTemporary whether a leaf lies in the arena
     */
    Schedule(RegionGraph graph, Map<Region, Collection<Region>> successors, Predicate<Value> isTemporary) {
        this.graph = graph;
        this.successors = successors;
        this.isTemporary = isTemporary;
    }

    List<Region> order() {
        Map<Region, Integer> waiting = new HashMap<>();
        List<Region> regions = graph.regions();
        for (Region region : regions) {
            waiting.putIfAbsent(region, 0);
            successors.get(region).forEach(next -> waiting.merge(next, 1, Integer::sum));
            temporaries(region).forEach(leaf -> openReaders.merge(leaf, 1, Integer::sum));
        }
        TreeSet<Region> ready = new TreeSet<>(Comparator.comparingInt(Region::lastId).thenComparingInt(Region::id));
        regions.stream().filter(region -> waiting.get(region) == 0).forEach(ready::add);
        List<Region> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            Region next = best(ready);
            ready.remove(next);
            order.add(next);
            temporaries(next).forEach(leaf -> openReaders.merge(leaf, -1, Integer::sum));
            for (Region after : successors.get(next)) {
                if (waiting.merge(after, -1, Integer::sum) == 0) {
                    ready.add(after);
                }
            }
        }
        if (order.size() != regions.size()) {
            throw new CompilerBug("the regions wait for each other");
        }
        return order;
    }

    private Region best(TreeSet<Region> ready) {
        Region best = ready.first();
        long least = Long.MAX_VALUE;
        int seen = 0;
        for (Region region : ready) {
            long growth = growth(region);
            if (growth < least) {
                least = growth;
                best = region;
            }
            if (++seen == WINDOW) {
                break;
            }
        }
        return best;
    }

    private long growth(Region region) {
        long bytes = 0;
        for (Value root : region.roots()) {
            if (isTemporary.test(root) && !graph.copies(region, root) && !graph.readers(root).isEmpty()) {
                bytes += Costs.nominalBytes(root);
            }
        }
        for (Value leaf : temporaries(region)) {
            if (openReaders.get(leaf) == 1) {
                bytes -= Costs.nominalBytes(leaf);
            }
        }
        return bytes;
    }

    private Set<Value> temporaries(Region region) {
        Set<Value> leaves = new LinkedHashSet<>();
        for (Set<Value> read : List.of(graph.reads(region).aligned(), graph.reads(region).scattered())) {
            read.stream().map(graph::storageOf).filter(isTemporary).forEach(leaves::add);
        }
        return leaves;
    }
}
