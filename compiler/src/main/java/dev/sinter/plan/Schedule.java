package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The order of the regions: of those that may come next, the one after which the least memory is in use, and
 * among equals the one whose ops the user wrote first; or always the one whose ops the user wrote first, where less
 * memory is in use at once then. What reads values that only rows of a kernel are to hold follows what makes them. What
 * is made of feeds, variables and constants alone comes right before its first reader, which then finds it in the
 * caches.
 */
final class Schedule {
    /** How many of the regions that may come next are compared. */
    private static final int WINDOW = 64;

    private final RegionGraph graph;
    private final Map<Region, Collection<Region>> successors;
    private final Predicate<Value> isTemporary;
    private final Set<Value> inner;
    private final Map<Region, Boolean> readsInner = new HashMap<>();
    private final Map<Value, Integer> openReaders = new HashMap<>();

    /**
     * A schedule for the regions of a graph.
     *
     * @param successors  which regions must come after each
     * @param isTemporary whether a leaf lies in the arena
     * @param inner       values that only rows of a kernel are to hold
     */
    Schedule(RegionGraph graph, Map<Region, Collection<Region>> successors, Predicate<Value> isTemporary,
            Set<Value> inner) {
        this.graph = graph;
        this.successors = successors;
        this.isTemporary = isTemporary;
        this.inner = inner;
    }

    /** The better of the order by memory and the order as written. */
    List<Region> order() {
        List<Region> byMemory = order(this::best);
        List<Region> asWritten = order(TreeSet::first);
        List<Region> order = late(peak(asWritten) < peak(byMemory) ? asWritten : byMemory);
        for (Set<Region> sharing : sharingRows()) {
            order = together(order, sharing);
        }
        return order;
    }

    /** The sets of regions that share values which only rows of a kernel are to hold. */
    private Collection<Set<Region>> sharingRows() {
        Map<Region, Set<Region>> sets = new LinkedHashMap<>();
        for (Value value : inner.stream().sorted(Comparator.comparingInt(Value::id)).toList()) {
            Set<Region> sharing = new LinkedHashSet<>(graph.readers(value));
            graph.home(value).ifPresent(sharing::add);
            List.copyOf(sharing).forEach(region -> sharing.addAll(sets.getOrDefault(region, Set.of())));
            sharing.forEach(region -> sets.put(region, sharing));
        }
        return new LinkedHashSet<>(sets.values());
    }

    /** An order in which nothing is between some regions, where that is possible by moving what is between them. */
    private List<Region> together(List<Region> order, Set<Region> regions) {
        List<Integer> places = regions.stream().map(order::indexOf).sorted().toList();
        List<Region> before = new ArrayList<>();
        List<Region> inside = new ArrayList<>();
        List<Region> after = new ArrayList<>();
        Set<Region> afterInside = new HashSet<>();
        Set<Region> afterAfter = new HashSet<>();
        for (Region region : order.subList(places.getFirst(), places.getLast() + 1)) {
            if (regions.contains(region)) {
                if (afterAfter.contains(region)) {
                    return order;
                }
                inside.add(region);
                afterInside.addAll(successors.get(region));
            } else if (afterInside.contains(region) || afterAfter.contains(region)) {
                after.add(region);
                afterAfter.addAll(successors.get(region));
            } else {
                before.add(region);
            }
        }
        List<Region> moved = new ArrayList<>(order.subList(0, places.getFirst()));
        Stream.of(before, inside, after, order.subList(places.getLast() + 1, order.size())).forEach(moved::addAll);
        return moved;
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
            Region next = choice.apply(following(ready));
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

    /** The regions of some that read what only rows of a kernel are to hold, or all where none does. */
    private TreeSet<Region> following(TreeSet<Region> ready) {
        if (inner.isEmpty()) {
            return ready;
        }
        TreeSet<Region> readers = new TreeSet<>(ready.comparator());
        ready.stream().filter(region -> readsInner.computeIfAbsent(region,
                _ -> temporaries(region).stream().anyMatch(inner::contains))).forEach(readers::add);
        return readers.isEmpty() ? ready : readers;
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
