package dev.sinter.plan;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Symbols;
import dev.sinter.ir.Type.StateType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Assign;
import dev.sinter.op.Broadcast;
import dev.sinter.op.Constant;
import dev.sinter.op.Contract;
import dev.sinter.op.HostCall;
import dev.sinter.op.InitialState;
import dev.sinter.op.Join;
import dev.sinter.op.Loop;
import dev.sinter.op.Parameter;
import dev.sinter.op.Read;
import dev.sinter.op.Reshape;
import dev.sinter.op.Reverse;
import dev.sinter.op.RunNumber;
import dev.sinter.op.Slice;
import dev.sinter.op.Transpose;
import dev.sinter.op.Tuple;
import dev.sinter.op.Windows;
import dev.sinter.tensor.Dim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * The values of a function that follow from constants and from variables that it only reads, of known sizes and
 * without a way to fail, and that are worth being kept from run to run: one function makes them as the values of
 * hidden variables, another one computes the results with these.
 *
 * @param making    assigns the hidden variables; its parameters are the states of the variables that it reads, then
 *                  those of the hidden ones
 * @param using     the function, with the states of the hidden variables as its last parameters
 * @param hidden    the states of the hidden variables, in order
 * @param decisions what is kept and why
 */
public record DerivedValues(Function making, Function using, List<InitialState> hidden, List<Decision> decisions) {
    /** Work below this, counted in elements of cheap functions, is not worth a look. */
    private static final long LEAST_WORK = 64;
    /** Beyond so many bytes a cheap function is computed wherever its value is read. */
    private static final long SMALL_BYTES = 64 << 10;
    /** So many bytes are kept if they are worth it; beyond, {@value #MOST_COPIES} times as many as the sources have. */
    private static final long ALWAYS_BYTES = 1 << 20;
    private static final long MOST_COPIES = 2;
    private static final long EXPENSIVE = 8;
    private static final long MOVED = 4;
    /** So many operations of a product take as long as an element of a cheap function. */
    private static final long FLOPS = 4;

    public DerivedValues {
        hidden = List.copyOf(hidden);
        decisions = List.copyOf(decisions);
    }

    /** The bytes of the hidden variables. */
    public long bytes() {
        return hidden.stream().mapToLong(state -> Costs.bytes(state.content()).constant()).sum();
    }

    /**
     * What of a function is kept.
     *
     * @param function optimised
     * @param name     gives hidden variables their names
     * @return without hidden variables where nothing is
     */
    public static DerivedValues of(Function function, IntFunction<String> name) {
        return new Search(function).result(name);
    }

    private static final class Search {
        private final Function function;
        private final List<Value> values;
        private final Set<Value> derived = new HashSet<>();
        /** What it takes to compute a derived value, counted in elements of cheap functions. */
        private final Map<Value, Double> work = new HashMap<>();
        /** Derived values that something else enters into than cheap functions of indices. */
        private final Set<Value> madeOfMore = new HashSet<>();
        /** Derived values that a reader takes from memory. */
        private final Set<Value> readFromMemory = new HashSet<>();
        private final List<Decision> decisions = new ArrayList<>();

        Search(Function function) {
            this.function = function;
            this.values = function.values();
            Set<String> written = new HashSet<>();
            for (Value value : values) {
                if (value.op() instanceof Assign) {
                    written.add(((StateType) value.type()).variable());
                }
            }
            for (Value value : values) {
                if (value.op() instanceof Read && value.operand(0).op() instanceof InitialState state
                        ? !written.contains(state.variable()) : isSafe(value)) {
                    derived.add(value);
                    note(value);
                }
            }
        }

        private void note(Value value) {
            double all = ownWork(value);
            boolean more = isSource(value) || Costs.isExpensive(value) || value.op() instanceof Contract;
            for (Value operand : value.operands()) {
                all += work.getOrDefault(operand, 0.0);
                more |= madeOfMore.contains(operand);
            }
            work.put(value, all);
            if (more) {
                madeOfMore.add(value);
            }
        }

        private boolean isSafe(Value value) {
            boolean given = value.op() instanceof Parameter || value.op() instanceof RunNumber
                    || value.op() instanceof InitialState || value.op() instanceof HostCall;
            return !given && value.isTensor() && value.op().regions().isEmpty() && value.sizes().isEmpty()
                    && derived.containsAll(value.operands()) && !Dataflow.canFail(value)
                    && Symbols.of(value.op(), value.type()).isEmpty();
        }

        DerivedValues result(IntFunction<String> name) {
            List<Value> kept = kept();
            if (kept.isEmpty()) {
                return new DerivedValues(new Function("keep", List.of(), List.of(), function.locations()), function,
                        List.of(), decisions);
            }
            Map<Value, InitialState> hidden = new HashMap<>();
            List<InitialState> states = new ArrayList<>();
            for (Value value : kept) {
                InitialState state = new InitialState(name.apply(states.size()), value.tensorType());
                hidden.put(value, state);
                states.add(state);
            }
            return new DerivedValues(making(kept, states), using(hidden, states), states, decisions);
        }

        private List<Value> kept() {
            Set<Value> wanted = new LinkedHashSet<>();
            for (Value value : values) {
                if (!derived.contains(value) && isReader(value)) {
                    List<Value> read = value.operands().stream().filter(derived::contains).map(Search::withoutAccess)
                            .filter(operand -> !operand.operands().isEmpty() && !(operand.op() instanceof Read))
                            .toList();
                    wanted.addAll(read);
                    if (value.op() instanceof Contract || value.op() instanceof Loop) {
                        readFromMemory.addAll(read);
                    }
                }
            }
            List<Value> worth = new ArrayList<>(wanted.stream().filter(this::isWorthKeeping).toList());
            worth.sort(Comparator.comparingDouble(value -> -work.get(value) / Costs.nominalBytes(value)));
            long room = Math.max(ALWAYS_BYTES, MOST_COPIES * new Function("keep", List.of(), worth,
                    function.locations()).values().stream().filter(Search::isSource)
                    .mapToLong(Costs::nominalBytes).sum());
            List<Value> kept = new ArrayList<>();
            for (Value value : worth) {
                String question = "keep %" + value.id() + " " + value.op().mnemonic() + " from run to run";
                room -= Costs.nominalBytes(value);
                if (room < 0) {
                    decisions.add(new Decision.No(question, "what is kept would take more than " + MOST_COPIES
                            + " times the memory of what it is made of"));
                } else {
                    decisions.add(new Decision.Yes(question, "it follows from what the program only reads"));
                    kept.add(value);
                }
            }
            kept.sort(Comparator.comparingInt(Value::id));
            return kept;
        }

        /** Whether an op computes with its operands; what is only fetched or assigned, is not computed with. */
        private static boolean isReader(Value value) {
            return switch (value.op()) {
                case Assign _, After _, Join _, Tuple _ -> false;
                default -> true;
            };
        }

        /** What a value shows the elements of, perhaps repeated or in another order. */
        private static Value withoutAccess(Value value) {
            Value at = value;
            while (true) {
                switch (at.op()) {
                    case Broadcast _, Reshape _, Slice _, Reverse _, Windows _, Transpose _ -> at = at.operand(0);
                    default -> {
                        return at;
                    }
                }
            }
        }

        private boolean isWorthKeeping(Value value) {
            long elements = value.shape().elementCount().constant();
            if (elements == 0 || work.get(value) < LEAST_WORK || !madeOfMore.contains(value)) {
                return false;
            }
            return Costs.nominalBytes(value) <= SMALL_BYTES || work.get(value) >= MOVED * elements
                    || readFromMemory.contains(value);
        }

        private static boolean isSource(Value value) {
            return value.op() instanceof Read || value.op() instanceof Constant && value.rank() > 0;
        }

        private static long ownWork(Value value) {
            long elements = value.shape().elementCount().assumed();
            return switch (Category.of(value)) {
                case ELEMENTWISE, GENERATOR -> Costs.isExpensive(value) ? EXPENSIVE * elements
                        : value.operands().isEmpty() ? 0 : elements;
                case REDUCE -> value.operand(0).shape().elementCount().assumed();
                case CONTRACT -> Costs.flops(value) / FLOPS;
                case ASSEMBLE -> MOVED * elements;
                case ACCESS -> Accesses.isDynamic(value) ? MOVED * elements : 0;
                case SOURCE, VIEW, HOST, NONE -> 0;
            };
        }

        private Function making(List<Value> kept, List<InitialState> states) {
            Set<Value> needed = new HashSet<>(new Function("keep", List.of(), kept, function.locations()).values());
            List<Value> given = function.parameters().stream().filter(needed::contains).toList();
            Builder b = new Builder();
            List<Value> parameters = new ArrayList<>(given.stream().map(state -> b.add(state.op())).toList());
            List<Value> made = new Function("keep", given, kept, function.locations()).inline(b, parameters);
            List<Value> results = new ArrayList<>();
            for (int i = 0; i < states.size(); i++) {
                Value state = b.add(states.get(i));
                parameters.add(state);
                results.add(b.add(new Assign(), state, made.get(i)));
                b.locations().addAll(results.getLast(), function.locations().of(kept.get(i)));
            }
            return new Function("keep", parameters, results, b.locations());
        }

        private Function using(Map<Value, InitialState> hidden, List<InitialState> states) {
            Map<InitialState, Value> added = new HashMap<>();
            Function remade = function.remade((b, value, operands) -> {
                InitialState state = hidden.get(value);
                if (state == null) {
                    return b.add(value.op(), operands);
                }
                Value parameter = b.add(state);
                added.put(state, parameter);
                return b.add(new Read(), parameter);
            });
            List<Value> parameters = new ArrayList<>(remade.parameters());
            states.forEach(state -> parameters.add(added.get(state)));
            return new Function(remade.name(), parameters, remade.results(), remade.locations());
        }
    }
}
