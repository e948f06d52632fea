package dev.sinter.plan;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Contract;
import dev.sinter.op.Reduce;
import dev.sinter.tensor.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Has each group of readers compute a wide product for itself: one that is larger than its operands together, as the
 * scores of attention are, with what is made of it element by element. The readers sum along one of its axes. Those
 * that sum along the same one can go through rows of it in one kernel, which alone knows them. For a group that sums
 * along another axis than the last the product is turned, so that its own rows come first. Attention's result, the
 * gradient of its queries, and those of its keys and values are three such groups. (Dao, Fu, Ermon, Rudra, Ré,
 * "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness", 2022.)
 */
final class WideProducts {
    private final Recomputation.Result last;
    private final Dataflow flow;
    private final long leastBytes;
    private final Set<Value> fetched = new HashSet<>();
    /** For each wide value the wide values that it is read together with, itself among them. */
    private final Map<Value, Set<Value>> families = new LinkedHashMap<>();
    private final Map<Value, Group> groups = new LinkedHashMap<>();

    /** Readers that sum along the same axis and go through the same rows. */
    private final class Group {
        final int column;
        /** Whether it reads the values as the function has them, and not its own. */
        boolean isFirst;
        final List<Value> members = new ArrayList<>();
        final Set<Value> wide = new LinkedHashSet<>();
        final Map<Value, Value> own = new HashMap<>();

        Group(int column) {
            this.column = column;
        }

        void add(Value reader, Set<Value> needed) {
            members.add(reader);
            wide.addAll(needed);
        }

        /** The axes of a wide value in the group's order: the summed one last. */
        List<Integer> order(int rank) {
            IntStream rows = IntStream.range(0, rank).filter(axis -> axis != column);
            return IntStream.concat(rows, IntStream.of(column)).boxed().toList();
        }

        /** The members and what their wide values are made of. */
        Set<Value> inputs() {
            Set<Value> inputs = new LinkedHashSet<>();
            for (Collection<Value> readers : List.of(members, wide)) {
                readers.forEach(value -> inputs.addAll(flow.operands(value)));
            }
            inputs.removeAll(wide);
            inputs.removeAll(members);
            return inputs;
        }
    }

    private WideProducts(Recomputation.Result last, long leastBytes) {
        this.last = last;
        this.flow = new Dataflow(last.function());
        this.leastBytes = leastBytes;
        flow.fetches().forEach(fetch -> fetched.add(fetch.value()));
        flow.writes().forEach(write -> fetched.add(write.value()));
    }

    /**
     * The function in which wide products are computed by each group of their readers.
     *
     * @param leastBytes how large a product is at least
     */
    static Recomputation.Result apart(Recomputation.Result last, long leastBytes) {
        boolean hasLarge = last.function().values().stream().anyMatch(value -> isWide(value, leastBytes));
        return hasLarge ? new WideProducts(last, leastBytes).apart() : last;
    }

    private static boolean isWide(Value value, long leastBytes) {
        return value.op() instanceof Contract contract && contract.summed().length() == 1
                && value.shape().dims().stream().allMatch(dim -> dim.isConstant())
                && Costs.nominalBytes(value) >= leastBytes
                && Costs.nominalBytes(value) >= value.operands().stream().mapToLong(Costs::nominalBytes).sum();
    }

    private Recomputation.Result apart() {
        flow.live().forEach(this::join);
        new LinkedHashSet<>(families.values()).forEach(this::divide);
        if (groups.isEmpty()) {
            return last;
        }
        Map<Group, Value> before = new HashMap<>();
        new LinkedHashSet<>(groups.values()).forEach(group ->
                lastBefore(group).ifPresent(value -> before.put(group, value)));
        List<Value> order = order(before);
        return order.size() < last.function().values().size() ? last : rewritten(order, before);
    }

    /** The values in an order in which groups come after what they are to come after, as far as there is one. */
    private List<Value> order(Map<Group, Value> before) {
        Map<Value, Integer> waiting = new HashMap<>();
        Map<Value, List<Value>> waits = new HashMap<>();
        PriorityQueue<Value> ready = new PriorityQueue<>(Comparator.comparingInt(Value::id));
        for (Value value : last.function().values()) {
            Set<Value> needed = new HashSet<>(value.needs());
            Group group = groups.get(value);
            if (group != null && !group.isFirst && before.containsKey(group)) {
                needed.add(before.get(group));
            }
            waiting.put(value, needed.size());
            needed.forEach(operand -> waits.computeIfAbsent(operand, _ -> new ArrayList<>()).add(value));
            if (needed.isEmpty()) {
                ready.add(value);
            }
        }
        List<Value> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            Value next = ready.poll();
            order.add(next);
            waits.getOrDefault(next, List.of()).stream().filter(value -> waiting.merge(value, -1, Integer::sum) == 0)
                    .forEach(ready::add);
        }
        return order;
    }

    /** Adds a value that is wide to the family of its operands. */
    private void join(Value value) {
        List<Value> before = flow.operands(value).stream().filter(families::containsKey).toList();
        boolean follows = flow.category(value) == Category.ELEMENTWISE && !before.isEmpty();
        if (!follows && !isWide(value, leastBytes)) {
            return;
        }
        Set<Value> family = new LinkedHashSet<>();
        if (follows) {
            before.forEach(operand -> family.addAll(families.get(operand)));
        }
        family.add(value);
        family.forEach(member -> families.put(member, family));
    }

    private Set<Value> family(Value value) {
        return families.getOrDefault(value, Set.of());
    }

    /** Divides the readers of a family into groups, where that spares an array. */
    private void divide(Set<Value> family) {
        Map<Value, Integer> columns = new LinkedHashMap<>();
        for (Value value : family) {
            if (fetched.contains(value) || !flow.before(value).isEmpty() || Dataflow.canFail(value)) {
                return;
            }
            for (Value reader : flow.users(value)) {
                OptionalInt column = family.contains(reader) ? OptionalInt.empty() : column(value, reader, family);
                if (!family.contains(reader) && column.isEmpty()) {
                    return;
                }
                column.ifPresent(axis -> columns.put(reader, axis));
            }
        }
        List<Group> found = new ArrayList<>();
        columns.keySet().stream().sorted(Comparator.comparingInt(Value::id)).forEach(reader -> {
            int column = columns.get(reader);
            Set<Value> needed = needed(reader, family);
            Group group = found.reversed().stream().filter(known -> known.column == column).findFirst()
                    .filter(known -> mayJoin(reader, needed, known)).orElseGet(() -> {
                        found.add(new Group(column));
                        return found.getLast();
                    });
            group.add(reader, needed);
        });
        boolean shares = family.stream().anyMatch(value ->
                found.stream().filter(group -> group.wide.contains(value)).count() > 1);
        if (shares && found.stream().allMatch(group -> group.members.stream().anyMatch(WideProducts::isProduct))) {
            found.stream().filter(group -> group.column == family.iterator().next().rank() - 1).findFirst()
                    .ifPresent(group -> group.isFirst = true);
            found.forEach(group -> group.members.forEach(member -> groups.put(member, group)));
        }
    }

    private static boolean isProduct(Value value) {
        return value.op() instanceof Contract;
    }

    /** The axis of a wide value that a reader sums along, where it sums along one only and leaves the others. */
    private OptionalInt column(Value value, Value reader, Set<Value> family) {
        if (!flow.before(reader).isEmpty() || flow.operands(reader).stream().filter(family::contains).count() != 1) {
            return OptionalInt.empty();
        }
        return switch (reader.op()) {
            case Reduce reduce when reduce.axes().size() == 1 -> OptionalInt.of(reduce.axes().getFirst());
            case Contract contract when contract.summed().length() == 1 -> {
                String letters = flow.operand(reader, 0) == value ? contract.lhs() : contract.rhs();
                yield OptionalInt.of(letters.indexOf(contract.summed()));
            }
            default -> OptionalInt.empty();
        };
    }

    /** The values of a family that a reader's operands are made of. */
    private Set<Value> needed(Value reader, Set<Value> family) {
        Set<Value> found = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(List.of(reader));
        while (!open.isEmpty()) {
            flow.operands(open.pop()).stream().filter(family::contains).filter(found::add).forEach(open::push);
        }
        Set<Value> sorted = new LinkedHashSet<>();
        found.stream().sorted(Comparator.comparingInt(Value::id)).forEach(sorted::add);
        return sorted;
    }

    /**
     * Whether a reader needs nothing of a group's members but what they leave in its row: the results of reductions,
     * as they are or made into others element by element.
     */
    private boolean mayJoin(Value reader, Set<Value> needed, Group group) {
        Set<Value> near = new HashSet<>(needed);
        near.add(reader);
        Deque<Value> open = new ArrayDeque<>(near);
        Set<Value> far = new HashSet<>();
        while (!open.isEmpty()) {
            Value value = open.pop();
            for (Value operand : flow.operands(value)) {
                boolean isFar = far.contains(value);
                if (group.members.contains(operand)) {
                    if (isFar || isProduct(operand)) {
                        return false;
                    }
                } else if (isFar || isWork(operand) && !needed.contains(operand)) {
                    if (far.add(operand)) {
                        open.push(operand);
                    }
                } else if (near.add(operand)) {
                    open.push(operand);
                }
            }
        }
        return true;
    }

    private boolean isWork(Value value) {
        return switch (flow.category(value)) {
            case REDUCE, CONTRACT, ASSEMBLE, HOST, NONE -> true;
            case SOURCE, ELEMENTWISE, GENERATOR, ACCESS, VIEW -> false;
        };
    }

    private Recomputation.Result rewritten(List<Value> order, Map<Group, Value> before) {
        Map<Value, Value> copies = new HashMap<>();
        Function function = last.function().remade(order, (b, value, operands) -> {
            for (int i = 0; i < operands.size(); i++) {
                copies.put(value.operand(i), operands.get(i));
                copies.putIfAbsent(flow.canon(value.operand(i)), operands.get(i));
            }
            Group group = groups.get(value);
            boolean isAgain = last.notBefore().containsKey(value);
            Value copy = group != null && !group.isFirst ? reader(b, value, group, copies)
                    : isAgain ? b.addAgain(value.op(), operands) : b.add(value.op(), operands);
            copies.put(value, copy);
            return copy;
        });
        Map<Value, Value> notBefore = new HashMap<>();
        last.notBefore().forEach((value, other) -> notBefore.put(copies.get(value), copies.get(other)));
        List<Decision> decisions = new ArrayList<>(last.decisions());
        for (Group group : new LinkedHashSet<>(groups.values())) {
            if (before.containsKey(group)) {
                group.own.values().forEach(value -> notBefore.put(value, copies.get(before.get(group))));
            }
            if (!group.isFirst) {
                Value first = group.wide.iterator().next();
                decisions.add(new Decision.Yes("compute %" + first.id() + " " + first.op().mnemonic() + " again for "
                        + group.members.size() + " readers along its rows", "it is an array of "
                        + Costs.nominalBytes(first) + " bytes otherwise"));
            }
        }
        Set<Value> inner = new HashSet<>();
        groups.values().forEach(group -> group.wide.forEach(value ->
                inner.add(group.isFirst ? copies.get(value) : group.own.get(value))));
        return new Recomputation.Result(function, decisions, notBefore, inner).withoutUnused();
    }

    /** The copy of a reader that reads values of its group. */
    private Value reader(Builder b, Value reader, Group group, Map<Value, Value> copies) {
        List<Value> operands = flow.operands(reader);
        Value wide = operands.stream().filter(group.wide::contains).findFirst().orElseThrow();
        Value own = own(b, wide, group, copies);
        if (reader.op() instanceof Contract contract) {
            boolean isLeft = operands.getFirst() == wide;
            String letters = turned(isLeft ? contract.lhs() : contract.rhs(), group);
            Value other = copies.get(operands.get(isLeft ? 1 : 0));
            return b.contract(letters, isLeft ? contract.rhs() : contract.lhs(), contract.out(), own, other);
        }
        return b.reduce(((Reduce) reader.op()).fn(), own, List.of(wide.rank() - 1));
    }

    private static String turned(String letters, Group group) {
        StringBuilder turned = new StringBuilder();
        group.order(letters.length()).forEach(axis -> turned.append(letters.charAt(axis)));
        return turned.toString();
    }

    /** A group's own copy of a wide value. */
    private Value own(Builder b, Value value, Group group, Map<Value, Value> copies) {
        Value known = group.own.get(value);
        if (known == null) {
            List<Integer> order = group.order(value.rank());
            if (value.op() instanceof Contract contract) {
                known = b.addAgain(new Contract(contract.lhs(), contract.rhs(), turned(contract.out(), group)),
                        flow.operands(value).stream().map(copies::get).toList());
            } else {
                known = b.addAgain(value.op(), flow.operands(value).stream().map(operand -> group.wide.contains(operand)
                        ? own(b, operand, group, copies) : turned(b, operand, order, copies)).toList());
            }
            b.locations().addAll(known, last.function().locations().of(value));
            group.own.put(value, known);
        }
        return known;
    }

    /** A value that is not wide with its axes in another order: what it repeats is turned before it is repeated. */
    private Value turned(Builder b, Value value, List<Integer> order, Map<Value, Value> copies) {
        Value copy = copies.get(value);
        if (value.op() instanceof Broadcast broadcast) {
            List<Integer> places = broadcast.axes().stream().map(order::indexOf).toList();
            List<Integer> sorted = places.stream().sorted().toList();
            Value small = b.transpose(copy.operand(0), sorted.stream().map(places::indexOf).toList());
            return b.broadcast(small, new Shape(order.stream().map(value.shape()::dim).toList()), sorted);
        }
        return b.transpose(copy, order);
    }

    /**
     * What a group's own values come after: the last product or reduction that it needs, and where that is a member of
     * another group, the last one of those that do not need this group.
     */
    private Optional<Value> lastBefore(Group group) {
        Set<Value> work = new HashSet<>();
        Set<Value> seen = new HashSet<>(group.inputs());
        Deque<Value> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Value value = open.pop();
            if (isWork(value)) {
                work.add(value);
            } else if (!group.members.contains(value)) {
                flow.operands(value).stream().filter(seen::add).forEach(open::push);
            }
        }
        group.members.forEach(work::remove);
        new ArrayList<>(work).stream().filter(groups::containsKey).flatMap(value -> groups.get(value).members.stream())
                .filter(member -> !needs(member, group.members)).forEach(work::add);
        return work.stream().max(Comparator.comparingInt(Value::id));
    }

    /** Whether a value is computed from one of others. */
    private boolean needs(Value value, List<Value> others) {
        int first = others.stream().mapToInt(Value::id).min().orElse(0);
        Set<Value> seen = new HashSet<>(Set.of(value));
        Deque<Value> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (Value operand : flow.operands(open.pop())) {
                if (others.contains(operand)) {
                    return true;
                }
                if (operand.id() > first && seen.add(operand)) {
                    open.push(operand);
                }
            }
        }
        return false;
    }
}
