package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Copier;
import dev.sinter.ir.Function;
import dev.sinter.ir.Invariants;
import dev.sinter.ir.LoopBuilder;
import dev.sinter.ir.Region;
import dev.sinter.ir.SizeEstimate;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Concat;
import dev.sinter.op.Loop;
import dev.sinter.op.Project;
import dev.sinter.op.Slice;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * The gradient of a loop is a loop over the same indices in the opposite order. Its carries are the
 * gradients of the carries and, summed up, those of the captures; it takes the gradients of stacked results
 * apart and stacks the gradients of sequences. What its iterations need of the forward pass is stacked by
 * the loop itself, extended with more stacked results; what depends on captures alone is computed once,
 * before it.
 *
 * <p>Carries, results and captures that no gradient reaches, or whose gradient nothing wants, have no part
 * in it. A gradient that passes every iteration unchanged, as of a carry that is only added to, is a
 * capture.
 */
final class LoopDerivative {
    /** The bytes of a history from which on moving it goes through far memory. */
    private static final long LONG_HISTORY = 1 << 20;

    private final Builder b;
    private final Value self;
    private final Loop loop;
    private final Region body;
    private final List<Optional<Value>> cotangents;
    private final IntPredicate wanted;
    /** The carries whose gradient is not always zero. */
    private final Set<Integer> flowing = new TreeSet<>();
    private RegionGradient inside;
    private Set<Value> invariant = Set.of();
    private FoundSizes found;
    private final Map<Value, Value> stacks = new HashMap<>();
    /** The number of iterations of the extended loop, where it has one of its own. */
    private Optional<Value> count = Optional.empty();
    private LoopBuilder backward;
    private Copier copier;
    private final Map<Value, Value> cotangentCarries = new LinkedHashMap<>();
    private final Map<Value, Value> hoisted = new HashMap<>();

    private LoopDerivative(Builder b, Value self, List<Optional<Value>> cotangents, IntPredicate wanted) {
        this.b = b;
        this.self = self;
        this.loop = (Loop) self.op();
        this.body = loop.body().map(CallDerivative::withoutKept);
        this.cotangents = cotangents;
        this.wanted = wanted;
    }

    /**
     * The gradients of a loop's operands.
     *
     * @param cotangents those of its results, empty where none flows
     * @param wanted     the positions of the operands whose gradient is wanted
     */
    static List<Optional<Value>> of(Builder b, Value self, List<Optional<Value>> cotangents,
            IntPredicate wanted) {
        return new LoopDerivative(b, self, cotangents, wanted).run();
    }

    private List<Optional<Value>> run() {
        differentiateBody();
        Set<Integer> live = liveCarries();
        List<Value> roots = new ArrayList<>();
        live.forEach(carry -> roots.add(gradientOfCarry(carry).orElseThrow()));
        parametersOfOutputs().forEach(parameter ->
                roots.add(inside.gradients().get(parameter).orElseThrow()));
        stack(roots);
        return backward(live);
    }

    private int parameterOfCarry(int carry) {
        return 1 + loop.sequences() + carry;
    }

    private boolean isCarry(int parameter) {
        return parameter > loop.sequences() && parameter <= loop.sequences() + loop.carries();
    }

    /** The gradient of a carry at the begin of an iteration; zeros where it starts but goes no further. */
    private Optional<Value> gradientOfCarry(int carry) {
        Optional<Value> gradient = inside.gradients().get(parameterOfCarry(carry));
        if (gradient.isPresent() || !flowing.contains(carry)) {
            return gradient;
        }
        return Optional.of(inside.builder().zerosLike(inside.parameters().get(parameterOfCarry(carry))));
    }

    /** Whether the gradient of a carry is the same in every iteration. */
    private boolean isSteady(int carry) {
        return cotangents.get(carry).isPresent()
                && gradientOfCarry(carry).equals(Optional.ofNullable(inside.seeds().get(carry)));
    }

    // --- the body ---

    /** Differentiates the body with a gradient for every result that can have one, found from below. */
    private void differentiateBody() {
        Set<Integer> active = activeParameters();
        Set<Integer> stacked = new TreeSet<>();
        for (int i = 0; i < loop.carries() + loop.stacked(); i++) {
            if (cotangents.get(i).isPresent() && (i >= loop.carries()
                    || active.contains(parameterOfCarry(i)))) {
                (i < loop.carries() ? flowing : stacked).add(i);
            }
        }
        boolean changed = true;
        while (changed) {
            Set<Integer> seeded = new TreeSet<>(flowing);
            seeded.addAll(stacked);
            inside = RegionGradient.of(body, seeded, active, b.location());
            changed = false;
            for (int carry = 0; carry < loop.carries(); carry++) {
                changed |= inside.gradients().get(parameterOfCarry(carry)).isPresent() && flowing.add(carry);
            }
        }
    }

    /** The float parameters of the body that depend on an operand whose gradient is wanted. */
    private Set<Integer> activeParameters() {
        List<Value> parameters = body.function().parameters();
        Set<Integer> active = new TreeSet<>();
        for (int i = 1; i < parameters.size(); i++) {
            if (parameters.get(i).dtype().isFloat() && wanted.test(loop.operandOf(i))) {
                active.add(i);
            }
        }
        boolean changed = true;
        while (changed) {
            Set<Value> dependent = new HashSet<>();
            active.forEach(i -> dependent.add(parameters.get(i)));
            body.function().values().stream()
                    .filter(value -> value.operands().stream().anyMatch(dependent::contains))
                    .forEach(dependent::add);
            changed = false;
            for (int carry = 0; carry < loop.carries(); carry++) {
                Value next = body.function().results().get(carry);
                changed |= next.dtype().isFloat() && dependent.contains(next)
                        && active.add(parameterOfCarry(carry));
            }
        }
        return active;
    }

    /** The sequences and captures whose gradients are results of the backward loop. */
    private List<Integer> parametersOfOutputs() {
        List<Integer> outputs = new ArrayList<>();
        for (int i = 1; i < inside.parameters().size(); i++) {
            if (!isCarry(i) && inside.gradients().get(i).isPresent() && wanted.test(loop.operandOf(i))) {
                outputs.add(i);
            }
        }
        return outputs;
    }

    /** The carries whose gradients are wanted, or needed for something that is. */
    private Set<Integer> liveCarries() {
        Set<Integer> live = new TreeSet<>();
        List<Value> roots = new ArrayList<>();
        parametersOfOutputs().forEach(i -> roots.add(inside.gradients().get(i).orElseThrow()));
        for (int carry : flowing) {
            if (wanted.test(loop.firstCarry() + carry) && live.add(carry)) {
                roots.add(gradientOfCarry(carry).orElseThrow());
            }
        }
        while (!roots.isEmpty()) {
            Set<Value> seeds = inside.seedsOf(roots);
            roots.clear();
            for (int carry : flowing) {
                if (seeds.contains(inside.seeds().get(carry)) && live.add(carry)) {
                    roots.add(gradientOfCarry(carry).orElseThrow());
                }
            }
        }
        return live;
    }

    // --- what the backward loop needs of the forward one ---

    /** Decides what is kept of the forward pass and stacks it. */
    private void stack(List<Value> roots) {
        invariant = Invariants.of(inside.builder(), inside.parameters()
                .subList(1 + loop.sequences() + loop.carries(), inside.parameters().size()));
        Map<Value, Integer> stacked = new LinkedHashMap<>();
        for (int i = loop.carries(); i < loop.carries() + loop.stacked(); i++) {
            stacked.putIfAbsent(inside.results().get(i), i);
        }
        found = new FoundSizes(inside.builder());
        Set<Value> needed = new LinkedHashSet<>(inside.needed(roots));
        needed.addAll(found.definitions());
        List<Value> residuals = residuals(needed, stacked.keySet());
        Set<Value> shifted = shifted(residuals, stacked);
        Set<Value> all = new LinkedHashSet<>(stacked.keySet());
        residuals.forEach(residual -> all.add(shifted.contains(residual) ? nextOf(residual) : residual));
        Map<Value, Value> tops = new HashMap<>();
        if (all.size() == stacked.size()) {
            stacked.forEach((value, position) -> tops.put(value, b.project(self, position)));
        } else {
            extend(all, tops);
        }
        for (Value residual : residuals) {
            stacks.put(residual, shifted.contains(residual) ? shifted(residual, tops.get(nextOf(residual)))
                    : tops.get(residual));
        }
    }

    /**
     * What is kept of the forward pass. A carry's history can come from that of its next values, which may save
     * other residuals.
     */
    private List<Value> residuals(Set<Value> needed, Set<Value> stacked) {
        Set<Value> kept = new HashSet<>(stacked);
        List<Value> residuals = List.of();
        boolean changed = true;
        while (changed) {
            residuals = Residuals.choose(needed, value -> invariant.contains(value)
                    || inside.parameters().contains(value) && !isCarry(position(value)),
                    value -> kept.contains(value) || shifts(value) && kept.contains(nextOf(value)));
            changed = false;
            for (Value residual : residuals) {
                changed |= shifts(residual) && kept.add(nextOf(residual));
            }
        }
        return residuals;
    }

    /**
     * The carries of what is kept whose history comes from that of their next values: where something else needs
     * that too, and where it is short enough to be moved within a cache. All others are stacked themselves, since
     * moving a long history costs more than what an iteration does for it.
     */
    private Set<Value> shifted(List<Value> residuals, Map<Value, Integer> stacked) {
        Set<Value> needed = new HashSet<>(residuals);
        stacked.forEach((value, position) -> cotangents.get(position).ifPresent(_ -> needed.add(value)));
        Set<Value> shifted = new LinkedHashSet<>();
        for (Value residual : residuals) {
            if (shifts(residual) && (needed.contains(nextOf(residual)) || !isLongHistory(residual))) {
                shifted.add(residual);
            }
        }
        return shifted;
    }

    private boolean isLongHistory(Value value) {
        TensorType element = value.tensorType();
        return loop.trips().length().filter(length -> SizeEstimate.bytes(new TensorType(element.dtype(),
                Shape.of(length, element.shape().elementCount()))) >= LONG_HISTORY).isPresent();
    }

    /** The position of a parameter; -1 of any other value. */
    private int position(Value value) {
        return inside.parameters().indexOf(value);
    }

    /** Makes the loop with other stacked results and without effects. */
    private void extend(Set<Value> stacked, Map<Value, Value> tops) {
        LoopBuilder forward = new LoopBuilder(b, loop.trips(),
                self.operands().subList(0, loop.firstSequence()));
        List<Value> carries = new ArrayList<>();
        self.operands().subList(loop.firstCarry(), loop.firstCapture())
                .forEach(start -> carries.add(forward.carry(start)));
        List<Value> arguments = forward.arguments(loop, self.operands(), carries);
        Copier copies = Copier.withoutOrder(forward.body(), inside.builder().locations(), value ->
                Optional.of(position(value)).filter(i -> i >= 0).map(arguments::get));
        new Function("", inside.parameters(), inside.results(), inside.builder().locations()).values()
                .forEach(copies::copy);
        for (int i = 0; i < loop.carries(); i++) {
            forward.next(carries.get(i), copies.copy(inside.results().get(i)));
        }
        if (loop.trips().conditional()) {
            forward.goesOn(copies.copy(inside.results().get(loop.carries() + loop.stacked())));
        }
        Map<Value, Value> elements = new LinkedHashMap<>();
        for (Value value : stacked) {
            elements.put(value, found.padded(forward.body(), copies.copy(value)));
            forward.stack(elements.get(value));
        }
        forward.build();
        count = loop.trips().conditional() ? Optional.of(forward.count()) : Optional.empty();
        elements.forEach((value, element) -> tops.put(value, forward.stackOf(element)));
    }

    private Value nextOf(Value carry) {
        return inside.results().get(position(carry) - 1 - loop.sequences());
    }

    /**
     * Whether a value is a carry whose history can be had from that of its next values, moved by one and with the
     * start in front. A reversed loop whose first index is not known has no place for the start.
     */
    private boolean shifts(Value value) {
        int parameter = position(value);
        Loop.Trips trips = loop.trips();
        return isCarry(parameter) && trips.length().isPresent() && !(trips.reverse() && trips.limited());
    }

    private Value shifted(Value carry, Value nexts) {
        Value start = self.operand(loop.operandOf(position(carry)));
        List<Dim> dims = new ArrayList<>(List.of(Dim.ONE));
        dims.addAll(start.shape().dims());
        Value first = b.reshape(start, new Shape(dims));
        boolean reverse = loop.trips().reverse();
        Value all = b.add(new Concat(0), reverse ? List.of(nexts, first) : List.of(first, nexts));
        List<Dim> starts = new ArrayList<>(Collections.nCopies(all.rank(), Dim.ZERO));
        List<Dim> limits = new ArrayList<>(nexts.shape().dims());
        if (reverse) {
            starts.set(0, Dim.ONE);
            limits.set(0, all.shape().dim(0));
        }
        return b.add(new Slice(starts, limits, Collections.nCopies(all.rank(), 1L)), all);
    }

    // --- the backward loop ---

    private List<Optional<Value>> backward(Set<Integer> live) {
        Loop.Trips trips = loop.trips();
        boolean limited = trips.limited() || trips.conditional();
        List<Value> bounds = !limited ? List.of() : List.of(trips.conditional()
                ? count.orElseGet(() -> b.project(self, loop.countResult())) : self.operand(0));
        backward = new LoopBuilder(b, new Loop.Trips(trips.length(), limited, false, !trips.reverse()),
                bounds);
        copier = Copier.withoutOrder(backward.body(), inside.builder().locations(), this::given);
        for (int carry : live) {
            if (!isSteady(carry)) {
                TensorType type = inside.parameters().get(parameterOfCarry(carry)).tensorType();
                Value start = cotangents.get(carry).orElseGet(() -> b.full(type.dtype(), type.shape(), 0));
                cotangentCarries.put(inside.seeds().get(carry), backward.carry(start));
            }
        }
        for (int carry : live) {
            if (!isSteady(carry)) {
                backward.next(cotangentCarries.get(inside.seeds().get(carry)),
                        copier.copy(gradientOfCarry(carry).orElseThrow()));
            }
        }
        Map<Integer, Value> outputs = new LinkedHashMap<>();
        for (int parameter : parametersOfOutputs()) {
            Value gradient = copier.copy(inside.gradients().get(parameter).orElseThrow());
            if (parameter <= loop.sequences()) {
                backward.stack(gradient);
                outputs.put(parameter, gradient);
            } else {
                Value sum = backward.carry(b.full(gradient.dtype(), gradient.shape(), 0));
                backward.next(sum, backward.body().plus(sum, gradient));
                outputs.put(parameter, sum);
            }
        }
        return results(live, outputs);
    }

    private List<Optional<Value>> results(Set<Integer> live, Map<Integer, Value> outputs) {
        List<Optional<Value>> results = new ArrayList<>(Collections.nCopies(self.operands().size(),
                Optional.empty()));
        if (!outputs.isEmpty() || !cotangentCarries.isEmpty()) {
            backward.build();
        }
        for (int carry : live) {
            results.set(loop.firstCarry() + carry, isSteady(carry) ? cotangents.get(carry)
                    : Optional.of(backward.last(cotangentCarries.get(inside.seeds().get(carry)))));
        }
        outputs.forEach((parameter, value) -> results.set(loop.operandOf(parameter), Optional.of(
                parameter <= loop.sequences() ? backward.stackOf(value) : backward.last(value))));
        return results;
    }

    /** What stands in the backward loop's body for a value of the body, where that is not computed again. */
    private Optional<Value> given(Value value) {
        if (cotangentCarries.containsKey(value)) {
            return Optional.of(cotangentCarries.get(value));
        }
        if (stacks.containsKey(value)) {
            if (found.has(value)) {
                value.sizes().forEach(copier::copy);
            }
            Value element = backward.sequence(stacks.get(value));
            return Optional.of(found.cut(backward.body(), element, value.shape()));
        }
        int parameter = position(value);
        if (parameter == Loop.INDEX) {
            return Optional.of(backward.index());
        }
        if (isCarry(parameter)) {
            throw new CompilerBug(value + ", a carry of " + self + ", is not kept for its gradient");
        }
        if (parameter > 0) {
            Value operand = self.operand(loop.operandOf(parameter));
            return Optional.of(parameter <= loop.sequences() ? backward.sequence(operand)
                    : backward.capture(operand));
        }
        for (Map.Entry<Integer, Value> seed : inside.seeds().entrySet()) {
            if (seed.getValue() == value) {
                Value cotangent = cotangents.get(seed.getKey()).orElseThrow();
                return Optional.of(seed.getKey() < loop.carries() ? backward.capture(cotangent)
                        : backward.sequence(cotangent));
            }
        }
        if (invariant.contains(value) && Invariants.isWork(value)) {
            return Optional.of(backward.capture(hoisted.computeIfAbsent(value, this::hoist)));
        }
        return Optional.empty();
    }

    /** A value that depends on captures alone, computed outside. */
    private Value hoist(Value value) {
        return Copier.withoutOrder(b, inside.builder().locations(), leaf -> {
            int parameter = position(leaf);
            return parameter < 0 ? Optional.empty() : Optional.of(self.operand(loop.operandOf(parameter)));
        }).copy(value);
    }

    /** The number of elements of a tape: of a loop's stacked result, the number of its iterations. */
    static Value length(Builder b, Value tape) {
        return switch (tape.op()) {
            case Project _ when tape.operand(0).op() instanceof Loop loop -> loop.trips().conditional()
                    ? b.project(tape.operand(0), loop.countResult()) : tape.operand(0).operand(0);
            case After _ -> length(b, tape.operand(0));
            default -> throw new CompilerBug(tape + " is a tape that no loop stacked");
        };
    }

    /** The sum of two tapes of one length. */
    static Value sum(Builder b, Value length, Value x, Value y) {
        LoopBuilder sum = new LoopBuilder(b, new Loop.Trips(Optional.empty(), true, false, false),
                List.of(length));
        Value element = sum.body().plus(sum.sequence(x), sum.sequence(y));
        sum.stack(element);
        sum.build();
        return sum.stackOf(element);
    }
}
