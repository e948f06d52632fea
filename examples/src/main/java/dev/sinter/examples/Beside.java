package dev.sinter.examples;

import dev.sinter.runtime.Fetches;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Computed numbers beside those of a closed form. */
final class Beside {
    private Beside() {}

    /** A line for each name: what was computed, what it should be, the relative difference. */
    static void print(List<String> names, Fetches computed, List<Double> expected, Consumer<String> lines) {
        for (int i = 0; i < names.size(); i++) {
            double value = computed.get(i).item();
            double difference = Math.abs(value - expected.get(i)) / Math.abs(expected.get(i));
            lines.accept(String.format(Locale.ROOT, "  %-7s %22.15e  closed form %22.15e  relative difference %.1e",
                    names.get(i), value, expected.get(i), difference));
        }
    }
}
