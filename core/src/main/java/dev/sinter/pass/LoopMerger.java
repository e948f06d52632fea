package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Locations;
import dev.sinter.ir.LoopBuilder;
import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.op.Loop;
import dev.sinter.op.Map;
import dev.sinter.op.Parameter;
import dev.sinter.op.Reduce;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Several loops as one. Carries of all that start as the same value and go on as the same value are one: all
 * that start alike are taken for one at first, and those whose next values turn out different are told
 * apart, until none are.
 */
final class LoopMerger implements MergeLoops.Merger {
    private final List<Value> loops;
    /** By carry, those of the first loop before those of the others: which of the merged carries it is. */
    private List<Integer> classes;

    private LoopMerger(List<Value> loops) {
        this.loops = loops;
        this.classes = numbered(starts());
    }

    /** How the equal carries of a loop become one; empty where it has none. */
    static Optional<LoopMerger> of(Value loop) {
        LoopMerger merger = new LoopMerger(List.of(loop));
        merger.refine();
        boolean equal = merger.classes.stream().distinct().count() < merger.classes.size();
        return equal ? Optional.of(merger) : Optional.empty();
    }

    /** How two loops become one; empty where they have other iterations or share nothing. */
    static Optional<LoopMerger> of(Value first, Value second) {
        Loop a = (Loop) first.op();
        Loop b = (Loop) second.op();
        boolean sameTrips = a.trips().equals(b.trips()) && first.operands().subList(0, a.firstSequence())
                .equals(second.operands().subList(0, b.firstSequence()));
        if (!sameTrips || a.body().hasEffect() && b.body().hasEffect()) {
            return Optional.empty();
        }
        LoopMerger merger = new LoopMerger(List.of(first, second));
        return merger.refine() ? Optional.of(merger) : Optional.empty();
    }

    private List<Value> starts() {
        List<Value> starts = new ArrayList<>();
        for (Value value : loops) {
            Loop loop = (Loop) value.op();
            starts.addAll(value.operands().subList(loop.firstCarry(), loop.firstCapture()));
        }
        return starts;
    }

    /** The keys by numbers, equal keys by equal ones, counted in the order of their first occurrence. */
    private static List<Integer> numbered(List<?> keys) {
        java.util.Map<Object, Integer> numbers = new HashMap<>();
        List<Integer> result = new ArrayList<>();
        for (Object key : keys) {
            numbers.putIfAbsent(key, numbers.size());
            result.add(numbers.get(key));
        }
        return result;
    }

    private record Key(int before, Value next) {}

    /** Tells carries apart; whether the loops then go on alike and share work. */
    private boolean refine() {
        while (true) {
            Bodies bodies = open(new Builder(), new HashMap<>());
            List<Value> results = new ArrayList<>();
            bodies.opened().forEach(opened -> results.addAll(opened.nexts()));
            bodies.opened().forEach(opened -> results.addAll(opened.goesOn()));
            bodies.opened().forEach(opened -> results.addAll(opened.stacked()));
            Builder body = bodies.builder().body();
            List<Value> parameters = new ArrayList<>();
            for (int id = 0; id < body.size(); id++) {
                if (body.value(id).op() instanceof Parameter) {
                    parameters.add(body.value(id));
                }
            }
            List<Value> known = MergeLoops.merged(new Function("body", parameters, results,
                    body.locations())).results();
            List<Key> keys = new ArrayList<>();
            for (int i = 0; i < classes.size(); i++) {
                keys.add(new Key(classes.get(i), known.get(i)));
            }
            List<Integer> finer = numbered(keys);
            if (finer.equals(classes)) {
                int conditions = bodies.opened().getFirst().goesOn().size() * loops.size();
                boolean alike = known.subList(classes.size(), classes.size() + conditions)
                        .stream().distinct().count() < 2;
                return alike && sharesWork(known, bodies);
            }
            classes = finer;
        }
    }

    /**
     * Whether the bodies of the first and the last loop compute the same at some place, more than movement.
     */
    private boolean sharesWork(List<Value> results, Bodies bodies) {
        LoopBuilder.Opened first = bodies.opened().getFirst();
        int stacks = classes.size() + first.goesOn().size() * loops.size();
        List<Value> ofFirst = new ArrayList<>(results.subList(0, first.nexts().size()));
        ofFirst.addAll(results.subList(stacks, stacks + first.stacked().size()));
        List<Value> ofLast = new ArrayList<>(results.subList(first.nexts().size(), classes.size()));
        ofLast.addAll(results.subList(stacks + first.stacked().size(), results.size()));
        Set<Value> shared = new HashSet<>(needs(ofFirst));
        shared.retainAll(needs(ofLast));
        return shared.stream().anyMatch(value -> value.op() instanceof Map || value.op() instanceof Contract
                || value.op() instanceof Reduce || !value.op().regions().isEmpty());
    }

    private static List<Value> needs(List<Value> results) {
        return new Function("", List.of(), results, new Locations()).values();
    }

    private record Bodies(LoopBuilder builder, List<LoopBuilder.Opened> opened) {}

    /** A loop with all bodies; an operand without a copy stands for itself. */
    private Bodies open(Builder b, java.util.Map<Value, Value> copies) {
        Value first = loops.getFirst();
        Loop one = (Loop) first.op();
        LoopBuilder builder = new LoopBuilder(b, one.trips(),
                of(first.operands().subList(0, one.firstSequence()), copies));
        List<Value> carries = new ArrayList<>();
        List<Value> starts = of(starts(), copies);
        for (int i = 0; i < classes.size(); i++) {
            int earlier = classes.indexOf(classes.get(i));
            carries.add(earlier < i ? carries.get(earlier) : builder.carry(starts.get(i)));
        }
        List<LoopBuilder.Opened> opened = new ArrayList<>();
        int next = 0;
        for (Value value : loops) {
            Loop loop = (Loop) value.op();
            opened.add(builder.open(loop, of(value.operands(), copies),
                    carries.subList(next, next + loop.carries())));
            next += loop.carries();
        }
        return new Bodies(builder, opened);
    }

    private static List<Value> of(List<Value> values, java.util.Map<Value, Value> copies) {
        return values.stream().map(value -> copies.getOrDefault(value, value)).toList();
    }

    @Override
    public List<List<Value>> merge(Builder b, java.util.Map<Value, Value> copies) {
        Bodies bodies = open(b, copies);
        LoopBuilder builder = bodies.builder();
        Set<Value> set = new HashSet<>();
        for (LoopBuilder.Opened opened : bodies.opened()) {
            for (int i = 0; i < opened.carries().size(); i++) {
                if (set.add(opened.carries().get(i))) {
                    builder.next(opened.carries().get(i), opened.nexts().get(i));
                }
            }
            opened.stacked().forEach(builder::stack);
            opened.tokens().forEach(builder::token);
        }
        bodies.opened().getFirst().goesOn().forEach(builder::goesOn);
        builder.build(MergeLoops::merged);
        List<List<Value>> results = new ArrayList<>();
        for (LoopBuilder.Opened opened : bodies.opened()) {
            List<Value> mine = new ArrayList<>();
            opened.carries().forEach(carry -> mine.add(builder.last(carry)));
            opened.stacked().forEach(element -> mine.add(builder.stackOf(element)));
            opened.goesOn().forEach(any -> mine.add(builder.count()));
            if (!opened.tokens().isEmpty()) {
                mine.add(builder.token());
            }
            results.add(mine);
        }
        return results;
    }
}
