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
    private static final int PEER_ROUNDS = 5;

    Comparison {
        sinter = List.copyOf(sinter);
        baselines = List.copyOf(baselines);
        limits = List.copyOf(limits);
    }

    Comparison(List<Contender> sinter, List<Contender> baselines, List<Contender> limits) {
        this(sinter, baselines, limits, ROUNDS);
    }

    /** The same beside peers, which measure by themselves: few turns, and long ones. */
    Comparison beside(List<Contender> peers) {
        return peers.isEmpty() ? this : new Comparison(
                sinter.stream().<Contender>map(LongTurns::new).toList(),
                Stream.concat(baselines.stream().map(LongTurns::new), peers.stream()).toList(),
                limits.stream().<Contender>map(LongTurns::new).toList(), PEER_ROUNDS);
    }

    /** All of them, Sinter's first. */
    List<Contender> contenders() {
        return Stream.of(sinter, baselines, limits).flatMap(List::stream).toList();
    }
}
