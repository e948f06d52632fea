package dev.sinter.bench;

/**
 * What a contender does when it is its turn: parts that are timed one by one, so that what interrupts one of
 * them leaves the others alone.
 *
 * @param parts how many
 * @param iterations how often each does the work
 * @param isWarm     whether the work is done before the first part, which wakes threads and warms caches
 */
record Turn(int parts, int iterations, boolean isWarm) {
    /** The work once, from where it begins. */
    static final Turn ONCE = new Turn(1, 1, false);
}
