package dev.sinter.formats.onnx;

import java.util.regex.Pattern;

/** Names of a model as names of a graph. */
final class Names {
    private static final Pattern FOREIGN = Pattern.compile("[^A-Za-z0-9_.\\-/]");
    private static final Pattern START = Pattern.compile("^[^A-Za-z0-9_.]+");
    private static final int LENGTH = 200;

    private Names() {}

    /** The name with {@code _} in the place of what a graph's names do not have. */
    static String of(String name) {
        String own = START.matcher(FOREIGN.matcher(name).replaceAll("_")).replaceFirst("");
        return own.isEmpty() ? "value" : own.substring(0, Math.min(LENGTH, own.length()));
    }
}
