package dev.sinter.plan;

import dev.sinter.ir.Value;
import dev.sinter.tensor.DType;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings regions together: consumers into the region of their producer, so that the value between them stays
 * in a register, and siblings that read the same. A merge is scored by the bytes that memory is spared.
 */
final class Fusion {
    /** The most ops of a region: more would not fit into registers and compile slowly. */
    private static final int MOST_OPS = 96;
    /** The most values that a region reads and writes. */
    private static final int MOST_BUFFERS = 32;
    /** Regions of at most this many elements merge with any sibling, to spare a launch. */
    private static final long FEW_ELEMENTS = 256;
    /** What two siblings both read is worth a merge from this part of what the one that reads less reads. */
    private static final long WORTH = 8;

    private final RegionGraph graph;
    private final BufferTable buffers;
    private final Set<Value> inMemory;
    private final List<Decision> decisions;

    /**
     * Over the regions of a graph.
     *
     * @param inMemory the values that must lie in memory whoever reads them
     */
    Fusion(RegionGraph graph, BufferTable buffers, Set<Value> inMemory, List<Decision> decisions) {
        this.graph = graph;
        this.buffers = buffers;
        this.inMemory = inMemory;
        this.decisions = decisions;
    }

    void run() {
        graph.sort();
        vertical(true);
        narrowStored();
        dissolveCheap();
        vertical(false);
        horizontal();
        vertical(false);
    }

    /** Merges each region with the regions whose values it reads at the same point. */
    private void vertical(boolean explain) {
        List<Region> order = new ArrayList<>(graph.regions());
        order.sort(Comparator.comparingInt(Region::lastId).thenComparingInt(Region::id));
        for (Region start : order) {
            Set<Region> refused = new LinkedHashSet<>();
            Optional<Region> next = Optional.of(start.current());
            while (next.isPresent()) {
                Region consumer = next.get();
                next = Optional.empty();
                for (Region producer : producersByScore(consumer)) {
                    if (refused.contains(producer)) {
                        continue;
                    }
                    Optional<String> obstacle = obstacle(producer, consumer);
                    if (obstacle.isEmpty()) {
                        decide(true, producer, consumer, "it spares memory " + spared(producer, consumer) + " bytes");
                        next = Optional.of(mergeInOrder(producer, consumer));
                        break;
                    }
                    refused.add(producer);
                    if (explain) {
                        decide(false, producer, consumer, obstacle.get());
                    }
                }
            }
        }
    }

    private Region mergeInOrder(Region producer, Region consumer) {
        graph.merge(producer, consumer);
        return producer;
    }

    private List<Region> producersByScore(Region consumer) {
        Map<Region, Long> scores = new HashMap<>();
        for (Value leaf : graph.reads(consumer).aligned()) {
            graph.home(leaf).filter(home -> home != consumer && home.kind() != Region.Kind.HOST)
                    .ifPresent(home -> scores.merge(home, Costs.nominalBytes(leaf), Long::sum));
        }
        List<Region> producers = new ArrayList<>(scores.keySet());
        producers.sort(Comparator.<Region>comparingLong(region -> -scores.get(region))
                .thenComparing(region -> region.kind() != Region.Kind.CONTRACT)
                .thenComparingInt(region -> -region.id()));
        return producers;
    }

    /** The bytes that are neither written nor read any more once a consumer is in its producer's region. */
    private Dim spared(Region producer, Region consumer) {
        Dim bytes = Dim.ZERO;
        for (Value leaf : graph.reads(consumer).aligned()) {
            if (producer.roots().contains(leaf)) {
                boolean stays = graph.readers(leaf).size() > 1
                        || producer.stores().stream().anyMatch(store -> store.value() == leaf);
                bytes = bytes.plus(Costs.bytes(leaf).times(stays ? 1 : 2));
            } else if (graph.reads(producer).aligned().contains(leaf)) {
                bytes = bytes.plus(Costs.bytes(leaf));
            }
        }
        return bytes;
    }

    /** Why two regions cannot be one; the second may read the first. */
    private Optional<String> obstacle(Region producer, Region consumer) {
        if (consumer.kind() == Region.Kind.HOST) {
            return Optional.of("a host call, loop or branch is a step on its own");
        }
        if (!producer.domain().equals(consumer.domain())) {
            return Optional.of("the domains " + producer.domain() + " and " + consumer.domain() + " differ");
        }
        if (producer.stores().stream().anyMatch(Store::isOrdered)
                || consumer.stores().stream().anyMatch(Store::isOrdered)) {
            return Optional.of("elements are written in their order");
        }
        boolean twoFolds = producer.kind() != Region.Kind.LOOP && consumer.kind() != Region.Kind.LOOP;
        boolean sameFolds = producer.kind() == Region.Kind.REDUCE && consumer.kind() == Region.Kind.REDUCE
                && producer.reduced().equals(consumer.reduced());
        if (twoFolds && !sameFolds) {
            return Optional.of("both fold over further axes");
        }
        Region.Reads reads = graph.reads(consumer);
        Region.Reads others = graph.reads(producer);
        for (Value leaf : reads.scattered()) {
            if (graph.producers(leaf).contains(producer)) {
                return Optional.of("%" + leaf.id() + " " + leaf.op().mnemonic() + " is read at other points too");
            }
        }
        for (Value leaf : reads.aligned()) {
            if (graph.producers(leaf).contains(producer) && !producer.roots().contains(leaf)) {
                return Optional.of("%" + leaf.id() + " " + leaf.op().mnemonic() + " is only whole afterwards");
            }
        }
        for (Value effect : reads.ordered()) {
            if (graph.producers(effect).contains(producer)) {
                return Optional.of("the order of effects stands between");
            }
        }
        if (consumer.after().stream().anyMatch(before -> before.current() == producer)) {
            return Optional.of("one writes over what the other has written");
        }
        if (reads.ops().size() + others.ops().size() > MOST_OPS) {
            return Optional.of("there would be " + (reads.ops().size() + others.ops().size()) + " ops");
        }
        int buffers = reads.aligned().size() + reads.scattered().size() + others.aligned().size()
                + others.scattered().size() + producer.roots().size() + consumer.roots().size();
        if (buffers > MOST_BUFFERS) {
            return Optional.of("there would be up to " + buffers + " buffers");
        }
        return graph.leadsAround(producer, consumer)
                ? Optional.of("a value from the first reaches the second through another kernel") : Optional.empty();
    }

    /**
     * Where a root is stored only so that other regions compute something narrower from it, they read that
     * instead: a mask of bools takes a quarter of the numbers that it was compared from.
     */
    private void narrowStored() {
        for (Region region : graph.regions()) {
            for (Value root : List.copyOf(region.roots())) {
                Optional<Set<Value>> narrower = narrower(region, root);
                if (narrower.isPresent()) {
                    decisions.add(new Decision.Yes("store " + names(narrower.get()) + " in place of %" + root.id() + " "
                            + root.op().mnemonic(), "it is narrower"));
                    narrower.get().forEach(value -> graph.settleEarly(value, region));
                }
            }
        }
    }

    private Optional<Set<Value>> narrower(Region region, Value root) {
        if (inMemory.contains(root) || graph.home(root).filter(home -> home == region).isEmpty()) {
            return Optional.empty();
        }
        Set<Region> readers = graph.readers(root);
        if (readers.isEmpty()) {
            return Optional.empty();
        }
        Set<Value> found = new LinkedHashSet<>();
        long bytes = 0;
        for (Region reader : readers) {
            if (graph.reads(reader).scattered().contains(root) || reader.kind() == Region.Kind.HOST) {
                return Optional.empty();
            }
            for (Value user : graph.flow().users(root)) {
                if (graph.reads(reader).ops().contains(user)) {
                    boolean fits = !graph.isLeaf(user) && graph.flow().category(user) == Category.ELEMENTWISE
                            && graph.flow().operands(user).stream()
                                    .allMatch(other -> other == root || isUniform(other));
                    if (!fits) {
                        return Optional.empty();
                    }
                    if (found.add(user)) {
                        bytes += user.dtype().bytes();
                    }
                }
            }
        }
        return !found.isEmpty() && bytes < root.dtype().bytes() ? Optional.of(found) : Optional.empty();
    }

    /** Whether a value is one constant everywhere. */
    private boolean isUniform(Value value) {
        Value at = value;
        while (graph.flow().category(at) == Category.ACCESS && !graph.isLeaf(at)) {
            at = graph.flow().operand(at, 0);
        }
        return graph.flow().category(at) == Category.GENERATOR && !graph.isLeaf(at) && !Costs.isExpensive(at);
    }

    /** Computes a stored root again in its readers where that moves fewer bytes. */
    private void dissolveCheap() {
        for (Region region : graph.regions()) {
            for (Value root : List.copyOf(region.roots())) {
                boolean own = graph.home(root).filter(home -> home == region).isPresent();
                if (own && graph.flow().category(root).canInline() && !inMemory.contains(root)
                        && !Costs.isAcross(root) && !graph.readers(root).isEmpty()) {
                    dissolve(region, root);
                }
            }
        }
    }

    private void dissolve(Region region, Value root) {
        Optional<Long> recomputed = bytesOfRecomputing(region, root);
        if (recomputed.isEmpty()) {
            return;
        }
        long stored = Costs.nominalBytes(root) * (1 + graph.readers(root).size());
        String question = "compute %" + root.id() + " " + root.op().mnemonic() + " again in its readers";
        if (recomputed.get() < stored) {
            decisions.add(new Decision.Yes(question, "that moves fewer bytes"));
            graph.dissolve(root);
        } else {
            decisions.add(new Decision.No(question, "storing it moves no more bytes"));
        }
    }

    /** The bytes that readers would read to compute a root anew; empty where they must not. */
    private Optional<Long> bytesOfRecomputing(Region region, Value root) {
        long bytes = 0;
        for (Region reader : graph.readers(root)) {
            if (reader.kind() == Region.Kind.HOST
                    || graph.reads(reader).ops().size() + 8 > MOST_OPS) {
                return Optional.empty();
            }
            Set<Value> leaves = new LinkedHashSet<>();
            if (!collectLeaves(region, root, leaves, 6)) {
                return Optional.empty();
            }
            for (Value leaf : leaves) {
                boolean readAnyway = graph.reads(reader).aligned().contains(leaf)
                        || graph.reads(reader).scattered().contains(leaf);
                bytes += readAnyway ? 0 : Costs.nominalBytes(leaf);
            }
        }
        return Optional.of(bytes);
    }

    /** The leaves that a cheap root is computed from; false where it is not cheap or needs a value not stored. */
    private boolean collectLeaves(Region region, Value value, Set<Value> leaves, int budget) {
        if (Costs.isExpensive(value) || Dataflow.canFail(value) || Accesses.isDynamic(value) || budget <= 0) {
            return false;
        }
        for (Value operand : graph.flow().operands(value)) {
            if (graph.isLeaf(operand)) {
                boolean inside = graph.home(operand).filter(home -> home == region).isPresent();
                boolean stored = !inside || !graph.readers(operand).isEmpty()
                        || region.stores().stream().anyMatch(store -> store.value() == operand && store.isWhole());
                if (!stored) {
                    return false;
                }
                leaves.add(operand);
            } else if (!collectLeaves(region, operand, leaves, budget - 1)) {
                return false;
            }
        }
        return true;
    }

    /** Merges regions of one domain that read the same, however many are between them, and neighbours that are tiny. */
    private void horizontal() {
        Map<List<Object>, List<Region>> classes = new HashMap<>();
        for (Region region : graph.regions()) {
            if (region.kind() == Region.Kind.LOOP || region.kind() == Region.Kind.REDUCE) {
                List<Object> key = List.of(region.kind(), region.domain(), region.reduced());
                classes.computeIfAbsent(key, k -> new ArrayList<>()).add(region);
            }
        }
        List<List<Region>> ordered = new ArrayList<>(classes.values());
        ordered.sort(Comparator.comparingInt(list -> list.getFirst().id()));
        for (List<Region> siblings : ordered) {
            siblings.sort(Comparator.comparingInt(Region::lastId));
            Map<Value, Region> readers = new HashMap<>();
            Region last = siblings.getFirst();
            for (Region next : siblings) {
                last = mergeBeside(next, last, readers);
                for (Value leaf : inputs(last)) {
                    readers.put(leaf, last);
                }
            }
        }
    }

    /**
     * Merges a region with an earlier one of its domain.
     *
     * @param last    the one before it
     * @param readers the last of the earlier ones that reads each value
     * @return the region that the given one is part of now
     */
    private Region mergeBeside(Region next, Region last, Map<Value, Region> readers) {
        Map<Region, Long> shared = new HashMap<>();
        for (Value leaf : inputs(next)) {
            if (readers.containsKey(leaf)) {
                shared.merge(readers.get(leaf), Costs.nominalBytes(leaf), Long::sum);
            }
        }
        List<Region> others = new ArrayList<>(shared.keySet());
        others.removeIf(other -> shared.get(other) * WORTH < Math.min(bytesOfInputs(other), bytesOfInputs(next)));
        others.sort(Comparator.<Region>comparingLong(other -> -shared.get(other))
                .thenComparingInt(other -> -other.id()));
        if (last != next && isTiny(last) && !others.contains(last)) {
            others.add(last);
        }
        for (Region other : others) {
            if (!endsUpdate(other, next) && !endsUpdate(next, other) && obstacle(other, next).isEmpty()
                    && obstacle(next, other).isEmpty()) {
                decide(true, other, next, shared.containsKey(other) ? "both read the same" : "both are tiny");
                graph.merge(other, next);
                return other;
            }
        }
        return next;
    }

    /** Whether one region writes a variable, which could be in place but for the other region, which can fail. */
    private boolean endsUpdate(Region writer, Region other) {
        boolean writes = writer.stores().stream().anyMatch(store ->
                buffers.get(buffers.owner(store.buffer())).role() instanceof Buffer.Role.NextState);
        return writes && graph.reads(other).canFail() && !graph.reads(writer).canFail();
    }

    private static boolean isTiny(Region region) {
        Dim count = Dim.ONE;
        for (Dim dim : region.domain()) {
            count = count.times(dim);
        }
        for (Dim dim : region.reduced()) {
            count = count.times(dim);
        }
        return count.isConstant() && count.constant() <= FEW_ELEMENTS;
    }

    /** What a region reads at its points: of a reduction at those that it sums over. */
    private Set<Value> inputs(Region region) {
        Region.Reads reads = graph.reads(region);
        return region.kind() == Region.Kind.LOOP ? reads.aligned() : reads.scattered();
    }

    private long bytesOfInputs(Region region) {
        return inputs(region).stream().mapToLong(Costs::nominalBytes).sum();
    }

    private void decide(boolean yes, Region producer, Region consumer, String because) {
        String question = "fuse " + names(consumer.roots()) + " with " + names(producer.roots());
        decisions.add(yes ? new Decision.Yes(question, because) : new Decision.No(question, because));
    }

    private static String names(Set<Value> values) {
        List<String> names = new ArrayList<>();
        values.forEach(value -> names.add("%" + value.id() + " " + value.op().mnemonic()));
        return String.join(", ", names);
    }
}
