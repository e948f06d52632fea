package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Function;
import dev.sinter.ir.Location;
import dev.sinter.ir.Value;
import dev.sinter.op.Map;
import dev.sinter.op.Op;
import dev.sinter.tensor.CompilerBug;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Applies rules until none applies. Values are brought to their normal form operands first; whatever a rule
 * builds is brought to its normal form before its users are looked at. Patterns look down only, so that a
 * normal form stays one. Rules are tried in the order in which they are given.
 *
 * <p>A replacement gets the places of the value that it replaces and of all values that the rule took apart.
 */
final class RewriteDriver {
    private static final int APPLICATIONS_PER_VALUE = 64;

    private final List<Rule> rules;

    RewriteDriver(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** The function with every value in its normal form and nothing else. */
    Function run(Function function, PassContext context) {
        Function current = function;
        Run run = new Run(current, context);
        while (run.hasWork()) {
            current = run.run().compacted();
            if (!run.mayFindMore()) {
                return current;
            }
            run = new Run(current, context);
        }
        return current;
    }

    private final class Run {
        private final Function function;
        private final PassContext context;
        private final Builder builder = new Builder();
        /** The rules by the kind or the scalar function of their root. */
        private final java.util.Map<Object, List<Rule>> index = new HashMap<>();
        /** By id: the normal form, once it is known. */
        private final List<Optional<Value>> normal = new ArrayList<>();
        /** By id: what has replaced the value, once something has. */
        private final List<Optional<Value>> replaced = new ArrayList<>();
        /**
         * How many users in the input each normal form stands for; what a rule has built for itself has none.
         */
        private final java.util.Map<Value, Integer> uses = new HashMap<>();
        private final Deque<String> lastRules = new ArrayDeque<>();
        private long budget;
        private boolean applied;
        private boolean shared;

        Run(Function function, PassContext context) {
            this.function = function;
            this.context = context;
            for (Rule rule : rules) {
                if (context.options().allows(rule)) {
                    Pattern.Node<?> root = rule.pattern();
                    Object key = root.fn().isPresent() ? root.fn().get() : root.kind();
                    index.computeIfAbsent(key, any -> new ArrayList<>()).add(rule);
                }
            }
        }

        /** Whether any value is of a kind that some rule replaces. */
        boolean hasWork() {
            return context.mayApply() && function.values().stream()
                    .anyMatch(value -> index.containsKey(Op.class)
                    || index.containsKey(value.op().getClass())
                    || value.op() instanceof Map map && index.containsKey(map.fn()));
        }

        /** Whether a value was spared because it had several users, of which some may be gone by now. */
        boolean mayFindMore() {
            return applied && shared;
        }

        private int uses(Value value) {
            int count = uses.getOrDefault(value, 0);
            shared |= count > 1;
            return count;
        }

        Function run() {
            List<Value> values = function.values();
            budget = APPLICATIONS_PER_VALUE * (values.size() + 64L);
            java.util.Map<Value, Integer> inputUses = new HashMap<>();
            values.forEach(value -> value.operands()
                    .forEach(operand -> inputUses.merge(operand, 1, Integer::sum)));
            function.results().forEach(result -> inputUses.merge(result, 1, Integer::sum));
            java.util.Map<Value, Value> copies = new HashMap<>();
            Set<Value> inOrder = new LinkedHashSet<>(function.parameters());
            inOrder.addAll(values);
            for (Value value : inOrder) {
                Value copy = builder.add(value.op(), value.operands().stream().map(copies::get).toList());
                builder.locations().addAll(copy, function.locations().of(value));
                Value form = normalForm(copy);
                uses.merge(form, inputUses.getOrDefault(value, 0), Integer::sum);
                copies.put(value, form);
            }
            return new Function(function.name(), function.parameters().stream().map(copies::get).toList(),
                    function.results().stream().map(copies::get).toList(), builder.locations());
        }

        private Value normalForm(Value start) {
            Deque<Value> pending = new ArrayDeque<>();
            pending.push(start);
            while (!pending.isEmpty()) {
                Value value = pending.peek();
                grow();
                if (normal.get(value.id()).isPresent()) {
                    pending.pop();
                } else if (replaced.get(value.id()).isPresent()) {
                    Value replacement = replaced.get(value.id()).get();
                    if (normal.get(replacement.id()).isPresent()) {
                        normal.set(value.id(), normal.get(replacement.id()));
                        pending.pop();
                    } else {
                        push(pending, replacement);
                    }
                } else if (operandsAreNormal(value, pending)) {
                    step(value);
                }
            }
            return normal.get(start.id()).orElseThrow();
        }

        /** Whether all operands have normal forms; those that have none are pushed. */
        private boolean operandsAreNormal(Value value, Deque<Value> pending) {
            boolean all = true;
            for (Value operand : value.operands()) {
                if (normal.get(operand.id()).isEmpty()) {
                    push(pending, operand);
                    all = false;
                }
            }
            return all;
        }

        private void push(Deque<Value> pending, Value value) {
            if (replaced.get(value.id()).isPresent()) {
                throw new CompilerBug("rules go round in a circle at " + value + ": " + lastRules);
            }
            pending.push(value);
        }

        /** Replaces a value whose operands have normal forms, or finds that it is normal. */
        private void step(Value value) {
            List<Value> operands = value.operands().stream()
                    .map(operand -> normal.get(operand.id()).orElseThrow()).toList();
            if (!operands.equals(value.operands())) {
                Value same = builder.add(value.op(), operands);
                builder.locations().addAll(same, builder.locations().of(value));
                replace(value, same);
                return;
            }
            if (value.op() instanceof Map map && applyOne(value, map.fn())
                    || applyOne(value, value.op().getClass()) || applyOne(value, Op.class)) {
                return;
            }
            normal.set(value.id(), Optional.of(value));
        }

        private boolean applyOne(Value value, Object key) {
            for (Rule rule : index.getOrDefault(key, List.of())) {
                if (!context.mayApply()) {
                    return false;
                }
                int before = builder.size();
                Optional<Rule.Application> application = rule.tryAt(value, builder, this::uses);
                if (application.isPresent()) {
                    context.applied(rule);
                    applied = true;
                    count(rule);
                    Value replacement = application.get().replacement();
                    keepPlaces(application.get(), before);
                    replace(value, replacement);
                    return true;
                }
            }
            return false;
        }

        private void keepPlaces(Rule.Application application, int firstNew) {
            Set<Location> places = new LinkedHashSet<>();
            application.match().nodes().forEach(node -> places.addAll(builder.locations().of(node)));
            List<Value> heirs = new ArrayList<>(List.of(application.replacement()));
            for (int id = firstNew; id < builder.size(); id++) {
                heirs.add(builder.value(id));
            }
            builder.locations().addAll(heirs, places);
        }

        private void replace(Value value, Value replacement) {
            grow();
            replaced.set(value.id(), Optional.of(replacement));
        }

        private void grow() {
            while (normal.size() < builder.size()) {
                normal.add(Optional.empty());
                replaced.add(Optional.empty());
            }
        }

        private void count(Rule rule) {
            lastRules.addLast(rule.name());
            if (lastRules.size() > 8) {
                lastRules.removeFirst();
            }
            if (--budget < 0) {
                throw new CompilerBug("rules do not come to an end; the last were " + lastRules);
            }
        }
    }
}
