package dev.sinter.plan;

import dev.sinter.ir.Failures;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TapeType;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.CustomGradient;
import dev.sinter.op.DefineSize;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Join;
import dev.sinter.op.Loop;
import dev.sinter.op.Op;
import dev.sinter.op.Project;
import dev.sinter.op.Read;
import dev.sinter.op.Reshape;
import dev.sinter.op.StopGradient;
import dev.sinter.op.Tuple;
import dev.sinter.tensor.CompilerBug;
import dev.sinter.tensor.Dim;
import dev.sinter.tensor.Symbol;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A function as pure dataflow between tensors: states, tokens and ops that are their operand are resolved;
 * what remains of them is, for each value, the effects that must happen before it.
 */
final class Dataflow {
    /** The value that a variable has when the run ends. */
    record Write(String variable, Value value) {}

    /** A fetched value: the function's result of that number. */
    record Fetch(int result, Value value) {}

    private final Function function;
    private final Map<Value, Value> canonical = new HashMap<>();
    private final Map<Value, Category> categories = new HashMap<>();
    private final Map<Value, Set<Value>> effects = new HashMap<>();
    private final Map<Value, Set<Value>> pending = new HashMap<>();
    private final Set<Value> failing = new HashSet<>();
    private final Map<Symbol, Value> definitions = new HashMap<>();
    private final Map<String, Value> reads = new LinkedHashMap<>();
    private final List<Write> writes = new ArrayList<>();
    private final List<Fetch> fetches = new ArrayList<>();
    private final Set<Value> demanded = new LinkedHashSet<>();
    private final Map<Value, List<Value>> users = new HashMap<>();
    private final List<Value> live = new ArrayList<>();

    Dataflow(Function function) {
        this.function = function;
        for (Value value : function.values()) {
            if (value.op() instanceof DefineSize size) {
                Value other = definitions.put(size.symbol(), value);
                if (other != null) {
                    throw new CompilerBug(value + " and " + other + " define one symbol");
                }
            }
            resolve(value);
        }
        for (int i = 0; i < function.results().size(); i++) {
            result(i, function.results().get(i));
        }
        collectLive();
    }

    /**
     * The tensor, the parameter or the op on its own that a value is, once states and orderings are taken away.
     */
    Value canon(Value value) {
        Value found = canonical.get(value);
        if (found == null) {
            throw new CompilerBug(value + " is not a value of " + function.name());
        }
        return found;
    }

    /** How the planner treats a value. A reshape that a step on its own reads, which needs memory, is a view. */
    Category category(Value value) {
        return categories.computeIfAbsent(value, Category::of);
    }

    /** The tensors that a canonical value is computed from. */
    List<Value> operands(Value value) {
        List<Value> operands = new ArrayList<>();
        for (Value operand : value.operands()) {
            if (operand.isTensor() || operand.type() instanceof TapeType) {
                operands.add(canon(operand));
            }
        }
        return operands;
    }

    Value operand(Value value, int index) {
        return canon(value.operand(index));
    }

    /** The steps of their own and tensors that must exist before a canonical value is computed. */
    Set<Value> before(Value value) {
        if (effects.isEmpty()) {
            return Set.of();
        }
        Set<Value> all = new LinkedHashSet<>();
        for (Value operand : value.operands()) {
            all.addAll(pending.getOrDefault(operand, Set.of()));
            if (!operand.isTensor()) {
                all.addAll(effects.getOrDefault(operand, Set.of()));
            }
        }
        all.addAll(value.sizes());
        all.remove(value);
        return all;
    }

    /** The definitions of the symbols in some sizes. */
    Set<Value> definitions(Collection<Dim> sizes) {
        Set<Value> found = new LinkedHashSet<>();
        if (!definitions.isEmpty()) {
            sizes.forEach(size -> size.symbols().stream().map(definitions::get).filter(Objects::nonNull)
                    .forEach(found::add));
        }
        return found;
    }

    /** What orders a value that is itself a result or written: the same for the value as the user names it. */
    Set<Value> beforeResult(Value uncanonical) {
        return pending.getOrDefault(uncanonical, Set.of());
    }

    /** Whether computing the op itself, its regions included, can fail the run. A tape may find no memory. */
    static boolean canFail(Value value) {
        return Failures.canFail(value) || growsTape(value);
    }

    private static boolean growsTape(Value value) {
        return value.op() instanceof Loop && value.type() instanceof TupleType(var elements)
                && elements.stream().anyMatch(TapeType.class::isInstance)
                || value.op().regions().stream()
                        .anyMatch(region -> region.function().values().stream().anyMatch(Dataflow::growsTape));
    }

    /** Whether an op is a loop or has one inside: it may take so long that somebody stops the run. */
    static boolean hasLoop(Value value) {
        return value.op() instanceof Loop || value.op().regions().stream()
                .anyMatch(region -> region.function().values().stream().anyMatch(Dataflow::hasLoop));
    }

    /** Canonical values that the results need, each after its operands; parameters are not among them. */
    List<Value> live() {
        return live;
    }

    /** The canonical values that use a canonical value as an operand, each as often as it does. */
    List<Value> users(Value value) {
        return users.getOrDefault(value, List.of());
    }

    List<Write> writes() {
        return writes;
    }

    List<Fetch> fetches() {
        return fetches;
    }

    /** Tensors and steps of their own that must happen although no result shows them. */
    Collection<Value> demanded() {
        return demanded;
    }

    Function function() {
        return function;
    }

    /** The only canonical value that reads a variable's initial state. */
    Optional<Value> read(String variable) {
        return Optional.ofNullable(reads.get(variable));
    }

    private void resolve(Value value) {
        canonical.put(value, target(value));
        boolean fails = canFail(value);
        for (Value operand : value.operands()) {
            fails |= failing.contains(operand);
        }
        if (fails) {
            failing.add(value);
        }
        orderings(value);
    }

    private Value target(Value value) {
        Op op = value.op();
        if (op instanceof After || op instanceof StopGradient || op instanceof CustomGradient) {
            return canon(value.operand(0));
        }
        if (op instanceof Assign) {
            return canon(value.operand(1));
        }
        if (op instanceof Project project && value.operand(0).op() instanceof Tuple) {
            return canon(value.operand(0).operand(project.index()));
        }
        if (op instanceof Read) {
            Value state = canon(value.operand(0));
            return state.op() instanceof InitialState initial
                    ? reads.computeIfAbsent(initial.variable(), name -> value) : state;
        }
        return value;
    }

    /** {@code effects}: what must have happened for the value to exist; {@code pending}: what its user waits for. */
    private void orderings(Value value) {
        Op op = value.op();
        boolean steps = op instanceof HostCall || op instanceof DefineSize
                || !op.regions().isEmpty() && (canFail(value) || op.regions().stream().anyMatch(Region::hasEffect));
        if (steps) {
            effects.put(value, Set.of(value));
        } else if (op instanceof Project || op instanceof StopGradient || op instanceof CustomGradient) {
            inherit(value);
        } else if (op instanceof Join) {
            effects.put(value, unionOfEffects(value.operands()));
        } else if (op instanceof After) {
            effects.put(value, unionOfEffects(value.operands()));
            Set<Value> others = unionOfEffects(value.operands().subList(1, value.operands().size()));
            pending.put(value, union(pending.get(value.operand(0)), others));
        } else if (op instanceof Assign) {
            effects.put(value, unionOfEffects(value.operands()));
            pending.put(value, union(pending.get(value.operand(0)), pending.get(value.operand(1))));
        } else if (op instanceof Read) {
            pending.put(value, pending.getOrDefault(value.operand(0), Set.of()));
        } else if (value.isTensor() && failing.contains(value)) {
            effects.put(value, Set.of(value));
        }
    }

    private void inherit(Value value) {
        pending.put(value, pending.getOrDefault(value.operand(0), Set.of()));
        effects.put(value, effects.getOrDefault(value.operand(0), Set.of()));
    }

    private Set<Value> unionOfEffects(List<Value> values) {
        Set<Value> all = new LinkedHashSet<>();
        values.forEach(value -> all.addAll(effects.getOrDefault(value, Set.of())));
        return all;
    }

    private static Set<Value> union(Set<Value> a, Set<Value> b) {
        if ((a == null || a.isEmpty()) && (b == null || b.isEmpty())) {
            return Set.of();
        }
        Set<Value> all = new LinkedHashSet<>(a == null ? Set.of() : a);
        all.addAll(b == null ? Set.of() : b);
        return all;
    }

    private void result(int index, Value result) {
        switch (result.type()) {
            case dev.sinter.ir.Type.TensorType tensor -> fetches.add(new Fetch(index, canon(result)));
            case dev.sinter.ir.Type.StateType state -> {
                Value value = canon(result);
                if (!(value.op() instanceof InitialState)) {
                    writes.add(new Write(state.variable(), value));
                }
            }
            case dev.sinter.ir.Type.TokenType token -> {}
            case TupleType _, TapeType _ -> {}
        }
        demanded.addAll(effects.getOrDefault(result, Set.of()));
    }

    private void collectLive() {
        Deque<Value> open = new ArrayDeque<>(demanded);
        writes.forEach(write -> open.add(write.value()));
        fetches.forEach(fetch -> open.add(fetch.value()));
        function.results().forEach(result -> open.addAll(beforeResult(result)));
        Set<Value> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Value value = open.pop();
            if (!seen.add(value)) {
                continue;
            }
            live.add(value);
            Set<Value> ordered = before(value);
            demanded.addAll(ordered);
            open.addAll(ordered);
            if (value.op() instanceof Project) {
                open.push(value.operand(0));
            }
            open.addAll(operands(value));
        }
        live.sort(Comparator.comparingInt(Value::id));
        for (Value value : live) {
            for (Value operand : operands(value)) {
                users.computeIfAbsent(operand, key -> new ArrayList<>()).add(value);
                if (operand.op() instanceof Reshape && category(value) == Category.HOST) {
                    categories.put(operand, Category.VIEW);
                }
            }
        }
    }
}
