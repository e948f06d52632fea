package dev.sinter.cli;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The arguments that a command takes: it reads them and prints their help.
 *
 * @param command the command's name
 * @param operands what stands beside the options
 * @param summary what the command does, in one line
 * @param details further lines of help, or nothing
 * @param options the options in the order of the help
 */
record Syntax(String command, Operands operands, String summary, String details, List<Option<?>> options) {
    private static final int DESCRIPTION_COLUMN = 26;

    /** What stands beside the options. */
    enum Operands {
        /** Exactly one name. */
        ONE_NAME("NAME"),
        /** Any number of names. */
        NAMES("[NAME...]"),
        /** A word that says what is to be done, then any number of names. */
        TASK_AND_NAMES("TASK NAME..."),
        /** Any words at all, those with dashes among them. */
        ANY_WORDS("[WORD...]");

        private final String usage;

        Operands(String usage) {
            this.usage = usage;
        }
    }

    /** Whether the words ask for help instead of work. */
    boolean asksForHelp(List<String> words) {
        return words.contains("--help") || words.contains("-h");
    }

    /**
     * Reads the words after the command's name; a value may follow its option as the next word or after
     * {@code =}.
     *
     * @throws WrongArguments if a word is not expected, or a value is missing or malformed
     */
    Arguments read(List<String> words) {
        if (operands == Operands.ANY_WORDS) {
            return new Arguments(words, Map.of());
        }
        List<String> names = new ArrayList<>();
        Map<Option<?>, Object> values = new IdentityHashMap<>();
        for (Iterator<String> rest = words.iterator(); rest.hasNext();) {
            String word = rest.next();
            if (word.startsWith("-")) {
                readOption(word, rest, values);
            } else {
                names.add(word);
            }
        }
        if (operands == Operands.ONE_NAME && names.size() != 1) {
            throw new WrongArguments(names.isEmpty()
                    ? command + " needs a name"
                    : command + " takes one name but there are " + names.size() + ": "
                            + String.join(" ", names));
        }
        return new Arguments(names, values);
    }

    private void readOption(String word, Iterator<String> rest, Map<Option<?>, Object> values) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Option<?> option = option(name);
        String value = "";
        if (option.isFlag()) {
            if (equals >= 0) {
                throw new WrongArguments(name + " takes no value");
            }
        } else if (equals >= 0) {
            value = word.substring(equals + 1);
        } else if (rest.hasNext()) {
            value = rest.next();
        } else {
            throw new WrongArguments(name + " needs a value: " + name + " " + option.parameter());
        }
        option.read(value, values);
    }

    private Option<?> option(String name) {
        for (Option<?> option : options) {
            if (option.name().equals(name)) {
                return option;
            }
        }
        throw new WrongArguments(command + " has no option " + name);
    }

    /** The help, as lines that each end with a line break. */
    String help() {
        StringBuilder text = new StringBuilder("Usage: sinter " + command);
        text.append(options.isEmpty() ? " " : " [OPTION...] ").append(operands.usage).append('\n');
        text.append(summary).append('\n');
        if (!details.isEmpty()) {
            text.append('\n').append(details);
        }
        text.append("\nOptions:\n");
        for (Option<?> option : options) {
            String left = option.isFlag() ? option.name() : option.name() + " " + option.parameter();
            appendRow(text, left, option.description());
        }
        appendRow(text, "-h, --help", "Print this help.");
        return text.toString();
    }

    private static void appendRow(StringBuilder text, String left, String right) {
        text.append("  ").append(left);
        if (left.length() + 3 > DESCRIPTION_COLUMN) {
            text.append('\n').repeat(' ', DESCRIPTION_COLUMN);
        } else {
            text.repeat(' ', DESCRIPTION_COLUMN - left.length() - 2);
        }
        text.append(right).append('\n');
    }
}
