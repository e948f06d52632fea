package dev.sinter.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The values of symbols in one run. Made by {@link SymbolBinder}. */
public final class SymbolBindings {
    private final Map<Symbol, Integer> slots;
    private final long[] values;

    SymbolBindings(Map<Symbol, Integer> slots, long[] values) {
        this.slots = slots;
        this.values = values;
    }

    /** The value of a symbol. One that no input binds is a {@link GraphException}. */
    public long value(Symbol symbol) {
        Integer slot = slots.get(symbol);
        if (slot == null) {
            throw new GraphException("the size " + symbol + " is not known from any input of the run");
        }
        return values[slot];
    }

    /** These bindings with the value of one more symbol, or another value of one. */
    public SymbolBindings with(Symbol symbol, long value) {
        Map<Symbol, Integer> more = new LinkedHashMap<>(slots);
        more.putIfAbsent(symbol, slots.size());
        long[] all = Arrays.copyOf(values, more.size());
        all[more.get(symbol)] = value;
        return new SymbolBindings(more, all);
    }

    public long evaluate(Dim dim) {
        return dim.evaluate(this::value);
    }

    /** The sizes of a shape. */
    public long[] evaluate(Shape shape) {
        return shape.dims().stream().mapToLong(this::evaluate).toArray();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        slots.forEach((symbol, slot) -> text.append(text.isEmpty() ? "" : ", ").append(symbol).append(" = ")
                .append(Objects.toString(values[slot])));
        return text.toString();
    }
}
