package dev.sinter.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Times the contenders of a comparison in turns. */
final class Rounds {
    private static final double ROUND_MICROS = 20_000;
    private static final long WARM_UP_NANOS = 300_000_000;
    private static final int MOST_ITERATIONS = 10_000_000;
    /** Long enough for the threads of the one before to fall asleep. */
    private static final long PAUSE_NANOS = 4_000_000;

    private record Ready(Contender contender, int iterations, double[] times) { }

    private Rounds() { }

    /**
     * The times of each contender. One that fails is reported and left out, the others go on.
     *
     * @param failed hears of each failure
     */
    static Map<Contender, Samples> time(Comparison comparison, Consumer<Failure> failed) {
        List<Ready> ready = new ArrayList<>();
        for (Contender contender : comparison.contenders()) {
            attempt(contender, failed, () -> {
                contender.prepare();
                ready.add(new Ready(contender, contender.warmUp(), new double[comparison.rounds()]));
            });
        }
        for (int round = 0; round < comparison.rounds(); round++) {
            int number = round;
            ready.removeIf(one -> !attempt(one.contender, failed, () -> {
                LockSupport.parkNanos(PAUSE_NANOS);
                one.times[number] = one.contender.round(one.iterations);
            }));
        }
        Map<Contender, Samples> samples = new LinkedHashMap<>();
        ready.forEach(one -> samples.put(one.contender, new Samples(one.times)));
        return samples;
    }

    /** Repeats ever longer rounds for a while; then as many iterations as a round should have. */
    static int warmUp(Contender contender) {
        long begin = System.nanoTime();
        int iterations = 1;
        while (true) {
            double wanted = ROUND_MICROS / contender.round(iterations);
            int most = (int) Math.max(1, Math.min(Math.round(wanted), MOST_ITERATIONS));
            if (System.nanoTime() - begin > WARM_UP_NANOS) {
                return most;
            }
            iterations = (int) Math.min(most, 8L * iterations);
        }
    }

    private static boolean attempt(Contender contender, Consumer<Failure> failed, Runnable step) {
        try {
            step.run();
            return true;
        } catch (RuntimeException | LinkageError problem) {
            failed.accept(new Failure(contender, problem));
            return false;
        }
    }

    /**
     * A contender that could not be measured.
     *
     * @param contender which
     * @param problem why
     */
    record Failure(Contender contender, Throwable problem) { }
}
