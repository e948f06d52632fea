package dev.sinter.plan;

import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Concat;
import dev.sinter.op.Contract;
import dev.sinter.op.DynamicSlice;
import dev.sinter.op.DynamicUpdateSlice;
import dev.sinter.op.Gather;
import dev.sinter.op.Pad;
import dev.sinter.op.Read;
import dev.sinter.op.Recurrence;
import dev.sinter.op.Reduce;
import dev.sinter.op.Reshape;
import dev.sinter.op.Scatter;
import dev.sinter.tensor.Dim;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which values lie in memory at first, and makes a region of each. All others are computed wherever
 * they are needed. What is read more than once or costs much is computed once; {@link Fusion} then brings
 * producers and consumers together.
 */
final class Materialisation {
    /** The most ops that are computed on the way to one value. */
    static final int MOST_INLINED_OPS = 40;
    /** The most ops of a cheap value that are repeated for each element of a broadcast. */
    private static final int MOST_REPEATED_OPS = 8;

    /** How often and how a value is read. */
    private record Readers(int count, boolean repeated) {}

    private final Dataflow flow;
    private final BufferTable buffers;
    private final RegionGraph graph;
    private final List<Decision> decisions;
    private final Map<Value, Integer> sourceBuffers;
    private final Set<String> packed;
    private final Map<Value, Integer> rowMajorCopies = new HashMap<>();
    private final Set<Value> required = new HashSet<>();
    private final Map<Value, Readers> readers = new HashMap<>();
    private final Map<Value, Integer> inlinedOps = new HashMap<>();
    private final Set<Value> costly = new HashSet<>();
    private final List<Store> wholeStores = new ArrayList<>();

    /**
     * For the values of a graph.
     *
     * @param packed the variables whose memory is not row-major
     */
    Materialisation(RegionGraph graph, BufferTable buffers, Map<Value, Integer> sourceBuffers, Set<String> packed,
            List<Decision> decisions) {
        this.graph = graph;
        this.packed = packed;
        this.flow = graph.flow();
        this.buffers = buffers;
        this.sourceBuffers = sourceBuffers;
        this.decisions = decisions;
    }

    /**
     * Makes the regions.
     *
     * @param targets the buffers outside of the arena that values must be written to
     */
    void run(List<Store> targets) {
        for (Store target : targets) {
            wholeStores.add(throughReshapes(target));
        }
        wholeStores.forEach(store -> required.add(store.value()));
        flow.demanded().forEach(required::add);
        for (Value value : flow.live().reversed()) {
            require(value);
            countReaders(value);
        }
        for (Value value : flow.live()) {
            settle(value);
        }
        wholeStores.forEach(this::place);
        for (Value value : flow.live()) {
            switch (flow.category(value)) {
                case ASSEMBLE -> {
                    if (!isJoinedLater(value)) {
                        assemble(value);
                    }
                }
                case VIEW -> copyPacked(value);
                case HOST -> copyPackedOperands(value);
                case SOURCE, ELEMENTWISE, GENERATOR, ACCESS, REDUCE, CONTRACT, NONE -> { }
            }
        }
    }

    private boolean isPacked(Value value) {
        return value.op() instanceof Read && isPackedVariable(sourceBuffers.get(value));
    }

    /** Whether a buffer is that of a variable whose memory is not row-major. */
    boolean isPackedVariable(int buffer) {
        Buffer.Role role = buffers.get(buffers.owner(buffer)).role();
        return role instanceof Buffer.Role.State state && packed.contains(state.variable())
                || role instanceof Buffer.Role.NextState next && packed.contains(next.variable());
    }

    /** A view shares row-major memory; of a variable that is laid out otherwise it is a copy. */
    private void copyPacked(Value view) {
        Value operand = flow.operand(view, 0);
        if (isPacked(operand)) {
            piece(view, new Store(operand, buffers.view(bufferOf(view), operand.tensorType()),
                    Store.Placement.WHOLE));
        }
    }

    private void copyPackedOperands(Value call) {
        for (Value operand : flow.operands(call)) {
            if (isPacked(operand)) {
                Region host = graph.home(call).orElseThrow();
                int copy = rowMajorCopies.computeIfAbsent(operand, value -> buffers.add("plain_" + value.id(),
                        value.tensorType(), new Buffer.Role.Temporary()));
                Region region = copyOf(operand);
                graph.store(region, new Store(operand, copy, Store.Placement.WHOLE));
                graph.waitFor(host, region);
            }
        }
    }

    /** The row-major copies of variables that steps on their own need. */
    Map<Value, Integer> rowMajorCopies() {
        return rowMajorCopies;
    }

    /** A store of a reshape is a store of its operand into the same memory under the operand's shape. */
    private Store throughReshapes(Store target) {
        Value value = target.value();
        int buffer = target.buffer();
        while (value.op() instanceof Reshape && flow.category(flow.operand(value, 0)) != Category.SOURCE
                && !isPackedVariable(buffer)) {
            value = flow.operand(value, 0);
            buffer = buffers.view(buffer, value.tensorType());
        }
        return new Store(value, buffer, Store.Placement.WHOLE);
    }

    /** The values that must lie in memory whoever reads them. */
    Set<Value> inMemory() {
        return required;
    }

    /** Marks the operands that must lie in memory. */
    private void require(Value value) {
        List<Value> operands = flow.operands(value);
        switch (flow.category(value)) {
            case CONTRACT -> operands.forEach(operand -> required.add(accessed(operand)));
            case HOST -> required.addAll(operands);
            case ASSEMBLE -> required.addAll(boxes(value, operands));
            case VIEW -> required.add(operands.getFirst());
            case ACCESS -> {
                if (value.op() instanceof DynamicSlice) {
                    required.add(operands.getFirst());
                    required.addAll(computedStarts(operands.subList(1, operands.size())));
                } else if (value.op() instanceof Gather) {
                    required.addAll(operands);
                }
            }
            case SOURCE, ELEMENTWISE, GENERATOR, REDUCE, NONE -> {}
        }
    }

    /** The operands of an assembled value that are written to it, and the starts that the run computes. */
    private static List<Value> boxes(Value value, List<Value> operands) {
        return switch (value.op()) {
            case Pad _ -> operands.subList(0, 1);
            case Recurrence _ -> List.of(operands.getFirst(), operands.getLast());
            case DynamicUpdateSlice update -> {
                List<Value> all = new ArrayList<>(operands.subList(0, 2));
                all.addAll(computedStarts(operands.subList(2, operands.size())));
                yield all;
            }
            default -> operands;
        };
    }

    private static List<Value> computedStarts(List<Value> starts) {
        return starts.stream().filter(start -> Constants.integer(start).isEmpty()).toList();
    }

    /** What a chain of access ops reads in the end. */
    private Value accessed(Value value) {
        Value at = value;
        while (flow.category(at) == Category.ACCESS && !Accesses.isDynamic(at)) {
            at = flow.operand(at, 0);
        }
        return at;
    }

    private void countReaders(Value value) {
        int count = 0;
        boolean repeated = false;
        for (Value user : new HashSet<>(flow.users(value))) {
            if (flow.category(user) == Category.ACCESS && !required.contains(user)) {
                Readers through = readers.get(user);
                count += through.count();
                repeated |= through.repeated() || Accesses.repeats(user);
            } else {
                count++;
                repeated |= Accesses.repeats(user);
            }
        }
        readers.put(value, new Readers(count, repeated));
    }

    private void settle(Value value) {
        Category category = flow.category(value);
        List<Dim> domain = value.isTensor() ? value.shape().dims() : List.of();
        switch (category) {
            case HOST -> graph.settle(value, graph.newRegion(Region.Kind.HOST, List.of(), List.of()));
            case REDUCE -> graph.settle(value, graph.newRegion(Region.Kind.REDUCE, domain, reduced(value)));
            case CONTRACT -> graph.settle(value, graph.newRegion(Region.Kind.CONTRACT, domain, summed(value)));
            case ELEMENTWISE, GENERATOR, ACCESS -> {
                if (mustExist(value, category)) {
                    graph.settle(value, graph.newRegion(Region.Kind.LOOP, domain, List.of()));
                    costly.remove(value);
                    inlinedOps.put(value, 0);
                }
            }
            case SOURCE, VIEW, ASSEMBLE, NONE -> {}
        }
    }

    private boolean mustExist(Value value, Category category) {
        int ops = 1;
        boolean expensive = Costs.isExpensive(value);
        for (Value operand : flow.operands(value)) {
            ops += inlinedOps.getOrDefault(operand, 0);
            expensive |= costly.contains(operand);
        }
        inlinedOps.put(value, ops);
        if (expensive) {
            costly.add(value);
        }
        Readers reading = readers.get(value);
        if (required.contains(value)) {
            return true;
        }
        String question = "compute %" + value.id() + " " + value.op().mnemonic() + " once";
        if (ops >= MOST_INLINED_OPS) {
            return yes(question, "it takes " + ops + " ops");
        }
        if (reading.repeated() && Costs.isAcross(value)) {
            return yes(question, "a broadcast repeats it and its rows lie across in memory");
        }
        if (category != Category.ELEMENTWISE && !expensive) {
            return false;
        }
        if (expensive && reading.count() > 1) {
            return yes(question, "it is expensive and read " + reading.count() + " times");
        }
        if (reading.repeated() && (expensive || ops > MOST_REPEATED_OPS)) {
            return yes(question, "a broadcast repeats it and it takes " + (expensive ? "long" : ops + " ops"));
        }
        return reading.count() > 1 && (ops > MOST_REPEATED_OPS || !value.shape().elementCount().isConstant(1))
                && yes(question, "it is read " + reading.count() + " times");
    }

    private boolean yes(String question, String because) {
        decisions.add(new Decision.Yes(question, because));
        return true;
    }

    private List<Dim> reduced(Value value) {
        List<Dim> sizes = new ArrayList<>();
        if (value.op() instanceof Reduce reduce) {
            reduce.axes().forEach(axis -> sizes.add(value.operand(0).shape().dim(axis)));
        }
        return sizes;
    }

    private static List<Dim> summed(Value value) {
        List<Dim> sizes = new ArrayList<>();
        if (value.op() instanceof Contract contract) {
            contract.summed().chars().forEach(letter ->
                    sizes.add(value.operand(0).shape().dim(contract.lhs().indexOf(letter))));
        }
        return sizes;
    }

    /** Makes sure that a value is written to a whole buffer. */
    private void place(Store store) {
        Value value = store.value();
        if (flow.category(value) == Category.ASSEMBLE && !sourceBuffers.containsKey(value)
                && !isPackedVariable(store.buffer())) {
            sourceBuffers.put(value, store.buffer());
            return;
        }
        regionWriting(value).ifPresentOrElse(region -> graph.store(region, store),
                () -> graph.store(copyOf(value), store));
    }

    private Optional<Region> regionWriting(Value value) {
        return graph.home(value);
    }

    private Region copyOf(Value value) {
        return graph.newRegion(Region.Kind.LOOP, value.shape().dims(), List.of());
    }

    private int bufferOf(Value assembled) {
        return sourceBuffers.computeIfAbsent(assembled, value -> buffers.add(
                value.op().mnemonic() + "_" + value.id(), value.tensorType(), new Buffer.Role.Temporary()));
    }

    /** Whether another concatenation is all that reads one: its parts are then written into that one. */
    private boolean isJoinedLater(Value value) {
        return value.op() instanceof Concat && !sourceBuffers.containsKey(value) && !flow.demanded().contains(value)
                && flow.users(value).size() == 1 && flow.users(value).getFirst().op() instanceof Concat;
    }

    /** Writes the parts of a concatenation, and those of concatenations in it that nothing else reads. */
    private void join(Value whole, int buffer) {
        Map<Value, List<Dim>> starts = new HashMap<>(Map.of(whole, Collections.nCopies(whole.rank(), Dim.ZERO)));
        Deque<Value> open = new ArrayDeque<>(List.of(whole));
        while (!open.isEmpty()) {
            Value part = open.pop();
            List<Dim> offsets = new ArrayList<>(starts.get(part));
            int axis = ((Concat) part.op()).axis();
            for (Value operand : flow.operands(part)) {
                if (isJoinedLater(operand)) {
                    starts.put(operand, List.copyOf(offsets));
                    open.push(operand);
                } else {
                    piece(whole, new Store(operand, buffer, new Store.Box(List.copyOf(offsets), ones(whole.rank()))));
                }
                offsets.set(axis, offsets.get(axis).plus(operand.shape().dim(axis)));
            }
        }
    }

    private void assemble(Value value) {
        int buffer = bufferOf(value);
        TensorType type = value.tensorType();
        List<Value> operands = flow.operands(value);
        if (value.op() instanceof Concat) {
            join(value, buffer);
        } else if (value.op() instanceof Pad pad) {
            pad(value, pad, buffer);
        } else {
            Store.Box everywhere = new Store.Box(Collections.nCopies(type.rank(), Dim.ZERO), ones(type.rank()));
            Region base = piece(value, new Store(operands.getFirst(), buffer, everywhere));
            Value update = value.op() instanceof Recurrence ? operands.getLast() : operands.get(1);
            List<Value> computed = operands.subList(2, operands.size());
            Store.Placement placement = switch (value.op()) {
                case Scatter scatter -> new Store.Scattered(scatter.how(), scatter.gather(), computed, type.shape());
                case Recurrence(var form, int axis) -> new Store.Chain(form, axis,
                        form == Recurrence.Form.LINEAR ? Optional.of(operands.get(1)) : Optional.empty());
                default -> new Store.Window(computed, Accesses.room(type.shape(), update.shape()));
            };
            Region written = copyOf(update);
            graph.waitFor(written, base);
            written.addPieceOf(value);
            graph.store(written, new Store(update, buffer, placement));
            graph.assembledBy(value, written);
        }
    }

    private Region piece(Value assembled, Store store) {
        Region region = regionWriting(store.value()).orElseGet(() -> copyOf(store.value()));
        graph.store(region, store);
        region.addPieceOf(assembled);
        graph.assembledBy(assembled, region);
        return region;
    }

    private void pad(Value value, Pad pad, int buffer) {
        Value operand = flow.operand(value, 0);
        Value filler = flow.operand(value, 1);
        int rank = value.rank();
        boolean gaps = pad.interior().stream().anyMatch(interior -> interior > 0);
        List<Region> fills = new ArrayList<>();
        if (gaps) {
            fills.add(fill(value, filler, buffer, value.shape().dims(), Collections.nCopies(rank, Dim.ZERO)));
        } else {
            for (int axis = 0; axis < rank; axis++) {
                Dim end = pad.low().get(axis).plus(operand.shape().dim(axis));
                fills.addAll(slab(value, pad, axis, Dim.ZERO, pad.low().get(axis), buffer));
                fills.addAll(slab(value, pad, axis, end, pad.high().get(axis), buffer));
            }
        }
        List<Long> strides = pad.interior().stream().map(interior -> interior + 1).toList();
        Store store = new Store(operand, buffer, new Store.Box(pad.low(), strides));
        if (gaps) {
            Region region = copyOf(operand);
            fills.forEach(fill -> graph.waitFor(region, fill));
            region.addPieceOf(value);
            graph.store(region, store);
            graph.assembledBy(value, region);
        } else {
            piece(value, store);
        }
    }

    /** The padding along one axis: inside of the operand along earlier axes, over everything along later ones. */
    private List<Region> slab(Value value, Pad pad, int axis, Dim start, Dim thickness, int buffer) {
        if (thickness.isConstant(0)) {
            return List.of();
        }
        List<Dim> domain = new ArrayList<>();
        List<Dim> offsets = new ArrayList<>();
        for (int other = 0; other < value.rank(); other++) {
            boolean inside = other < axis;
            domain.add(other == axis ? thickness
                    : inside ? value.operand(0).shape().dim(other) : value.shape().dim(other));
            offsets.add(other == axis ? start : inside ? pad.low().get(other) : Dim.ZERO);
        }
        return List.of(fill(value, flow.operand(value, 1), buffer, domain, offsets));
    }

    private Region fill(Value assembled, Value filler, int buffer, List<Dim> domain, List<Dim> offsets) {
        Region region = graph.newRegion(Region.Kind.LOOP, domain, List.of());
        region.addPieceOf(assembled);
        graph.store(region, new Store(filler, buffer, new Store.Fill(offsets)));
        graph.assembledBy(assembled, region);
        return region;
    }

    private static List<Long> ones(int rank) {
        return Collections.nCopies(rank, 1L);
    }
}
