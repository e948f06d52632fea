package dev.sinter.bench;

/**
 * What a contender does when it is its turn: parts that are timed one by one, so that what interrupts one of
 * them leaves the others alone.
 *
 * @param parts how many
 * @param iterations how often each does the work
 */
record Turn(int parts, int iterations) {
    /** The work once. */
    static final Turn ONCE = new Turn(1, 1);
}
