package dev.sinter.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An option of a command; {@link Arguments#get} takes it as the key of its value.
 *
 * @param name the name with its dashes
 * @param parameter what help calls the value, or nothing for a switch, which takes none
 * @param description what help says
 * @param absent the value where the option is not given
 * @param reader what makes a value from the word after the name
 * @param again what a further value makes of the one before, where the option is given more than once
 * @param <T> the type of the value
 */
record Option<T>(String name, String parameter, String description, T absent, Function<String, T> reader,
        BinaryOperator<T> again) {
    /** An option whose last value counts. */
    Option(String name, String parameter, String description, T absent, Function<String, T> reader) {
        this(name, parameter, description, absent, reader, (_, later) -> later);
    }

    /** An option without a value that is either given or not. */
    static Option<Boolean> flag(String name, String description) {
        return new Option<>(name, "", description, false, _ -> true);
    }

    /** An option whose value is an integer of at least {@code least}. */
    static Option<Integer> integer(String name, int least, int absent, String description) {
        return new Option<>(name, "N", description, absent, word -> {
            int value = number(name, word, Integer::valueOf);
            if (value < least) {
                throw new WrongArguments(name + " must be at least " + least + " but is " + value);
            }
            return value;
        });
    }

    /** An option whose value is any 64-bit integer. */
    static Option<Long> any64(String name, long absent, String description) {
        return new Option<>(name, "N", description, absent, word -> number(name, word, Long::valueOf));
    }

    /** An option whose value is a number of things, at least 1. */
    static Option<OptionalLong> count(String name, String description) {
        return new Option<>(name, "N", description, OptionalLong.empty(), word -> {
            long value = number(name, word, Long::valueOf);
            if (value < 1) {
                throw new WrongArguments(name + " must be at least 1 but is " + value);
            }
            return OptionalLong.of(value);
        });
    }

    /** An option whose value is a path. */
    static Option<Optional<Path>> path(String name, String description) {
        return path(name, "FILE", description);
    }

    /** An option whose value is a path, which help calls by another name. */
    static Option<Optional<Path>> path(String name, String parameter, String description) {
        return new Option<>(name, parameter, description, Optional.empty(), word -> Optional.of(Path.of(word)));
    }

    /** An option whose value is any word. */
    static Option<String> text(String name, String parameter, String absent, String description) {
        return new Option<>(name, parameter, description, absent, word -> word);
    }

    /** An option that may be given any number of times, each time with a word. */
    static Option<List<String>> texts(String name, String parameter, String description) {
        return new Option<>(name, parameter, description, List.of(), List::of,
                (before, later) -> Stream.concat(before.stream(), later.stream()).toList());
    }

    /** An option whose value is one of an enum's constants, written as {@link Enum#toString} writes them. */
    static <E extends Enum<E>> Option<E> oneOf(String name, E absent, String description) {
        E[] all = absent.getDeclaringClass().getEnumConstants();
        String choices = Arrays.stream(all).map(Enum::toString).collect(Collectors.joining("|"));
        return new Option<>(name, choices, description, absent, word -> {
            for (E one : all) {
                if (one.toString().equals(word)) {
                    return one;
                }
            }
            throw new WrongArguments(name + " must be one of " + choices + " but is '" + word + "'");
        });
    }

    /** An option whose value is a number from 0 on. */
    static Option<OptionalDouble> number(String name, String description) {
        return new Option<>(name, "X", description, OptionalDouble.empty(), word -> {
            double value = real(name, word);
            if (!(value >= 0)) {
                throw new WrongArguments(name + " must be at least 0 but is " + word);
            }
            return OptionalDouble.of(value);
        });
    }

    /** Adds the value of a word to those that options have been given. */
    @SuppressWarnings("unchecked") // What is stored under an option, the option has made.
    void read(String word, Map<Option<?>, Object> values) {
        values.merge(this, reader.apply(word), (before, later) -> again.apply((T) before, (T) later));
    }

    /** Whether the option stands alone. */
    boolean isFlag() {
        return parameter.isEmpty();
    }

    private static double real(String name, String word) {
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException _) {
            throw new WrongArguments(name + " must be a number but is '" + word + "'");
        }
    }

    private static <N> N number(String name, String word, Function<String, N> read) {
        try {
            return read.apply(word);
        } catch (NumberFormatException _) {
            throw new WrongArguments(name + " must be an integer in range but is '" + word + "'");
        }
    }
}
