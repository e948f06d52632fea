package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Invariants;
import dev.sinter.ir.Locations;
import dev.sinter.ir.SizeEstimate;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.Contract;
import dev.sinter.op.Convert;
import dev.sinter.op.Iota;
import dev.sinter.op.Loop;
import dev.sinter.op.Map;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Takes products out of a loop whose length is that of its sequences, as one product over all iterations:
 * before it those that depend on sequences alone, with the elementwise functions that follow them; after it
 * those that only stacked results need. (Theano's push-outs of sequences and outputs.)
 *
 * <p>A product that sums nothing stays, since it would only be a larger thing to store. So do those whose results
 * for all iterations are large, and larger by far than what the iterations read, carry and stack. What has to be
 * stacked for a product after the loop is no larger than the result that goes, or than what an iteration reads and
 * stacks already.
 */
final class BatchSequenceProducts implements Pass {
    private static final Decision BEFORE = new Decision("products that depend on sequences go before a loop");
    private static final String TOO_LARGE =
            "products stay in their loop: those of all iterations would be too large a tensor";
    private static final Decision AFTER = new Decision("a product that only a stacked result needs goes after a loop");

    /** How many times the bytes of an iteration its products may have: a cell has up to four gates. */
    private static final long LARGER = 4;
    /** The bytes of all iterations that are never too many. */
    private static final long SMALL = 16 << 20;

    @Override
    public String name() {
        return "batch-sequence-products";
    }

    @Override
    public String reason() {
        return "one large product of matrices is faster than a small one an iteration";
    }

    @Override
    public Function run(Function function, PassContext context) {
        Function before = LoopRewriting.of(function, BatchSequenceProducts::isExact,
                (b, value, operands, read) -> before(b, (Loop) value.op(), operands, context));
        return LoopRewriting.of(before, BatchSequenceProducts::isExact,
                (b, value, operands, read) -> new After(b, (Loop) value.op(), operands, context).run());
    }

    private static boolean isExact(Value value) {
        return value.op() instanceof Loop loop && loop.trips().length().isPresent()
                && !loop.trips().limited()
                && !loop.trips().conditional()
                && !loop.body().definesSizes();
    }

    private static boolean isProduct(Value value) {
        return value.op() instanceof Contract contract && !contract.summed().isEmpty();
    }

    // --- before the loop ---

    private static List<Value> before(Builder b, Loop loop, List<Value> operands, PassContext context) {
        LoopCopy copy = new LoopCopy(b, loop, operands);
        Function body = loop.body().function();
        Set<Value> invariant = Invariants.of(body, copy.captures());
        Set<Value> varying = new HashSet<>();
        Set<Value> taken = new HashSet<>();
        for (Value value : body.values()) {
            boolean known = value.operands().stream()
                    .allMatch(x -> invariant.contains(x) || varying.contains(x));
            boolean varies = value.operands().stream().anyMatch(varying::contains);
            if (copy.isSequence(value) || known && varies && Batching.isPossible(value)) {
                varying.add(value);
                boolean follows = (value.op() instanceof Map || value.op() instanceof Convert)
                        && value.operands().stream().anyMatch(taken::contains);
                if (isProduct(value) || follows) {
                    taken.add(value);
                }
            }
        }
        List<Value> given = readByOthers(body, taken);
        boolean tooLarge = areTooLarge(loop, copy, given);
        if (tooLarge) {
            context.refuses(TOO_LARGE);
        }
        if (given.isEmpty() || tooLarge || !context.decides(BEFORE)) {
            return LoopRewriting.results(b, b.add(loop, operands));
        }
        Batching batching = new Batching(b, loop.trips().length().orElseThrow(),
                value -> copy.isSequence(value) ? Optional.of(copy.operand(value)) : Optional.empty(),
                copy::outside);
        for (Value value : given) {
            copy.give(value, copy.builder().sequence(batching.of(value, varying::contains)));
        }
        return copy.unchanged();
    }

    /** Whether values of all iterations are too much to be there at once. */
    private static boolean areTooLarge(Loop loop, LoopCopy copy, Collection<Value> values) {
        long own = copy.stacked().stream().distinct().mapToLong(SizeEstimate::bytes).sum();
        for (Value parameter : loop.body().function().parameters()) {
            own += copy.isSequence(parameter) || copy.isCarry(parameter) ? SizeEstimate.bytes(parameter) : 0;
        }
        long bytes = values.stream().mapToLong(SizeEstimate::bytes).sum();
        return bytes > LARGER * own
                && bytes > SMALL / Math.max(1, SizeEstimate.size(loop.trips().length().orElseThrow()));
    }

    /** The values of a set that results or values outside of the set read. */
    private static List<Value> readByOthers(Function body, Set<Value> values) {
        List<Value> read = new ArrayList<>(body.results());
        body.values().stream().filter(value -> !values.contains(value))
                .forEach(value -> read.addAll(value.operands()));
        return read.stream().filter(values::contains).sorted(Comparator.comparingInt(Value::id)).distinct()
                .toList();
    }

    // --- after the loop ---

    /** The products that only stacked results of one loop need. */
    private static final class After {
        private final Builder b;
        private final Loop loop;
        private final List<Value> operands;
        private final PassContext context;
        private final LoopCopy copy;
        private final Set<Value> invariant;
        /** What the iterations need by themselves. */
        private final Set<Value> inner;
        private final Set<Value> stacked;
        private final long streamed;

        After(Builder b, Loop loop, List<Value> operands, PassContext context) {
            this.b = b;
            this.context = context;
            this.loop = loop;
            this.operands = operands;
            this.copy = new LoopCopy(b, loop, operands);
            Function body = loop.body().function();
            this.invariant = Invariants.of(body, copy.captures());
            List<Value> needed = new ArrayList<>(copy.nexts());
            needed.addAll(copy.others());
            this.inner = new HashSet<>(new Function("", List.of(), needed, new Locations()).values());
            this.stacked = new LinkedHashSet<>(copy.stacked());
            this.streamed = body.parameters().stream().filter(copy::isSequence)
                    .mapToLong(SizeEstimate::bytes).sum()
                    + stacked.stream().mapToLong(SizeEstimate::bytes).sum();
        }

        List<Value> run() {
            java.util.Map<Value, Set<Value>> moved = new TreeMap<>(Comparator.comparingInt(Value::id));
            Set<Value> candidates = new LinkedHashSet<>(stacked);
            for (Value value : candidates) {
                if (!inner.contains(value) && !invariant.contains(value) && Batching.isPossible(value)) {
                    stacked.remove(value);
                    Optional<Set<Value>> bases = bases(value);
                    if (bases.isPresent() && context.decides(AFTER)) {
                        stacked.addAll(bases.get());
                        moved.put(value, bases.get());
                    } else {
                        stacked.add(value);
                    }
                }
            }
            if (moved.isEmpty()) {
                return LoopRewriting.results(b, b.add(loop, operands));
            }
            return results(moved.keySet());
        }

        private boolean isBase(Value value) {
            return inner.contains(value) || stacked.contains(value) || copy.isSequence(value)
                    || copy.isCarry(value)
                    || isIndex(value) || !Batching.isPossible(value);
        }

        private boolean isIndex(Value value) {
            return value == loop.body().function().parameters().getFirst();
        }

        /**
         * What a value is made of after the loop and must be stacked for it; empty where it stays in the
         * loop.
         */
        private Optional<Set<Value>> bases(Value root) {
            Set<Value> bases = new LinkedHashSet<>();
            Set<Value> seen = new LinkedHashSet<>(List.of(root));
            List<Value> pending = new ArrayList<>(seen);
            Set<Value> products = new LinkedHashSet<>();
            while (!pending.isEmpty()) {
                Value value = pending.removeLast();
                if (isProduct(value)) {
                    products.add(value);
                }
                for (Value operand : value.operands()) {
                    if (invariant.contains(operand) || !seen.add(operand)) {
                        continue;
                    }
                    if (!isBase(operand)) {
                        pending.add(operand);
                    } else if (!stacked.contains(operand) && !copy.isSequence(operand)
                            && !isIndex(operand)) {
                        bases.add(operand);
                    }
                }
            }
            boolean product = !products.isEmpty();
            products.remove(root);
            if (areTooLarge(loop, copy, products)) {
                context.refuses(TOO_LARGE);
                return Optional.empty();
            }
            long bytes = bases.stream().mapToLong(SizeEstimate::bytes).sum();
            return product && (bytes <= SizeEstimate.bytes(root) || bytes <= streamed) ? Optional.of(bases)
                    : Optional.empty();
        }

        private List<Value> results(Set<Value> moved) {
            for (int i = 0; i < loop.carries(); i++) {
                copy.keepCarry(i);
            }
            for (int i = 0; i < loop.carries(); i++) {
                copy.next(i);
            }
            stacked.removeIf(copy::isSequence);
            stacked.forEach(value -> copy.builder().stack(copy.copy(value)));
            copy.keepOthers();
            if (loop.carries() > 0 || !stacked.isEmpty() || !copy.others().isEmpty()) {
                copy.build();
            }
            java.util.Map<Value, Value> known = new HashMap<>();
            stacked.forEach(value -> known.put(value, copy.builder().stackOf(copy.copy(value))));
            Dim length = loop.trips().length().orElseThrow();
            Batching batching = new Batching(b, length, value -> copy.isSequence(value)
                    ? Optional.of(copy.operand(value)) : isIndex(value)
                    ? Optional.of(b.add(new Iota(new TensorType(value.dtype(), Shape.of(length)), 0)))
                    : Optional.ofNullable(known.get(value)), copy::outside);
            List<Value> results = new ArrayList<>();
            for (int i = 0; i < loop.carries(); i++) {
                results.add(copy.last(i));
            }
            copy.stacked().forEach(value -> results.add(batching.of(value,
                    operand -> !invariant.contains(operand))));
            results.addAll(copy.otherResults());
            return results;
        }
    }
}
