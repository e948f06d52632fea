package dev.sinter.llvm;

import java.util.Arrays;

/**
 * Decides run by run whether all threads compute a program or its caller alone. Where other work keeps the processors
 * busy, a thread that is waited for does not run until the scheduler's slice of that work ends: a training step of
 * 0.13 ms takes 16 ms on two threads, and 0.26 ms on one. So the caller tries it alone when runs get slow, and stays
 * alone as long as that is faster; from time to time it tries all threads again. The results are the same bits.
 */
public final class Sharing {
    private static final int WINDOW = 5;
    private static final int TRIAL = 3;
    /** Runs after which the caller tries it alone even if none was fast. */
    private static final int SETTLED = 20;
    /** Longer runs are tried alone only where they have become slow. */
    private static final long LONG = 50_000_000;
    /** How much longer than the fastest run is slow. */
    private static final double SLOW = 2;
    /** What alone must take of the time with all threads to be worth it. */
    private static final double WORTH = 0.8;
    /** Where trials have failed before, the time until the next one is so many times what one takes. */
    private static final long RARE = 20;
    private static final long MOST_PAUSE = 2_000_000_000;

    private final long[] recent = new long[WINDOW];
    private final long[] sorted = new long[WINDOW];
    private int runs;
    private long fastest = Long.MAX_VALUE;
    private long alone = Long.MAX_VALUE;
    private boolean isAlone;
    private int left;
    private long patience = 1;
    /** When the other way may be tried again. */
    private long pausedUntil = Long.MIN_VALUE;

    /** Nothing is known of any run. */
    public Sharing() {}

    /** Forgets all runs: those that follow do other work. */
    public void reset() {
        runs = 0;
        fastest = Long.MAX_VALUE;
        alone = Long.MAX_VALUE;
        isAlone = false;
        left = 0;
        patience = 1;
        pausedUntil = Long.MIN_VALUE;
    }

    /** Whether all threads are to compute the run that begins now. */
    public boolean withAll(long now) {
        return left == 0 && (!isAlone || now >= pausedUntil);
    }

    /** Takes note of a run of all threads. */
    public void ranWithAll(long nanos, long now) {
        if (isAlone) {
            isAlone = nanos >= alone;
            patience = isAlone ? Math.min(RARE, 2 * patience) : 1;
            pause(now, nanos);
            runs = SETTLED - WINDOW;
            return;
        }
        recent[runs % WINDOW] = nanos;
        runs++;
        fastest = Math.min(fastest, nanos);
        if (runs >= SETTLED && runs % WINDOW == 0 && now >= pausedUntil) {
            long usual = usual();
            boolean isNew = alone == Long.MAX_VALUE && usual < LONG;
            if (isNew || usual > SLOW * fastest) {
                left = TRIAL;
                alone = Long.MAX_VALUE;
            }
        }
    }

    /** Takes note of a run of the caller alone. */
    public void ranAlone(long nanos, long now) {
        if (left == 0) {
            alone += (nanos - alone) / RARE;
            return;
        }
        left--;
        alone = Math.min(alone, nanos);
        if (left == 0) {
            isAlone = alone < WORTH * usual();
            patience = isAlone ? 1 : RARE;
            pause(now, isAlone ? usual() : TRIAL * alone);
        }
    }

    private void pause(long now, long cost) {
        pausedUntil = now + Math.min(patience * cost, MOST_PAUSE);
    }

    /** The median of the last runs with all threads. */
    private long usual() {
        System.arraycopy(recent, 0, sorted, 0, WINDOW);
        Arrays.sort(sorted);
        return sorted[WINDOW / 2];
    }
}
