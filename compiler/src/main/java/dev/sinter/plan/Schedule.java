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
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The order of the regions: of those that may come next, the one after which the least memory is in use, and
 * among equals the one whose ops the user wrote first; or always the one whose ops the user wrote first, where less
 * memory is in use at once then. What is made of feeds, variables and constants alone comes right before its first
 * reader, which then finds it in the caches.
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

    /** The better of the order by memory and the order as written. */
    List<Region> order() {
        List<Region> byMemory = order(this::best);
        List<Region> asWritten = order(TreeSet::first);
        return late(peak(asWritten) < peak(byMemory) ? asWritten : byMemory);
    }

    /** An order in which regions that read no temporaries come as late as they may: nothing lives longer by that. */
    private List<Region> late(List<Region> order) {
        Map<Region, Integer> places = new HashMap<>();
        for (int i = order.size() - 1; i >= 0; i--) {
            Region region = order.get(i);
            OptionalInt reader = temporaries(region).isEmpty()
                    ? successors.get(region).stream().mapToInt(places::get).min() : OptionalInt.empty();
            // Places of others are odd, those right before them even.
            places.put(region, reader.isPresent() ? reader.getAsInt() & ~1 : 2 * i + 1);
        }
        return order.stream().sorted(Comparator.comparingInt(places::get)).toList();
    }

    private List<Region> order(Function<TreeSet<Region>, Region> choice) {
        Map<Region, Integer> waiting = new HashMap<>();
        List<Region> regions = graph.regions();
        countReaders(regions);
        for (Region region : regions) {
            waiting.putIfAbsent(region, 0);
            successors.get(region).forEach(next -> waiting.merge(next, 1, Integer::sum));
        }
        TreeSet<Region> ready = new TreeSet<>(Comparator.comparingInt(Region::lastId).thenComparingInt(Region::id));
        regions.stream().filter(region -> waiting.get(region) == 0).forEach(ready::add);
        List<Region> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            Region next = choice.apply(ready);
            ready.remove(next);
            order.add(next);
            read(next);
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

    private void countReaders(List<Region> regions) {
        openReaders.clear();
        regions.forEach(region -> temporaries(region).forEach(leaf -> openReaders.merge(leaf, 1, Integer::sum)));
    }

    private void read(Region region) {
        temporaries(region).forEach(leaf -> openReaders.merge(leaf, -1, Integer::sum));
    }

    /** The most bytes in use between two regions of an order, beside those that are always in use. */
    private long peak(List<Region> order) {
        countReaders(order);
        long live = 0;
        long most = 0;
        for (Region region : order) {
            live += growth(region);
            most = Math.max(most, live);
            read(region);
        }
        return most;
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
