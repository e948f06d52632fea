package dev.sinter.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;

/** Times the contenders of a comparison in turns. */
final class Rounds {
    private static final double TURN_MICROS = 10_000;
    private static final double PART_MICROS = 1_000;
    private static final long WARM_UP_NANOS = 300_000_000;
    private static final int MOST_ITERATIONS = 10_000_000;
    /** Long enough for the threads of the one before to fall asleep. */
    private static final long PAUSE_NANOS = 10_000_000;

    private record Ready(Contender contender, Turn turn, List<double[]> times) { }

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
                ready.add(new Ready(contender, contender.warmUp(), new ArrayList<>()));
            });
        }
        JustInTime.settle(ready.stream().filter(one -> comparison.sinter().contains(one.contender))
                .<Runnable>map(one -> () -> attempt(one.contender, failed, () -> settle(one))).toList());
        for (int round = 0; round < comparison.rounds(); round++) {
            ready.removeIf(one -> !attempt(one.contender, failed, () -> one.times.add(turn(one))));
            // So that none always follows the same other one.
            Collections.reverse(ready);
        }
        Map<Contender, Samples> samples = new HashMap<>();
        ready.forEach(one -> samples.put(one.contender, one.contender.samples(
                one.times.stream().flatMapToDouble(DoubleStream::of).toArray())));
        return samples;
    }

    /** About a turn's work, so that the compiler finds now what is hot when it is timed. */
    private static void settle(Ready one) {
        long begin = System.nanoTime();
        do {
            one.contender.round(one.turn.iterations());
        } while (System.nanoTime() - begin < 1e3 * TURN_MICROS);
    }

    private static double[] turn(Ready one) {
        LockSupport.parkNanos(PAUSE_NANOS);
        if (one.turn.isWarm()) {
            one.contender.round(one.turn.iterations());
        }
        return one.contender.turn(one.turn);
    }

    /** Repeats ever longer parts for a while; the fastest says how many iterations make a part. */
    static Turn warmUp(Contender contender) {
        long begin = System.nanoTime();
        double micros = Double.POSITIVE_INFINITY;
        int iterations = 1;
        while (true) {
            micros = Math.min(micros, contender.round(iterations));
            int most = Math.clamp(Math.round(PART_MICROS / micros), 1, MOST_ITERATIONS);
            if (System.nanoTime() - begin > WARM_UP_NANOS) {
                return new Turn(Math.clamp(Math.round(TURN_MICROS / (most * micros)), 1, 10), most, true);
            }
            iterations = (int) Math.min(most, 8L * iterations);
        }
    }

    private static boolean attempt(Contender contender, Consumer<Failure> failed, Runnable step) {
        try {
            step.run();
            return true;
        } catch (RuntimeException | LinkageError | AssertionError | OutOfMemoryError
                | StackOverflowError problem) {
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
