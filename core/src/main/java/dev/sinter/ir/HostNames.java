package dev.sinter.ir;

import dev.sinter.op.CustomGradient;
import dev.sinter.op.HostCall;
import dev.sinter.op.HostFunction;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The names of the Java objects in a function: their own, with a number behind where two objects share one.
 */
final class HostNames implements Parser.Resolver {
    private final Map<HostFunction, String> functionNames = new IdentityHashMap<>();
    private final Map<String, HostFunction> functions = new HashMap<>();
    private final Map<CustomGradient, String> gradientNames = new HashMap<>();
    private final Map<String, CustomGradient> gradients = new HashMap<>();

    /** The names of a value's objects alone. */
    static HostNames none() {
        return new HostNames();
    }

    static HostNames of(Function function) {
        HostNames names = new HostNames();
        names.collect(function);
        return names;
    }

    private void collect(Function function) {
        for (Value value : function.values()) {
            switch (value.op()) {
                case HostCall call -> of(call.function());
                case CustomGradient custom -> of(custom);
                default -> value.op().regions().forEach(region -> collect(region.function()));
            }
        }
    }

    String of(HostFunction function) {
        return functionNames.computeIfAbsent(function, key -> give(key, key.name(), functions));
    }

    String of(CustomGradient gradient) {
        return gradientNames.computeIfAbsent(gradient, key -> give(key, key.name(), gradients));
    }

    private static <T> String give(T object, String name, Map<String, T> taken) {
        String unique = name;
        for (int i = 2; taken.containsKey(unique); i++) {
            unique = name + "-" + i;
        }
        taken.put(unique, object);
        return unique;
    }

    @Override
    public Optional<HostFunction> hostFunction(String name) {
        return Optional.ofNullable(functions.get(name));
    }

    @Override
    public Optional<CustomGradient> customGradient(String name) {
        return Optional.ofNullable(gradients.get(name));
    }
}
