package dev.sinter.plan;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Contract;
import dev.sinter.op.Project;
import dev.sinter.op.RandomBits;
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
import java.util.TreeSet;
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
    /** A product that more groups need is computed once: attention has three. */
    private static final int MOST_GROUPS = 4;

    private final Recomputation.Result last;
    private final Dataflow flow;
    private final long leastBytes;
    private final Set<Value> fetched = new HashSet<>();
    /** Random bits and what is made of them element by element. */
    private final Set<Value> random = new HashSet<>();
    /** For each wide value the wide values that it is read together with, itself among them. */
    private final Map<Value, Set<Value>> families = new LinkedHashMap<>();
    private final Map<Value, Group> groups = new LinkedHashMap<>();

    /** Readers that sum along the same axis and go through the same rows. */
    private final class Group {
        /** The axis of the wide values along which members sum, or take the largest. */
        final int column;
        /** Whether it reads the values as the function has them, and not its own. */
        boolean isFirst;
        final Set<Value> members = new LinkedHashSet<>();
        /** The wide values that members are computed from. */
        final Set<Value> wide = new LinkedHashSet<>();
        /** The group's own copies of those. */
        final Map<Value, Value> own = new HashMap<>();
        /** Others that the copies are made of, with their axes in the group's order. */
        final Map<Value, Value> turned = new HashMap<>();
        /** Those of them that are computed again. */
        final Set<Value> again = new HashSet<>();

        Group(int column) {
            this.column = column;
        }

        void add(Value reader, Set<Value> needed) {
            members.add(reader);
            wide.addAll(needed);
        }

        /** The axes of a wide value in the group's order: the summed one last. */
        List<Integer> axes(int rank) {
            IntStream rows = IntStream.range(0, rank).filter(axis -> axis != column);
            return IntStream.concat(rows, IntStream.of(column)).boxed().toList();
        }

        /** What members and wide values are computed from, themselves left out. */
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
        for (Value value : flow.live()) {
            if (value.op() instanceof RandomBits
                    || isElementwise(value) && flow.operands(value).stream().anyMatch(random::contains)) {
                random.add(value);
            }
        }
    }

    private boolean isElementwise(Value value) {
        return flow.category(value) == Category.ELEMENTWISE;
    }

    /**
     * The function in which wide products are computed by each group of their readers.
     *
     * @param last       the function and what is computed again in it already
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
        families.forEach((value, family) -> {
            if (family.iterator().next() == value) {
                divide(family);
            }
        });
        if (groups.isEmpty()) {
            return last;
        }
        Map<Group, Value> before = new HashMap<>();
        new LinkedHashSet<>(groups.values()).stream().filter(group -> !group.isFirst)
                .forEach(group -> lastBefore(group).ifPresent(value -> before.put(group, value)));
        List<Value> order = ordered(before);
        if (order.size() < last.function().values().size()) {
            Set<Value> placed = new HashSet<>(order);
            before.keySet().removeIf(group -> !placed.containsAll(group.members));
            order = ordered(before);
        }
        return order.size() < last.function().values().size() ? last : rewritten(order, before);
    }

    /** What comes before a value though it is none of its operands. */
    private Set<Value> earlier(Value value) {
        Set<Value> found = new LinkedHashSet<>(flow.before(value));
        if (last.notBefore().containsKey(value)) {
            found.add(flow.canon(last.notBefore().get(value)));
        }
        if (value.op() instanceof Project) {
            found.add(flow.canon(value.operand(0)));
        }
        return found;
    }

    /** The values in an order in which groups come after what they are to come after, as far as there is one. */
    private List<Value> ordered(Map<Group, Value> before) {
        Map<Value, Integer> waiting = new HashMap<>();
        Map<Value, List<Value>> waits = new HashMap<>();
        PriorityQueue<Value> ready = new PriorityQueue<>(Comparator.comparingInt(Value::id));
        for (Value value : last.function().values()) {
            Set<Value> needed = new HashSet<>(value.needs());
            Optional.ofNullable(last.notBefore().get(value)).ifPresent(needed::add);
            Optional.ofNullable(groups.get(value)).map(before::get).ifPresent(needed::add);
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
        List<Set<Value>> known = !isElementwise(value) ? List.of()
                : flow.operands(value).stream().filter(families::containsKey).map(families::get).toList();
        if (known.isEmpty() && !isWide(value, leastBytes)) {
            return;
        }
        Set<Value> family = known.stream().max(Comparator.comparingInt(Set::size)).orElseGet(LinkedHashSet::new);
        family.add(value);
        families.put(value, family);
        for (Set<Value> other : known) {
            if (other != family) {
                family.addAll(other);
                other.forEach(member -> families.put(member, family));
            }
        }
    }

    /** Divides the readers of a family into groups, where that spares an array. */
    private void divide(Set<Value> family) {
        Map<Value, Integer> columns = new LinkedHashMap<>();
        for (Value value : family) {
            if (fetched.contains(value) || !flow.before(value).isEmpty() || Dataflow.canFail(value)) {
                return;
            }
            for (Value reader : flow.users(value)) {
                if (!family.contains(reader)) {
                    OptionalInt column = column(value, reader, family);
                    if (column.isEmpty()) {
                        return;
                    }
                    columns.put(reader, column.getAsInt());
                }
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
        boolean haveProducts = found.stream()
                .allMatch(group -> group.members.stream().anyMatch(WideProducts::isProduct));
        if (shares && haveProducts && found.size() <= MOST_GROUPS) {
            found.stream().filter(group -> group.column == family.iterator().next().rank() - 1).findFirst()
                    .ifPresent(group -> group.isFirst = true);
            found.forEach(group -> group.members.forEach(member -> groups.put(member, group)));
        }
    }

    private static boolean isProduct(Value value) {
        return value.op() instanceof Contract;
    }

    /**
     * The axis of a wide value that a reader sums along, where it sums along one only and leaves the others; empty
     * where it cannot be in a group.
     */
    private OptionalInt column(Value value, Value reader, Set<Value> family) {
        if (families.containsKey(reader) || groups.containsKey(reader)) {
            return OptionalInt.empty();
        }
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
        int first = group.members.iterator().next().id();
        while (!open.isEmpty()) {
            Value value = open.pop();
            boolean isFar = far.contains(value);
            for (Value other : earlier(value)) {
                if (group.members.contains(other)) {
                    return false;
                }
                if (other.id() > first && far.add(other)) {
                    open.push(other);
                }
            }
            for (Value operand : flow.operands(value)) {
                if (operand.id() < first) {
                    continue;
                }
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
        groups.values().forEach(group -> inner.addAll(group.again));
        return new Recomputation.Result(function, decisions, notBefore, inner).withoutUnused();
    }

    /** The copy of a reader that reads values of its group. */
    private Value reader(Builder b, Value reader, Group group, Map<Value, Value> copies) {
        needed(reader, group.wide).forEach(value ->
                group.own.computeIfAbsent(value, _ -> own(b, value, group, copies)));
        List<Value> operands = flow.operands(reader);
        Value wide = operands.stream().filter(group.wide::contains).findFirst().orElseThrow();
        Value own = group.own.get(wide);
        if (reader.op() instanceof Contract contract) {
            boolean isLeft = operands.getFirst() == wide;
            String letters = turnedLetters(isLeft ? contract.lhs() : contract.rhs(), group);
            Value other = copies.get(operands.get(isLeft ? 1 : 0));
            return b.addAgain(new Contract(letters, isLeft ? contract.rhs() : contract.lhs(), contract.out()),
                    List.of(own, other));
        }
        return b.addAgain(new Reduce(((Reduce) reader.op()).fn(), List.of(wide.rank() - 1)), List.of(own));
    }

    private static String turnedLetters(String letters, Group group) {
        StringBuilder turned = new StringBuilder();
        group.axes(letters.length()).forEach(axis -> turned.append(letters.charAt(axis)));
        return turned.toString();
    }

    /** A group's own copy of a wide value, after those of the wide values that it is made of. */
    private Value own(Builder b, Value value, Group group, Map<Value, Value> copies) {
        List<Value> operands = flow.operands(value);
        Value own = value.op() instanceof Contract contract
                ? b.addAgain(new Contract(contract.lhs(), contract.rhs(), turnedLetters(contract.out(), group)),
                        operands.stream().map(copies::get).toList())
                : b.addAgain(value.op(), operands.stream().map(operand -> group.wide.contains(operand)
                        ? group.own.get(operand) : turned(b, operand, group, copies)).toList());
        b.locations().addAll(own, last.function().locations().of(value));
        return own;
    }

    /** A value that is not wide with its axes in a group's order, and before it what is remade for it. */
    private Value turned(Builder b, Value value, Group group, Map<Value, Value> copies) {
        Set<Value> found = new TreeSet<>(Comparator.comparingInt(Value::id));
        Deque<Value> open = new ArrayDeque<>(List.of(value));
        while (!open.isEmpty()) {
            Value next = open.pop();
            if (!group.turned.containsKey(next) && found.add(next) && isElementwise(next) && isRemade(next, group)) {
                flow.operands(next).forEach(open::push);
            }
        }
        found.forEach(next -> group.turned.put(next, turnedAlone(b, next, group, copies)));
        return group.turned.get(value);
    }

    /**
     * Whether a value is computed again, and not read across. Random numbers are in any case: read by several groups
     * they would be an array.
     */
    private boolean isRemade(Value value, Group group) {
        boolean hasOtherOrder = group.column != value.rank() - 1;
        return (hasOtherOrder || random.contains(value)) && flow.before(value).isEmpty() && !Dataflow.canFail(value);
    }

    /** {@link #turned}, where operands are remade. What a value repeats is turned before it is repeated. */
    private Value turnedAlone(Builder b, Value value, Group group, Map<Value, Value> copies) {
        Value copy = copies.get(value);
        List<Integer> axes = group.axes(value.rank());
        if (value.op() instanceof Broadcast broadcast) {
            List<Integer> places = broadcast.axes().stream().map(axes::indexOf).toList();
            List<Integer> sorted = places.stream().sorted().toList();
            Value small = b.transpose(copy.operand(0), sorted.stream().map(places::indexOf).toList());
            return b.broadcast(small, new Shape(axes.stream().map(value.shape()::dim).toList()), sorted);
        }
        if (!isRemade(value, group) || !(isElementwise(value) || value.op() instanceof RandomBits)) {
            return b.transpose(copy, axes);
        }
        Value again = b.addAgain(value.op(), isElementwise(value)
                ? flow.operands(value).stream().map(group.turned::get).toList() : copy.operands());
        group.again.add(again);
        return isElementwise(value) ? again : b.transpose(again, axes);
    }

    /**
     * The last product or reduction that a group needs. Where it needs a member of another group, the last member of
     * that one which does not need this.
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
        work.stream().filter(groups::containsKey).map(groups::get).distinct().toList().stream()
                .flatMap(other -> other.members.stream()).filter(member -> !needs(member, group.members))
                .forEach(work::add);
        return work.stream().max(Comparator.comparingInt(Value::id));
    }

    /** Whether a value is computed from one of others. */
    private boolean needs(Value value, Set<Value> others) {
        int first = others.stream().mapToInt(Value::id).min().orElse(0);
        Set<Value> seen = new HashSet<>(Set.of(value));
        Deque<Value> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Value next = open.pop();
            Set<Value> needed = earlier(next);
            needed.addAll(flow.operands(next));
            if (needed.stream().anyMatch(others::contains)) {
                return true;
            }
            needed.stream().filter(other -> other.id() > first).filter(seen::add).forEach(open::push);
        }
        return false;
    }
}
