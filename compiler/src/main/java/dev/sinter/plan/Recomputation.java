package dev.sinter.plan;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Has values computed again where they are read late, in place of memory that keeps them until then. The place where
 * most memory is in use, in a training step the one between forward and backward passes, divides the values into
 * early and late ones; {@link KeptValues} says what of the early ones is kept for the late ones. That is done again as
 * long as it spares enough.
 */
public final class Recomputation {
    /** What is spared at least in one round, as a share of what is in use there: one in so many. */
    private static final long WORTH_SHARE = 50;
    /** How many times as many values as at first there are at most. */
    private static final int MOST_GROWTH = 3;

    private final Result last;
    private final Function function;
    private final KeptValues kept;

    /**
     * What may be computed again, and for how little memory.
     *
     * @param worthBytes the bytes that one round spares at least
     * @param rounds     how often the place where most memory is in use is looked at
     * @param weight     what a byte weighs against the time of computing a value again
     * @param anyWork    whether products, reductions and whatever else has no effect are computed again; otherwise
     *                   only scalar functions and rearrangements are
     * @param wideBytes  from how many bytes on products that are larger than their operands are computed by each group
     *                   of readers that can be one kernel with them
     * @param segments   into how many parts the early values are cut between which all is kept, so that no part needs
     *                   another to be computed again; 0 for no such parts
     */
    public record Policy(long worthBytes, int rounds, long weight, boolean anyWork, long wideBytes, int segments) {
        /** Nothing is computed again. */
        public static final Policy NONE = new Policy(0, 0, 1, false, Long.MAX_VALUE, 0);
        /** What takes about as long to compute as to store and read, and arrays that few machines have room for. */
        public static final Policy CHEAP = new Policy(256 << 10, 4, 1, false, 256 << 20, 0);

        private static final long WORTH_BYTES_UNDER_LIMIT = 16 << 10;
        private static final long ANY_TIME = 1 << 20;

        /** The same, but products that are larger than their operands are computed once and kept. */
        public Policy withWideProductsWhole() {
            return new Policy(worthBytes, rounds, weight, anyWork, Long.MAX_VALUE, segments);
        }

        /** Policies for a limit of memory, fast ones first. */
        public static List<Policy> sparing() {
            List<Policy> policies = new ArrayList<>();
            policies.add(new Policy(CHEAP.worthBytes, CHEAP.rounds, CHEAP.weight, false, WORTH_BYTES_UNDER_LIMIT, 0));
            weighing(policies, 2, 8);
            for (int segments = 64; segments >= 2; segments /= 2) {
                policies.add(new Policy(WORTH_BYTES_UNDER_LIMIT, 1, ANY_TIME, true, WORTH_BYTES_UNDER_LIMIT, segments));
            }
            for (int segments = 8; segments >= 2; segments /= 2) {
                policies.add(new Policy(WORTH_BYTES_UNDER_LIMIT, 4, ANY_TIME, true, WORTH_BYTES_UNDER_LIMIT, segments));
            }
            weighing(policies, 16, 128);
            return policies;
        }

        private static void weighing(List<Policy> policies, long least, long most) {
            for (long weight = least; weight <= most; weight *= 2) {
                policies.add(new Policy(WORTH_BYTES_UNDER_LIMIT, 32, weight, true, WORTH_BYTES_UNDER_LIMIT, 0));
            }
        }
    }

    /**
     * A function that computes the same and needs less memory.
     *
     * @param decisions what is computed again and why
     * @param notBefore for values that are computed again a value that exists by then; without it they would be
     *                  computed where they were before
     * @param inner     values that only the rows of a kernel are to hold
     */
    public record Result(Function function, List<Decision> decisions, Map<Value, Value> notBefore,
            Set<Value> inner) {
        /** A function as it is. */
        static Result unchanged(Function function) {
            return new Result(function, List.of(), Map.of(), Set.of());
        }

        /** This result without what is said of values that nothing needs. */
        Result withoutUnused() {
            Set<Value> left = new HashSet<>(function.values());
            Map<Value, Value> kept = new HashMap<>(notBefore);
            kept.entrySet().removeIf(entry -> !left.contains(entry.getKey()) || !left.contains(entry.getValue()));
            Set<Value> within = new HashSet<>(inner);
            within.retainAll(left);
            return new Result(function, decisions, kept, within);
        }
    }

    private Recomputation(Result last, Policy policy) {
        this.last = last;
        this.function = last.function();
        this.kept = new KeptValues(last, policy);
    }

    /** Decides for a function what it computes twice, besides what it says itself. */
    public static Result of(Function function, Policy policy) {
        Result result = WideProducts.apart(BoundCalls.inlined(function), policy.wideBytes());
        int size = result.function().values().size();
        for (int round = 0; round < policy.rounds(); round++) {
            Recomputation next = new Recomputation(result, policy);
            if (result.function().values().size() > MOST_GROWTH * size
                    || next.kept.spared() < Math.max(policy.worthBytes(), next.kept.most() / WORTH_SHARE)) {
                break;
            }
            result = next.rewritten(policy);
        }
        return result;
    }

    /** The function whose late values read copies of what is computed again. */
    private Result rewritten(Policy policy) {
        Set<Value> again = kept.computedAgain();
        Map<Value, Value> copies = new HashMap<>();
        Repeats repeats = new Repeats(again, copies);
        Function rewritten = function.remade((b, value, operands) -> {
            List<Value> read = new ArrayList<>();
            for (int i = 0; i < operands.size(); i++) {
                Value operand = value.operand(i);
                copies.put(operand, operands.get(i));
                read.add(repeats.mayBegin() && again.contains(operand) ? repeats.of(b, operand) : operands.get(i));
            }
            boolean isAgain = last.notBefore().containsKey(value) || last.inner().contains(value);
            Value copy = isAgain ? b.addAgain(value.op(), read) : b.add(value.op(), read);
            copies.put(value, copy);
            if (kept.isLateWork(value)) {
                repeats.beginAfter(copy);
            }
            return copy;
        });
        last.notBefore().forEach((value, before) -> repeats.notBefore.put(copies.get(value), copies.get(before)));
        Set<Value> inner = new HashSet<>();
        last.inner().forEach(value -> inner.add(copies.get(value)));
        return new Result(rewritten, decisions(policy), repeats.notBefore, inner).withoutUnused();
    }

    private List<Decision> decisions(Policy policy) {
        List<Decision> decisions = new ArrayList<>(last.decisions());
        for (Value value : kept.noLongerKept()) {
            long bytes = Costs.nominalBytes(value);
            if (bytes >= policy.worthBytes()) {
                decisions.add(new Decision.Yes("compute %" + value.id() + " " + value.op().mnemonic()
                        + " again for its last readers", "it would take " + bytes
                        + " bytes where most memory is in use"));
            }
        }
        return decisions;
    }

    /** The values that are computed again, made when they are first read. */
    private final class Repeats {
        private final Set<Value> again;
        private final Map<Value, Value> copies;
        private final Map<Value, Value> made = new HashMap<>();
        private final Map<Value, Value> notBefore = new HashMap<>();
        private Optional<Value> work = Optional.empty();

        Repeats(Set<Value> again, Map<Value, Value> copies) {
            this.again = again;
            this.copies = copies;
        }

        boolean mayBegin() {
            return work.isPresent();
        }

        void beginAfter(Value late) {
            work = Optional.of(late);
        }

        Value of(Builder b, Value value) {
            Value known = made.get(value);
            if (known == null) {
                List<Value> operands = value.operands().stream()
                        .map(operand -> again.contains(operand) ? of(b, operand) : copies.get(operand)).toList();
                known = b.addAgain(value.op(), operands);
                b.locations().addAll(known, function.locations().of(value));
                made.put(value, known);
                notBefore.put(known, work.orElseThrow());
            }
            return known;
        }
    }
}
