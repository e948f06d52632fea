package dev.sinter.bench;

import java.util.Arrays;

/** Microseconds of one iteration, one number a part of a turn. */
final class Samples {
    private final double[] sorted;

    Samples(double[] microseconds) {
        sorted = microseconds.clone();
        Arrays.sort(sorted);
    }

    double median() {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    double least() {
        return sorted[0];
    }
}
