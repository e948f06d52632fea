package dev.sinter.cli;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The words of a command line, read. */
final class Arguments {
    private final List<String> operands;
    private final Map<Option<?>, Object> values;

    Arguments(List<String> operands, Map<Option<?>, Object> values) {
        this.operands = List.copyOf(operands);
        this.values = new IdentityHashMap<>(values);
    }

    /** The words that belong to no option, in order. */
    List<String> operands() {
        return operands;
    }

    /** Whether the option was given, be it with the value that it has when absent. */
    boolean isGiven(Option<?> option) {
        return values.containsKey(option);
    }

    /** The value of the option, or what it has when absent. */
    @SuppressWarnings("unchecked") // An option's reader made the value that is stored under it.
    <T> T get(Option<T> option) {
        return (T) values.getOrDefault(option, option.absent());
    }
}
