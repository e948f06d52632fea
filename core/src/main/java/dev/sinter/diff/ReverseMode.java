package dev.sinter.diff;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Copier;
import dev.sinter.ir.Function;
import dev.sinter.ir.Type;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TensorType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.Absence;
import dev.sinter.op.Call;
import dev.sinter.op.Convert;
import dev.sinter.op.Derivative;
import dev.sinter.op.Map;
import dev.sinter.op.ScalarFn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The gradients of some values with respect to others, from the results back to the inputs (Griewank and
 * Walther, "Evaluating Derivatives", 2008, chapter 3).
 *
 * <p>Where all of a value's gradient came through {@code select}s, elements that no condition chose have the
 * gradient 0. A local derivative that is infinite there would make it NaN, so that the conditions are
 * remembered along elementwise functions and the chosen elements selected again after each.
 */
public final class ReverseMode {
    /**
     * A gradient so far and, where every part of it came through a select, the elements that were chosen.
     */
    private record Gradient(Value value, Optional<Value> chosen) {}

    private final Builder b;
    private final Set<Value> active;
    private final java.util.Map<Value, List<Gradient>> parts = new HashMap<>();
    private final java.util.Map<Value, Gradient> gradients = new HashMap<>();
    /** By value that is computed in the place of a call: the call. */
    private final java.util.Map<Value, Value> calls = new HashMap<>();
    private final PriorityQueue<Value> pending =
            new PriorityQueue<>(Comparator.comparingInt(Value::id).reversed());

    private ReverseMode(Builder b, Set<Value> active) {
        this.b = b;
        this.active = active;
    }

    /**
     * The gradients of the sum of some values.
     *
     * @param b     the builder of the values, which makes the gradients
     * @param ys    what is differentiated, of float dtypes
     * @param seeds for each y the gradient that it starts with, of its type
     * @param xs    with respect to what
     * @return for each x its gradient; empty where none flows
     * @throws NotDifferentiableException where a path from an x to a y has no gradient
     */
    public static List<Optional<Value>> gradients(Builder b, List<Value> ys, List<Value> seeds,
            List<Value> xs) {
        ReverseMode reverse = new ReverseMode(b, active(ys, xs));
        for (int i = 0; i < ys.size(); i++) {
            if (reverse.active.contains(ys.get(i))) {
                reverse.flow(ys.get(i), new Gradient(seeds.get(i), Optional.empty()));
            }
        }
        reverse.run();
        return xs.stream().map(x -> Optional.ofNullable(reverse.gradients.get(x)).map(Gradient::value))
                .toList();
    }

    /** The values that the ys need and that depend on an x. */
    private static Set<Value> active(List<Value> ys, List<Value> xs) {
        Set<Value> needed = new HashSet<>(ys);
        Deque<Value> open = new ArrayDeque<>(needed);
        while (!open.isEmpty()) {
            for (Value operand : open.pop().operands()) {
                if (needed.add(operand)) {
                    open.push(operand);
                }
            }
        }
        List<Value> ordered = new ArrayList<>(needed);
        ordered.sort(Comparator.comparingInt(Value::id));
        Set<Value> roots = new HashSet<>(xs);
        Set<Value> active = new HashSet<>();
        for (Value value : ordered) {
            if (roots.contains(value) || value.operands().stream().anyMatch(active::contains)) {
                active.add(value);
            }
        }
        return active;
    }

    private void run() {
        while (!pending.isEmpty()) {
            Value value = pending.poll();
            Gradient whole = total(value);
            gradients.merge(value, whole, (before, more) -> new Gradient(GradientSum.of(b, value,
                    List.of(before.value(), more.value())), Optional.empty()));
            if (value.operands().stream().anyMatch(active::contains)) {
                try {
                    pass(value, whole);
                } catch (NotDifferentiableException inside) {
                    throw !calls.containsKey(value) ? inside : NotDifferentiableException.within(
                            calls.get(value), inside.located(b.locations().of(value)));
                }
            }
        }
    }

    /** Passes the whole gradient of a value on to its operands. */
    private void pass(Value value, Gradient gradient) {
        switch (value.op().derivative()) {
            case Derivative.Zero _ -> { }
            case Derivative.NotDifferentiable(String why) -> {
                if (value.operands().stream().anyMatch(this::flowsTo)) {
                    throw new NotDifferentiableException(value, why);
                }
            }
            case Derivative.OfRegions _ when value.op() instanceof Call call && !call.recompute()
                    && !call.function().definesSizes() ->
                    passInto(value, call);
            case Derivative.OfRegions _ -> pass(value, gradient, RegionDerivatives.of(b, value,
                    elements(value, gradient.value()), operand -> flowsTo(value.operand(operand))));
            case Derivative.Rule(Derivative.Vjp vjp) ->
                    pass(value, gradient, vjp.of(b, value, gradient.value()));
        }
    }

    /**
     * Passes the gradients of a call's results on to what its function computes in its place, with the choices
     * that they came through. Values of the function that are there already get one more part of a gradient.
     */
    private void passInto(Value value, Call call) {
        Function function = call.function().function().withoutCalls(inner -> !inner.recompute());
        java.util.Map<Value, Value> arguments = new HashMap<>();
        for (int i = 0; i < value.operands().size(); i++) {
            arguments.put(function.parameters().get(i), value.operand(i));
        }
        Copier copier = Copier.withoutOrder(b, function.locations(),
                inside -> Optional.ofNullable(arguments.get(inside)));
        for (Value inside : function.values()) {
            int before = b.size();
            Value copy = copier.copy(inside);
            if (b.size() > before) {
                calls.put(copy, value);
            }
            if (copy.operands().stream().anyMatch(active::contains)) {
                active.add(copy);
            }
        }
        for (int i = 0; i < call.function().tensorResults().size(); i++) {
            Gradient gradient = gradients.get(b.project(value, i));
            Value result = copier.copy(function.results().get(i));
            if (gradient != null && flowsTo(result)) {
                flow(result, gradient);
            }
        }
    }

    private void pass(Value value, Gradient gradient, List<Optional<Value>> parts) {
        for (int i = 0; i < parts.size(); i++) {
            Value operand = value.operand(i);
            if (parts.get(i).isPresent() && flowsTo(operand)) {
                flow(operand, through(value, i, gradient, parts.get(i).get()));
            }
        }
    }

    /** The gradients of the elements of a tuple; empty where none flows. */
    private List<Optional<Value>> elements(Value tuple, Value gradient) {
        List<Optional<Value>> elements = new ArrayList<>();
        for (int i = 0; i < ((TupleType) tuple.type()).elements().size(); i++) {
            elements.add(Optional.of(b.project(gradient, i)).filter(part -> !Absence.is(part)));
        }
        return elements;
    }

    private boolean flowsTo(Value operand) {
        return active.contains(operand) && isFloat(operand.type());
    }

    /** Whether a value of a type has a gradient. */
    static boolean isFloat(Type type) {
        return switch (type) {
            case TensorType tensor -> tensor.dtype().isFloat();
            case TapeType tape -> tape.element().dtype().isFloat();
            case TupleType tuple -> tuple.elements().stream().anyMatch(ReverseMode::isFloat);
            case Type.StateType _, Type.TokenType _ -> false;
        };
    }

    /** The part of a gradient that reaches an operand, with the choice that it came through. */
    private Gradient through(Value value, int operand, Gradient gradient, Value part) {
        if (!(value.op() instanceof Map || value.op() instanceof Convert)) {
            return new Gradient(part, Optional.empty());
        }
        Optional<Value> chosen = gradient.chosen();
        if (value.op() instanceof Map(ScalarFn fn) && fn == ScalarFn.SELECT) {
            Value condition = value.operand(0);
            Value taken = operand == 1 ? condition : b.map(ScalarFn.NOT, condition);
            return new Gradient(part, Optional.of(
                    chosen.map(before -> b.map(ScalarFn.AND, before, taken)).orElse(taken)));
        }
        if (chosen.isEmpty() || part.equals(gradient.value())) {
            return new Gradient(part, chosen);
        }
        return new Gradient(b.select(chosen.get(), part, b.zerosLike(part)), chosen);
    }

    private void flow(Value value, Gradient part) {
        List<Gradient> known = parts.get(value);
        if (known == null) {
            pending.add(value);
            known = new ArrayList<>();
            parts.put(value, known);
        }
        known.add(part);
    }

    /** The whole gradient of a value, all of whose parts have come. */
    private Gradient total(Value value) {
        List<Gradient> all = parts.remove(value);
        Optional<Value> chosen = all.getFirst().chosen();
        for (Gradient part : all) {
            chosen = chosen.isEmpty() || part.chosen().isEmpty() ? Optional.empty()
                    : chosen.equals(part.chosen()) ? chosen
                    : Optional.of(b.map(ScalarFn.OR, chosen.get(), part.chosen().get()));
        }
        return new Gradient(GradientSum.of(b, value, all.stream().map(Gradient::value).toList()), chosen);
    }
}
