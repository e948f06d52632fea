package dev.sinter.plan;

import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TokenType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Type;
import dev.sinter.ir.Value;
import dev.sinter.op.Constant;
import dev.sinter.op.HostCall;
import dev.sinter.op.Project;
import dev.sinter.op.Read;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Where every value of an ordered plan lies. A root lies in a buffer that it must be written to anyway, or in
 * that of a dying value of its type that its region reads at the same point, or in one of its own.
 */
final class Storage {
    private final RegionGraph graph;
    private final BufferTable buffers;
    private final List<Region> order;
    private final Map<Value, Integer> known;
    private final Map<String, Integer> nextStates;
    private final IntPredicate isPacked;
    private final List<Decision> decisions;
    private final Map<Value, Integer> roots = new HashMap<>();
    private final Map<Value, List<Integer>> hostResults = new HashMap<>();
    private final Map<Region, List<Store>> stores = new HashMap<>();
    private final Map<Value, Integer> lastReads = new HashMap<>();
    private final Set<Value> viewed = new HashSet<>();

    /**
     * The storage for regions in their order.
     *
     * @param known      the buffers of parameters, variables and assembled values
     * @param nextStates the buffers of the next values of variables
     * @param isPacked   whether a buffer is not row-major
     */
    Storage(RegionGraph graph, BufferTable buffers, List<Region> order, Map<Value, Integer> known,
            Map<String, Integer> nextStates, IntPredicate isPacked, List<Decision> decisions) {
        this.isPacked = isPacked;
        this.graph = graph;
        this.buffers = buffers;
        this.order = order;
        this.known = known;
        this.nextStates = nextStates;
        this.decisions = decisions;
    }

    void assign() {
        for (int i = 0; i < order.size(); i++) {
            Region.Reads reads = graph.reads(order.get(i));
            for (Set<Value> leaves : List.of(reads.aligned(), reads.scattered())) {
                for (Value leaf : leaves) {
                    Value stored = graph.storageOf(leaf);
                    lastReads.put(stored, i);
                    if (stored != leaf) {
                        viewed.add(stored);
                    }
                }
            }
        }
        for (int i = 0; i < order.size(); i++) {
            Region region = order.get(i);
            if (region.kind() == Region.Kind.HOST) {
                region.roots().forEach(this::assignResults);
            } else {
                assign(region, i);
            }
        }
    }

    private void assign(Region region, int position) {
        List<Store> all = new ArrayList<>(region.stores());
        Set<Integer> taken = new HashSet<>();
        for (Value root : region.roots()) {
            if (graph.copies(region, root)) {
                continue;
            }
            Optional<Store> given = region.stores().stream()
                    .filter(store -> store.value() == root && store.isWhole())
                    .filter(store -> !mustBePlain(root) || !isPacked.test(store.buffer())).findFirst();
            if (given.isPresent()) {
                roots.put(root, given.get().buffer());
            } else if (!graph.readers(root).isEmpty() || graph.flow().demanded().contains(root)) {
                int buffer = dying(region, position, root, taken).orElseGet(() -> buffers.add(
                        root.op().mnemonic() + "_" + root.id(), root.tensorType(), new Buffer.Role.Temporary()));
                taken.add(buffer);
                roots.put(root, buffer);
                all.add(new Store(root, buffer, Store.Placement.WHOLE));
            }
        }
        stores.put(region, all);
    }

    /** Whether a root has a view or is an operand of a step on its own, so that its buffer is row-major. */
    private boolean mustBePlain(Value root) {
        return viewed.contains(root)
                || graph.readers(root).stream().anyMatch(reader -> reader.kind() == Region.Kind.HOST);
    }

    /** The buffer of a value of the same type that nothing reads after the region. */
    private Optional<Integer> dying(Region region, int position, Value root, Set<Integer> taken) {
        Region.Reads reads = graph.reads(region);
        for (Value leaf : reads.aligned()) {
            Integer buffer = roots.get(leaf);
            boolean fits = buffer != null && buffers.get(buffer).role() instanceof Buffer.Role.Temporary
                    && buffers.get(buffer).type().equals(root.tensorType());
            if (fits && lastReads.get(leaf) == position && !reads.scattered().contains(leaf)
                    && !viewed.contains(leaf) && !viewed.contains(root) && !taken.contains(buffer)
                    && !sharesBuffer(reads, leaf, buffer)) {
                decisions.add(new Decision.Yes("write %" + root.id() + " " + root.op().mnemonic() + " over %"
                        + leaf.id() + " " + leaf.op().mnemonic(), "nothing reads that any more"));
                return Optional.of(buffer);
            }
        }
        return Optional.empty();
    }

    private boolean sharesBuffer(Region.Reads reads, Value leaf, int buffer) {
        return reads.scattered().stream().anyMatch(other -> other != leaf && Integer.valueOf(buffer)
                .equals(roots.get(other)));
    }

    private void assignResults(Value call) {
        List<Integer> results = new ArrayList<>();
        List<Type> types = call.type() instanceof TupleType(List<Type> elements) ? elements : List.of();
        for (int i = 0; i < types.size(); i++) {
            String name = (call.op() instanceof HostCall ? "host" : call.op().mnemonic()) + "_" + call.id() + "_" + i;
            results.add(switch (types.get(i)) {
                case TensorType type -> buffers.add(name, type, new Buffer.Role.Temporary());
                case TapeType(TensorType element) -> buffers.add(name, element, new Buffer.Role.Tape());
                case TokenType _ -> Plan.NOTHING;
                case StateType _, TupleType _ -> throw new CompilerBug(call + " is no step's result");
            });
        }
        hostResults.put(call, results);
    }

    /** What a region writes, temporaries included. */
    List<Store> stores(Region region) {
        return stores.get(region);
    }

    List<Integer> results(Value call) {
        return hostResults.get(call);
    }

    /** The buffer in which a region finds a leaf. */
    int bufferOf(Region region, Value leaf) {
        Value stored = graph.storageOf(leaf);
        int buffer = bufferOfStored(region, stored);
        return stored == leaf ? buffer : buffers.view(buffer, leaf.tensorType());
    }

    private int bufferOfStored(Region region, Value value) {
        Integer root = roots.get(value);
        if (root != null) {
            return root;
        }
        if (value.op() instanceof Project project) {
            return hostResults.get(value.operand(0)).get(project.index());
        }
        if (value.op() instanceof Constant constant) {
            return known.computeIfAbsent(value, key -> buffers.add("constant_" + value.id(), value.tensorType(),
                    new Buffer.Role.Constant(constant.array())));
        }
        Integer source = known.get(value);
        if (source == null) {
            throw new CompilerBug(value + " lies nowhere");
        }
        return value.op() instanceof Read ? inPlace(region, source) : source;
    }

    /** The region that updates a variable in place reads and writes one buffer. */
    private int inPlace(Region region, int state) {
        Buffer.Role role = buffers.get(state).role();
        if (role instanceof Buffer.Role.State read && nextStates.containsKey(read.variable())) {
            int next = nextStates.get(read.variable());
            boolean writes = region.stores().stream().anyMatch(store -> buffers.owner(store.buffer()) == next);
            boolean here = buffers.get(next).role() instanceof Buffer.Role.NextState target && target.inPlace();
            return writes && here ? next : state;
        }
        return state;
    }
}
