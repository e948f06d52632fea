package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.Project;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The regions of a function and how they depend on each other. */
final class RegionGraph {
    private final Dataflow flow;
    private final Map<Value, Value> notBefore;
    private final List<Region> regions = new ArrayList<>();
    private final Map<Value, Region> homes = new HashMap<>();
    private final Map<Value, List<Region>> assemblers = new HashMap<>();
    private final Map<Value, Set<Region>> readers = new HashMap<>();
    private final Map<Value, Set<Region>> within = new HashMap<>();
    private final Set<Region> changed = new LinkedHashSet<>();
    private final List<Region> order = new ArrayList<>();
    private final Paths paths = new Paths(this);

    /**
     * @param notBefore for some values another that must exist before they are computed
     */
    RegionGraph(Dataflow flow, Map<Value, Value> notBefore) {
        this.flow = flow;
        this.notBefore = new HashMap<>(notBefore);
    }

    Dataflow flow() {
        return flow;
    }

    Region newRegion(Region.Kind kind, List<dev.sinter.tensor.Dim> domain, List<dev.sinter.tensor.Dim> reduced) {
        Region region = new Region(regions.size(), kind, domain, reduced);
        regions.add(region);
        changed.add(region);
        return region;
    }

    /** Makes a region write a value somewhere no more. */
    void removeStore(Region region, Store store) {
        changed(region);
        region.remove(store);
    }

    /** Makes a value a root: of a region that computes it, and read by the regions that used to. */
    void settle(Value value, Region region) {
        for (Region reader : new ArrayList<>(within(value))) {
            changed(reader);
        }
        changed(region);
        paths.forget();
        homes.put(value, region);
        region.add(value);
    }

    /** {@link #settle}, where the value need not wait any more for what it was to come after. */
    void settleEarly(Value value, Region region) {
        notBefore.remove(value);
        settle(value, region);
    }

    /** Makes a region run after another. */
    void waitFor(Region region, Region before) {
        paths.forget();
        region.after().add(before);
    }

    /** Makes a region write a value somewhere. */
    void store(Region region, Store store) {
        changed(region);
        region.add(store);
    }

    /** Makes a root be computed where it is needed instead. */
    void dissolve(Value value) {
        paths.forget();
        Region region = homes.remove(value).current();
        for (Region reader : new ArrayList<>(readers(value))) {
            changed(reader);
        }
        changed(region);
        region.remove(value);
    }

    void assembledBy(Value value, Region piece) {
        paths.forget();
        assemblers.computeIfAbsent(value, key -> new ArrayList<>()).add(piece);
    }

    /** The region that computes a root. */
    Optional<Region> home(Value value) {
        return Optional.ofNullable(homes.get(value)).map(Region::current);
    }

    /** The regions that are still of their own, in order of creation; those without anything to do left out. */
    List<Region> regions() {
        return regions.stream().filter(region -> !region.isAbsorbed())
                .filter(region -> !region.roots().isEmpty() || !region.stores().isEmpty()).toList();
    }

    /** Whether a value's elements are read from memory or are a root's. */
    boolean isLeaf(Value value) {
        return homes.containsKey(value) || !flow.category(value).canInline();
    }

    /** Whether a region has a root whose elements come from elsewhere, so that it copies them. */
    boolean copies(Region region, Value root) {
        return home(root).map(home -> home != region).orElse(true);
    }

    /** The value whose buffer a leaf lies in: the operand of views. */
    Value storageOf(Value leaf) {
        Value at = leaf;
        while (flow.category(at) == Category.VIEW && !assemblers.containsKey(at)) {
            at = flow.operand(at, 0);
        }
        return at;
    }

    /** The regions that must have run before a leaf can be read. */
    Collection<Region> producers(Value leaf) {
        Value stored = storageOf(leaf);
        if (homes.containsKey(stored)) {
            return List.of(homes.get(stored).current());
        }
        if (stored.op() instanceof Project) {
            return producers(stored.operand(0));
        }
        return assemblers.getOrDefault(stored, List.of()).stream().map(Region::current).distinct().toList();
    }

    /** The regions that read a leaf. */
    Set<Region> readers(Value leaf) {
        analyseChanged();
        return readers.getOrDefault(leaf, Set.of());
    }

    /** The regions inside of which a value is computed, as a root or on the way. */
    Set<Region> within(Value value) {
        analyseChanged();
        return within.getOrDefault(value, Set.of());
    }

    private void analyseChanged() {
        for (Region region : new ArrayList<>(changed)) {
            reads(region);
        }
    }

    /** What a region reads, analysed when it is asked for. */
    Region.Reads reads(Region region) {
        Optional<Region.Reads> known = region.reads();
        if (known.isPresent()) {
            return known.get();
        }
        Region.Reads found = new Analysis(region).run();
        region.setReads(found);
        changed.remove(region);
        index(found, region, true);
        return found;
    }

    /** Must be called before a region changes. */
    private void changed(Region region) {
        region.reads().ifPresent(reads -> index(reads, region, false));
        region.forgetReads();
        changed.add(region);
    }

    private void index(Region.Reads reads, Region region, boolean add) {
        reads.aligned().forEach(leaf -> index(readers, leaf, region, add));
        reads.scattered().forEach(leaf -> index(readers, leaf, region, add));
        reads.ops().forEach(op -> index(within, op, region, add));
    }

    private static void index(Map<Value, Set<Region>> table, Value value, Region region, boolean add) {
        Set<Region> set = table.computeIfAbsent(value, key -> new LinkedHashSet<>());
        if (add) {
            set.add(region);
        } else {
            set.remove(region);
        }
    }

    /** Makes one region of two. */
    void merge(Region into, Region other) {
        keepOrder(into, other);
        changed(into);
        changed(other);
        into.absorb(other);
        changed.remove(other);
    }

    /** The regions that must run before a region. */
    Set<Region> predecessors(Region region) {
        Set<Region> result = new LinkedHashSet<>();
        Region.Reads reads = reads(region);
        for (Set<Value> leaves : List.of(reads.aligned(), reads.scattered(), reads.ordered())) {
            leaves.forEach(leaf -> result.addAll(producers(leaf)));
        }
        for (Value value : reads.ops()) {
            if (notBefore.containsKey(value)) {
                result.addAll(producers(flow.canon(notBefore.get(value))));
            }
        }
        region.after().forEach(other -> result.add(other.current()));
        result.remove(region);
        return result;
    }

    /**
     * Numbers the regions so that each comes after those that it waits for. {@link #merge} keeps the order.
     */
    void sort() {
        analyseChanged();
        Map<Region, Integer> waiting = new HashMap<>();
        Map<Region, List<Region>> successors = new HashMap<>();
        Deque<Region> ready = new ArrayDeque<>();
        List<Region> all = regions();
        for (Region region : all) {
            Set<Region> before = predecessors(region);
            waiting.put(region, before.size());
            before.forEach(other -> successors.computeIfAbsent(other, key -> new ArrayList<>()).add(region));
            if (before.isEmpty()) {
                ready.add(region);
            }
        }
        order.clear();
        while (!ready.isEmpty()) {
            Region next = ready.poll();
            next.setPosition(order.size());
            order.add(next);
            for (Region after : successors.getOrDefault(next, List.of())) {
                if (waiting.merge(after, -1, Integer::sum) == 0) {
                    ready.add(after);
                }
            }
        }
        if (order.size() != all.size()) {
            throw new CompilerBug("the regions wait for each other");
        }
    }

    /** Whether a path leads from one region to another, in either direction, through at least one third region. */
    boolean leadsAround(Region a, Region b) {
        Region first = a.position() < b.position() ? a : b;
        return paths.between(first, first == a ? b : a).isEmpty();
    }

    /** Moves what the later of two regions waits for before the place where both become one. */
    private void keepOrder(Region into, Region other) {
        Region first = into.position() < other.position() ? into : other;
        Region last = first == into ? other : into;
        Set<Region> needed = paths.between(first, last).orElseThrow(() ->
                new CompilerBug("two regions are merged around a third"));
        List<Region> sorted = new ArrayList<>();
        List<Region> later = new ArrayList<>();
        for (Region region : order.subList(first.position(), last.position() + 1)) {
            if (needed.contains(region)) {
                sorted.add(region);
            } else if (region != first && region != last) {
                later.add(region);
            }
        }
        sorted.add(other);
        sorted.add(into);
        sorted.addAll(later);
        int start = first.position();
        for (int i = 0; i < sorted.size(); i++) {
            order.set(start + i, sorted.get(i));
            sorted.get(i).setPosition(start + i);
        }
    }

    /** The walk over the ops inside of a region. */
    private final class Analysis {
        private final Region region;
        private final Set<Value> aligned = new LinkedHashSet<>();
        private final Set<Value> scattered = new LinkedHashSet<>();
        private final Set<Value> ordered = new LinkedHashSet<>();
        private final Set<Value> ops = new LinkedHashSet<>();
        private final Set<Value> seenAligned = new HashSet<>();
        private final Set<Value> seenScattered = new HashSet<>();
        private boolean canFail;

        Analysis(Region region) {
            this.region = region;
        }

        Region.Reads run() {
            for (Value root : region.roots()) {
                if (copies(region, root)) {
                    leaf(root, true);
                } else {
                    inside(root, true);
                }
            }
            for (Store store : region.stores()) {
                if (store.isFill()) {
                    visit(store.value(), false);
                }
                if (store.placement() instanceof Store.Window window) {
                    window.starts().forEach(start -> visit(start, false));
                }
                if (store.placement() instanceof Store.Scattered scattered) {
                    scattered.indices().forEach(indices -> visit(indices, false));
                }
                if (store.placement() instanceof Store.Chain chain) {
                    chain.factors().ifPresent(factors -> visit(factors, true));
                }
            }
            ordered.addAll(flow.definitions(region.domain()));
            ordered.addAll(flow.definitions(region.reduced()));
            List<Value> sorted = new ArrayList<>(ops);
            sorted.sort(Comparator.comparingInt(Value::id));
            return new Region.Reads(aligned, scattered, ordered, new LinkedHashSet<>(sorted), canFail);
        }

        private void visit(Value value, boolean atPoint) {
            if (isLeaf(value)) {
                leaf(value, atPoint);
            } else {
                inside(value, atPoint);
            }
        }

        private void leaf(Value value, boolean atPoint) {
            boolean own = homes.containsKey(value) && homes.get(value).current() == region;
            if (!own || !atPoint) {
                (atPoint ? aligned : scattered).add(value);
            }
            if (!homes.containsKey(value)) {
                ordered.addAll(flow.before(value));
                Value stored = storageOf(value);
                if (stored != value) {
                    scattered.add(stored);
                }
            }
        }

        private void inside(Value value, boolean atPoint) {
            if (!(atPoint ? seenAligned : seenScattered).add(value)) {
                return;
            }
            ops.add(value);
            ordered.addAll(flow.before(value));
            canFail |= Dataflow.canFail(value);
            boolean kept = atPoint && flow.category(value) == Category.ELEMENTWISE;
            List<Value> operands = flow.operands(value);
            for (int i = 0; i < operands.size(); i++) {
                boolean start = value.op() instanceof DynamicSlice && i > 0;
                visit(operands.get(i), kept && !start);
            }
        }
    }
}
