package dev.sinter.bench;

import java.util.List;
import java.util.stream.Stream;

/**
 * Contenders that are timed in turns.
 *
 * @param sinter Sinter's own
 * @param baselines the same work in other libraries
 * @param limits what the machine can do; the fastest of them is what Sinter's and the baselines' rates are
 *         divided by: bytes a second where it counts bytes, else operations a second
 * @param rounds how often each takes its turn
 */
record Comparison(List<Contender> sinter, List<Contender> baselines, List<Contender> limits, int rounds) {
    private static final int ROUNDS = 25;

    Comparison {
        sinter = List.copyOf(sinter);
        baselines = List.copyOf(baselines);
        limits = List.copyOf(limits);
    }

    Comparison(List<Contender> sinter, List<Contender> baselines, List<Contender> limits) {
        this(sinter, baselines, limits, ROUNDS);
    }

    /** All of them, Sinter's first. */
    List<Contender> contenders() {
        return Stream.of(sinter, baselines, limits).flatMap(List::stream).toList();
    }
}
