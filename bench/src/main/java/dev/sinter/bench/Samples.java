package dev.sinter.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Microseconds of one iteration, one number a part of a turn. */
final class Samples {
    private final double[] sorted;
    private final double least;

    Samples(double[] microseconds) {
        this(microseconds, DoubleStream.of(microseconds).min().orElseThrow());
    }

    /** Medians, and the least time of all that they are medians of. */
    Samples(double[] medians, double least) {
        sorted = medians.clone();
        Arrays.sort(sorted);
        this.least = least;
    }

    double median() {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    double least() {
        return least;
    }
}
