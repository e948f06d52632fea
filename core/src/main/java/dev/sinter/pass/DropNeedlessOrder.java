package dev.sinter.pass;

import dev.sinter.ir.Builder;
import dev.sinter.ir.Failures;
import dev.sinter.ir.Function;
import dev.sinter.ir.Region;
import dev.sinter.ir.Type.TupleType;
import dev.sinter.ir.Value;
import dev.sinter.op.After;
import dev.sinter.op.Call;
import dev.sinter.op.HostCall;
import dev.sinter.op.Join;
import dev.sinter.op.Project;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Removes the order after values that nothing precedes which matters: to come after a pure computation means nothing.
 * Effects of host calls matter, in the function or in regions. What can fail, such as a check of indices, matters where
 * only an order says that it is carried out; the order is then after that alone. The order that binds a call stays.
 */
final class DropNeedlessOrder implements Pass {
    private final String reason;

    DropNeedlessOrder(String reason) {
        this.reason = reason;
    }

    @Override
    public String name() {
        return "drop-needless-order";
    }

    @Override
    public String reason() {
        return reason;
    }

    @Override
    public Function run(Function function, PassContext context) {
        if (function.values().stream()
                .noneMatch(value -> value.op() instanceof After || value.op() instanceof Join)) {
            return function;
        }
        KeptOrders kept = new KeptOrders(function);
        Map<Value, Value> made = new HashMap<>();
        return function.remade((b, value, operands) -> {
            List<Value> order = kept.before(value).stream().map(made::get).distinct().toList();
            Value copy = switch (value.op()) {
                case After _ when !kept.isBinding(value) -> order.isEmpty() ? operands.getFirst() : b.add(new After(),
                        Stream.concat(Stream.of(operands.getFirst()), order.stream()).toList());
                case Join _ -> b.add(new Join(), order);
                default -> b.add(value.op(), operands);
            };
            made.put(value, copy);
            return copy;
        });
    }

    /** The orders that are kept. */
    private static final class KeptOrders {
        /** That an {@code after} or {@code join} comes after one of its operands. */
        private record Order(Value later, Value earlier) {}

        private final Set<Value> effectful = new HashSet<>();
        private final Set<Value> binding = new HashSet<>();
        private final Set<Value> needed = new HashSet<>();
        private final Map<Value, Set<Value>> before = new HashMap<>();

        KeptOrders(Function function) {
            for (Value value : function.values()) {
                boolean effect = value.op() instanceof HostCall call && call.function().hasEffect()
                        || value.op().regions().stream().anyMatch(Region::hasEffect);
                if (effect || value.operands().stream().anyMatch(effectful::contains)) {
                    effectful.add(value);
                }
            }
            function.values().stream().filter(Call::isBound).forEach(call -> binding.addAll(call.operands()));
            List<Order> orders = new ArrayList<>();
            need(function.results(), orders);
            orders.sort(Comparator.comparingInt(order -> order.later().id()));
            orders.forEach(this::decide);
        }

        /** The values after which a value comes by order alone. */
        Set<Value> before(Value value) {
            return before.getOrDefault(value, Set.of());
        }

        /** Whether a value is the operand of a call that is bound to come after something. */
        boolean isBinding(Value value) {
            return binding.contains(value);
        }

        private void decide(Order order) {
            List<Order> open = new ArrayList<>(List.of(order));
            for (int i = 0; i < open.size(); i++) {
                Order next = open.get(i);
                if (effectful.contains(next.earlier())) {
                    keep(next);
                }
                need(List.of(next.earlier()), open).forEach(failing -> keep(new Order(order.later(), failing)));
            }
        }

        private void keep(Order order) {
            before.computeIfAbsent(order.later(), _ -> new LinkedHashSet<>()).add(order.earlier());
        }

        /**
         * Adds to what is needed some values and what they are computed from.
         *
         * @param orders where the orders among them go, which are not followed
         * @return those among them that can fail
         */
        private List<Value> need(List<Value> values, List<Order> orders) {
            List<Value> failing = new ArrayList<>();
            Deque<Value> open = new ArrayDeque<>(values);
            while (!open.isEmpty()) {
                Value value = open.pop();
                if (!needed.add(value)) {
                    continue;
                }
                if (Failures.canFail(value.op() instanceof Project ? value.operand(0) : value)) {
                    failing.add(value);
                }
                int ordered = value.op() instanceof Join ? 0
                        : value.op() instanceof After && !isBinding(value) ? 1 : value.operands().size();
                value.operands().subList(ordered, value.operands().size())
                        .forEach(operand -> orders.add(new Order(value, operand)));
                open.addAll(value.operands().subList(0, ordered));
                open.addAll(value.sizes());
            }
            return failing.stream().filter(value -> !(value.type() instanceof TupleType)).toList();
        }
    }
}
