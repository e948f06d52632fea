package dev.sinter.ir;

import dev.sinter.op.After;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Makes values of one builder again in another one, with all that they need. Where the copy of a value is
 * given, what that value needs is left alone. Every copy has the places of its origin.
 */
public final class Copier {
    private final Builder to;
    private final Locations places;
    private final Function<Value, Optional<Value>> given;
    private final boolean keepsOrder;
    private final Map<Value, Value> copies = new HashMap<>();

    private Copier(Builder to, Locations places, Function<Value, Optional<Value>> given,
            boolean keepsOrder) {
        this.to = to;
        this.places = places;
        this.given = given;
        this.keepsOrder = keepsOrder;
    }

    /**
     * What copies into a builder.
     *
     * @param places where the values come from
     * @param given  the copy of a value where it is there already, as of a parameter
     */
    public static Copier into(Builder to, Locations places, Function<Value, Optional<Value>> given) {
        return new Copier(to, places, given, true);
    }

    /**
     * {@link #into}, where values are not ordered after the effects that they are ordered after at first.
     */
    public static Copier withoutOrder(Builder to, Locations places, Function<Value, Optional<Value>> given) {
        return new Copier(to, places, given, false);
    }

    /** The copy of a value. */
    public Value copy(Value root) {
        Deque<Value> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            Value value = pending.peek();
            if (copies.containsKey(value)) {
                pending.pop();
                continue;
            }
            Optional<Value> known = given.apply(value);
            if (known.isPresent()) {
                copies.put(value, known.get());
                continue;
            }
            boolean ready = true;
            for (Value operand : Stream.concat(needs(value).stream(), value.sizes().stream()).toList()) {
                if (!copies.containsKey(operand)) {
                    pending.push(operand);
                    ready = false;
                }
            }
            if (ready) {
                List<Value> operands = needs(value).stream().map(copies::get).toList();
                copies.put(value, isOrder(value) ? operands.getFirst() : to.copy(value, operands, places));
            }
        }
        return copies.get(root);
    }

    private boolean isOrder(Value value) {
        return !keepsOrder && value.op() instanceof After;
    }

    private List<Value> needs(Value value) {
        return isOrder(value) ? value.operands().subList(0, 1) : value.operands();
    }
}
