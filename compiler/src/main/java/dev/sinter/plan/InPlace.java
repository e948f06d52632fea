package dev.sinter.plan;

import dev.sinter.ir.Value;
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

/**
 * Decides which variables are updated in place. That is legal where every other reader of the old value and
 * every point at which the run can fail comes before the region that writes, and that region reads the
 * variable only at the element that it writes. Loops are such points, since a run is not stopped after the first
 * update in place. What must come before is added to the order.
 */
final class InPlace {
    private final RegionGraph graph;
    private final BufferTable buffers;
    private final Set<String> kept;
    private final List<Decision> decisions;
    private final Map<Region, Set<Region>> successors = new HashMap<>();
    private final List<Region> failing = new ArrayList<>();

    /**
     * For a run, or for a region whose variables are what is handed on: memory of the run, which may hold anything
     * when it ends early.
     *
     * @param kept the variables of a region of which every value is kept
     */
    InPlace(RegionGraph graph, BufferTable buffers, boolean isRegion, Set<String> kept, List<Decision> decisions) {
        this.graph = graph;
        this.buffers = buffers;
        this.kept = kept;
        this.decisions = decisions;
        for (Region region : graph.regions()) {
            graph.predecessors(region).forEach(before -> successors(before).add(region));
            boolean stops = !isRegion && region.kind() == Region.Kind.HOST
                    && region.roots().stream().anyMatch(Dataflow::hasLoop);
            if (stops || graph.reads(region).canFail()) {
                failing.add(region);
            }
        }
    }

    private Set<Region> successors(Region region) {
        return successors.computeIfAbsent(region, key -> new LinkedHashSet<>());
    }

    /** Decides for each written variable; {@code nextStates} are their buffers. */
    void run(Map<String, Integer> nextStates) {
        Map<Integer, Set<Region>> writers = writers();
        nextStates.forEach((variable, buffer) -> {
            Optional<String> obstacle = decide(variable, buffer, writers);
            String question = "update variable \"" + variable + "\" in place";
            if (obstacle.isPresent()) {
                decisions.add(new Decision.No(question, obstacle.get()));
            } else {
                buffers.updateInPlace(buffer);
                decisions.add(new Decision.Yes(question, "every other reader and every point of failure is before"));
            }
        });
    }

    private Optional<String> decide(String variable, int buffer, Map<Integer, Set<Region>> all) {
        if (kept.contains(variable)) {
            return Optional.of("the values of all iterations are kept");
        }
        List<Region> writers = new ArrayList<>(all.getOrDefault(buffer, Set.of()));
        Optional<Region> copy = writers.stream().filter(region -> copiesOldValue(region, variable, buffer)).findFirst();
        copy.ifPresent(writers::remove);
        boolean whole = writers.size() == 1 && writers.getFirst().stores().stream()
                .filter(store -> buffers.owner(store.buffer()) == buffer)
                .allMatch(store -> store.isWhole() || copy.isPresent());
        if (!whole) {
            return Optional.of("it is written piece by piece");
        }
        Optional<String> obstacle = decide(variable, writers.getFirst(), copy);
        if (obstacle.isEmpty() && copy.isPresent()) {
            graph.predecessors(copy.get()).forEach(earlier -> successors(earlier).add(writers.getFirst()));
            graph.removeStore(copy.get(), oldValueStore(copy.get(), variable, buffer).orElseThrow());
        }
        return obstacle;
    }

    /** For each buffer the regions that write it, in order of creation. */
    private Map<Integer, Set<Region>> writers() {
        Map<Integer, Set<Region>> writers = new HashMap<>();
        for (Region region : graph.regions()) {
            region.stores().forEach(store -> writers
                    .computeIfAbsent(buffers.owner(store.buffer()), _ -> new LinkedHashSet<>()).add(region));
        }
        return writers;
    }

    /** Whether a region fills a variable's next value with its old value, for others to write over a part of it. */
    private boolean copiesOldValue(Region region, String variable, int buffer) {
        return oldValueStore(region, variable, buffer).isPresent();
    }

    private Optional<Store> oldValueStore(Region region, String variable, int buffer) {
        return region.stores().stream().filter(store -> store.buffer() == buffer && !store.isWhole()
                && store.isEverywhere() && graph.flow().read(variable).equals(Optional.of(store.value()))).findFirst();
    }

    private Optional<String> decide(String variable, Region writer, Optional<Region> copy) {
        if (graph.reads(writer).canFail()) {
            return Optional.of("the kernel that writes it can fail");
        }
        Set<Region> before = new LinkedHashSet<>(failing);
        Set<Region> later = reachable(writer);
        for (Region region : failing) {
            if (later.contains(region)) {
                return Optional.of((graph.reads(region).canFail() ? "a step after the kernel that writes it can fail: "
                        : "a loop after the kernel that writes it can be stopped: ") + describe(region));
            }
        }
        Optional<Value> read = graph.flow().read(variable);
        if (read.isPresent()) {
            boolean elsewhere = writer.stores().stream().anyMatch(store -> !store.isEverywhere());
            if (graph.reads(writer).scattered().contains(read.get())
                    || elsewhere && graph.reads(writer).aligned().contains(read.get())) {
                return Optional.of("the kernel that writes it reads it at other elements");
            }
            for (Region reader : graph.readers(read.get())) {
                if (copy.equals(Optional.of(reader)) && reader.stores().size() == 1) {
                    continue;
                }
                if (reader != writer && later.contains(reader)) {
                    return Optional.of("its old value is read afterwards: " + describe(reader));
                }
                before.add(reader);
            }
        }
        for (Region region : before) {
            if (region != writer) {
                successors(region).add(writer);
            }
        }
        return Optional.empty();
    }

    private static String describe(Region region) {
        return region.roots().stream().max(Comparator.comparingInt(Value::id))
                .map(value -> "%" + value.id() + " " + value.op().mnemonic()).orElse("a piece of a tensor");
    }

    private Set<Region> reachable(Region from) {
        Set<Region> seen = new HashSet<>();
        Deque<Region> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty()) {
            for (Region next : successors(open.pop())) {
                if (seen.add(next)) {
                    open.push(next);
                }
            }
        }
        return seen;
    }

    /** All orderings between regions, those for updates in place included. */
    Map<Region, Collection<Region>> orderings() {
        Map<Region, Collection<Region>> all = new HashMap<>();
        Set<Region> regions = new LinkedHashSet<>(graph.regions());
        regions.forEach(region -> {
            successors(region).retainAll(regions);
            all.put(region, successors(region));
        });
        return all;
    }
}
